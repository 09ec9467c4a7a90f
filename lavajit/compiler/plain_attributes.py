"""Numbers and arrays that a model holds besides its Vars: they become fields, too."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.fields import ArrayField, Field, OpaqueField, ScalarField
from lavajit.model.model import AbstractProcessModel
from lavajit.model.py_model import AbstractPyProcessModel


def plain_attributes(model: AbstractProcessModel):
    """Numeric class attributes of user classes, then instance attributes."""
    found: dict[str, object] = {}
    for base in reversed(type(model).__mro__):
        if issubclass(base, AbstractPyProcessModel) and not base.__module__.startswith(
            "lavajit.model"
        ):
            for name, value in vars(base).items():
                if not name.startswith("__") and isinstance(value, (bool, int, float, np.ndarray)):
                    found[name] = value
    found.pop("boundscheck", None)
    found.update(vars(model))
    return found.items()


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
