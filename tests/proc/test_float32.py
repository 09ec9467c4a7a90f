"""Every float model of the library in float32.

Native code and Python compute the same numbers; spikes are those of float64 wherever no voltage is
within rounding of its threshold, which holds for all golden inputs.
"""

import numpy as np
import pytest
from helpers import examples, golden
from helpers.edge_examples import USER_CODE
from helpers.tiers import python_rows
from scipy.sparse import csr_matrix

from lavajit import (
    ATRLIF,
    LIF,
    RF,
    RF_IZ,
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
    NormVecDelay,
    PoissonSource,
    ProdNeuron,
    PrototypeLIF,
    RFZero,
    RunSteps,
    S4d,
    Sigma,
    SigmaDelta,
    SigmaS4dDelta,
    SigmaS4dDeltaLayer,
    SinkRingBuffer,
    SourceRingBuffer,
    Sparse,
    TernaryLIF,
)
from lavajit.model.registry import models_of
from lavajit.proc.sdn import ActivationMode

pytestmark = pytest.mark.slow

STEPS = 12
SHAPE = (2, 3)
PER_NEURON = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
WEIGHTS = np.array([[0.1, -0.7, 0.3, 0.9], [1.1, 0.2, 0.7, -0.3], [0.6, 0.3, -0.1, 0.8]])
DECAYING = {"du": 0.3, "dv": PER_NEURON, "bias_mant": 0.1}

#: Processes with parameters that float32 rounds; all others are those of the examples.
ROUNDED = {
    LIF: lambda: LIF(shape=SHAPE, **DECAYING, vth=0.9),
    LIFReset: lambda: LIFReset(shape=SHAPE, **DECAYING, vth=0.9, reset_interval=5),
    LIFRefractory: lambda: LIFRefractory(shape=SHAPE, **DECAYING, vth=0.9, refractory_period=2),
    LearningLIF: lambda: LearningLIF(shape=SHAPE, **DECAYING, vth=0.9),
    TernaryLIF: lambda: TernaryLIF(shape=SHAPE, **DECAYING, vth_hi=0.9, vth_lo=-0.3),
    ATRLIF: lambda: ATRLIF(shape=SHAPE, bias_mant=0.7, theta_0=PER_NEURON, theta_step=0.37),
    RF: lambda: RF(shape=SHAPE, period=[5, 6, 7], alpha=0.1, vth=0.3),
    RF_IZ: lambda: RF_IZ(shape=SHAPE, period=5.5, alpha=0.1, vth=0.3),
    RFZero: lambda: RFZero(shape=SHAPE, freqs=[210, 220, 230], decay_tau=0.1, uth=0.1),
    GradedVec: lambda: GradedVec(shape=SHAPE, vth=PER_NEURON),
    GradedReluVec: lambda: GradedReluVec(shape=SHAPE, vth=0.1),
    ProdNeuron: lambda: ProdNeuron(shape=SHAPE, vth=0.1, exp=1),
    NormVecDelay: lambda: NormVecDelay(shape=SHAPE, vth=0.1, delay=2),
    InvSqrt: lambda: InvSqrt(shape=SHAPE),
    Sigma: lambda: Sigma(shape=SHAPE),
    Delta: lambda: Delta(shape=SHAPE, vth=PER_NEURON, cum_error=True),
    SigmaDelta: lambda: SigmaDelta(
        shape=SHAPE, vth=0.4, bias=0.1, act_mode=ActivationMode.RELU, cum_error=True
    ),
    S4d: lambda: S4d(shape=SHAPE, a=0.7 + 0.3j, b=0.3 - 0.1j, c=PER_NEURON),
    SigmaS4dDelta: lambda: SigmaS4dDelta(shape=SHAPE, vth=0.1, a=0.7 + 0.3j, b=0.3, c=PER_NEURON),
    SigmaS4dDeltaLayer: lambda: SigmaS4dDeltaLayer(
        shape=(2,), vth=0.1, a=[0.5, 0.1j, 0.2, 0.3], b=0.7, c=0.3, d_states=2
    ),
    Dense: lambda: Dense(weights=WEIGHTS, num_message_bits=8),
    DelayDense: lambda: DelayDense(weights=WEIGHTS, delays=np.arange(12).reshape(3, 4) % 4),
    Sparse: lambda: Sparse(weights=csr_matrix(WEIGHTS), num_message_bits=8),
    DelaySparse: lambda: DelaySparse(weights=csr_matrix(WEIGHTS), delays=2, num_message_bits=8),
    Conv: lambda: Conv(
        weight=PER_NEURON.repeat(12).reshape(4, 3, 3, 2) - 0.3,
        input_shape=(5, 4, 2),
        num_message_bits=8,
    ),
    ConvInTime: lambda: ConvInTime(weights=WEIGHTS.reshape(2, 3, 2), num_message_bits=8),
    PoissonSource: lambda: PoissonSource(SHAPE, rates=PER_NEURON),
}

#: Vars that are no float32: time steps, and one without storage, whose initial value is returned.
SAME = {"refractory_period_end", "conn_weights"}

FLOAT_MODELS = [
    cls
    for cls in examples.EXAMPLES
    if any(not m.tags or "floating_pt" in m.tags for m in models_of(cls))
    and cls not in (*USER_CODE, PrototypeLIF)  # which takes ids, not any numbers
]


def messages(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Real numbers of both signs, half of them 0; time is the last axis."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(*shape, STEPS)) * (rng.random((*shape, STEPS)) < 0.5)


def run(process, tag: str, native: bool = True) -> dict[str, np.ndarray]:
    """What each OutPort sends and the final value of each Var, with a source at each InPort."""
    for seed, port in enumerate(process.in_ports):
        if not port.in_connections:
            SourceRingBuffer(data=messages(port.shape, seed)).s_out.connect(port)
    sinks = {}
    for port in process.out_ports:
        sinks[port.name] = sink = SinkRingBuffer(shape=port.shape, buffer=STEPS)
        port.connect(sink.a_in)
    try:
        process.run(RunSteps(STEPS), Loihi2SimCfg(select_tag=tag), {"native": native})
        assert not native or python_rows(process) == []
        sent = {name: sink.data.get() for name, sink in sinks.items()}
        values = {var.name: var.get() for var in process.vars}
        return sent | {n: np.asarray(getattr(v, "data", v)) for n, v in values.items()}
    finally:
        process.stop()


@pytest.mark.parametrize("process_class", FLOAT_MODELS, ids=lambda c: c.__qualname__)
def test_native_equals_python(process_class):
    make = ROUNDED.get(process_class) or examples.EXAMPLES[process_class]
    native, python = run(make(), "float32"), run(make(), "float32", native=False)
    for name, value in python.items():
        assert native[name].dtype == value.dtype, name
        np.testing.assert_array_equal(native[name], value, err_msg=name)


@pytest.mark.parametrize("process_class", ROUNDED, ids=lambda c: c.__qualname__)
def test_close_to_float64(process_class):
    make = ROUNDED[process_class]
    single, double = run(make(), "float32"), run(make(), "floating_pt")
    for name, value in double.items():
        halves = value.dtype.kind in "fc" and name not in SAME
        assert single[name].itemsize == value.itemsize // (2 if halves else 1), name
        np.testing.assert_allclose(single[name], value, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("saved", ["float32", "floating_pt"])
def test_saved_state_goes_on_in_either_precision(tmp_path, saved):
    def neurons():
        return LIF(shape=(3,), bias_mant=0.3, vth=10)

    first, then = neurons(), neurons()
    first.run(RunSteps(3), Loihi2SimCfg(select_tag=saved))
    first.save(tmp_path / "state")
    first.stop()
    then.load(tmp_path / "state")
    then.run(RunSteps(1), Loihi2SimCfg(select_tag="float32"))
    assert then.v.get().dtype == np.float32
    np.testing.assert_allclose(then.v.get(), [1.2] * 3, rtol=1e-6)
    then.stop()


GOLDEN = [case for case in golden.cases("network") if case["tag"] == "floating_pt"]


@pytest.mark.parametrize("case", GOLDEN, ids=golden.name_of)
def test_golden_inputs(case):
    data, _ = golden.load(case)
    got = golden.record(case | {"tag": "float32"})
    for path, key in (case["outputs"] | case["states"]).items():
        expected = data[key]
        if path.endswith("s4_state"):
            continue  # complex, kept as real and imaginary parts
        if set(np.unique(expected)) <= {-1, 0, 1}:
            np.testing.assert_array_equal(got[path], expected, err_msg=path)
        else:
            scale = max(1, np.abs(expected).max())
            np.testing.assert_allclose(got[path], expected, 0, 1e-6 * scale, err_msg=path)
