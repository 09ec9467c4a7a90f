"""What models of the library describe to cores."""

import numpy as np
import pytest
from helpers.examples import EXAMPLES
from helpers.flat_route import description
from scipy.sparse import csr_matrix

import lavajit
from lavajit import (
    LIF,
    Conv,
    DelayDense,
    DelaySparse,
    Dense,
    LearningDelaySparse,
    LearningDense,
    LearningLIF,
    LIFRefractory,
    Loihi1HwCfg,
    Loihi2FLearningRule,
    Loihi2HwCfg,
    Loihi2SimCfg,
    SigmaDelta,
    STDPLoihi,
)
from lavajit.model.nc_model import is_nc_model
from lavajit.model.registry import models_of
from lavajit.model.resources import Loihi1NeuroCore, Loihi2NeuroCore, NeuroCore
from lavajit.neurocore import models
from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.models.program_costs import program_of
from lavajit.neurocore.models.synapses import bits_of_delay
from lavajit.neurocore.plan.groups import Convolution, LearningNeeds


def described(*chain, config=None):
    """What a chain of Processes describes; the last one may be the first one again."""
    ports = {"out": ("s_out", "a_out"), "in": ("s_in", "a_in")}

    def port(process, way):
        return next(getattr(process, name) for name in ports[way] if hasattr(process, name))

    for source, target in zip(chain, chain[1:], strict=False):
        port(source, "out").connect(port(target, "in"))
    net = description(chain[0], config or Loihi2HwCfg(), native=False)
    chain[0].stop()
    return net


def test_registers():
    options = dict(
        shape=(2, 2),
        du=5,
        dv=np.array([[1, 2], [3, 4]]),
        bias_mant=np.array([[3, -3], [5, 0]]),
        bias_exp=np.array([[6, -1], [0, 2]]),
        vth=np.array([[1, 2], [3, 131071]]),
        v=7,
    )
    for config, bits in ((Loihi1HwCfg(), 21), (Loihi2HwCfg(), 23)):
        (group,) = described(LIF(**options), config=config).groups
        cells = group.compartments
        assert (group.kind, group.shape, group.core.input_bits) == ("LIF", (2, 2), bits)
        assert cells.vth.tolist() == [64, 128, 192, 8388544]
        assert cells.decay_u.tolist() == [5] * 4
        assert cells.decay_v.tolist() == [1, 2, 3, 4]
        assert cells.bias.tolist() == [192, -2, 5, 0]
        assert (cells.v.tolist(), cells.u.tolist()) == ([7] * 4, [0] * 4)
        assert (group.words, group.message_bits) == (1, 0)


def test_refractory_register_counts_the_spike():
    lif = LIFRefractory(shape=(2,), refractory_period=np.array([1, 62]))
    (group,) = described(lif).groups
    assert group.compartments.refract.tolist() == [2, 63]
    assert "refractory" in group.state


def test_matrix():
    weights = np.array([[3, 0, -300], [1, 7, 9]])
    net = described(LIF(shape=(3,)), Dense(weights=weights, num_weight_bits=6), LIF(shape=(2,)))
    (synapses,) = net.connections
    # Mixed signs of 6 bits leave steps of 8: what is 0 then is no synapse.
    assert synapses.pointers.tolist() == [0, 0, 0, 2]
    assert (synapses.targets.tolist(), synapses.weights.tolist()) == ([0, 1], [-256, 8])
    assert (synapses.sign_mode, synapses.bits) == (SignMode.MIXED, SynapseBits(6))
    (link,) = net.links
    assert (link.source, link.target) == tuple(net.groups)


@pytest.mark.parametrize(("weights", "mode"), [(5, SignMode.EXCITATORY), (-5, SignMode.INHIBITORY)])
def test_signs_follow_from_weights(weights, mode):
    dense = Dense(weights=np.full((2, 2), weights), weight_exp=3)
    (synapses,) = described(LIF(shape=(2,)), dense, LIF(shape=(2,))).connections
    assert synapses.sign_mode is mode
    assert synapses.weights.tolist() == [weights] * 4
    assert synapses.weight_exponent == 3


def test_delays():
    weights, delays = np.array([[0, 2], [4, 6]]), np.array([[9, 1], [2, 3]])
    matrix = DelayDense(weights=weights, delays=delays)
    compressed = DelaySparse(weights=csr_matrix(weights), delays=csr_matrix(delays * (weights > 0)))
    for connection in (matrix, compressed):
        (synapses,) = described(LIF(shape=(2,)), connection, LIF(shape=(2,))).connections
        assert synapses.targets.tolist() == [1, 0, 1]
        assert synapses.weights.tolist() == [4, 2, 6]
        assert synapses.delays.tolist() == [2, 1, 3]
        assert synapses.bits.delay == bits_of_delay(connection.proc_params["max_delay"])


def test_convolution():
    kernel = np.arange(-4, 5).reshape(1, 3, 3, 1)
    conv = Conv(weight=kernel, input_shape=(4, 5, 1), padding=1, num_message_bits=8)
    net = described(LIF(shape=(4, 5, 1)), conv, SigmaDelta(shape=(4, 5, 1), vth=1))
    (synapses,) = net.connections
    shape = (4, 5, 1)
    assert synapses.convolution == Convolution((3, 3, 1), shape, shape)
    assert (synapses.n_in, synapses.n_out, synapses.message_bits) == (20, 20, 8)
    # Each input reaches nine pixels less those outside; the middle of the kernel is 0.
    assert np.diff(synapses.pointers)[[0, 6]].tolist() == [3, 8]
    assert net.groups[1].message_bits == 24


def test_learning():
    rule = STDPLoihi(1, 1, -2, 10, 10, t_epoch=4)
    plastic, behind = LearningDense(weights=np.zeros((3, 2)), learning_rule=rule), LIF(shape=(3,))
    behind.s_out.connect(plastic.s_in_bap)
    net = described(LIF(shape=(2,)), plastic, behind)
    (synapses,) = net.connections
    # Plastic synapses stay, also those of weight 0.
    assert np.diff(synapses.pointers).tolist() == [3, 3]
    assert synapses.learning == LearningNeeds(epoch=4, products=2, words=2)
    # Spikes that go back to the synapses are no link of their own.
    (link,) = net.links
    assert link.target.name == behind.name


def test_learning_of_tags_and_delays():
    rule = Loihi2FLearningRule(
        dw="2^-1 * x0 * t * w * y1 * x2", dt="x1 * y0", x1_tau=5, x1_impulse=9, x2_tau=7,
        x2_impulse=1, y1_tau=5, y1_impulse=3,
    )  # fmt: skip
    weights, delays = csr_matrix([[0, 3], [5, 0]]), csr_matrix([[0, 1], [2, 0]])
    plastic = LearningDelaySparse(
        weights=weights, delays=delays.astype(np.int64), learning_rule=rule, max_delay=9
    )
    net = described(LearningLIF(shape=(2,)), plastic, LearningLIF(shape=(2,)))
    (synapses,) = net.connections
    assert synapses.bits == SynapseBits(8, 4, 8)
    assert synapses.delays.tolist() == [2, 1]
    assert synapses.learning == LearningNeeds(epoch=1, pretraces=2, products=2, words=3)


PROGRAMS = [
    name.removeprefix("NcModel")
    for name in models.__all__
    if hasattr(lavajit, name.removeprefix("NcModel"))
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_process_has_a_description(name):
    """With the parameters of an example, on both chips as far as there is a model."""
    process_class = getattr(lavajit, name)
    found = [model for model in models_of(process_class) if is_nc_model(model)]
    assert found
    for model in found:
        process = EXAMPLES[process_class]()
        config = Loihi2HwCfg(exception_proc_model_map={process: model})
        net = description(process, config, native=False)
        made = next(m for m in (*net.groups, *net.connections) if m.kind == name)
        if made in net.groups:
            assert made.program.longest_path <= 64
            assert made.words == made.program.words
            missing = [v for v in made.state if not hasattr(process, v) and v != "refractory"]
            assert missing == []
        process.stop()


def test_chips_and_arithmetics():
    def selected(process, config):
        return config.select(process, models_of(type(process))).__name__

    lif, sigma = LIF(shape=(1,)), SigmaDelta(shape=(1,), vth=1)
    assert selected(lif, Loihi1HwCfg()) == "NcModelLIFLoihi1"
    assert selected(lif, Loihi2HwCfg()) == "NcModelLIF"
    assert selected(lif, Loihi2HwCfg(arith="lava")) == "NcModelLIFLava"
    assert selected(sigma, Loihi2HwCfg()) == "NcModelSigmaDelta"
    # Loihi 1 has no programs: these neurons stay on the CPU.
    assert selected(sigma, Loihi1HwCfg()) == "PySigmaDeltaModelFixed"
    assert selected(lif, Loihi2SimCfg(select_tag="fixed_pt")) == "PyLifModelBitAcc"


def test_models_say_what_they_need():
    for name in models.__all__:
        model = getattr(models, name)
        assert is_nc_model(model)
        (resource,) = model.required_resources
        assert resource in (NeuroCore, Loihi1NeuroCore, Loihi2NeuroCore)
        assert "fixed_pt" in model.tags
        assert model.arithmetic == ("lava" if name.endswith("Lava") else model.arithmetic)


def test_unknown_programs_are_refused():
    with pytest.raises(ValueError, match="no neuron program for Dense"):
        program_of(Dense)
