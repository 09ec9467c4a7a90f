"""Process.save and Process.load: the values of all Vars of a Process in one file.

An npz archive without pickled objects: one array per Var, named like ``v`` or ``sub.v`` for
sub processes (three arrays for a sparse matrix), and the array ``__header__``, UTF-8 JSON:
format, version, class of the Process and for each Var its kind, shape, dtype, and whether
that dtype is the one declared by the model (it is when there was a runtime).

A file is written beside its place and moved there, so that a crash leaves the old one.
"""

from __future__ import annotations

import json
import os
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process.state_values import StateFileError, check_fits, pack_value, unpack_value

if TYPE_CHECKING:
    from lavajit.process.process import AbstractProcess
    from lavajit.process.variable import Var

FORMAT = "lavajit-state"
VERSION = 1
HEADER = "__header__"
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, OSError)


def named_vars(process: AbstractProcess) -> dict[str, Var]:
    """Return the Vars of `process` and its sub processes, by dotted name.

    An alias is left out if the Var it stands for is there itself.
    """
    found: dict[str, Var] = {}
    seen = {process}
    stack = [("", process)]
    while stack:
        prefix, proc = stack.pop()
        for name, var in zip(proc.vars.member_names, proc.vars, strict=True):
            found[prefix + name] = var
        for name, sub in zip(proc.procs.member_names, proc.procs, strict=True):
            if sub not in seen:
                seen.add(sub)
                stack.append((f"{prefix}{name}.", sub))
    own = {id(var) for var in found.values() if var.aliased_var is None}
    return {n: v for n, v in found.items() if v.aliased_var is None or id(v.resolved) not in own}


def save(process: AbstractProcess, path: str | os.PathLike) -> None:
    """Write the values of all Vars of `process` to `path`."""
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
    header = {
        "format": FORMAT,
        "version": VERSION,
        "class": type(process).__name__,
        "vars": entries,
    }
    arrays[HEADER] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    _replace_file(Path(path), arrays)


def _replace_file(path: Path, arrays: dict[str, np.ndarray]) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(draft, "xb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.asanyarray(array), allow_pickle=False)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: str | os.PathLike) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of a state file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    StateFileError
        If it is not a state file, is damaged, or of a newer version.
    """
    path = Path(path)
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            header = json.loads(bytes(arrays.pop(HEADER)))
            is_state = header["format"] == FORMAT and isinstance(header["vars"], list)
        except (*DAMAGE, TypeError, AttributeError) as error:
            raise StateFileError(
                f"{path} is not a state file written by Process.save, or it is damaged or cut "
                f"off ({type(error).__name__}: {error})."
            ) from error
    if not is_state or not isinstance(header.get("version"), int):
        raise StateFileError(f"{path} is not a state file written by Process.save.")
    if header["version"] > VERSION:
        raise StateFileError(
            f"{path} has format version {header['version']}, this lavajit reads up to {VERSION}. "
            f"Update lavajit."
        )
    return header, arrays


def load(process: AbstractProcess, path: str | os.PathLike) -> None:
    """Set all Vars of `process` to the values in `path`; check everything before."""
    header, arrays = read(path)
    if header.get("class") != type(process).__name__:
        raise StateFileError(
            f"{path} holds the state of a {header.get('class')}, '{process.name}' is a "
            f"{type(process).__name__}. Load it into a Process of the same class."
        )
    variables = named_vars(process)
    _check_names(path, process, variables, [entry.get("name") for entry in header["vars"]])
    values = {}
    for entry in header["vars"]:
        var = variables[entry["name"]]
        value = unpack_value(path, entry, arrays)
        values[entry["name"]] = check_fits(path, var, entry, value)
    for name, value in values.items():
        var = variables[name].resolved
        if var._runtime is None:
            var.init = value
        else:
            var.set(value)


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
