"""When threads help: while it is measured to be faster than one thread alone."""

from __future__ import annotations

#: Seconds that waking and dismissing threads may take.
CALL_SECONDS = 1.5e-4
#: Chunks until the slower way is tried again.
PATIENCE = 64
#: Weight of the newest chunk in the mean time of a step.
NEWEST = 0.3


class Pace:
    """Decides for each chunk of steps whether threads help.

    Parameters
    ----------
    shards : int
        Number of threads in all.
    always : bool
        They always help.

    Notes
    -----
    The first chunk, in which memory is touched for the first time and synapses may be made, is run
    with help and not counted. Then both ways are tried, and the faster one is kept; the other one
    is tried again now and then, because other programs come and go.
    """

    def __init__(self, shards: int, always: bool):
        self._shards = shards
        self._always = always
        self._chunks = 0
        self._step_seconds: dict[bool, float] = {}

    def together(self, steps: int) -> bool:
        """True if threads are to help with the next steps."""
        if self._always or self._chunks == 0:
            return True
        alone, helped = self._step_seconds.get(False), self._step_seconds.get(True)
        known = alone or helped
        if known is not None and known * steps * (1 - 1 / self._shards) < CALL_SECONDS:
            return False
        if alone is None or helped is None:
            return helped is None
        faster = helped < alone
        return faster if self._chunks % PATIENCE else not faster

    def took(self, steps: int, seconds: float, together: bool) -> None:
        """Note how long a chunk has taken."""
        self._chunks += 1
        if self._chunks == 1:
            return
        step = seconds / steps
        before = self._step_seconds.get(together, step)
        self._step_seconds[together] = before + NEWEST * (step - before)
