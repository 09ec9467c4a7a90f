"""What Lava's deprecated module of that name tells about Loihi."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable
from typing import Any

from lavajit.utils import loihi, slurm


class staticproperty(property):  # noqa: N801 (name as in Lava)
    """A property of a class; its function takes no argument."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self.fget() if not isinstance(self.fget, staticmethod) else self.fget.__func__()


def deprecated(message: str) -> Callable[[Callable], Callable]:
    """Decorator: calling the function is a DeprecationWarning with `message`."""

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            text = f"{function.__name__} is deprecated. {message}"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return call

    return decorate


class Loihi2:
    """State of a Loihi 2 system; use :mod:`lavajit.utils.loihi` in new programs.

    Examples
    --------
    >>> Loihi2.is_loihi2_available, Loihi2.partition  # doctest: +SKIP
    (True, 'a model of Loihi 2 in lavajit')
    """

    preferred_partition: str | None = None

    @staticmethod
    def set_environ_settings(partititon: str | None = None) -> None:  # (name as in Lava)
        """Set SLURM, LOIHI_GEN and PARTITION where they are not set."""
        os.environ.setdefault("SLURM", "1")
        os.environ.setdefault("LOIHI_GEN", loihi.ChipGeneration.N3B3.value)
        chosen = partititon or Loihi2.preferred_partition
        if chosen is not None:
            os.environ.setdefault("PARTITION", chosen)

    @staticproperty
    def is_loihi2_available() -> bool:  # noqa: N805
        """True if a program can run on Loihi 2: on cores that lavajit models."""
        return loihi.is_installed()

    @staticproperty
    def partition() -> str:  # noqa: N805
        """The chosen partition; programs print it as what they run on."""
        chosen = slurm.partition()
        return "a model of Loihi 2 in lavajit" if chosen == slurm.UNSPECIFIED else chosen
