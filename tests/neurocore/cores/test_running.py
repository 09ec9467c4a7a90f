"""Runs on neurocores: without records, and Ctrl-C."""

import _thread
import threading

import numpy as np
import pytest
from neurocore_recordings import load, network_of
from numpy.testing import assert_array_equal

from lavajit.neurocore.cores.step import CoreRunner


def test_totals_are_those_of_the_record():
    data = load("chain")
    recorded, counted = (CoreRunner(network_of(data)) for _ in range(2))
    recorded.run(50)
    counted.run(50, record=False)
    trace, totals = recorded.run(100), counted.run(100, record=False)
    assert_array_equal(totals.counts, trace.spikes.sum(0))
    assert totals.counts.sum() > 0
    for name in ("q", "u", "v", "spikes"):
        assert_array_equal(getattr(totals, name), getattr(trace, name)[-1])


def test_no_steps():
    runner = CoreRunner(network_of(load("chain")))
    assert runner.run(0).v.shape == (0, 38)
    assert not runner.run(0, record=False).counts.any()


def test_ctrl_c_ends_a_run_at_a_step_boundary():
    data = load("recurrent")
    cut, whole = (CoreRunner(network_of(data)) for _ in range(2))
    for runner in (cut, whole):
        runner.run(1, record=False)  # compiled before the key is pressed
    timer = threading.Timer(0.1, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        cut.run(2**31 - 1, record=False)  # takes minutes
    timer.join()
    assert 1 < cut.step < 2**31
    whole.run(cut.step - 1, record=False)
    after, expected = cut.run(20), whole.run(20)
    assert cut.step == whole.step
    for name in ("q", "u", "v", "spikes"):
        assert_array_equal(getattr(after, name), getattr(expected, name))
    assert np.any(expected.v)
