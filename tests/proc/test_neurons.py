"""What holds for all neurons: any shape, runs in pieces, both tiers, parameters per neuron."""

import inspect
from dataclasses import dataclass, field

import numpy as np
import pytest
from helpers.driven import FIXED, FLOAT
from helpers.neurons import assert_same, respond
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    ATRLIF,
    LIF,
    RF,
    RF_IZ,
    AbstractProcess,
    Delta,
    GradedReluVec,
    GradedVec,
    InvSqrt,
    LearningLIF,
    LIFRefractory,
    LIFReset,
    NormVecDelay,
    ProdNeuron,
    PrototypeLIF,
    RFZero,
    S4d,
    Sigma,
    SigmaDelta,
    SigmaS4dDelta,
    SigmaS4dDeltaLayer,
    TernaryLIF,
)

few = settings(max_examples=4, deadline=None)

STATES = {"u": [1, 2], "v": [3, -5]}
FLOAT_LIF = {"du": [0.1, 0.9], "dv": [0.0, 0.4], "bias_mant": [1, 3], **STATES}
FIXED_LIF = {
    "du": [0, 2000], "dv": [100, 4095], "bias_mant": [-60, 90], "bias_exp": [-1, 5], **STATES
}  # fmt: skip
ADAPTIVE = {
    "i": [1, 5], "v": [0, 2], "theta": [5, 7], "r": [0, 3], "s": [0, 1], "delta_i": [0.4, 0.1],
    "delta_v": [0.4, 0.2], "delta_theta": [0.2, 0.1], "delta_r": [0.2, 0.3], "theta_0": [5, 9],
    "theta_step": [1, 3.75], "bias_mant": [1, 2], "bias_exp": [2, -1],
}  # fmt: skip


@dataclass
class Neurons:
    """A kind of neurons, with parameters of which each neuron may have one of two values."""

    process: type[AbstractProcess]
    tag: str
    parameters: dict[str, list] = field(default_factory=dict)
    common: dict[str, object] = field(default_factory=dict)
    ports: tuple[str, ...] = ("a_in",)
    low: int = -40
    axes: int = 3

    @property
    def sends(self) -> str:
        return "a_out" if self.process is SigmaS4dDeltaLayer else "s_out"

    def __str__(self) -> str:
        return f"{self.process.__name__}-{self.tag}"

    def make(self, shape: tuple[int, ...], choice: np.ndarray) -> AbstractProcess:
        """The Process; `choice` says which of the two values each neuron has."""
        chosen = {name: np.array(two)[choice] for name, two in self.parameters.items()}
        return self.process(shape=shape, **chosen, **self.common)


RESETS = {"reset_interval": [2, 5], "reset_offset": [0, 7]}
RESONATOR = {"ports": ("a_real_in", "a_imag_in")}
OSCILLATOR = {"period": [5.0, 9.5], "alpha": [0.05, 0.2], "vth": [5, 20]}
TURNING = {"freqs": [100, 90], "decay_tau": [1, 0.1], "uth": [1, 50]}
BITS = {"state_exp": 4, "decay_bits": 10}
STATE_SPACE = {"a": [0.5, -0.4 + 0.3j], "b": [1, 0.5], "c": [1, 1 - 0.5j]}
PROTOTYPE = ("a_in", "reset_in")
KINDS = [
    Neurons(LIF, FLOAT, {**FLOAT_LIF, "vth": [4, 9]}),
    Neurons(LIF, FIXED, {**FIXED_LIF, "vth": [4, 40]}),
    Neurons(LIFReset, FLOAT, {**FLOAT_LIF, **RESETS, "vth": [4, 9]}),
    Neurons(LIFReset, FIXED, {**FIXED_LIF, **RESETS, "vth": [4, 40]}),
    Neurons(LIFRefractory, FLOAT, {**FLOAT_LIF, "refractory_period": [1, 4], "vth": [4, 9]}),
    Neurons(LIFRefractory, FIXED, {**FIXED_LIF, "refractory_period": [1, 4], "vth": [4, 40]}),
    Neurons(TernaryLIF, FLOAT, {**FLOAT_LIF, "vth_hi": [4, 9], "vth_lo": [-9, 1]}),
    Neurons(TernaryLIF, FIXED, {**FIXED_LIF, "vth_hi": [4, 40], "vth_lo": [-30, 1]}),
    Neurons(LearningLIF, FLOAT, {**FLOAT_LIF, "vth": [4, 9]}),
    Neurons(LearningLIF, FIXED, {**FIXED_LIF, "vth": [4, 40]}),
    Neurons(ATRLIF, FLOAT, ADAPTIVE),
    Neurons(ATRLIF, FIXED, ADAPTIVE),
    Neurons(Sigma, FLOAT),
    Neurons(Sigma, FIXED),
    Neurons(Delta, FLOAT, {"vth": [10, 30.5]}),
    Neurons(Delta, FIXED, {"vth": [10, 30]}, {"cum_error": True, "state_exp": 2}),
    Neurons(SigmaDelta, FLOAT, {"vth": [10, 30.5], "bias": [-3, 5]}, {"cum_error": True}),
    Neurons(SigmaDelta, FIXED, {"vth": [10, 30], "bias": [-3, 5]}, {"spike_exp": 3}),
    Neurons(GradedVec, FLOAT, {"vth": [10, 30.5]}),
    Neurons(GradedVec, FIXED, {"vth": [10, 30]}),
    Neurons(GradedReluVec, FLOAT, {"vth": [10, 30.5]}),
    Neurons(GradedReluVec, FIXED, {"vth": [-10, 30]}),
    Neurons(NormVecDelay, FLOAT, {"vth": [10, 300]}, ports=("a_in1", "a_in2")),
    Neurons(NormVecDelay, FIXED, {"vth": [10, 300]}, {"delay": 2}, ("a_in1", "a_in2")),
    Neurons(InvSqrt, FLOAT, low=0),
    Neurons(InvSqrt, FIXED, common={"fp_base": 9}, low=0),
    Neurons(ProdNeuron, FLOAT, {"vth": [10, 300]}, {"exp": 1}, ("a_in1", "a_in2")),
    Neurons(ProdNeuron, FIXED, {"vth": [10, 300]}, {"exp": 1}, ("a_in1", "a_in2")),
    Neurons(RF, FLOAT, OSCILLATOR, **RESONATOR),
    Neurons(RF, FIXED, OSCILLATOR, BITS, **RESONATOR),
    Neurons(RF_IZ, FLOAT, OSCILLATOR, **RESONATOR),
    Neurons(RF_IZ, FIXED, OSCILLATOR, BITS, **RESONATOR),
    Neurons(RFZero, FLOAT, TURNING, ports=("u_in", "v_in")),
    Neurons(RFZero, FIXED, TURNING, ports=("u_in", "v_in")),
    Neurons(PrototypeLIF, FLOAT, {**FLOAT_LIF, "vth": [4, 9]}, ports=PROTOTYPE),
    Neurons(PrototypeLIF, FIXED, {**FIXED_LIF, "vth": [4, 40]}, ports=PROTOTYPE),
    Neurons(S4d, FLOAT, {**STATE_SPACE, "s4_state": [0, 1j]}),
    Neurons(SigmaS4dDelta, FLOAT, {**STATE_SPACE, "vth": [10, 30.5]}),
    Neurons(SigmaS4dDeltaLayer, FLOAT, {**STATE_SPACE, "vth": [9, 2.5]}, ports=("s_in",), axes=1),
]  # fmt: skip

#: Compiled in every run of the tests: one kind each of float and fixed point.
QUICK = ("LIF-floating_pt", "LIF-fixed_pt")
every_kind = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=() if str(kind) in QUICK else pytest.mark.slow, id=str(kind))
        for kind in KINDS
    ],
)


def inputs(kind: Neurons, shape: tuple[int, ...], seed: int, steps: int = 12) -> dict:
    rng = np.random.default_rng(seed)
    return {port: rng.integers(kind.low, 41, (steps, *shape)) for port in kind.ports}


@every_kind
@given(seed=st.integers(0, 10**6), chunk=st.sampled_from([1, 5]))
@few
def test_runs_in_pieces_and_as_python(kind, seed, chunk):
    shape = tuple(np.random.default_rng(seed).integers(1, 4, kind.axes).tolist())
    choice = np.random.default_rng(seed).integers(0, 2, shape)
    messages = inputs(kind, shape, seed)
    expected = respond(kind.make(shape, choice), messages, kind.tag)
    assert_same(respond(kind.make(shape, choice), messages, kind.tag, chunk=chunk), expected)
    assert_same(respond(kind.make(shape, choice), messages, kind.tag, native=False), expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.parameters], ids=str)
@given(seed=st.integers(0, 10**6))
@few
def test_parameters_per_neuron(kind, seed):
    """Each neuron does what it does where all have its parameters."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 4, kind.axes).tolist())
    choice = rng.integers(0, 2, shape)
    messages = inputs(kind, shape, seed)
    got = respond(kind.make(shape, choice), messages, kind.tag)
    for which in (0, 1):
        alone = respond(kind.make(shape, np.array(which)), messages, kind.tag)
        here = choice == which
        np.testing.assert_array_equal(got[kind.sends][:, here], alone[kind.sends][:, here])


#: Names, shapes and initial states, which are no parameters of the equations.
NO_PARAMETERS = {
    "self", "name", "log_config", "learning_rule", "shape", "args", "kwargs", "parameters",
    "proc_params",
}  # fmt: skip
#: Of SigmaDelta, what SigmaS4dDelta does not take.
INHERITED = {"bias"}
#: Formats of numbers and kinds of equations, which all neurons of a Process share.
SHARED = {
    "act_mode", "cum_error", "d_states", "decay_bits", "delay", "dt", "exp", "fp_base", "inp_exp",
    "num_message_bits", "s4_exp", "spike_exp", "state_exp",
}  # fmt: skip


@pytest.mark.parametrize("process", dict.fromkeys(kind.process for kind in KINDS))
def test_every_parameter_may_be_one_value_per_neuron(process):
    own = filter(None, (vars(base).get("__init__") for base in process.__mro__[:-1]))
    names = {name for init in own for name in inspect.signature(init).parameters}
    names -= NO_PARAMETERS | (INHERITED if issubclass(process, SigmaS4dDelta) else set())
    tested = {name for k in KINDS if k.process is process for name in k.parameters}
    assert names - SHARED <= tested


@pytest.mark.parametrize(
    ("process", "shared"),
    [
        (Delta, {"vth": 1, "spike_exp": [1, 2]}),
        (SigmaDelta, {"vth": 1, "state_exp": 0.5}),
        (GradedVec, {"exp": [1, 2]}),
        (ProdNeuron, {"exp": [1, 2]}),
        (NormVecDelay, {"delay": [1, 2]}),
        (InvSqrt, {"fp_base": [1, 2]}),
        (RF, {"period": 5, "alpha": 0.1, "decay_bits": [8, 12]}),
    ],
)
def test_formats_are_one_for_all(process, shared):
    with pytest.raises(ValueError, match="must be one integer"):
        process(shape=(2,), **shared)
