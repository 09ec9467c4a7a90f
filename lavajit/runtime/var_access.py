"""Reading and setting Vars: numpy indexing, everything checked before anything changes."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import Layout
from lavajit.compiler.initial_values import overflows
from lavajit.compiler.instances import Instance
from lavajit.compiler.sparse_vars import new_elements, read_sparse
from lavajit.model.py_model import AbstractPyProcessModel
from lavajit.process.sparse_values import is_sparse
from lavajit.process.variable import Var
from lavajit.runtime.assemble import renew_kernels


class VarAccess:
    """Finds the storage of every Var of a network by its id."""

    def __init__(self, network):
        self.network = network
        self.layout = network.layout
        self.owners: dict[int, tuple[Instance, Var]] = {}
        for instance in network.instances:
            for var in instance.node.process.vars.members:
                self.owners[var.id] = (instance, var)
        leaves = {id(i.node.process) for i in network.instances}
        self.outer: dict[int, Var] = {
            var.id: var
            for process in network.graph.processes
            if id(process) not in leaves
            for var in process.vars.members
        }

    def get(self, var_id: int, idx=None):
        """A copy of the value, or of ``value[idx]``."""
        if var_id in self.outer:
            return self.outer[var_id].init
        instance, var = self._owner(var_id)
        if var.name in instance.opaque:
            value = getattr(instance.model, var.name)
            value = value.copy() if is_sparse(value) else value
            return value if idx is None else value[idx]
        if var.name in instance.sparse:
            value = read_sparse(instance, self.layout, var.name)
            return value if idx is None else value[idx]
        straighten(self.layout, instance, var.name)
        value = self.layout.views[instance.node.index, var.name]
        if value.ndim == 0 and var.shape != ():
            value = np.full(var.shape, value[()])
        return np.array(value) if idx is None else np.array(value[idx])[()]

    def _owner(self, var_id: int) -> tuple[Instance, Var]:
        if var_id not in self.owners:
            raise AssertionError(f"no Var with id {var_id} belongs to this network")
        return self.owners[var_id]

    def set(self, var_id: int, value, idx=None) -> None:
        """Set the value, or ``var[idx]``; if the model refuses it the old one comes back.

        Raises
        ------
        ValueError
            Wrong type or shape, NaN or overflow for an integer Var, or refused by the model.
        RuntimeError
            The Var belongs to an asynchronous Process.
        """
        if var_id in self.outer:
            raise ValueError(
                f"Var {self.outer[var_id].name!r} of a hierarchical Process has no storage; alias "
                "it to a "
                "Var of a sub process"
            )
        instance, var = self._owner(var_id)
        if instance.is_async:
            raise RuntimeError(
                f"Set is not supported under AsyncProtocol: {_where(instance, var)} belongs to an "
                "asynchronous Process"
            )
        value, idx = self._admitted(instance, var, value, idx)
        acts = type(instance.model).on_var_update is not AbstractPyProcessModel.on_var_update
        before = self.get(var_id) if acts else None
        self._store(instance, var, value, idx)
        if not acts:
            return
        functions = instance.functions
        try:
            instance.model.on_var_update()
        except Exception:
            self._store(instance, var, *self._admitted(instance, var, before, None))
            raise
        if instance.functions != functions:
            renew_kernels(self.network, instance)

    def _admitted(self, instance: Instance, var: Var, value, idx):
        """Value and index that are stored: what the model and modelled hardware allow, or make."""
        resources = self.network.resources
        holds = resources is not None and resources.holds(instance)
        checks = type(instance.model).check_var is not AbstractPyProcessModel.check_var
        if not (holds or checks):
            return value, idx
        whole = self._whole(instance, var, value, idx)
        if checks:
            instance.model.check_var(var.name, whole)
        return (resources.admit(instance, self.layout, var.name, whole) if holds else whole), None

    def _whole(self, instance: Instance, var: Var, value, idx):
        """What all of the Var would be."""
        if var.name in instance.opaque or var.name in instance.sparse:
            if idx is not None:
                raise ValueError(f"{_where(instance, var)} is set as a whole, without an index")
            return value
        where = _where(instance, var)
        new = _numeric(value, where)
        view = self.layout.views[instance.node.index, var.name]
        if view.ndim == 0:
            return new
        if idx is None:
            return _fit(new, view.shape, where)
        straighten(self.layout, instance, var.name)
        whole = view.astype(np.result_type(view.dtype, new.dtype))
        whole[idx] = _fit(new, np.shape(_selected(whole, idx, where)), where)
        return whole

    def _store(self, instance: Instance, var: Var, value, idx) -> None:
        if var.name in instance.opaque:
            self._set_opaque(instance, var, value, idx)
        elif var.name in instance.sparse:
            self._set_sparse(instance, var, value, idx)
        else:
            straighten(self.layout, instance, var.name)
            self._set_numbers(instance, var, value, idx)

    def _set_numbers(self, instance: Instance, var: Var, value, idx) -> None:
        where = _where(instance, var)
        target = self.layout.views[instance.node.index, var.name]
        new = _numeric(value, where)
        _check_range(new, target.dtype, where)
        if target.ndim == 0:
            if new.size != 1 and new.shape != tuple(var.shape):
                raise ValueError(f"{where} holds one number, got an array of shape {new.shape}")
            if new.size > 1 and not (new == new.reshape(-1)[0]).all():
                raise ValueError(f"{where} holds one number, got different values {value!r}")
            target[...] = new.reshape(-1)[0].astype(target.dtype)
            return
        place = target if idx is None else _selected(target, idx, where)
        new = _fit(new, np.shape(place), where)
        with np.errstate(invalid="ignore"):
            cast = new.astype(target.dtype, casting="unsafe")
        target[... if idx is None else idx] = cast

    def _set_sparse(self, instance: Instance, var: Var, value, idx) -> None:
        where = _where(instance, var)
        if idx is not None:
            raise ValueError(f"{where} holds a sparse matrix; set it as a whole, without an index")
        elements = new_elements(instance, self.layout, var.name, value, where)
        target = self.layout.views[instance.node.index, f"{var.name}_data"]
        _check_range(elements, target.dtype, where)
        target[...] = elements.astype(target.dtype, copy=False)

    def _set_opaque(self, instance: Instance, var: Var, value, idx) -> None:
        where = _where(instance, var)
        old = getattr(instance.model, var.name)
        if isinstance(old, str):
            if not isinstance(value, str) or idx is not None:
                raise ValueError(f"{where} holds a string; set it with a whole str, got {value!r}")
            setattr(instance.model, var.name, value)
            return
        new = value.tocsr() if is_sparse(value) else None
        same = (
            new is not None
            and idx is None
            and new.shape == old.shape
            and new.nnz == old.nnz
            and np.array_equal(new.indptr, old.indptr)
            and np.array_equal(new.indices, old.indices)
        )
        if not same:
            raise ValueError(
                f"{where} holds a sparse matrix of shape {old.shape} with {old.nnz} entries; the "
                "new value must be "
                "sparse with the same shape and pattern"
            )
        old.data[:] = new.data


def straighten(layout: Layout, instance: Instance, name: str) -> None:
    """Turn a ring, if the Var is one, so that its first slot comes first."""
    if name in instance.model.ring_vars:
        index = instance.node.index
        ring, first = layout.views[index, name], layout.views[index, f"{name}_first"]
        if first:
            ring[...] = np.roll(ring, -int(first), axis=-1)
            first[...] = 0


def _where(instance: Instance, var: Var) -> str:
    return f"Var {var.name!r} of {instance.node.name}"


def _numeric(value, where: str) -> np.ndarray:
    try:
        new = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{where}: cannot make an array of {value!r}: {error}") from None
    if new.dtype.kind not in "biufc":
        raise ValueError(f"{where} holds numbers, got {type(value).__name__} {value!r}")
    return new


def _check_range(new: np.ndarray, dtype: np.dtype, where: str) -> None:
    """Refuse what a C cast would turn into another number."""
    if new.dtype.kind == "c" and dtype.kind != "c":
        raise ValueError(f"{where} holds {dtype}, got complex numbers")
    if dtype.kind in "fc" and new.dtype != dtype:
        _check_overflow(new, dtype, where)
    if dtype.kind not in "iu" or new.size == 0 or new.dtype.kind == "b":
        return
    if new.dtype.kind == "f" and not np.isfinite(new).all():
        raise ValueError(f"{where} holds {dtype}, got NaN or infinity")
    info = np.iinfo(dtype)
    # Python's ints compare exactly; as floats 2**63 and 2**63 - 1 are equal.
    low, high = int(new.min()), int(new.max())
    if low < info.min or high > info.max:
        raise ValueError(
            f"{where} holds {dtype} ({info.min} to {info.max}), got values from {low} to {high}"
        )


def _check_overflow(new: np.ndarray, dtype: np.dtype, where: str) -> None:
    if np.can_cast(new.dtype, dtype, "safe"):
        return
    with np.errstate(over="ignore"):
        cast = new.astype(dtype)
    if overflows(new, cast):
        most = np.finfo(dtype).max
        raise ValueError(f"{where} holds {dtype} (up to {most:.3g}), got values beyond")


def _selected(target: np.ndarray, idx, where: str) -> np.ndarray:
    try:
        return target[idx]
    except IndexError as error:
        raise IndexError(f"{where} has shape {target.shape}: {error}") from None


def _fit(new: np.ndarray, shape: tuple[int, ...], where: str) -> np.ndarray:
    """`new` in `shape`: the same shape (axes of length 1 aside), or one number for all."""
    if new.ndim == 0:
        return np.broadcast_to(new, shape)
    squeezed = tuple(n for n in new.shape if n != 1)
    if new.shape == shape or (new.size and squeezed == tuple(n for n in shape if n != 1)):
        return new.reshape(shape)
    raise ValueError(f"{where}: got shape {new.shape}, expected {shape} or one number")
