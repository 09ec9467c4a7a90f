"""Operations of two numbers in which a Python number adapts to the other one."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np

#: By name, as :mod:`operator` or NumPy call them.
OPERATIONS: dict[str, Callable] = {
    **{
        name: getattr(operator, name)
        for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
    },
    **{name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")},
    "min": min,
    "max": max,
    **{
        name: getattr(np, name)
        for name in ("minimum", "maximum", "fmin", "fmax", "power", "arctan2", "hypot", "copysign")
    },
}


def operation_name(name: str, number_at: int) -> str:
    """What a kernel calls an operation whose operand `number_at` (0 or 1) is a Python number."""
    return f"_{'right' if number_at else 'left'}_{name}"
