"""Vars that are set while their network is on cores.

What has been placed stays as it is: a new value has to fit registers, and synaptic memory holds the
synapses that it has been given. So the Process is described once more, with the new value, and the
description compared with the one that was placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavajit.compiler.sparse_vars import new_elements
from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.errors import NcCompileError, NcValueError
from lavajit.neurocore.plan.groups import NeuronGroup, Synapses
from lavajit.neurocore.plan.legalise import violations
from lavajit.neurocore.plan.net import NcNet

#: What cannot change once groups have been put on cores.
_PLACED_GROUP = ("shape", "core", "words", "per_neuron", "message_bits", "state")
_PLACED_SYNAPSES = ("n_in", "n_out", "bits", "weight_exponent", "message_bits", "learning")


def admit(
    net: NcNet,
    made: NeuronGroup | Synapses,
    chip: Chip,
    instance: Any,
    layout: Any,
    name: str,
    value: Any,
) -> Any:
    """What cores hold of the value that a Var is to be set to.

    Registers that the model keeps of its description are written.

    Parameters
    ----------
    net : NcNet
        The network that has been placed.
    made : NeuronGroup or Synapses
        The Process in it.
    chip : Chip
    instance : Instance
        Its model.
    layout : Layout
        Memory of the network, which has the values of other Vars.
    name : str
        The Var.
    value : ndarray or csr_matrix or str
        All of it.

    Returns
    -------
    ndarray or csr_matrix or str

    Raises
    ------
    NcValueError
        It fits no register, is not whole, or other synapses would be stored; nothing has changed.
    """
    if name in instance.opaque:
        return value
    change = _Change(net, made, chip, instance, layout, name)
    held = change.held(value)
    if name in net.sources[made]:
        change.describe(held)
    return change.as_given(held)


@dataclass(frozen=True)
class _Values(Mapping):
    """Values of a model as they are now, but for one."""

    layout: Any
    index: int
    changed: str
    value: NDArray

    def __getitem__(self, name: str) -> NDArray:
        return self.value if name == self.changed else self.layout.views[self.index, name]

    def __iter__(self) -> Iterator[str]:
        return (name for index, name in self.layout.views if index == self.index)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class _Change:
    """One Var of a Process on cores, which is to be set."""

    net: NcNet
    made: NeuronGroup | Synapses
    chip: Chip
    instance: Any
    layout: Any
    name: str

    @property
    def _field(self) -> str:
        """Field that holds the elements."""
        return f"{self.name}_data" if self.name in self.instance.sparse else self.name

    @property
    def _view(self) -> NDArray:
        return self.layout.views[self.instance.node.index, self._field]

    def held(self, value: Any) -> NDArray:
        """Elements as the model says that cores hold them."""
        if self.name in self.instance.sparse:
            try:
                where = f"Var {self.name!r}"
                value = new_elements(self.instance, self.layout, self.name, value, where)
            except ValueError as error:
                raise self._error(str(error)) from error
        given = np.asarray(value)
        if self._view.dtype.kind in "iu":
            given = self._whole(given)
        return np.asarray(self.instance.model.as_held(self.name, given, self.made))

    def _whole(self, given: NDArray) -> NDArray:
        """Integers that the Var has room for."""
        whole = given.astype(np.int64, copy=False) if given.dtype.kind in "biu" else given
        if given.dtype.kind == "f":
            if not (np.isfinite(given).all() and (given == np.trunc(given)).all()):
                raise self._error("cores compute in integers", given)
            whole = given.astype(np.int64)
        info = np.iinfo(self._view.dtype)
        if whole.size and (whole.min() < info.min or whole.max() > info.max):
            raise self._error(f"the register is in {info.min}..{info.max}", given)
        return whole

    def describe(self, held: NDArray) -> None:
        """Describe the Process with new elements; refuse what has not been placed."""
        one = held.reshape(-1)[:1].reshape(()) if self._view.ndim == 0 else held
        values = _Values(self.layout, self.instance.node.index, self._field, one)
        try:
            new = NcNet(self.net.core).describe(replace(self.instance, values=values))
        except NcCompileError as error:
            raise self._error(str(error.__cause__ or error), held) from error
        self._check_placed(new, held)
        wrong = violations(self._as_placed(new), self.chip)
        if wrong:
            raise self._error(" ".join(each.text for each in wrong), held)
        for name, array in self.instance.model.registers_of(new).items():
            self.layout.views[self.instance.node.index, name][...] = array

    def _as_placed(self, new: NeuronGroup | Synapses) -> NeuronGroup | Synapses:
        """The new description, with the sign mode that memory was formatted for."""
        if isinstance(new, Synapses):
            return replace(new, sign_mode=self.made.sign_mode)
        return new

    def _check_placed(self, new: NeuronGroup | Synapses, held: NDArray) -> None:
        is_group = isinstance(new, NeuronGroup)
        for name in _PLACED_GROUP if is_group else _PLACED_SYNAPSES:
            before, after = getattr(self.made, name), getattr(new, name)
            if before != after:
                raise self._error(_difference(name, before, after), held)
        if is_group or _same_places(self.made, new):
            return
        before, after = _places(self.made), _places(new)
        lost, more = np.setdiff1d(before, after).size, np.setdiff1d(after, before).size
        bits, mode = self.made.bits.weight, self.made.sign_mode.name
        raise self._error(
            f"{lost} of {before.size} synapses become 0 and {more} come in, but synaptic memory "
            f"keeps the pattern of zeros that was placed (weights of {bits} bit, {mode})"
        )

    def as_given(self, held: NDArray) -> Any:
        """Elements in the form in which the Var is set."""
        if self.name not in self.instance.sparse:
            return held
        from scipy.sparse import csc_matrix

        place = self.instance.sparse[self.name]
        _, rows, columns = (
            self.layout.views[self.instance.node.index, each] for each in place.fields
        )
        return csc_matrix((held, rows, columns), shape=place.shape)

    def _error(self, why: str, given: NDArray | None = None) -> NcValueError:
        process = self.instance.node.process
        told = "" if given is None or not given.size else f" to {_told(given)}"
        return NcValueError(
            f"{type(process).__name__} {process.name!r}: {self.name} cannot be set{told} on "
            f"{self.chip.title}: {why}"
        )


def _difference(name: str, before: Any, after: Any) -> str:
    """What would change, of registers the ones that differ."""
    if is_dataclass(before):
        for each in fields(before):
            old, new = getattr(before, each.name), getattr(after, each.name)
            if old != new:
                name, before, after = each.name, old, new
                break
    return f"{name} is {before} since the network was placed, it would be {after}"


def _same_places(one: Synapses, other: Synapses) -> bool:
    return np.array_equal(one.pointers, other.pointers) and np.array_equal(
        one.targets, other.targets
    )


def _places(synapses: Synapses) -> NDArray:
    """A number for each synapse that says input and output."""
    inputs = np.repeat(np.arange(synapses.n_in), np.diff(synapses.pointers))
    return inputs * synapses.n_out + synapses.targets


def _told(given: NDArray) -> str:
    low, high = given.min(), given.max()
    return f"{low}" if low == high else f"values from {low} to {high}"
