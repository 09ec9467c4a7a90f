"""From nodes to model instances: the fields of each state block and their initial values.

A model is built as Lava builds it, ``Model(proc.proc_params)``; then every Var takes its declared
type, and every number or array that the model's ``__init__`` (or its class) holds becomes a field
too. Whatever native code cannot hold stays an ordinary Python attribute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from lavajit.compiler.exceptions import ModelError
from lavajit.compiler.fields import (
    SCALAR_DENSE,
    SCALAR_SPARSE,
    VEC_DENSE,
    VEC_SPARSE,
    ArrayField,
    Field,
    OpaqueField,
    RandomField,
    ScalarField,
    SharedField,
)
from lavajit.compiler.graph import Graph, Node
from lavajit.compiler.initial_values import cast_values, initial_array, numeric_dtype
from lavajit.compiler.plain_attributes import plain_attributes, plain_field
from lavajit.compiler.precision import float_precisions, narrow, narrowed
from lavajit.compiler.sparse_vars import SparseVar, add_sparse_group
from lavajit.model.model import AbstractProcessModel
from lavajit.model.precision import FLOAT64
from lavajit.model.protocols import AsyncProtocol
from lavajit.model.py_model import (
    AbstractPyProcessModel,
    PyAsyncProcessModel,
    PyLoihiProcessModel,
)
from lavajit.model.py_ports import PyInPort, PyOutPort, PyRefPort, PyVarPort
from lavajit.model.py_type import LavaPyType
from lavajit.process.sparse_values import is_sparse, is_sparse_type
from lavajit.process.variable import Var

#: Attributes of a model that are not state of the simulated network.
_HOUSEKEEPING = frozenset(
    {"proc_params", "log", "model_id", "time_step", "_req_pause", "_req_stop", "num_steps", "rng"}
)
_KINDS = {
    "VectorDense": VEC_DENSE,
    "VectorSparse": VEC_SPARSE,
    "ScalarDense": SCALAR_DENSE,
    "ScalarSparse": SCALAR_SPARSE,
}


@dataclass
class PortSpec:
    """A port as its model declares it."""

    name: str
    family: type
    kind: str
    dtype: np.dtype
    shape: tuple[int, ...]


@dataclass(eq=False)
class Instance:
    """One model instance with the state its kernels work on.

    Attributes
    ----------
    state : dict of str to Field
        Scalar and array fields (Vars first, then plain attributes).
    values : dict of str to ndarray
        Their initial values, of the field's dtype.
    ports : dict of str to PortSpec
        In-, Out- and RefPorts.
    opaque : dict of str to object
        Var values that live in Python (strings, sparse matrices).
    sparse : dict of str to SparseVar
        Sparse matrices that live in native memory.
    precision : str
        "float64" or "float32": how floating-point Vars, ports and attributes are kept.
    """

    node: Node
    model: AbstractProcessModel
    state: dict[str, Field] = field(default_factory=dict)
    values: dict[str, np.ndarray] = field(default_factory=dict)
    ports: dict[str, PortSpec] = field(default_factory=dict)
    opaque: dict[str, object] = field(default_factory=dict)
    sparse: dict[str, SparseVar] = field(default_factory=dict)
    precision: str = FLOAT64

    @property
    def is_async(self) -> bool:
        return is_async(type(self.model))

    @property
    def functions(self) -> tuple[tuple[str, FunctionType], ...]:
        """Attributes of the model that are plain functions."""
        held = vars(self.model).items()
        return tuple((name, f) for name, f in held if isinstance(f, FunctionType))

    def promote(self, name: str, dtype: str) -> None:
        """Widen the field `name`."""
        dtype = self.kept_as(name, np.dtype(dtype)).name
        old = self.state[name]
        if isinstance(old, ArrayField):
            self.state[name] = ArrayField(dtype, old.ndim, old.order)
        else:
            self.state[name] = ScalarField(dtype)
        self.values[name] = self.values[name].astype(dtype)

    def kept_as(self, name: str, dtype: np.dtype) -> np.dtype:
        """The dtype in which a field keeps numbers of `dtype`."""
        return dtype if name in self.model.float64_vars else narrow(dtype, self.precision)


def is_async(model_class: type) -> bool:
    """True for models that run outside the step loop."""
    protocol = model_class.implements_protocol
    if protocol is None:
        return issubclass(model_class, PyAsyncProcessModel)
    return issubclass(protocol, AsyncProtocol)


def build_models(graph: Graph, shards: int = 1) -> list[Instance]:
    """Build one model per node, for a network that is divided into `shards` parts.

    Raises
    ------
    ModelError
        Declarations of a model do not match its Process.
    ValueError
        An initial value does not broadcast to the shape of its Var.
    """
    precisions = float_precisions(graph)
    return [_build(graph, node, precisions[node.index], shards) for node in graph.nodes]


def _build(graph: Graph, node: Node, precision: str, shards: int) -> Instance:
    _check_runnable(node)
    model = node.model_class(node.process.proc_params)
    model.on_divide(shards)
    model.model_id = node.process.id
    instance = Instance(node, model, precision=precision)
    declared = declarations(node.model_class)
    _check_declarations(node, declared)
    declared = narrowed(declared, precision, model.float64_vars)
    native_sparse = {name for group in model.native_sparse for name in group}
    for var in node.process.vars.members:
        if var.name not in native_sparse:
            _add_var(instance, var, declared[var.name])
    for group in model.native_sparse:
        _add_sparse_vars(instance, group, declared)
    for name in model.ring_vars:
        _add_ring(graph, instance, name)
    for family, collection in _io_families(node):
        for port in collection.members:
            instance.ports[port.name] = _port_spec(node, port, declared[port.name], family)
    _add_plain_attributes(instance, declared)
    return instance


def standard_fields(instance: Instance) -> list[tuple[str, Field]]:
    """Fields every Loihi-protocol model has."""
    if instance.is_async:
        return [("rng", RandomField())]
    return [
        ("time_step", SharedField("int64")),
        ("_req_pause", ScalarField("bool")),
        ("_req_stop", ScalarField("bool")),
        ("rng", RandomField()),
    ]


def declarations(model_class: type) -> dict[str, LavaPyType]:
    """All LavaPyTypes of a model class, base classes first."""
    found: dict[str, LavaPyType] = {}
    for base in reversed(model_class.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, LavaPyType):
                found[name] = value
            elif name in found:
                del found[name]
    return found


def _check_runnable(node: Node) -> None:
    if not issubclass(node.model_class, AbstractPyProcessModel):
        raise ModelError(
            f"{node.model_class.__name__}, selected for {node.name}, is not a Python ProcessModel; "
            "derive it "
            "from PyLoihiProcessModel or PyAsyncProcessModel."
        )
    model_class = node.model_class
    asynchronous = is_async(model_class)
    if asynchronous and not issubclass(model_class, PyAsyncProcessModel):
        raise ModelError(
            f"{model_class.__name__} declares AsyncProtocol but is no PyAsyncProcessModel; use "
            "protocol=LoihiProtocol, or derive it from PyAsyncProcessModel."
        )
    if not asynchronous and not issubclass(model_class, PyLoihiProcessModel):
        raise ModelError(
            f"{model_class.__name__} declares LoihiProtocol but is no PyLoihiProcessModel; use "
            "protocol=AsyncProtocol, or derive it from PyLoihiProcessModel."
        )
    if asynchronous and model_class.run_async is PyAsyncProcessModel.run_async:
        raise NotImplementedError(
            f"{model_class.__name__} (for {node.name}) must implement run_async()"
        )


def _check_declarations(node: Node, declared: dict[str, LavaPyType]) -> None:
    process, model = node.process, node.model_class.__name__
    members = {}
    for collection, what in (
        (process.vars, "Var"),
        (process.in_ports, "InPort"),
        (process.out_ports, "OutPort"),
        (process.ref_ports, "RefPort"),
    ):
        members.update({m.name: what for m in collection.members})
    explicit = [p for p in process.var_ports.members if not p.name.startswith("_")]
    members.update({p.name: "VarPort" for p in explicit})
    for name, what in members.items():
        if name not in declared:
            raise ModelError(
                f"{what} {name!r} of {node.name} has no LavaPyType in {model}; add "
                f"`{name} = LavaPyType(...)` to the model."
            )
    for name in declared:
        if name not in members:
            raise ModelError(
                f"No LavaPyType {name!r} belongs into ProcModel {model!r}: {node.name} has no Var "
                "or port of "
                f"that name (it has {sorted(members) or 'none'})."
            )
    for port in explicit:
        _port_spec(node, port, declared[port.name], PyVarPort)


def _io_families(node: Node):
    process = node.process
    return (
        (PyInPort, process.in_ports),
        (PyOutPort, process.out_ports),
        (PyRefPort, process.ref_ports),
    )


def _port_spec(node: Node, port, lava_type: LavaPyType, family: type) -> PortSpec:
    cls = lava_type.cls
    where = f"{node.model_class.__name__}.{port.name} (for {node.name})"
    if not (isinstance(cls, type) and issubclass(cls, family)):
        raise ModelError(
            f"{where} is a {type(port).__name__} and needs LavaPyType({family.__name__}.VEC_DENSE, "
            "...), "
            f"got {getattr(cls, '__name__', cls)!r}."
        )
    for suffix, kind in _KINDS.items():
        if any(base.__name__.endswith(suffix) for base in cls.__mro__):
            dtype = numeric_dtype(lava_type.d_type, where)
            return PortSpec(port.name, family, kind, dtype, tuple(port.shape))
    raise TypeError(
        f"{where} is declared with the abstract class {cls.__name__}; choose one of its variants, "
        f"e.g. {family.__name__}.VEC_DENSE."
    )


# --- Vars -----------------------------------------------------------------------------


def _add_var(instance: Instance, var: Var, lava_type: LavaPyType) -> None:
    cls = lava_type.cls
    where = f"Var {var.name!r} of {instance.node.name}"
    if not isinstance(cls, type):
        raise NotImplementedError(f"{where}: LavaPyType({cls!r}, ...) is not a type of Vars")
    if issubclass(cls, np.ndarray):
        order = "F" if var.name in instance.model.column_major else "C"
        dtype = numeric_dtype(lava_type.d_type, where)
        value = initial_array(var.init, var.shape, dtype, where)
        instance.state[var.name] = ArrayField(dtype.name, value.ndim, order)
        instance.values[var.name] = value
    elif issubclass(cls, str):
        instance.opaque[var.name] = var.init
    elif issubclass(cls, (int, float, complex)):
        _add_scalar_var(instance, var, cls, where)
    elif is_sparse_type(cls):
        instance.opaque[var.name] = _initial_sparse(var, lava_type)
    else:
        raise NotImplementedError(
            f"{where}: {cls.__name__} is not a type of Vars; use np.ndarray, int, float, str or "
            "csr_matrix."
        )


def _add_sparse_vars(instance: Instance, group: tuple[str, ...], declared) -> None:
    name = instance.node.name
    dtypes = [numeric_dtype(declared[var].d_type, f"Var {var!r} of {name}") for var in group]
    add_sparse_group(instance, group, dtypes, cast_values)


def _add_ring(graph: Graph, instance: Instance, name: str) -> None:
    """A Var whose last axis may turn: its first slot, and whether it may (no RefPort sees it)."""
    seen = any(r.target is instance.node and r.var.name == name for r in graph.references)
    for suffix, value in (("first", np.int64(0)), ("turns", np.bool_(not seen))):
        instance.state[f"{name}_{suffix}"] = ScalarField(value.dtype.name)
        instance.values[f"{name}_{suffix}"] = np.asarray(value)


def _add_scalar_var(instance: Instance, var: Var, cls: type, where: str) -> None:
    """A Var declared with a Python number type: the value keeps its own kind, int becomes float."""
    init = var.init
    value = np.asarray(init)
    if value.dtype.kind not in "biufc":
        raise ValueError(f"{where}: the initial value {init!r} is not numeric")
    if value.dtype.kind in "iu":
        value = value.astype("int64")
        if issubclass(cls, float):
            value = value.astype("float64")
    if value.dtype.kind == "f" and not isinstance(init, (np.ndarray, np.generic)):
        value = value.astype("float64")
    value = cast_values(value, instance.kept_as(var.name, value.dtype), where)
    if value.ndim == 0:
        instance.state[var.name] = ScalarField(value.dtype.name)
    else:
        instance.state[var.name] = ArrayField(value.dtype.name, value.ndim)
    instance.values[var.name] = value


def _initial_sparse(var: Var, lava_type: LavaPyType):
    if is_sparse(var.init):
        return var.init.tocsr().copy()
    dense = np.full(var.shape, var.init, dtype=np.dtype(lava_type.d_type))
    from scipy.sparse import csr_matrix

    return csr_matrix(dense)


# --- plain attributes -----------------------------------------------------------------


def _add_plain_attributes(instance: Instance, declared: dict[str, LavaPyType]) -> None:
    for name, value in plain_attributes(instance.model):
        if name in declared or name in _HOUSEKEEPING or name in instance.state:
            continue
        if isinstance(value, (float, complex, np.ndarray, np.generic)):
            value = _kept_value(instance, name, np.asarray(value), value)
        known = plain_field(value)
        instance.state[name] = known
        if not isinstance(known, OpaqueField):
            instance.values[name] = np.asarray(value)  # copied into the arena later
    for name, lava_type in declared.items():
        setattr(instance.model, f"_{name}_p", lava_type.precision)


def _kept_value(instance: Instance, name: str, array: np.ndarray, value: object) -> object:
    """`value`, which is `array`, in the precision of the instance."""
    dtype = instance.kept_as(name, array.dtype)
    if dtype == array.dtype:
        return value
    where = f"attribute {name!r} of {instance.node.name}"
    return cast_values(array, dtype, where)[()]
