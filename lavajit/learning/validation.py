"""Checks of a learning rule's parameters."""

from __future__ import annotations

import math
import reprlib
from numbers import Integral, Real
from typing import Any

#: Kinds of random numbers a rule may ask for.
RNGS = ("lava", "counter")


def non_negative(name: str, value: Any) -> float:
    """`value` as a float; ValueError unless it is a finite number, at least 0."""
    if isinstance(value, Real) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number) and number >= 0:
            return number
    meaning = "time constant in time steps" if name.endswith("tau") else "sum a spike adds"
    raise ValueError(
        f"{name} must be a finite number, at least 0 ({meaning}); got {_described(value)}."
    )


def check_epoch(t_epoch: Any) -> None:
    """ValueError unless `t_epoch` is a positive integer."""
    if not _is_integer(t_epoch) or t_epoch <= 0:
        raise ValueError(
            f"t_epoch must be an integer, at least 1 (time steps per learning epoch); got "
            f"{_described(t_epoch)}."
        )


def checked_seed(rng_seed: Any) -> int:
    """`rng_seed` as an int; ValueError unless it is an integer, at least 0."""
    if not _is_integer(rng_seed) or rng_seed < 0:
        raise ValueError(
            f"rng_seed must be an integer, at least 0, or None; got {_described(rng_seed)}."
        )
    return int(rng_seed)


def check_rng(rng: Any) -> None:
    """ValueError unless `rng` names a kind of random numbers."""
    if rng not in RNGS:
        raise ValueError(
            f"rng must be 'lava' (numbers shared by all neurons, as in Lava) or 'counter' "
            f"(independent numbers); got {rng!r}."
        )


def _is_integer(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _described(value: Any) -> str:
    text = reprlib.repr(value)
    return text if isinstance(value, Real) else f"{type(value).__name__} {text}"
