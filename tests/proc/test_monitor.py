"""Monitors of Vars and OutPorts."""

import doctest

import numpy as np
import pytest
from helpers.monitored import Mixed, Wrapper
from helpers.tiers import python_rows

from lavajit import (
    LIF,
    AbstractProcess,
    Dense,
    InPort,
    Loihi2SimCfg,
    Monitor,
    OutPort,
    RefPort,
    RunSteps,
    S4d,
    SigmaS4dDeltaLayer,
    SourceRingBuffer,
    Var,
)
from lavajit.proc import monitor as monitor_module


@pytest.fixture(params=[True, False], ids=["native", "python"])
def native(request) -> bool:
    """Both tiers give the same numbers."""
    return request.param


def run(process: AbstractProcess, steps: int, native: bool = False, tag: str | None = None):
    """Run, and make sure that native means native."""
    process.run(RunSteps(steps), Loihi2SimCfg(select_tag=tag), {"native": native})
    assert not native or python_rows(process) == []


def test_vars_of_all_kinds_and_a_port(native):
    process, monitor = Mixed(name="mixed"), Monitor()
    for member in (*process.vars.members, process.s_out):
        monitor.probe(member, num_steps=5)
    run(process, 3, native)
    data = monitor.get_data()["mixed"]
    block = np.arange(6).reshape(2, 3)
    expected = {
        "total": [[1.5], [2.5], [3.5]],
        "plain": [[8], [9], [10]],
        "flags": [[0, 1, 0], [0, 1, 1], [1, 1, 1]],
        "block": [block + 1, block + 2, block + 3],
        "turned": [block + 1, block + 2, block + 3],
        "after": [[1, 1], [3, 3], [6, 6]],
        "s_out": [[[0, 1], [0, 0]], [[0, 0], [1, 0]], [[0, 0], [0, 1]]],
    }
    assert list(data) == list(expected)
    for name, values in expected.items():
        assert data[name].dtype == np.float64
        np.testing.assert_array_equal(data[name][:3], values, err_msg=name)
        assert not data[name][3:].any()


def spiking_network(steps: int) -> tuple[LIF, Dense, LIF]:
    spikes = np.random.default_rng(2).integers(0, 2, (3, steps))
    source = SourceRingBuffer(data=30 * spikes)
    first, second = LIF(shape=(3,), vth=50), LIF(shape=(2,), vth=100)
    dense = Dense(weights=np.array([[20, -4, 6], [2, 8, 10]]))
    source.s_out.connect(first.a_in)
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    return first, dense, second


@pytest.mark.parametrize("tag", ["fixed_pt", "floating_pt"])
def test_rows_are_what_var_get_returns_after_each_step(tag):
    steps = 12
    first, dense, second = spiking_network(steps)
    monitor = Monitor()
    recorded = [first.v, dense.weights, second.v]
    for var in recorded:
        monitor.probe(var, steps)
    run(first, steps, native=True, tag=tag)
    data = monitor.get_data()

    first, dense, second = spiking_network(steps)
    for t in range(steps):
        run(first, 1, native=True, tag=tag)
        for var, same in zip(recorded, [first.v, dense.weights, second.v], strict=True):
            np.testing.assert_array_equal(data[var.process.name][var.name][t], same.get())
    assert all(data[var.process.name][var.name].any() for var in recorded)


def test_several_runs_continue_the_record(native):
    process, monitor = Mixed(name="mixed"), Monitor()
    monitor.probe(process.after, num_steps=6)
    for steps in (1, 3, 2):
        run(process, steps, native)
    assert monitor.get_data()["mixed"]["after"][:, 0].tolist() == [1, 3, 6, 10, 15, 21]


def test_var_set_between_runs_is_seen(native):
    process, monitor = Mixed(name="mixed"), Monitor()
    monitor.probe(process.after, num_steps=2)
    run(process, 1, native)
    process.after.set(np.array([100, 200]))
    run(process, 1, native)
    assert monitor.get_data()["mixed"]["after"].tolist() == [[1, 1], [102, 202]]


def test_monitors_do_not_disturb_each_other(native):
    processes = [Mixed(name="a"), Mixed(name="b")]
    monitors = [Monitor(), Monitor()]
    for monitor in monitors:
        for process in processes:
            monitor.probe(process.after, num_steps=2)
            monitor.probe(process.s_out, num_steps=2)
    run(processes[0], 2, native)
    first, second = (monitor.get_data() for monitor in monitors)
    for name in ("a", "b"):
        assert first[name]["after"].tolist() == second[name]["after"].tolist() == [[1, 1], [3, 3]]
        np.testing.assert_array_equal(first[name]["s_out"], second[name]["s_out"])


def test_hierarchical_process(native):
    wrapper, monitor = Wrapper(name="wrapper"), Monitor()
    monitor.probe(wrapper.after, num_steps=2)
    monitor.probe(wrapper.s_out, num_steps=2)
    run(wrapper, 2, native)
    data = monitor.get_data()["wrapper"]
    assert data["after"].tolist() == [[1, 1], [3, 3]]
    assert data["s_out"].reshape(2, 4).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


@pytest.mark.parametrize("layer", [False, True])
def test_complex_vars_are_recorded_whole(native, layer):
    space = {"shape": (2,), "a": 0.5j, "b": 1, "c": 1}
    process = SigmaS4dDeltaLayer(**space, vth=1) if layer else S4d(**space)
    source, monitor = SourceRingBuffer(data=np.eye(2, 3)), Monitor()
    source.s_out.connect(process.in_ports.members[0])
    monitor.probe(process.s4_state, num_steps=3)
    states = []
    for _ in range(3):
        run(process, 1, native, "floating_pt")
        states.append(process.s4_state.get())
    record = monitor.get_data()[process.name]["s4_state"]
    assert record.dtype == np.complex128 and record.imag.any()
    np.testing.assert_array_equal(record, states)
    process.stop()


def test_too_many_steps_name_the_monitor(native):
    for name in ("after", "block", "s_out"):
        process, monitor = Mixed(name="mixed"), Monitor(name="mon")
        monitor.probe(getattr(process, name), num_steps=3)
        with pytest.raises(IndexError, match="larger num_steps") as caught:
            run(process, 5, native)
        note = "".join(caught.value.__notes__)
        assert f"(mixed.{name})" in note and "'mon." in note and "time step 4" in note


def test_monitor_without_probes_runs(native):
    process = Mixed()
    monitor = Monitor()
    assert monitor.get_data() == {}
    run(process, 2, native)
    run(monitor, 2, native)


def test_members_are_named_as_in_lava():
    process, monitor = Mixed(), Monitor()
    monitor.probe(process.total, 4)
    monitor.probe(process.s_out, 5)
    monitor.probe(process.block, 6)
    assert isinstance(monitor.ref_port_0, RefPort) and isinstance(monitor.in_port_0, InPort)
    assert monitor.ref_ports.member_names == ["ref_port_0", "ref_port_1"]
    assert monitor.in_ports.member_names == ["in_port_0"]
    assert monitor.vars.member_names == ["var_read_0", "out_read_0", "var_read_1"]
    assert monitor.vars.var_read_1.shape == (6, 2, 3)
    assert monitor.out_read_0.full_name == f"{monitor.name}.out_read_0"


def test_data_before_the_first_run_are_zeros():
    process, monitor = Mixed(name="mixed"), Monitor()
    monitor.probe(process.block, 4)
    np.testing.assert_array_equal(monitor.get_data()["mixed"]["block"], np.zeros((4, 2, 3)))


def test_data_are_copies():
    process, monitor = Mixed(name="mixed"), Monitor()
    monitor.probe(process.after, 1)
    run(process, 1)
    monitor.get_data()["mixed"]["after"][:] = -1
    assert monitor.get_data()["mixed"]["after"].tolist() == [[1, 1]]


@pytest.mark.parametrize("target", [InPort((1,)), RefPort((1,)), None, "v"])
def test_only_vars_and_out_ports(target):
    with pytest.raises(TypeError, match="Monitor 'mon' can probe a Var or an OutPort, got"):
        Monitor(name="mon").probe(target, 1)


@pytest.mark.parametrize(("steps", "error"), [(0, ValueError), (-2, ValueError), (1.5, TypeError)])
def test_wrong_num_steps(steps, error):
    with pytest.raises(error, match=rf"num_steps of a probe of Monitor 'mon' must be .*{steps}"):
        Monitor(name="mon").probe(Mixed().total, steps)


@pytest.mark.parametrize("target", [Var((1,)), OutPort((1,))])
def test_target_without_process(target):
    with pytest.raises(ValueError, match="belongs to no Process"):
        Monitor().probe(target, 1)


def test_same_name_twice():
    monitor, process = Monitor(name="mon"), Mixed(name="mixed")
    monitor.probe(process.total, 1)
    for again in (process, Mixed(name="mixed")):
        with pytest.raises(ValueError, match="'mon' has a probe of mixed.total already"):
            monitor.probe(again.total, 1)
    assert len(monitor.ref_ports.members) == 1 and len(process.var_ports.members) == 1


def test_probe_after_compiling():
    process, monitor = Mixed(), Monitor()
    run(process, 1)
    with pytest.raises(RuntimeError, match="has been compiled. Call probe"):
        monitor.probe(process.total, 1)


class Axes:
    """Notes what is called, as matplotlib's Axes."""

    def __init__(self) -> None:
        self.calls: dict[str, tuple] = {}

    def __getattr__(self, name: str):
        return lambda *args, **kwargs: self.calls.update({name: (args, kwargs)})


def test_plot():
    process, monitor, axes = Mixed(name="mixed"), Monitor(), Axes()
    monitor.probe(process.block, 2)
    run(process, 2)
    monitor.plot(axes, process.block, "r--", linewidth=2)
    (lines, style), options = axes.calls["plot"]
    np.testing.assert_array_equal(lines, [range(1, 7), range(2, 8)])
    assert (style, options) == ("r--", {"linewidth": 2})
    assert axes.calls["set_title"][0] == ("mixed.block",)
    assert axes.calls["set_xlabel"][0] == ("Time step",)
    assert axes.calls["set_ylabel"][0] == ("block",)


def test_plot_of_something_else():
    process, monitor = Mixed(name="mixed"), Monitor(name="mon")
    monitor.probe(process.total, 1)
    with pytest.raises(ValueError, match="'mon' does not probe mixed.after; it probes mixed.total"):
        monitor.plot(Axes(), process.after)


def test_doctests():
    assert doctest.testmod(monitor_module).failed == 0
