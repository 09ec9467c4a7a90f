"""What a model holds besides its Vars, for Process.save and Process.load.

Numbers and arrays that became fields, and the model's ordinary Python attributes. Of those, plain
data is saved; anything else must not have changed since the network was built, or it is an error
that names it. Parameters of the Process (`proc_params`) belong to its constructor and are not
saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lavajit.compiler.fields import ArrayField, OpaqueField, ScalarField
from lavajit.compiler.instances import Instance
from lavajit.model.threads import divided_names
from lavajit.process.fingerprint import fingerprint
from lavajit.process.plain_data import NotPlainError, pack
from lavajit.process.process import AbstractProcess
from lavajit.process.state_values import StateFileError
from lavajit.runtime.assemble import renew_kernels
from lavajit.runtime.host import KIND_RANK

#: Attributes of every model that are set by the engine or for one run.
_ENGINE = frozenset(
    {"proc_params", "log", "model_id", "time_step", "phase", "_req_pause", "_req_stop"}
    | {"num_steps", "rng", "check_for_stop_cmd", "check_for_pause_cmd"}
)


class ModelStates:
    """Reads and sets the attributes of a network's models, at a step boundary."""

    def __init__(self, network) -> None:
        self._network = network
        self._instances = {i.node.process: i for i in network.instances}
        #: The objects that cannot be saved, as they were made, and their digests.
        self._first: dict[tuple[int, str], tuple[object, bytes | None]] = {}
        for instance in network.instances:
            for name, field in instance.state.items():
                value = vars(instance.model).get(name)
                if isinstance(field, OpaqueField) and self._must_stay(instance, value):
                    self._first[instance.node.index, name] = value, fingerprint(value)

    def _must_stay(self, instance: Instance, value: Any) -> bool:
        """True for what can neither be saved nor is a parameter."""
        params = instance.node.process.proc_params
        return not _is_plain(value) and not any(value is params.get(key) for key in params)

    # --- which attributes -------------------------------------------------------------

    def _fields(self, instance: Instance) -> list[str]:
        """Fields that are neither a Var nor part of one."""
        model, taken = instance.model, set(_ENGINE)
        taken.update(var.name for var in instance.node.process.vars.members)
        for place in instance.sparse.values():
            taken.update(place.fields)
        for ring in model.ring_vars:  # reading the Var has straightened it
            taken.update((f"{ring}_first", f"{ring}_turns"))
        return [
            name
            for name, field in self._network.layout.fields[instance.node.index]
            if isinstance(field, (ArrayField, ScalarField))
            and name not in taken
            and name not in model.transient
        ]

    def _python_attributes(self, instance: Instance) -> Iterator[tuple[str, Any]]:
        model, process = instance.model, instance.node.process
        members = (process.vars, process.in_ports, process.out_ports, process.ref_ports)
        skipped = {m.name for group in (*members, process.var_ports) for m in group.members}
        precisions = {f"_{name}_p" for name in skipped}
        for name, value in vars(model).items():
            engine = name in _ENGINE or name in precisions or name.startswith("_lavajit_")
            if not engine and name not in skipped and name not in model.transient:
                yield name, value

    # --- reading ----------------------------------------------------------------------

    def get(self, process: AbstractProcess, arrays: list[np.ndarray]) -> dict[str, Any] | None:
        """Attributes of the model by name, as `pack` gives them; None if there is no model.

        Raises
        ------
        StateFileError
            An attribute cannot be saved and has changed, or a message waits in a FIFO.
        """
        instance = self._instances.get(process)
        if instance is None:
            return None
        self._check_queues(instance)
        views, index = self._network.layout.views, instance.node.index
        first = len(arrays)
        found = {name: pack(views[index, name], arrays) for name in self._fields(instance)}
        for name, value in self._python_attributes(instance):
            if self._must_stay(instance, value):
                self._check_unchanged(instance, name, value)
            elif _is_plain(value):
                found[name] = pack(value, arrays)
        arrays[first:] = [array.copy() for array in arrays[first:]]
        return {"class": type(instance.model).__name__, "attributes": found}

    def _check_unchanged(self, instance: Instance, name: str, value: Any) -> None:
        first, digest = self._first.get((instance.node.index, name), (None, None))
        if first is value and digest is not None and digest == fingerprint(value):
            return
        what = "has changed" if digest is not None else "may have changed"
        model = type(instance.model).__name__
        raise StateFileError(
            f"{instance.node.name} cannot be saved: attribute '{name}' of its model {model}, a "
            f"{type(value).__name__}, {what} and is no plain data. Keep state in Vars, numbers, "
            f"arrays, or lists, tuples and dicts of these; list what is no state in the class "
            f"attribute transient = ('{name}',)."
        )

    def _check_queues(self, instance: Instance) -> None:
        """Messages on their way would be lost; those for user code can still be received."""
        index = instance.node.index
        for queue, fifo in self._network.hosts.fifos.items():
            for_user = queue.target is None
            if len(fifo) and index in (queue.source, queue.target) and not for_user:
                raise StateFileError(
                    f"{instance.node.name} cannot be saved: {len(fifo)} message(s) wait on "
                    f"{fifo.label}. Run the network until they have been received."
                )

    # --- setting ----------------------------------------------------------------------

    def check(self, process: AbstractProcess, model: str, state: dict[str, Any], path: Any) -> None:
        """Raise StateFileError unless `state`, saved by a model class `model`, can be set."""
        instance = self._instances.get(process)
        here = "no model" if instance is None else type(instance.model).__name__
        if instance is None or model != here:
            raise StateFileError(
                f"{path} does not fit '{process.name}': it was saved with {model}, here it has "
                f"{here}. Select the same model (see select_tag of the run config)."
            )
        for name in self._fields(instance):
            if name not in state:
                raise StateFileError(
                    f"{path} does not fit '{process.name}': attribute '{name}' of {model} is not "
                    f"in the file."
                )
            view = self._network.layout.views[instance.node.index, name]
            value = np.asarray(state[name])
            kinds = KIND_RANK.get(value.dtype.kind, 9), KIND_RANK[view.dtype.kind]
            widens = "_lavajit_places" in vars(instance.model)
            if value.shape != view.shape or (kinds[0] > kinds[1] and not widens):
                raise StateFileError(
                    f"{path} does not fit '{process.name}': attribute '{name}' of its model is "
                    f"{_form(value)} in the file and {_form(view)} here. Create the Process with "
                    f"the same parameters and select the same model{self._hint(instance)}."
                )

    def _hint(self, instance: Instance) -> str:
        """What else may make a difference."""
        if not divided_names(instance.node.model_class):
            return ""
        threads = self._network.division.shards
        return (
            f"; its arrays depend on the number of threads, which is {threads} here: give the run "
            "config the `threads` it was saved with"
        )

    def set(self, process: AbstractProcess, state: dict[str, Any]) -> None:
        """Set the attributes; lists and dicts keep their identity, in case others hold them."""
        instance = self._instances[process]
        model, fields = instance.model, set(self._fields(instance))
        for name, value in state.items():
            present = vars(model).get(name)
            if name in fields:
                setattr(model, name, np.asarray(value))
            elif type(present) is list and type(value) is list:
                present[:] = value
            elif type(present) is dict and type(value) is dict:
                present.clear()
                present.update(value)
            else:
                setattr(model, name, value)
        for name, value in list(self._python_attributes(instance)):
            if name not in state and _is_plain(value):
                delattr(model, name)  # it came into being after the state was saved
        functions = instance.functions
        model.on_load()
        if instance.functions != functions:
            renew_kernels(self._network, instance)


def _is_plain(value: Any) -> bool:
    try:
        pack(value, [])
    except NotPlainError:
        return False
    return True


def _form(array: np.ndarray) -> str:
    return f"{array.dtype} of shape {array.shape}"
