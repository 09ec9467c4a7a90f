"""Parameters of a Process that is to be put on cores: they compute in integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.model import AbstractProcessModel
from lavajit.model.py_type import LavaPyType
from lavajit.neurocore.cores.registers import DECAY_UNITY
from lavajit.neurocore.errors import NcValueError
from lavajit.process.process import AbstractProcess
from lavajit.process.sparse_values import is_sparse

_DECAY = "a decay in units of 1/4096 per step, 0..4095"
#: What the integers of well-known parameters are.
_MEANING = {
    "du": f"du is {_DECAY} (1/4096 is added to it)",
    "dv": f"dv is {_DECAY}",
    "vth": "vth is a mantissa, the threshold divided by 64",
    "bias_mant": "the bias is bias_mant * 2**bias_exp",
    "weights": "weights are mantissas from -256 to 255, times 2**weight_exp",
}


def check_parameters(process: AbstractProcess, model: type[AbstractProcessModel]) -> None:
    """Refuse fractions where the model keeps integers.

    On the CPU they are cut, as in Lava; a decay of 0.1 would be none.

    Raises
    ------
    NcValueError
        A Var begins with a fraction.
    """
    for var in process.vars.members:
        declared = getattr(model, var.name, None)
        if isinstance(declared, LavaPyType) and _is_integer(declared):
            given = np.asarray(var.init.data if is_sparse(var.init) else var.init)
            # Where one number is declared models take no float at all.
            if given.dtype.kind == "f" and (declared.cls is int or _has_fractions(given)):
                raise NcValueError(_text(process, var.name, given))


def _is_integer(declared: LavaPyType) -> bool:
    return np.issubdtype(np.dtype(declared.d_type), np.integer)


def _has_fractions(given: np.ndarray) -> bool:
    return not bool(np.all(given == np.trunc(given)))


def _text(process: AbstractProcess, name: str, given: np.ndarray) -> str:
    value = float(given.reshape(-1)[np.argmax((given != np.trunc(given)).reshape(-1))])
    text = (
        f"{type(process).__name__} {process.name!r}: {name}={value}, but cores compute in "
        f"integers; {_MEANING.get(name, 'scale it, and round')}"
    )
    if name in ("du", "dv") and 0 < value <= 1:
        register = max(round(value * DECAY_UNITY) - (name == "du"), 0)
        text += f": give {name}={min(register, DECAY_UNITY - 1)} to lose {value:g} per step"
    return text


def why_not_on_cores(
    process: AbstractProcess, models: list[Any], run_cfg: str, core: str, reason: str
) -> str:
    """Why a Process that has models for cores only has none that can be used."""
    needed = ", ".join(
        f"{model.__name__} ({' or '.join(each.__name__ for each in model.required_resources)})"
        for model in models
    )
    return (
        f"{type(process).__name__} {process.name!r} has models for neurocores only: {needed}. "
        f"{run_cfg} offers {core}; {reason}. Use the run config of another chip, or add a model "
        "with @requires(CPU), which runs beside the cores."
    )
