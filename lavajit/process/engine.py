"""The door from a Process to the rooms that compile and run it.

`process/` imports nothing to its right, so the engine is found by its name on first use.
That module, ``lavajit.runtime.engine``, provides

- ``compile_network(process, run_cfg, compile_config) -> Executable``
- ``create_runtime(executable, process) -> Runtime``: an initialised Runtime that has been set
  as ``_runtime`` on every Process of the network, the hierarchical ones included.
- ``explain_runtime(runtime) -> str``: the plan as text.
- ``explain_tier(runtime, process) -> str``: where the methods of a Process run.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lavajit.process.loaded_models import ModelState
    from lavajit.process.process import AbstractProcess
    from lavajit.process.run_conditions import AbstractRunCondition
    from lavajit.process.snapshot import Snapshot

ENGINE_MODULE = "lavajit.runtime.engine"


class RuntimeInterface(Protocol):
    """What Processes and Vars ask of a Runtime.

    `_is_initialized` becomes True when the Runtime can be started and False for good when it
    has been stopped; `_is_started` tells whether it has been started since, `_is_running`
    whether it is executing steps now.
    """

    _is_initialized: bool
    _is_started: bool
    _is_running: bool
    time_step: int
    states: ModelStatesInterface

    def start(self, run_condition: AbstractRunCondition, **options: Any) -> Any:
        """Run as `run_condition` says; what it has recorded."""

    def wait(self) -> None:
        """Wait for the end of the current run."""

    def pause(self) -> None:
        """End the current run after the current time step; it can be continued."""

    def stop(self) -> None:
        """End execution for good."""

    def get_var(self, var_id: int, idx: Any = None) -> Any:
        """Return the value of a Var, or of the part of it that `idx` selects."""

    def set_var(self, var_id: int, value: Any, idx: Any = None) -> None:
        """Set a Var, or the part of it that `idx` selects."""

    def at_boundary(self, verb: str) -> AbstractContextManager[None]:
        """Keep the network between two steps; `verb`, "read" or the like, is for errors."""


class ModelStatesInterface(Protocol):
    """What models hold besides Vars, and the state of the whole network."""

    def get(self, process: AbstractProcess, arrays: list) -> dict[str, Any] | None:
        """Return class and packed attributes of the model; arrays are appended to `arrays`."""

    def check(self, process: AbstractProcess, state: ModelState, path: Any) -> None:
        """Raise StateFileError unless the state of a model can be set."""

    def set(self, process: AbstractProcess, state: ModelState) -> None:
        """Set the state of a model."""

    def snapshot(self) -> Snapshot:
        """Return the state of the whole network."""

    def restore(self, snapshot: Snapshot, seed: int | None) -> None:
        """Set the state of the whole network; StateFileError if it is that of another one."""


def compile(process: AbstractProcess, run_cfg: Any, compile_config: dict | None) -> Any:
    """Compile the network that `process` is connected to; return its Executable."""
    return importlib.import_module(ENGINE_MODULE).compile_network(process, run_cfg, compile_config)


def create_runtime(executable: Any, process: AbstractProcess) -> RuntimeInterface:
    """Return an initialised Runtime for `executable`, known to all its Processes."""
    return importlib.import_module(ENGINE_MODULE).create_runtime(executable, process)


def explain(runtime: RuntimeInterface) -> str:
    """Return the plan of a compiled network as text."""
    return importlib.import_module(ENGINE_MODULE).explain_runtime(runtime)


def tier(runtime: RuntimeInterface, process: AbstractProcess) -> str:
    """Return where the methods of a Process run: "native", "Python" or the like."""
    return importlib.import_module(ENGINE_MODULE).explain_tier(runtime, process)
