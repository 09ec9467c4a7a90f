"""Precision of real numbers: which models compute in float64, which in float32."""

from __future__ import annotations

from typing import Any

FLOAT64, FLOAT32 = "float64", "float32"
PRECISIONS = (FLOAT64, FLOAT32)

#: Models with these tags compute in integers.
_INTEGER_TAGS = frozenset({"fixed_pt", "bit_accurate_loihi"})
#: Models with this tag compute in real numbers.
FLOATING_TAG = "floating_pt"


def checked_precision(value: Any) -> str:
    """`value`, if it names a precision.

    Raises
    ------
    ValueError
        If it does not.

    Examples
    --------
    >>> checked_precision("float32")
    'float32'
    """
    if not isinstance(value, str) or value not in PRECISIONS:
        allowed = " or ".join(repr(precision) for precision in PRECISIONS)
        raise ValueError(f"float_precision must be {allowed}, got {value!r}.")
    return value


def has_tag(model: type, tag: str | None) -> bool:
    """True if a model may be selected by `tag`; "float32" selects real numbers, too."""
    stands_for = FLOATING_TAG if tag == FLOAT32 else tag
    return tag is None or tag in model.tags or stands_for in model.tags


def precision_of(model: type, run_cfg: Any) -> str:
    """The precision in which the floating-point Vars and ports of a model are kept.

    That of the model class, if it has one; otherwise what the run config asks for. Models that
    compute in integers are left alone: their few real numbers are parameters.

    Parameters
    ----------
    model : type
        The selected ProcessModel.
    run_cfg : RunConfig
        The run config that selected it.

    Returns
    -------
    str
        "float64" or "float32".
    """
    own = getattr(model, "float_precision", None)
    if own is not None:
        return checked_precision(own)
    asked = getattr(run_cfg, "float_precision", FLOAT64)
    if checked_precision(asked) == FLOAT64 or not _INTEGER_TAGS.intersection(model.tags):
        return asked
    # A model for both arithmetics serves the one that was selected.
    selected = getattr(run_cfg, "select_tag", None)
    return FLOAT64 if FLOATING_TAG not in model.tags or selected in _INTEGER_TAGS else asked
