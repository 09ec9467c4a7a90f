"""What a model holds besides its Vars, for Process.save and load and for snapshots.

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
from lavajit.process.loaded_models import ModelState
from lavajit.process.plain_data import NotPlainError, pack
from lavajit.process.process import AbstractProcess
from lavajit.process.snapshot import Snapshot
from lavajit.process.state_values import StateFileError
from lavajit.runtime.assemble import renew_kernels
from lavajit.runtime.host import KIND_RANK
from lavajit.runtime.network_state import restore_snapshot, take_snapshot
from lavajit.runtime.state_pieces import check_kept

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
                is_state = isinstance(field, OpaqueField) and name not in instance.model.transient
                if is_state and self._must_stay(instance, value):
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
        found |= self.plain_attributes(instance, arrays)
        state = {"class": type(instance.model).__name__, "attributes": found}
        if kept := self.kept(instance):
            state["kept"] = pack(kept, arrays)
        arrays[first:] = [array.copy(order="K") for array in arrays[first:]]
        return state

    def plain_attributes(self, instance: Instance, arrays: list[np.ndarray]) -> dict[str, Any]:
        """Packed attributes that are no fields."""
        self.check_unchanged(instance, "saved")
        return {
            name: pack(value, arrays)
            for name, value in self._python_attributes(instance)
            if _is_plain(value)
        }

    def kept(self, instance: Instance) -> dict[str, Any]:
        """What the model itself gives."""
        kept = instance.model.on_save()
        if type(kept) is dict and _is_plain(kept):
            return kept
        raise StateFileError(
            f"{instance.node.name} cannot be saved: on_save of its model "
            f"{type(instance.model).__name__} must return a dict of plain data, got {kept!r:.80}."
        )

    def check_unchanged(self, instance: Instance, verb: str) -> None:
        """Raise StateFileError if an attribute that is no plain data has changed."""
        for name, value in self._python_attributes(instance):
            if self._must_stay(instance, value):
                self._check_one_unchanged(instance, name, value, verb)

    def _check_one_unchanged(self, instance: Instance, name: str, value: Any, verb: str) -> None:
        first, digest = self._first.get((instance.node.index, name), (None, None))
        if first is value and digest is not None and digest == fingerprint(value):
            return
        what = "has changed" if digest is not None else "may have changed"
        model = type(instance.model).__name__
        raise StateFileError(
            f"{instance.node.name} cannot be {verb}: attribute '{name}' of its model {model}, a "
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

    def check(self, process: AbstractProcess, state: ModelState, path: Any) -> None:
        """Raise StateFileError unless the state of a model can be set."""
        instance, model = self._instances.get(process), state.model
        here = "no model" if instance is None else type(instance.model).__name__
        where = f"{path} does not fit '{process.name}'"
        if instance is None or model != here:
            raise StateFileError(
                f"{where}: it was saved with {model}, here it has {here}. Select the same model "
                f"(see select_tag of the run config)."
            )
        for name in self._fields(instance):
            if name not in state.attributes:
                raise StateFileError(f"{where}: attribute '{name}' of {model} is not in the file.")
            view = self._network.layout.views[instance.node.index, name]
            value = np.asarray(state.attributes[name])
            kinds = KIND_RANK.get(value.dtype.kind, 9), KIND_RANK[view.dtype.kind]
            widens = "_lavajit_places" in vars(instance.model)
            if value.shape != view.shape or (kinds[0] > kinds[1] and not widens):
                raise StateFileError(
                    f"{where}: attribute '{name}' of its model is {_form(value)} in the file and "
                    f"{_form(view)} here. Create the Process with the same parameters and select "
                    f"the same model{self.hint(instance)}."
                )
        self.check_unchanged(instance, "loaded")
        check_kept(instance, state.kept, where)

    def hint(self, instance: Instance) -> str:
        """What else may make a difference."""
        if not divided_names(instance.node.model_class):
            return ""
        threads = self._network.division.shards
        return (
            f"; its arrays depend on the number of threads, which is {threads} here: give the run "
            "config the `threads` it was saved with"
        )

    def set(self, process: AbstractProcess, state: ModelState) -> None:
        """Set the state of a model."""
        instance = self._instances[process]
        fields = set(self._fields(instance))
        for name in fields:
            setattr(instance.model, name, np.asarray(state.attributes[name]))
        plain = {n: value for n, value in state.attributes.items() if n not in fields}
        self.set_attributes(instance, plain, state.kept)

    def set_attributes(
        self, instance: Instance, attributes: dict[str, Any], kept: dict[str, Any]
    ) -> None:
        """Set what is no field; lists and dicts keep their identity, in case others hold them."""
        model = instance.model
        for name, value in attributes.items():
            present = vars(model).get(name)
            if type(present) is list and type(value) is list:
                present[:] = value
            elif type(present) is dict and type(value) is dict:
                present.clear()
                present.update(value)
            elif isinstance(present, tuple) and hasattr(present, "_make"):
                setattr(model, name, present._make(value))  # a NamedTuple is saved as a tuple
            else:
                setattr(model, name, value)
        for name, value in list(self._python_attributes(instance)):
            if name not in attributes and _is_plain(value):
                delattr(model, name)  # it came into being after the state was saved
        functions = instance.functions
        if kept:
            model.set_saved(kept)
        model.on_load()
        if instance.functions != functions:
            renew_kernels(self._network, instance)

    # --- the whole network ------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The state of the network."""
        return take_snapshot(self._network, self)

    def restore(self, snapshot: Snapshot, seed: int | None = None) -> None:
        """Set the state of the network; checked before anything changes."""
        restore_snapshot(self._network, self, snapshot, seed)


def _is_plain(value: Any) -> bool:
    try:
        pack(value, [])
    except NotPlainError:
        return False
    return True


def _form(array: np.ndarray) -> str:
    return f"{array.dtype} of shape {array.shape}"
