"""What models hold besides Vars, as read from a state file.

It is set at once where there is a runtime, else when the runtime is created.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process.plain_data import Copies, unpack
from lavajit.process.state_values import StateFileError

if TYPE_CHECKING:
    from lavajit.process.engine import RuntimeInterface
    from lavajit.process.process import AbstractProcess

#: Names of the arrays of models, by number.
MODEL_ARRAY = "__model__.{}"


def named_processes(process: AbstractProcess) -> dict[str, AbstractProcess]:
    """Return `process` and its sub processes, by the prefix of their members: "", "sub."."""
    found, seen = {"": process}, {process}
    stack = [("", process)]
    while stack:
        prefix, proc = stack.pop()
        for name, sub in zip(proc.procs.member_names, proc.procs, strict=True):
            if sub not in seen:
                seen.add(sub)
                found[f"{prefix}{name}."] = sub
                stack.append((f"{prefix}{name}.", sub))
    return found


@dataclass(frozen=True)
class ModelState:
    """What one model holds: its class, its attributes, and what its `on_save` gave."""

    model: str
    attributes: dict[str, Any]
    kept: dict[str, Any]


@dataclass
class LoadedModels:
    """Content of a file: the state of each model by prefix, and the time step.

    Attributes
    ----------
    time_step : int or None
        None: the time of the network goes on.
    """

    path: Any
    time_step: int | None
    models: dict[str, ModelState]

    def check(self, process: AbstractProcess, runtime: RuntimeInterface) -> None:
        """Raise StateFileError unless everything can be set."""
        processes = named_processes(process)
        for prefix, state in self.models.items():
            if prefix not in processes:
                raise StateFileError(
                    f"{self.path} does not fit '{process.name}': it has the state of a sub process "
                    f"'{prefix[:-1]}', which does not exist. Select the same models."
                )
            runtime.states.check(processes[prefix], state, self.path)

    def set(self, process: AbstractProcess, runtime: RuntimeInterface) -> None:
        """Set what has been checked."""
        processes = named_processes(process)
        for prefix, state in self.models.items():
            runtime.states.set(processes[prefix], state)
        if self.time_step is not None:
            runtime.time_step = self.time_step


def loaded_models(
    header: dict[str, Any], arrays: dict[str, np.ndarray], path: Any, with_time: bool
) -> LoadedModels:
    """Decode what a state file says about models.

    Raises
    ------
    StateFileError
        The file is damaged.
    """
    try:
        entries = header.get("models", {})
        names = map(MODEL_ARRAY.format, range(len(arrays)))
        numbered = Copies(arrays[name] for name in takewhile(arrays.__contains__, names))
        models = {
            prefix: ModelState(
                str(entry["class"]),
                {name: unpack(tree, numbered) for name, tree in entry["attributes"].items()},
                dict(unpack(entry.get("kept", ["dict", []]), numbered)),
            )
            for prefix, entry in entries.items()
        }
        time_step = header.get("time_step")
        if not (time_step is None or (type(time_step) is int and time_step >= 0)):
            raise ValueError(f"time step {time_step!r}")
    except (
        AttributeError,
        LookupError,
        ArithmeticError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise StateFileError(
            f"{path} is damaged: what it says about models cannot be read "
            f"({type(error).__name__}: {error})."
        ) from error
    return LoadedModels(path, time_step if with_time else None, models)


def set_loaded(processes: Iterable[AbstractProcess], runtime: RuntimeInterface) -> None:
    """Set what was loaded, or is to be restored, before there was a runtime.

    Raises
    ------
    StateFileError
        A file does not fit the model of its Process, files were saved at different times, or
        there are two states for one network.
    """
    processes = list(processes)
    loaded = [(p, p._loaded_models) for p in processes if p._loaded_models is not None]
    restored = [(p, p._wanted_state) for p in processes if p._wanted_state is not None]
    if restored and len(loaded) + len(restored) > 1:
        one, other = [p for p, _ in (*restored, *loaded)][:2]
        raise StateFileError(
            f"'{one.name}' is to restore a Snapshot of the whole network, and '{other.name}' has "
            f"been given a state, too, before the first run. Create the runtime first, then "
            f"restore() and load() in the order you want."
        )
    for process, (snapshot, seed) in restored:
        runtime.states.restore(snapshot, seed)
        process._wanted_state = None
    _check_times(loaded)
    for process, models in loaded:
        models.check(process, runtime)
    for process, models in loaded:
        models.set(process, runtime)
        process._loaded_models = None


def _check_times(loaded: list[tuple[AbstractProcess, LoadedModels]]) -> None:
    times = {m.time_step: (p, m) for p, m in loaded if m.time_step is not None}
    if len(times) > 1:
        (one, first), (other, second), *_ = times.values()
        raise StateFileError(
            f"the states of '{one.name}' and '{other.name}' are of different time steps, "
            f"{first.time_step} ({first.path}) and {second.time_step} ({second.path}). Load states "
            f"of one time step, or give load(..., time_step=False)."
        )
