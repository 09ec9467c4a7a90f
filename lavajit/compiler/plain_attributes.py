"""Numbers and arrays that a model holds besides its Vars: they become fields, too.

So do the numbers of an object that it holds, if the object's class has ``native_numbers()``, a
method that returns them by name, e.g. a learning rule: kernels read ``self.rule.x1_tau``. They are
read when the network is built and do not change after.
"""

from __future__ import annotations

import numpy as np

from lavajit.compiler.fields import ArrayField, Field, Fields, OpaqueField, ScalarField
from lavajit.model.model import AbstractProcessModel

#: Class attributes with which a model says how it is to be run.
_DECLARATIONS = ("boundscheck", "elementwise")


def plain_attributes(model: AbstractProcessModel):
    """Numeric class attributes of user classes, then instance attributes."""
    found: dict[str, object] = {}
    for base in reversed(type(model).__mro__):
        if base is not object and not base.__module__.startswith("lavajit.model"):
            for name, value in vars(base).items():
                if not name.startswith("__") and isinstance(value, (bool, int, float, np.ndarray)):
                    found[name] = value
    for name in _DECLARATIONS:
        found.pop(name, None)
    found.update(vars(model))
    for holder, value in vars(model).items():
        if hasattr(type(value), "native_numbers"):
            numbers = value.native_numbers().items()
            found.update((member_field(holder, name), number) for name, number in numbers)
    return found.items()


def member_field(holder: str, name: str) -> str:
    """Field of ``self.<holder>.<name>``."""
    return f"{holder}.{name}"


def is_holder(name: str, fields: Fields) -> bool:
    """True if ``self.<name>`` is an object whose numbers are fields."""
    return any(field.startswith(member_field(name, "")) for field, _ in fields)


def plain_field(value: object) -> Field:
    if isinstance(value, (bool, np.bool_)):
        return ScalarField("bool")
    if isinstance(value, int):
        fits = -(1 << 63) <= value < 1 << 63
        return ScalarField("int64") if fits else OpaqueField("integer of more than 64 bits")
    if isinstance(value, (float, complex, np.generic)):
        dtype = np.asarray(value).dtype
        return ScalarField(dtype.name) if dtype.kind in "biufc" else OpaqueField(dtype.name)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return ArrayField(value.dtype.name, value.ndim)
    return OpaqueField(type(value).__name__)
