"""What it costs to cross between native code and Python: host-tier models, run(), get and set."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial

import numpy as np

from bench.common import Result, interleaved, seconds
from lavajit import (
    CPU,
    LIF,
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyInPort,
    PyLoihiProcessModel,
    RunSteps,
    Var,
    implements,
    requires,
)

REPETITIONS = 7
N_VALUES = 10_000


class Listener(AbstractProcess):
    """Counts steps; its model stays in Python if `python`."""

    def __init__(self, python: bool) -> None:
        super().__init__(python=python)
        self.inp = InPort((1,))
        self.count = Var((1,), init=0)


class PyListenerModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    count: np.ndarray = LavaPyType(np.ndarray, np.int64)


@implements(proc=Listener, protocol=LoihiProtocol)
@requires(CPU)
class PyNativeListener(PyListenerModel):
    def run_spk(self):
        self.inp.recv()
        self.count[0] += 1


@implements(proc=Listener, protocol=LoihiProtocol)
@requires(CPU)
class PyHostListener(PyListenerModel):
    def run_spk(self):
        self.inp.recv()
        self.count[0] += 1
        if self.count[0] < 0:
            print("never reached; keeps the method in Python")


class ListenerConfig(Loihi2SimCfg):
    """Chooses the listener's model by its parameter, float models otherwise."""

    def select(self, proc, proc_models):
        if isinstance(proc, Listener):
            return PyHostListener if proc.proc_params["python"] else PyNativeListener
        return super().select(proc, proc_models)


def measure(quick: bool = False) -> Result:
    """Microseconds per crossing."""
    repetitions, steps = (2, 50) if quick else (REPETITIONS, 20_000)
    native, host = _listening(python=False), _listening(python=True)
    single = _started(LIF(shape=(1,), bias_mant=1))
    many = _started(LIF(shape=(N_VALUES,), bias_mant=1))
    values = np.ones(N_VALUES)
    medians = interleaved(
        {
            "native": _repeated(partial(native.run, RunSteps(steps)), 1, steps),
            "host": _repeated(partial(host.run, RunSteps(steps)), 1, steps),
            "run": _repeated(partial(single.run, RunSteps(1)), steps, steps),
            "get": _repeated(many.v.get, 200, 200),
            "set": _repeated(partial(many.v.set, values), 200, 200),
        },
        repetitions,
    )
    for process in (native, host, single, many):
        process.stop()
    cost = {
        "one Python model in a native network, per step": medians["host"] - medians["native"],
        "run(RunSteps(1)), per call": medians["run"],
        f"Var.get of {N_VALUES:,} values": medians["get"],
        f"Var.set of {N_VALUES:,} values": medians["set"],
    }
    rows = [{"crossing": name, "us": 1e6 * value} for name, value in cost.items()]
    return Result("microseconds", rows, ["medians of interleaved repetitions"])


def _listening(python: bool) -> LIF:
    lif, listener = LIF(shape=(1,), bias_mant=1), Listener(python)
    lif.s_out.connect(listener.inp)
    return _started(lif)


def _started(process: AbstractProcess) -> AbstractProcess:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        process.run(RunSteps(num_steps=1), run_cfg=ListenerConfig(select_tag="floating_pt"))
    return process


def _repeated(call: Callable[[], object], times: int, divisor: int) -> Callable[[], float]:
    def repeat() -> None:
        for _ in range(times):
            call()

    return lambda: seconds(repeat) / divisor
