"""Small networks with chosen kernels, run natively and in Python; for tests of kernels."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi1SimCfg,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Var,
    implements,
    requires,
)
from lavajit.runtime.tiers import HostTierWarning

PYTHON = {"native": False}


def cell_class() -> type[AbstractProcess]:
    """A new Process class whose Vars are the keyword arguments of its constructor."""

    class Cell(AbstractProcess):
        def __init__(self, **values):
            super().__init__()
            for name, value in values.items():
                setattr(self, name, Var(shape=np.shape(value), init=value))

    return Cell


def model_class(process: type, namespace: dict, values: dict, base: type = PyLoihiProcessModel):
    """A model of `process`: methods from `namespace`, a LavaPyType for every entry of `values`."""
    types = {name: _type_of(value) for name, value in values.items()}
    model = type("CellModel", (base,), {"__module__": __name__, **types, **namespace})
    return implements(process, LoihiProtocol)(requires(CPU)(model))


def _type_of(value) -> LavaPyType:
    if isinstance(value, (bool, int, float, complex)):
        return LavaPyType(type(value), type(value))
    return LavaPyType(np.ndarray, np.asarray(value).dtype)


def run_config(*models: type) -> Loihi1SimCfg:
    """A run configuration that uses these models."""
    chosen = {model.implements_process: model for model in models}
    return Loihi1SimCfg(exception_proc_model_map=chosen)


def run_cell(kernel, values: dict, steps: int = 2, native: bool = True, base=PyLoihiProcessModel):
    """Run one Process; (values of its Vars after `steps`, its compile outcomes).

    `kernel` is the ``run_spk`` method or a namespace of methods and attributes.
    """
    namespace = {"run_spk": kernel} if isinstance(kernel, Callable) else dict(kernel)
    process = cell_class()
    model = model_class(process, namespace, values, base)
    cell = process(**values)
    try:
        cell.run(
            RunSteps(num_steps=steps),
            run_config(model),
            compile_config=None if native else PYTHON,
        )
        found = {name: getattr(cell, name).get() for name in values}
        return found, cell.runtime.executable.network.tiers
    finally:
        cell.stop()


def both_tiers(kernel, values: dict, steps: int = 2, base=PyLoihiProcessModel) -> dict:
    """Values after running natively; fails if they differ in Python or it does not run natively."""
    native, tiers = run_cell(kernel, values, steps, True, base)
    reasons = [f"line {r.line}: {r.reason}" for r in tiers.refusals.values()]
    assert not reasons, reasons
    python, _ = run_cell(kernel, values, steps, False, base)
    for name, value in native.items():
        assert_same(value, python[name], name)
    return native


def assert_same(native, python, name: str = "") -> None:
    """Same dtype, shape and value (floats to the last few ulps, as sums may be ordered anew)."""
    native, python = np.asarray(native), np.asarray(python)
    assert native.dtype == python.dtype, (name, native.dtype, python.dtype)
    assert native.shape == python.shape, (name, native.shape, python.shape)
    if native.dtype.kind in "fc":
        np.testing.assert_allclose(native, python, rtol=1e-12, atol=0, err_msg=name)
    else:
        np.testing.assert_array_equal(native, python, err_msg=name)


def refusal(kernel, values: dict, base=PyLoihiProcessModel):
    """The one Refusal of a kernel that must stay in Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HostTierWarning)
        _, tiers = run_cell(kernel, values, 1, True, base)
    (found,) = tiers.refusals.values()
    return found


# --- two Processes ----------------------------------------------------------------------------


class Talker(AbstractProcess):
    """Sends; the Var `data` is what it may send."""

    def __init__(self, data, shape, where=0):
        super().__init__()
        self.data = Var(np.shape(data), init=data)
        self.where = Var(np.shape(where), init=where)
        self.out = OutPort(shape)


class Listener(AbstractProcess):
    """Receives; keeps what it received in `got` and `at`."""

    def __init__(self, shape, got, at=0):
        super().__init__()
        self.a_in = InPort(shape)
        self.got = Var(np.shape(got), init=got)
        self.at = Var(np.shape(at), init=at)


def connect_straight(talker: Talker, listener: Listener) -> None:
    """The plain connection."""
    talker.out.connect(listener.a_in)


@dataclass
class Talk:
    """A message from one Process to another: types, methods and the path between them."""

    send: Callable
    receive: Callable
    data: np.ndarray
    got: np.ndarray
    kind: str = "VEC_DENSE"
    out_type: type = float
    in_type: type = float
    where: object = 0
    at: object = 0
    shape: tuple | None = None
    in_shape: tuple | None = None
    connect: Callable = connect_straight

    def run(self, native: bool, steps: int = 2):
        """(`got`, `at`, refusals) after some steps."""
        shape = np.shape(self.data) if self.shape is None else self.shape
        talker = Talker(self.data, shape, self.where)
        listener = Listener(self.in_shape or shape, self.got, self.at)
        self.connect(talker, listener)
        config = run_config(self._talker_model(), self._listener_model())
        try:
            talker.run(RunSteps(num_steps=steps), config, compile_config=None if native else PYTHON)
            refusals = talker.runtime.executable.network.tiers.refusals
            return listener.got.get(), listener.at.get(), refusals
        finally:
            talker.stop()

    def both(self, steps: int = 2):
        """What arrived natively; the same in Python."""
        got, at, refusals = self.run(True, steps)
        assert not refusals, [r.reason for r in refusals.values()]
        python_got, python_at, _ = self.run(False, steps)
        assert_same(got, python_got, "got")
        assert_same(at, python_at, "at")
        return got if np.ndim(self.at) == 0 and not np.any(at) else (got, at)

    def _talker_model(self) -> type:
        port = LavaPyType(getattr(PyOutPort, self.kind), self.out_type)
        namespace = {"run_spk": self.send, "out": port}
        return model_class(Talker, namespace, {"data": self.data, "where": self.where})

    def _listener_model(self) -> type:
        port = LavaPyType(getattr(PyInPort, self.kind), self.in_type)
        namespace = {"run_spk": self.receive, "a_in": port}
        return model_class(Listener, namespace, {"got": self.got, "at": self.at})
