"""What holds for every Process of the library: its models run natively, without index checks."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from helpers.edge_examples import EDGE_EXAMPLES, USER_CODE
from helpers.tiers import python_rows

import lavajit.proc
from lavajit import (
    ATRLIF,
    LIF,
    RF,
    RF_IZ,
    AbstractProcess,
    Conv,
    ConvInTime,
    DelayDense,
    DelaySparse,
    Delta,
    Dense,
    GradedReluVec,
    GradedVec,
    InvSqrt,
    LearningLIF,
    LIFRefractory,
    LIFReset,
    Loihi2SimCfg,
    Monitor,
    NormVecDelay,
    ProdNeuron,
    RFZero,
    RunSteps,
    S4d,
    Sigma,
    SigmaDelta,
    SigmaS4dDelta,
    SigmaS4dDeltaLayer,
    Sparse,
    TernaryLIF,
)
from lavajit.model.py_model import AbstractPyProcessModel
from lavajit.model.registry import models_of
from lavajit.proc.io import sink, source
from lavajit.proc.monitor import OutPortRecorder, VarRecorder


def monitored() -> LIF:
    """A LIF with a Monitor of all it has."""
    lif, monitor = LIF(shape=(2,)), Monitor()
    for member in (*lif.vars.members, lif.s_out):
        monitor.probe(member, num_steps=3)
    return lif


# A small network with the Process, connected or not.
EXAMPLES = {
    LIF: lambda: LIF(shape=(2,)),
    ATRLIF: lambda: ATRLIF(shape=(2,), theta_0=[5, 6]),
    Delta: lambda: Delta(shape=(2,), vth=[1, 2]),
    GradedReluVec: lambda: GradedReluVec(shape=(2,)),
    GradedVec: lambda: GradedVec(shape=(2,), vth=[1, 2]),
    InvSqrt: lambda: InvSqrt(shape=(2,)),
    LIFRefractory: lambda: LIFRefractory(shape=(2,), vth=[1, 2], bias_mant=3),
    LIFReset: lambda: LIFReset(shape=(2,), reset_interval=[1, 2]),
    LearningLIF: lambda: LearningLIF(shape=(2,)),
    NormVecDelay: lambda: NormVecDelay(shape=(2,), vth=[1, 2]),
    ProdNeuron: lambda: ProdNeuron(shape=(2,), vth=[1, 2]),
    RF: lambda: RF(shape=(2,), period=[5, 6], alpha=0.1, state_exp=6, decay_bits=12, vth=[1, 2]),
    RFZero: lambda: RFZero(shape=(2,), freqs=[10, 20], decay_tau=1, uth=[1, 2]),
    RF_IZ: lambda: RF_IZ(shape=(2,), period=5, alpha=0.1, state_exp=6, decay_bits=12),
    S4d: lambda: S4d(shape=(2,), a=0.5j, b=1, c=1),
    Sigma: lambda: Sigma(shape=(2,)),
    SigmaDelta: lambda: SigmaDelta(shape=(2,), vth=[1, 2]),
    SigmaS4dDelta: lambda: SigmaS4dDelta(shape=(2,), vth=1, a=0.5, b=1, c=1),
    SigmaS4dDeltaLayer: lambda: SigmaS4dDeltaLayer(shape=(2,), vth=1, a=0.5, b=1, c=1, d_states=2),
    TernaryLIF: lambda: TernaryLIF(shape=(2,), vth_hi=[1, 2]),
    Dense: lambda: Dense(weights=np.array([[1, -2, 3]])),
    DelayDense: lambda: DelayDense(weights=np.array([[1, -2, 3]]), delays=2),
    Sparse: lambda: Sparse(weights=np.array([[1, 0, 3]])),
    DelaySparse: lambda: DelaySparse(weights=np.array([[1, 0, 3]]), delays=2),
    Conv: lambda: Conv(weight=np.ones((4, 3, 3, 2), int), input_shape=(5, 4, 2)),
    ConvInTime: lambda: ConvInTime(weights=np.ones((3, 1, 2), int)),
    source.RingBuffer: lambda: source.RingBuffer(data=np.eye(2)),
    sink.RingBuffer: lambda: sink.RingBuffer(shape=(2,), buffer=3),
    Monitor: monitored,
    VarRecorder: monitored,
    OutPortRecorder: monitored,
    **EDGE_EXAMPLES,
}


#: Processes whose kernels may make arrays: a copy per RefPort read (BitCheck, Read), Lava's pieces
#: on whole arrays (PrototypeLIF), one threshold per neuron, scaled in the first step
#: (LIFRefractory).
ALLOCATING = {"BitCheck", "LIFRefractory", "PrototypeLIF", "Read"}


def library_processes() -> list[type[AbstractProcess]]:
    """Every Process class that a module of the library defines."""
    names = [m.name for m in pkgutil.walk_packages(lavajit.proc.__path__, "lavajit.proc.")]
    modules = [importlib.import_module(name) for name in names]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, AbstractProcess)
        and value.__module__ == module.__name__
        and models_of(value)
    ]


@pytest.mark.parametrize("process_class", library_processes(), ids=lambda c: c.__qualname__)
def test_models_run_natively(process_class):
    assert process_class in EXAMPLES, "add a small network with it to EXAMPLES"
    for tag in {tag for model in models_of(process_class) for tag in model.tags} or {None}:
        process = EXAMPLES[process_class]()
        if not any(model.accepts(process) for model in models_of(process_class) if has(model, tag)):
            continue
        process.run(RunSteps(3), Loihi2SimCfg(select_tag=tag))
        assert process_class in USER_CODE or python_rows(process) == []
        assert process_class.__name__ in ALLOCATING or allocating_kernels(process) == []
        process.stop()


def allocating_kernels(process) -> list[tuple]:
    """Native methods whose machine code calls an allocator."""
    found = []
    for method, kernel in process.runtime.executable.network.tiers.kernels.items():
        library = getattr(kernel.keep, "library", None) or kernel.keep[0]
        if b"NRT_MemInfo_alloc" in library._get_compiled_object():
            found.append(method[1:])
    return found


def has(model: type, tag: str | None) -> bool:
    """True if a run config that asks for the tag may select the model."""
    return tag is None or tag in model.tags


@pytest.mark.parametrize("process_class", library_processes(), ids=lambda c: c.__qualname__)
def test_models_do_not_check_indices(process_class):
    models = models_of(process_class)
    checking = [m for m in models if issubclass(m, AbstractPyProcessModel) and m.boundscheck]
    assert checking == []
