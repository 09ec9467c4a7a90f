"""The first difference of two runs: step, Process, Var, element, and what it received."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from helpers.examples import EXAMPLES, library_processes, tags_of
from small_networks import Clock, Ramp, Relay, Store, chain

from lavajit import LIF, Dense, Loihi2SimCfg, Monitor, RunSteps, first_difference
from lavajit.compare.members import process_paths

#: Everything in Python: nothing is compiled.
DEBUG = Loihi2SimCfg(debug=True)
FLOAT = Loihi2SimCfg(select_tag="floating_pt", debug=True)
FLOAT32 = Loihi2SimCfg(select_tag="float32", debug=True)
FIXED = Loihi2SimCfg(select_tag="fixed_pt", debug=True)


def relays(*gains, slope=1):
    """A ramp through relays; the names do not depend on how many there were before."""
    middle = [Relay(gain=np.array(gain), name=f"relay{k}") for k, gain in enumerate(gains)]
    return chain(Ramp(slope=slope, name="ramp"), *middle, Store(name="store"))


def test_equal_runs_have_none():
    assert first_difference(relays, DEBUG, DEBUG, steps=5) is None


def test_native_and_python_are_the_same():
    build = partial(relays, [1, 2])
    assert first_difference(build, Loihi2SimCfg(), DEBUG, steps=9) is None


def test_names_step_process_element_and_input():
    """The gain differs from the start; watched from the first message on."""
    builds = partial(relays, [1, 2], [5, 5]), partial(relays, [1, 3], [5, 5])
    found = first_difference(builds, DEBUG, DEBUG, steps=4, watch=["*.out", "data"])
    assert (found.step, found.path, found.kind) == (1, "relay0.out", "OutPort")
    assert (found.index, found.a, found.b) == ((1,), 3, 4)
    assert (found.count, found.size) == (1, 2)
    (received,) = found.inputs
    assert (received.name, received.a, received.b, received.count) == ("inp", 1, 1, 0)
    assert found.others == (("relay1.out", 1, 2), ("store.data", 1, 20))
    assert "the same input, but relay0 made something else of it" in repr(found)
    assert repr(found).splitlines()[0].endswith("step 1, OutPort relay0.out[1]")


def test_initial_values_are_compared_before_the_first_step():
    found = first_difference((relays, partial(relays, slope=2)), DEBUG, DEBUG, steps=3)
    assert (found.step, found.path, found.index, found.a, found.b) == (0, "ramp.slope", (0,), 1, 2)
    assert "before the first step" in repr(found) and found.inputs == ()


def test_watched_functions():
    def total(process):
        return process.data.get().sum()

    builds = partial(relays, [0, 0]), partial(relays, [0, 1])
    found = first_difference(builds, DEBUG, DEBUG, steps=3, watch=[total])
    assert (found.step, found.path, found.kind, found.index) == (1, "total", "function", ())
    assert (found.a, found.b, found.inputs) == (2, 3, ())
    bounded = {"total": lambda values: np.where(values == 2, 3, values)}
    found = first_difference(builds, DEBUG, DEBUG, steps=3, watch=[total], scale=bounded)
    assert (found.step, found.a, found.b) == (2, 6, 8)
    assert "a: 6, compared as 6" in repr(found)


def test_what_was_received_differs():
    builds = partial(relays, [0, 0]), partial(relays, [0, 1])
    found = first_difference(builds, DEBUG, DEBUG, steps=2, watch=["store"])
    assert found.path == "store.data" and found.index == (0, 1)
    (received,) = found.inputs
    assert (received.a, received.b, received.count) == (None, None, 1)  # of another shape
    assert "store already received something else" in str(found)


def test_networks_can_be_looked_at():
    builds = partial(relays, [0, 0]), partial(relays, [0, 1])
    found = first_difference(builds, DEBUG, DEBUG, steps=2, watch=["data"])
    a, b = found.networks
    assert b.data.get()[0].tolist() == [1, 2] and a.data.get()[0].tolist() == [1, 1]
    a.run(RunSteps(1))
    assert a.runtime.time_step == 2
    a.stop(), b.stop()


# --- float against fixed ----------------------------------------------------------------


def neurons(du, bias_exp=0):
    lif = LIF(shape=(3,), du=du, vth=10, bias_mant=[1, 2, 3], bias_exp=bias_exp, name="neurons")
    loop = Dense(weights=np.eye(3, dtype=int), name="loop")
    lif.s_out.connect(loop.s_in)
    loop.a_out.connect(lif.a_in)
    return lif


IN_BOTH = partial(neurons, 0.25), partial(neurons, 1024, bias_exp=6)


def test_scale_and_tolerance():
    # Whole numbers, until the first current decays.
    both = {"watch": ["u", "v", "s_out"], "scale": {"[uv]": 64}}
    assert first_difference(IN_BOTH, FLOAT, FIXED, steps=5, **both) is None
    found = first_difference(IN_BOTH, FLOAT, FIXED, steps=40, **both)
    assert (found.step, found.path, found.index) == (6, "neurons.u", (2,))
    assert (found.a * 64, found.b) == (48, 47)
    assert first_difference(IN_BOTH, FLOAT, FIXED, steps=11, **both, atol=3) is None
    unscaled = first_difference(IN_BOTH, FLOAT, FIXED, steps=40, watch=["v"])
    assert (unscaled.step, unscaled.a, unscaled.b) == (1, 1.0, 64)
    as_function = {"neurons.v": lambda values: np.rint(values * 64)}
    assert not first_difference(IN_BOTH, FLOAT, FIXED, steps=5, watch=["v"], scale=as_function)


def test_tolerance_between_precisions():
    build = lambda: LIF(shape=(2,), bias_mant=[0.5, 0.1], name="neurons")  # noqa: E731
    found = first_difference(build, FLOAT, FLOAT32, steps=3, watch=["v"])
    assert (found.step, found.index) == (1, (1,))
    assert first_difference(build, FLOAT, FLOAT32, steps=3, watch=["v"], rtol=1e-6) is None
    assert first_difference(build, FLOAT, FLOAT32, steps=3, watch=["v"], atol=1e-6) is None


def test_scaled_value_is_shown():
    found = first_difference(IN_BOTH, FLOAT, FIXED, watch=["v"], scale={"v": 2})
    assert "a: 1.0, compared as 2.0 (2 times that)" in repr(found)
    assert "<table>" in found._repr_html_()


def test_nan_equals_nan():
    build = lambda: LIF(shape=(2,), v=np.array([np.nan, 0.0]), name="neurons")  # noqa: E731
    with pytest.warns(UserWarning, match="NaN"):
        assert first_difference(build, FLOAT, FLOAT, steps=1) is None
        assert first_difference(build, FLOAT, FLOAT, steps=1, atol=0.5) is None


# --- names ------------------------------------------------------------------------------


def test_paths_do_not_depend_on_what_was_built_before():
    def paths():
        lif, monitor = LIF(shape=(2,)), Monitor()
        monitor.probe(lif.v, 3)
        lif.create_runtime(FLOAT)
        network = lif.runtime.executable.network
        return process_paths([instance.node.process for instance in network.instances])

    assert paths() == paths() == ["LIF", "Monitor.Process.var_read_0 (Process.v)"]
    twins = [Clock(), Clock(name="clock"), Clock(name="clock"), Clock()]
    assert process_paths(twins) == ["Clock", "clock", "clock#2", "Clock#2"]


# --- errors -----------------------------------------------------------------------------


def test_exception_in_one_run_says_which():
    def broken():
        store = Store(name="store")
        chain(Ramp(name="ramp"), store)
        return store

    def watched(process):
        if process.runtime.time_step == 2:
            process.stop()
        return 0

    with pytest.raises(RuntimeError) as caught:
        first_difference(broken, DEBUG, DEBUG, steps=5, watch=[watched])
    assert "in run a; no difference up to time step 2" in caught.value.__notes__


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"watch": ["w"]}, r"no Var, OutPort or Process is called 'w'.*ramp.slope"),
        ({"scale": {"w": 2}}, "scale: nothing that is compared is called 'w'"),
        ({"steps": -1}, "steps must be a whole number of at least 0, got -1"),
        ({"steps": True}, "steps must be"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        first_difference(relays, DEBUG, DEBUG, **options)


def test_wrong_builds():
    one = relays()
    with pytest.raises(ValueError, match="the same network again; it must create new Processes"):
        first_difference(lambda: one, DEBUG, DEBUG)
    with pytest.raises(ValueError, match="must return a Process of the network, got None"):
        first_difference(lambda: None, DEBUG, DEBUG)
    with pytest.raises(ValueError, match="one function or a pair, got 3"):
        first_difference((relays, relays, relays), DEBUG, DEBUG)


def test_different_networks():
    with pytest.raises(ValueError, match="only in a: relay0; only in b: none"):
        first_difference((partial(relays, [1, 1]), relays), DEBUG, DEBUG)
    wide = lambda: LIF(shape=(3,), name="neurons")  # noqa: E731
    narrow = lambda: LIF(shape=(2,), name="neurons")  # noqa: E731
    with pytest.raises(ValueError, match=r"Var neurons.u has shape \(3,\) in a and \(2,\) in b"):
        first_difference((wide, narrow), FLOAT, FLOAT)


# --- the library ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("process_class", library_processes(), ids=lambda c: c.__qualname__)
def test_debug_runs_give_the_numbers_of_native_ones(process_class):
    def build():
        np.random.seed(1)  # of learning rules without a seed
        return EXAMPLES[process_class]()

    for tag in tags_of(process_class):
        native, python = Loihi2SimCfg(select_tag=tag), Loihi2SimCfg(select_tag=tag, debug=True)
        assert first_difference(build, native, python, steps=12) is None
