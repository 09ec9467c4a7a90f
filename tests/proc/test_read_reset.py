"""Processes that read or reset a Var at regular intervals."""

import doctest
import re

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import LIF, Dense, Loihi2SimCfg, Read, Reset, RunSteps, Var
from lavajit.proc import remote
from lavajit.proc.io import reset, sink

FIXED, FLOAT = "fixed_pt", "floating_pt"


def ramp(**params) -> LIF:
    """Neurons whose voltage grows by their number (from 1) in every time step."""
    shape = params.pop("shape", (2,))
    bias = np.arange(1, 1 + np.prod(shape)).reshape(shape)
    return LIF(shape=shape, du=1.0, bias_mant=bias, vth=1e9, **params)


@settings(max_examples=10, deadline=None)
@given(
    interval=st.integers(1, 5),
    offset=st.integers(0, 7),
    buffer=st.integers(1, 4),
    runs=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    native=st.booleans(),
)
def test_read_keeps_the_values_of_its_steps(interval, offset, buffer, runs, native):
    lif, read = ramp(shape=(2, 1)), Read(buffer=buffer, interval=interval, offset=offset)
    read.connect_var(lif.v)
    for steps in runs:
        lif.run(RunSteps(steps), Loihi2SimCfg(select_tag=FLOAT), {"native": native})
    assert not native or python_rows(lif) == []
    expected = np.zeros((2, 1, buffer))
    due = [t for t in range(1, sum(runs) + 1) if (t - 1) % interval == offset % interval]
    for count, t in enumerate(due):
        expected[:, 0, count % buffer] = [t, 2 * t]
    np.testing.assert_array_equal(read.data.get(), expected)
    lif.stop()


@pytest.mark.parametrize("native", [True, False])
def test_reset_keeps_fractions_and_the_dtype_of_the_var(native):
    lif, reset_v = ramp(), Reset(reset_value=0.5, interval=3, offset=1)
    reset_v.connect_var(lif.v)
    lif.run(RunSteps(6), Loihi2SimCfg(select_tag=FLOAT), {"native": native})
    assert lif.v.get().tolist() == [1.5, 2.5]  # 0.5 at the end of step 5, then one step
    fixed, truncated = LIF(shape=(2,), vth=100), Reset(reset_value=-1.9)
    truncated.connect_var(fixed.v)
    fixed.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    assert fixed.v.get().dtype == np.int32
    assert fixed.v.get().tolist() == [-1, -1]


def test_reset_value_of_every_element_can_be_set():
    lif, reset_v = ramp(), Reset(reset_value=[7, 9], interval=2)
    reset_v.connect_var(lif.v)
    lif.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    assert lif.v.get().tolist() == [7, 9]
    reset_v.reset_value.set(np.array([1.25, -3]))
    lif.run(RunSteps(2))
    assert lif.v.get().tolist() == [1.25, -3]
    assert python_rows(lif) == []


def test_vars_that_are_stored_column_by_column():
    weights = np.arange(6.0).reshape(2, 3)
    dense, read, reset_w = Dense(weights=weights), Read(buffer=2), Reset(reset_value=weights + 10)
    read.connect_var(dense.weights)
    dense.run(RunSteps(2), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(read.data.get(), np.stack([weights, weights], axis=-1))
    dense = Dense(weights=weights)
    reset_w.connect_var(dense.weights)
    dense.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(dense.weights.get(), weights + 10)


@pytest.mark.parametrize("process", [Read, Reset])
def test_wrong_schedules(process):
    params = {"buffer": 1} if process is Read else {}
    with pytest.raises(ZeroDivisionError, match="interval of .* an int >= 1; got 0"):
        process(interval=0, **params)
    for interval in (-1, 1.5, None, True):
        with pytest.raises(ValueError, match="interval of"):
            process(interval=interval, **params)
    with pytest.raises(ValueError, match="offset of .* an int >= 0; got -1"):
        process(offset=-1, **params)


def test_wrong_arguments():
    with pytest.raises(ValueError, match=re.escape("buffer of Read is the number of time steps")):
        Read(buffer=0)
    with pytest.raises(TypeError, match="reset_value of Reset must be a real number, got 'a'"):
        Reset(reset_value="a")
    lif = ramp(name="lif")
    with pytest.raises(ValueError, match=r"reset_value of shape \(3,\) does not fit lif.v"):
        Reset(reset_value=[1, 2, 3]).connect_var(lif.v)
    with pytest.raises(TypeError, match="Read 'reader' connects to a Var, got 3"):
        Read(buffer=1, name="reader").connect_var(3)


def test_one_var_only_and_before_the_run():
    lif, read = ramp(name="lif"), Read(buffer=1)
    read.connect_var(lif.v)
    with pytest.raises(RuntimeError, match=r"is connected to lif.v already; use another Read"):
        read.connect_var(lif.u)
    assert read.state.get_dst_vars() == [lif.v]
    lif.run(RunSteps(1), Loihi2SimCfg())
    other = ramp()
    with pytest.raises(RuntimeError, match="has been compiled"):
        read.connect_var(other.v)


def test_a_var_that_refuses_leaves_the_process_as_it_was():
    read = Read(buffer=1)
    with pytest.raises(Exception, match="shareable"):
        read.connect_var(Var((3,), shareable=False))
    assert read.state.shape == (1,)


@pytest.mark.parametrize("module", [remote, reset, sink])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
