"""How long a network runs."""

from __future__ import annotations

import operator


class AbstractRunCondition:
    """Base class of run conditions.

    Parameters
    ----------
    blocking : bool
        Whether ``run`` returns only when the run has ended.
    """

    def __init__(self, blocking: bool) -> None:
        self.blocking = bool(blocking)


class RunSteps(AbstractRunCondition):
    """Run a number of time steps.

    Parameters
    ----------
    num_steps : int
        Number of time steps, 0 or more.
    blocking : bool, optional
        If False, ``run`` returns at once; ``wait()`` waits for the end.

    Raises
    ------
    ValueError
        If `num_steps` is not an int >= 0.

    Examples
    --------
    >>> RunSteps(100)
    RunSteps(num_steps=100, blocking=True)
    """

    def __init__(self, num_steps: int, blocking: bool = True) -> None:
        super().__init__(blocking)
        try:
            steps = -1 if isinstance(num_steps, bool) else operator.index(num_steps)
        except TypeError:
            steps = -1
        if steps < 0:
            raise ValueError(
                f"RunSteps: num_steps must be an int >= 0. Got {num_steps!r}; "
                f"use RunContinuous() to run without an end."
            )
        self.num_steps = steps

    def __repr__(self) -> str:
        return f"RunSteps(num_steps={self.num_steps}, blocking={self.blocking})"


class RunContinuous(AbstractRunCondition):
    """Run until ``pause()`` or ``stop()``; ``run`` returns at once."""

    def __init__(self) -> None:
        super().__init__(blocking=False)

    def __repr__(self) -> str:
        return "RunContinuous()"
