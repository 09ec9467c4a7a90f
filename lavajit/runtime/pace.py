"""When threads help: while it is measured to be faster than one thread alone."""

from __future__ import annotations

#: Seconds that waking and dismissing threads may take.
CALL_SECONDS = 1.5e-4
#: Chunks until the slower way is tried again: after a change, and at most.
PATIENCE, MOST_PATIENCE = 4, 64
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
    with help and not counted. Then both ways are tried, and the faster one is kept. The other one
    is tried again, soon after a change, later now and then, because other programs come and go.
    """

    def __init__(self, shards: int, always: bool):
        self._shards = shards
        self._always = always
        self._chunks = 0
        self._step_seconds: dict[bool, float] = {}
        self._faster = True
        self._patience = self._until_trial = PATIENCE

    def together(self, steps: int) -> bool:
        """True if threads are to help with the next steps."""
        if self._always or self._chunks == 0:
            return True
        known = self._step_seconds.get(self._faster)
        if known is not None and known * steps * (1 - 1 / self._shards) < CALL_SECONDS:
            return False
        if len(self._step_seconds) < 2:
            return True not in self._step_seconds
        return self._faster if self._until_trial > 0 else not self._faster

    def took(self, steps: int, seconds: float, together: bool) -> None:
        """Note how long a chunk has taken."""
        self._chunks += 1
        if self._chunks == 1:
            return
        step, tried = seconds / steps, together != self._faster
        before = self._step_seconds.get(together, step)
        # What was measured long ago says nothing about now.
        self._step_seconds[together] = step if tried else before + NEWEST * (step - before)
        if len(self._step_seconds) == 2:
            self._choose(tried)

    def _choose(self, tried: bool) -> None:
        """Keep the faster way; wait longer each time that it is the same."""
        faster = self._step_seconds[True] < self._step_seconds[False]
        if faster != self._faster:
            self._faster, self._patience = faster, PATIENCE
            self._until_trial = self._patience
        elif tried:
            self._patience = min(2 * self._patience, MOST_PATIENCE)
            self._until_trial = self._patience
        else:
            self._until_trial -= 1
