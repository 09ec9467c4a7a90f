"""Parameters of Processes: one number for all neurons, or one per neuron."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.process.variable import Var


def parameter(process: str, name: str, value: Any, shape: tuple[int, ...]) -> Var:
    """A Var for a parameter that Lava keeps as one number.

    Parameters
    ----------
    process : str
        Class of the Process, for the error.
    name : str
        The parameter.
    value : number or array_like
        One number, or an array that broadcasts to `shape`.
    shape : tuple of int
        Shape of the neurons.

    Returns
    -------
    Var
        Of shape (1,) with one number, else of the neurons' shape.

    Raises
    ------
    ValueError
        `value` fits neither.
    """
    array = np.asarray(value)
    if array.size == 1:
        # A number as it was given, so that the model sees its own kind.
        one = array.reshape(-1)[0] if isinstance(value, (list, tuple, np.ndarray)) else value
        return Var(shape=(1,), init=one)
    try:
        return Var(shape=shape, init=np.array(np.broadcast_to(array, shape)))
    except ValueError:
        raise ValueError(
            f"{process}: {name} has shape {array.shape}, the neurons have {shape}; give one number "
            f"for all or one per neuron"
        ) from None


def one_integer(
    process: str, name: str, value: Any, least: int | None = None, most: int | None = None
) -> int:
    """A parameter that all neurons of a Process share, because it is the format of messages.

    Raises
    ------
    ValueError
        `value` is not one integer, or not from `least` to `most`.
    """
    array = np.asarray(value)
    if array.size == 1 and array.dtype.kind in "iu":
        number = int(array.reshape(-1)[0])
        if (least is None or number >= least) and (most is None or number <= most):
            return number
    bounds = "" if least is None else f" from {least}" if most is not None else f" >= {least}"
    bounds += "" if most is None else f" to {most}"
    raise ValueError(f"{process}: {name} must be one integer{bounds}, got {value!r}")


def room_for(proc_params: Any, name: str, dtype: type = np.int64) -> Any:
    """A zero of the form of a parameter: a number, or an array with one per neuron."""
    if proc_params is None or np.size(proc_params.get(name, 0)) == 1:
        return dtype(0)
    return np.zeros(proc_params["shape"], dtype)


def per_neuron_or_one(
    process: str, name: str, value: Any, shape: tuple[int, ...], least: int
) -> int | np.ndarray:
    """An integer parameter that is no Var: one int, or an int64 array of the neurons' shape.

    Raises
    ------
    ValueError
        `value` is no integer, less than `least`, or does not broadcast to `shape`.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "iub" or (array.size and array.min() < least):
        raise ValueError(f"{process}: {name} must be an integer >= {least}, got {value!r}")
    if array.size == 1:
        return int(array.reshape(-1)[0])
    return parameter(process, name, array.astype(np.int64), shape).init
