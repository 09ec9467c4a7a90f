"""Process.save and Process.load: the state of a Process in one file.

An archive (:mod:`lavajit.process.archive`) with one array per Var, named like ``v`` or ``sub.v``
for sub processes (three arrays for a sparse matrix), and a header: class of the Process and for
each Var its kind, shape, dtype, and whether that dtype is the one declared by the model (it is when
there was a runtime).

If there was a runtime the header also has the time step and, for every model, its class and
what it holds besides Vars (see :mod:`lavajit.process.plain_data`; arrays in ``__model__.<k>``).
Files of version 1 have neither.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process.archive import read_archive, write_archive
from lavajit.process.loaded_models import MODEL_ARRAY, loaded_models, named_processes
from lavajit.process.run_conditions import RunSteps
from lavajit.process.state_values import StateFileError, check_fits, pack_value, unpack_value

if TYPE_CHECKING:
    from lavajit.process.engine import RuntimeInterface
    from lavajit.process.process import AbstractProcess
    from lavajit.process.variable import Var

FORMAT = "lavajit-state"


def named_vars(process: AbstractProcess) -> dict[str, Var]:
    """Return the Vars of `process` and its sub processes, by dotted name.

    An alias is left out if the Var it stands for is there itself.
    """
    found: dict[str, Var] = {}
    for prefix, proc in named_processes(process).items():
        for name, var in zip(proc.vars.member_names, proc.vars, strict=True):
            found[prefix + name] = var
    own = {id(var) for var in found.values() if var.aliased_var is None}
    return {n: v for n, v in found.items() if v.aliased_var is None or id(v.resolved) not in own}


@contextmanager
def boundary(process: AbstractProcess, verb: str) -> Iterator[RuntimeInterface | None]:
    """Keep the network between two steps; None without a runtime."""
    runtime = process.runtime
    if runtime is None:
        yield None
        return
    if runtime._is_initialized and not runtime._is_started:
        runtime.start(RunSteps(num_steps=0))
    with runtime.at_boundary(verb):
        yield runtime


def save(process: AbstractProcess, path: str | os.PathLike) -> None:
    """Write the state of `process` to `path`."""
    header: dict[str, Any] = {"format": FORMAT, "class": type(process).__name__}
    with boundary(process, "saved") as runtime:
        header["vars"], arrays = _saved_vars(process)
        if runtime is not None:
            header["time_step"] = runtime.time_step
            header["models"], model_arrays = _saved_models(process, runtime)
            arrays |= {MODEL_ARRAY.format(k): part for k, part in enumerate(model_arrays)}
    write_archive(path, header, arrays)


def _saved_vars(process: AbstractProcess) -> tuple[list[dict], dict[str, np.ndarray]]:
    arrays: dict[str, np.ndarray] = {}
    entries = []
    for name, var in named_vars(process).items():
        kind, parts = pack_value(var, var.get())
        declared = var.resolved._runtime is not None
        entries.append(
            {
                "name": name,
                "kind": kind,
                "shape": var.shape,
                "dtype": parts[""].dtype.str,
                "declared": declared,
            }
        )
        arrays |= {name + suffix: part for suffix, part in parts.items()}
    return entries, arrays


def _saved_models(process: AbstractProcess, runtime: RuntimeInterface) -> tuple[dict, list]:
    arrays: list[np.ndarray] = []
    models = {}
    for prefix, proc in named_processes(process).items():
        state = runtime.states.get(proc, arrays)
        if state is not None:
            models[prefix] = state
    return models, arrays


def load(process: AbstractProcess, path: str | os.PathLike, time_step: bool = True) -> None:
    """Set the state of `process` to that in `path`; check everything before."""
    header, arrays = read_archive(path, FORMAT)
    entries = header.get("vars")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise StateFileError(f"{path} is not a state file written by Process.save.")
    if header.get("class") != type(process).__name__:
        raise StateFileError(
            f"{path} holds the state of a {header.get('class')}, '{process.name}' is a "
            f"{type(process).__name__}. Load it into a Process of the same class."
        )
    variables = named_vars(process)
    _check_names(path, process, variables, [entry.get("name") for entry in header["vars"]])
    models = loaded_models(header, arrays, path, time_step)
    with boundary(process, "loaded") as runtime:
        values = {}
        for entry in header["vars"]:
            var = variables[entry["name"]]
            value = unpack_value(path, entry, arrays)
            values[entry["name"]] = check_fits(path, var, entry, value)
        if runtime is not None:
            models.check(process, runtime)
        for name, value in values.items():
            var = variables[name].resolved
            if var._runtime is None or var.process.procs.members:
                var.init = _initial(var.init, value)  # hierarchical: there is no other storage
            else:
                var.set(value)
        if runtime is not None:
            models.set(process, runtime)
        else:
            process._loaded_models = models


def _initial(old: Any, value: Any) -> Any:
    """A loaded initial value; one number stays a number, which models keep as a scalar."""
    is_one = np.ndim(old) == 0 and isinstance(value, np.ndarray) and value.size == 1
    return value.reshape(-1)[0] if is_one else value


def _check_names(path: Any, process: AbstractProcess, variables: dict, stored: list) -> None:
    missing = [name for name in variables if name not in stored]
    unknown = [name for name in stored if name not in variables]
    if not missing and not unknown:
        return
    text = f"{path} does not fit '{process.name}' ({type(process).__name__}):"
    if missing:
        text += f" Vars {missing} are not in the file."
    if unknown:
        text += (
            f" Vars {unknown} of the file do not exist in the Process. Sub processes exist only "
            f"after create_runtime(run_cfg=...); call it first if it was called before saving."
        )
    raise StateFileError(text)
