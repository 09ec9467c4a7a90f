"""Progress of a run: a bar, or a callable of the user's."""

from __future__ import annotations

import warnings
from collections.abc import Callable


class _Bar:
    def __init__(self, total: int | None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # in a notebook without ipywidgets the bar is text
            from tqdm.auto import tqdm

        self.bar = tqdm(total=total, unit="step", unit_scale=True)

    def __call__(self, done: int) -> None:
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        self.bar.close()


class _Called:
    def __init__(self, function: Callable[[int, int | None], None], total: int | None):
        self.function = function
        self.total = total

    def __call__(self, done: int) -> None:
        self.function(done, self.total)

    def close(self) -> None:
        """Nothing is open."""


def open_progress(progress, total: int | None):
    """What to tell the number of finished steps to, between chunks; None if nobody asked.

    Parameters
    ----------
    progress : bool or callable
        True: a tqdm bar with steps per second and remaining time, in a terminal or a notebook. A
        callable gets (steps done, steps in all or None).
    """
    if callable(progress):
        return _Called(progress, total)
    return _Bar(total) if progress else None
