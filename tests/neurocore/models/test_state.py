"""Networks on cores are read, written, recorded, saved and divided as others are."""

import numpy as np
import pytest
from helpers.tiers import python_rows

from lavajit import LIF, Dense, Loihi1HwCfg, Loihi2HwCfg, Monitor, Probe, Read, RunSteps

WEIGHTS = np.array([[200, -100, 60], [40, 254, -256]])
STEPS = 12


def network(n=1):
    """A layer that drives another one, `n` times side by side."""
    first = LIF(shape=(3 * n,), bias_mant=np.tile([300, 400, 500], n), du=4095, vth=10)
    dense = Dense(weights=np.tile(WEIGHTS, (n, n)), name="dense")
    second = LIF(shape=(2 * n,), du=900, dv=100, vth=300)
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    return first, dense, second


def voltages(second, steps, config=None):
    rows = []
    for _ in range(steps):
        second.run(RunSteps(1), config)
        rows.append(second.v.get())
    return np.array(rows)


@pytest.fixture(scope="module")
def expected():
    _, _, second = network()
    found = voltages(second, STEPS, Loihi1HwCfg())
    assert python_rows(second) == []
    second.stop()
    assert found.any()
    return found


def test_vars_are_read_and_written():
    first, dense, second = network()
    second.run(RunSteps(4), Loihi1HwCfg())
    assert dense.weights.get().tolist() == WEIGHTS.tolist()
    second.v.set(np.array([70, -70]))
    second.u.set(np.array([4096, 0]))
    first.bias_mant.set(np.zeros(3))
    first.v.set(np.zeros(3))
    dense.a_buff.set(np.zeros(2))
    second.run(RunSteps(1))
    u = 4096 * (4096 - 901) >> 12
    assert second.u.get().tolist() == [u, 0]
    assert second.v.get().tolist() == [(70 * 3996 >> 12) + u, -(70 * 3996 >> 12)]
    second.stop()


def test_ref_ports_and_monitors_see_registers(expected):
    first, _, second = network()
    read, monitor = Read(buffer=STEPS), Monitor()
    read.connect_var(second.v)
    monitor.probe(first.s_out, STEPS)
    second.run(RunSteps(STEPS), Loihi1HwCfg())
    np.testing.assert_array_equal(read.data.get().T, expected)
    assert monitor.get_data()[first.name]["s_out"].any()
    second.stop()


def test_recording(expected):
    _, _, second = network()
    second.create_runtime(Loihi1HwCfg())
    result = second.run(RunSteps(STEPS), record=[Probe(second.v)])
    np.testing.assert_array_equal(result[second.v], expected)
    second.stop()


def test_snapshots(expected):
    _, _, second = network()
    second.run(RunSteps(5), Loihi1HwCfg())
    snapshot = second.snapshot()
    np.testing.assert_array_equal(voltages(second, STEPS - 5), expected[5:])
    second.restore(snapshot)
    np.testing.assert_array_equal(voltages(second, STEPS - 5), expected[5:])
    second.stop()


def test_threads():
    rows = []
    for threads in (1, 2):
        first, _, second = network(4)
        rows.append(voltages(second, STEPS, Loihi2HwCfg(threads=threads)))
        division = second.runtime.executable.network.division
        assert division.shards == threads
        assert (len(division.names) > 0) is (threads > 1)
        second.stop()
    np.testing.assert_array_equal(*rows)
