"""A small network with every Process of the library, for the tests of all of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import numpy as np
from helpers.edge_examples import EDGE_EXAMPLES

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
    FixedIndegree,
    GradedReluVec,
    GradedVec,
    IafPscAlpha,
    IafPscDelta,
    IafPscExp,
    InvSqrt,
    LearningDelaySparse,
    LearningDense,
    LearningLIF,
    LearningSparse,
    LIFRefractory,
    LIFReset,
    Loihi2FLearningRule,
    Monitor,
    NormVecDelay,
    ProdNeuron,
    Projection,
    RFZero,
    S4d,
    Sigma,
    SigmaDelta,
    SigmaS4dDelta,
    SigmaS4dDeltaLayer,
    Sparse,
    TernaryLIF,
    Uniform,
)
from lavajit.model.nc_model import is_nc_model
from lavajit.model.registry import models_of
from lavajit.proc.io import sink, source
from lavajit.proc.recorder import OutPortRecorder, VarRecorder


def monitored() -> S4d:
    """Neurons with real and complex Vars, and a Monitor of all they have."""
    neurons, monitor = S4d(shape=(2,), a=0.5j, b=1, c=1), Monitor()
    for member in (*neurons.vars.members, neurons.s_out):
        monitor.probe(member, num_steps=20)
    return neurons


def plastic(process: type[AbstractProcess], **options) -> AbstractProcess:
    """Connections that learn, with spikes on both sides."""
    rule = Loihi2FLearningRule(
        dw="2^-2*y0*x1 - 2^-2*x0*y1 + u1*t",
        dt="2^-1*y0*x1",
        x1_impulse=16.5,
        x1_tau=8,
        y1_impulse=16.5,
        y1_tau=8,
        t_epoch=2,
        rng_seed=5,
    )
    connection = process(weights=np.array([[10, -20, 30]]), learning_rule=rule, **options)
    steps = np.arange(12)
    pre = np.array([steps % k == 0 for k in (2, 3, 4)]) * 1.0
    source.RingBuffer(data=pre).s_out.connect(connection.s_in)
    source.RingBuffer(data=1.0 * (steps % 3 == 1)[np.newaxis]).s_out.connect(connection.s_in_bap)
    return connection


def projected() -> Projection:
    """Random synapses with delays, and spikes that are on their way at any time."""
    projection = Projection(shape=(4, 3), rule=FixedIndegree(2), weight=2, delay=Uniform(0, 4))
    spikes = 1.0 * (np.arange(12) % np.array([[2], [3], [4]]) == 0)
    source.RingBuffer(data=spikes).s_out.connect(projection.s_in)
    return projection


# A small network with the Process, connected or not.
EXAMPLES = {
    LIF: lambda: LIF(shape=(2,)),
    ATRLIF: lambda: ATRLIF(shape=(2,), theta_0=[5, 6]),
    Delta: lambda: Delta(shape=(2,), vth=[1, 2]),
    GradedReluVec: lambda: GradedReluVec(shape=(2,)),
    GradedVec: lambda: GradedVec(shape=(2,), vth=[1, 2]),
    IafPscDelta: lambda: IafPscDelta(shape=(2,)),
    IafPscAlpha: lambda: IafPscAlpha(shape=(2,), tau_syn_ex=[0.5, 2.0]),
    IafPscExp: lambda: IafPscExp(shape=(2,), tau_m=[10.0, 20.0]),
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
    Projection: projected,
    LearningDense: lambda: plastic(LearningDense),
    LearningSparse: lambda: plastic(LearningSparse),
    LearningDelaySparse: lambda: plastic(LearningDelaySparse, delays=2),
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


def tags_of(process_class: type[AbstractProcess]) -> list[str | None]:
    """Tags under which a run config finds a model of the example; [None] if no model has one."""
    models = [model for model in models_of(process_class) if not is_nc_model(model)]
    tags = sorted({tag for model in models for tag in model.tags} - {"bit_approximate_loihi"})
    # That tag is another one of fixed_pt models, and one that no source has.
    process = EXAMPLES[process_class]()
    if not isinstance(process, process_class):  # a Monitor makes it
        return [*tags] or [None]
    return [
        tag
        for tag in tags or [None]
        if any(model.accepts(process) for model in models if tag is None or tag in model.tags)
    ]
