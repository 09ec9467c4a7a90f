"""Vars that are set while a network is on cores have to fit what was placed."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from lavajit import (
    LIF,
    DelayDense,
    Dense,
    LearningDense,
    Loihi1HwCfg,
    Loihi2HwCfg,
    Loihi2SimCfg,
    RunSteps,
    Sparse,
    STDPLoihi,
)
from lavajit.neurocore.errors import NcValueError

WEIGHTS = np.array([[200, -100, 60], [40, 254, 0]])


def network(connection, config, native=True):
    first = LIF(shape=(3,), bias_mant=np.array([300, 400, 500]), du=4095)
    second = LIF(shape=(2,), du=900, dv=100, vth=300, name="lif2")
    first.s_out.connect(connection.s_in)
    connection.a_out.connect(second.a_in)
    second.run(RunSteps(4), config, {"native": native})
    return second


def refused(var, value, text, idx=None):
    before = np.array(var.get())
    with pytest.raises(NcValueError, match=text):
        var.set(value, idx)
    np.testing.assert_array_equal(var.get(), before)


def test_weights_are_quantised_and_keep_their_pattern():
    dense = Dense(weights=WEIGHTS, num_weight_bits=6, name="dense")
    second = network(dense, Loihi2HwCfg())
    assert dense.weights.get().tolist() == [[200, -104, 56], [40, 248, 0]]
    dense.weights.set([[77, -33, 60.0], [40, 300, 0]])
    stored = [[72, -40, 56], [40, 248, 0]]
    assert dense.weights.get().tolist() == stored
    refused(
        dense.weights, np.full((2, 3), 8), "Dense 'dense': weights .* 0 of 5 synapses .* 1 come"
    )
    refused(
        dense.weights, 0, r"5 of 5 synapses become 0 and 0 come in.*\(weights of 6 bit, MIXED\)"
    )
    refused(dense.weights, 3, "1 of 5 synapses become 0", (0, 0))
    refused(dense.weights, 0.5, "weights cannot be set .*on Loihi 2: cores compute in integers")
    refused(dense.num_message_bits, 8, "message_bits is 0 since the network was placed")
    dense.weights.set(-9, (0, 2))
    assert dense.weights.get()[0].tolist() == [72, -40, -16]
    second.run(RunSteps(4))
    counted = second.runtime.nc_report.activity.syn_ops
    second.stop()
    other = network(Dense(weights=WEIGHTS), Loihi2HwCfg())
    other.run(RunSteps(4))
    # Every spike still reaches as many synapses.
    np.testing.assert_array_equal(counted, other.runtime.nc_report.activity.syn_ops)
    assert counted.any()
    other.stop()


def test_sparse_weights():
    sparse = Sparse(weights=csr_matrix(WEIGHTS), num_weight_bits=6)
    second = network(sparse, Loihi1HwCfg())
    value = sparse.weights.get()
    value.data[:] = [77, -33, 60, 40, 300]
    sparse.weights.set(value)
    assert sparse.weights.get().toarray().tolist() == [[72, -40, 56], [40, 248, 0]]
    with pytest.raises(NcValueError, match="another pattern"):
        sparse.weights.set(csr_matrix(np.ones((2, 3), int)))
    value.data[0] = 0
    with pytest.raises(NcValueError, match="1 of 5 synapses become 0 and 0 come in"):
        sparse.weights.set(value)
    second.stop()


@pytest.mark.slow
def test_plastic_weights_may_be_zero():
    rule = STDPLoihi(1, 1, -2, 10, 10, t_epoch=4)
    plastic = LearningDense(weights=np.full((2, 3), 5), learning_rule=rule)
    second = network(plastic, Loihi2HwCfg(), native=False)
    plastic.weights.set(WEIGHTS // 2)
    plastic.x1_tau.set(20)
    refused(plastic.weights, 300, "weights cannot be set to 300 .*: 300 > 25[45]")
    second.stop()


@pytest.mark.slow
def test_delays():
    delays = np.array([[0, 1, 2], [2, 1, 0]])
    connection = DelayDense(weights=WEIGHTS, delays=delays)
    second = network(connection, Loihi2HwCfg())
    connection.delays.set(delays[::-1])
    refused(connection.delays, 3, r"delays cannot be set .* from 3 to 3: they are in 0\.\.2")
    second.stop()


def test_registers():
    second = network(Dense(weights=WEIGHTS), Loihi1HwCfg())
    lead = "LIF 'lif2': "
    for var, value, text in (
        (second.vth, 140_000, "vth cannot be set to 140000 on Loihi 1: .*mantissa 140000 > 131071"),
        (second.bias_mant, 40_000, r"bias_mant .* 40000 .* is in -32768\.\.32767"),
        (second.bias_mant, 5001, "bias_mant .* 5001 is no mantissa -4096..4095 << exponent 0..7"),
        (second.du, 5000, r"du cannot be set to 5000 .* is not in 0\.\.4096"),
        (second.du, -1, "du cannot be set to -1 .* current_offset is 1 since .* it would be 0"),
        (second.dv, 0.1, "dv cannot be set to 0.1 .*: cores compute in integers"),
        (second.dv, 4096, "dv cannot be set to 4096 .*: 4096 > 4095"),
        (second.v, 2**40, "v cannot be set"),
    ):
        refused(var, value, lead + text)
    refused(second.bias_mant, 5001, "values from 0 to 5001", 1)
    second.bias_mant.set(7.0, 1)
    assert second.bias_mant.get().tolist() == [0, 7]
    second.stop()


def test_thresholds_act_when_they_are_set():
    """On the CPU they are taken once, as in Lava; the arithmetic of a core reads its register."""
    lif = LIF(shape=(2,), bias_mant=64, vth=100)
    lif.run(RunSteps(2), Loihi1HwCfg())
    lif.vth.set(2)
    lif.run(RunSteps(1))
    assert lif.v.get().tolist() == [0, 0]
    lif.stop()


def test_restored_values_act():
    lif = LIF(shape=(2,), bias_mant=64, vth=100, name="lif")
    lif.run(RunSteps(2), Loihi1HwCfg())
    snapshot = lif.snapshot()
    lif.vth.set(1)
    lif.restore(snapshot)
    lif.run(RunSteps(1))
    assert (lif.vth.get() == 100).all() and lif.v.get().tolist() == [192, 192]
    lif.stop()


def test_what_is_set_in_lavas_arithmetic_stays_as_in_lava():
    dense = Dense(weights=WEIGHTS, num_weight_bits=6)
    second = network(dense, Loihi2HwCfg(arith="lava"))
    dense.weights.set(WEIGHTS + 1 * (WEIGHTS != 0))
    assert dense.weights.get()[0, 0] == 201
    refused(dense.weights, 0, "5 of 5 synapses become 0")
    second.stop()


# --- before the first step ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"du": 0.1}, "du=0.1, but cores compute in integers; du is a decay .*: give du=409"),
        ({"dv": 0.25}, "dv=0.25, .* give dv=1024 to lose 0.25 per step"),
        ({"vth": 0.5}, "vth=0.5, .* the threshold divided by 64"),
        ({"u": np.array([0.5, 1])}, "u=0.5, .*; scale it, and round"),
        ({"du": 5000}, r"decay_u\[0\]: 5000 is not in 0\.\.4096"),
        ({"vth": 2**30}, r"vth\[0\]: \d+ is not in"),
    ],
)
def test_parameters(parameters, text):
    lif = LIF(shape=(2,), name="lif2", **parameters)
    with pytest.raises(NcValueError, match=f"^LIF 'lif2': {text}"):
        lif.run(RunSteps(1), Loihi2HwCfg())


@pytest.mark.slow
def test_fractions_are_cut_on_the_cpu():
    dense = Dense(weights=np.array([[1.5, 2.5]]))
    lif = LIF(shape=(1,))
    dense.a_out.connect(lif.a_in)
    with pytest.raises(NcValueError, match=r"weights=1.5, .* mantissas from -256 to 255"):
        lif.run(RunSteps(1), Loihi2HwCfg())
    lif.run(RunSteps(1), Loihi2SimCfg(select_tag="fixed_pt"))
    assert dense.weights.get().tolist() == [[1, 2]]
    lif.stop()


def test_causes_are_kept():
    lif = LIF(shape=(2,), du=5000)
    with pytest.raises(NcValueError) as caught:
        lif.run(RunSteps(1), Loihi2HwCfg())
    assert isinstance(caught.value.__cause__, ValueError)
