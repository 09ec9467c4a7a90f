"""What Lava was measured to do, step by step; values are compared by value, not by dtype."""

import numpy as np
import pytest
from port_models import (
    Casting,
    Loose,
    PostUser,
    SelfLoop,
    Short,
    SparseSink,
    SparseSource,
    SpikeWriter,
    Target,
)
from small_networks import Ramp, Store, run
from trace_models import Outer, Phases, PhasesLinked, Typed

from lavajit import Loihi2SimCfg, RunSteps
from lavajit.compiler.exceptions import NumericLossWarning


@pytest.fixture(params=[False, True], ids=["python", "native"])
def native(request) -> bool:
    """Both tiers give the same numbers."""
    return request.param


# --- phases and steps -----------------------------------------------------------------


def test_phases_of_two_processes(native):
    a, b = PhasesLinked(pre=1, lrn=1, post=1), PhasesLinked(pre=1)
    a.out.connect(b.inp)
    run(a, 3, native)
    assert a.count.get().tolist() == [3, 3, 3, 3]
    assert b.count.get().tolist() == [3, 3, 0, 0]


def test_pre_guard_alone_never_asks_for_the_phase(native):
    a = Phases(pre=1)
    run(a, 3, native)
    assert a.count.get().tolist() == [3, 0, 0, 0]


def test_post_phase_every_second_step(native):
    a = Phases(post=2)
    run(a, 5, native)
    assert a.count.get().tolist() == [5, 0, 0, 2]
    assert a.last.get().tolist() == [5, 0, 0, 4]


def test_step_numbers_go_on_over_runs(native):
    a = Phases()
    steps = []
    for n in (1, 2, 0):
        run(a, n, native)
        steps.append(int(a.last.get(0)))
    assert steps == [1, 3, 3]
    assert a.count.get(0) == 3


# --- types ----------------------------------------------------------------------------


def test_var_casting():
    with pytest.warns(NumericLossWarning, match="'small' .*300"):
        p = Typed(whole=2.75, small=[300, -3])
        run(p, 1)
    assert p.whole.get().tolist() == [2, 2]
    assert p.flag.get().tolist() == [1, 1]
    assert p.small.get().tolist() == [44, -3]
    p.whole.set(np.array([1.9, 2.9]))
    assert p.whole.get().tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"'whole'.*got shape \(3,\), expected \(2,\)"):
        p.whole.set(np.array([5, 6, 7]))
    p.flag.set(np.array([0, 1]))
    assert p.flag.get().tolist() == [0, 1]
    assert p.text.get() == "hello"
    p.text.set("world")
    run(p, 1)
    assert p.text.get() == "world"


def test_message_casting(native):
    one, two, three, sink = Short(), Short(), Short(), Casting()
    one.out.connect(sink.flags)
    two.out.connect(sink.flags)
    three.out.connect(sink.numbers)
    run(sink, 1, native)
    assert sink.seen_flags.get().tolist() == [4, 8928]
    assert sink.seen_numbers.get().tolist() == [2.0, 4464.0]


def test_unconnected_ports():
    p = Loose()
    run(p, 1)
    probe, received, peeked, read, read_again = p.proc_params["seen"]
    assert probe is True
    for value in (received, peeked, read, read_again):
        assert value.dtype == np.int16
        assert value.tolist() == [0, 0]


# --- data flow ------------------------------------------------------------------------

PAIRS = [([7, 8], [1, 3]), ([], []), (list(range(6)), list(range(6)))]


def test_sparse_messages():
    source, sink = SparseSource(PAIRS), SparseSink()
    source.out.connect(sink.inp)
    source.run(RunSteps(3), Loihi2SimCfg(select_tag="sparse"))
    data = [(data, indices) for data, indices, _ in sink.proc_params["seen"]]
    assert data == [([7, 8], [1, 3]), ([], []), ([0, 1, 2, 3], [0, 1, 2, 3])]
    assert {dtype for *_, dtype in sink.proc_params["seen"]} == {np.dtype(np.int64)}


def test_sparse_message_seen_through_a_dense_port():
    source, sink = SparseSource(PAIRS), SparseSink(receives=3)
    source.out.connect(sink.inp)
    source.run(RunSteps(1), Loihi2SimCfg(select_tag="dense"))
    assert sink.proc_params["seen"] == [[2, 0, 0, 0], [7, 8, 0, 0], [1, 3, 0, 0]]


VIRTUAL = {
    "reshape": (lambda out: out.reshape((3, 2)), [[0, 1], [2, 3], [4, 5]]),
    "transpose": (lambda out: out.transpose(), [[0, 3], [1, 4], [2, 5]]),
    "chain": (
        lambda out: out.flatten().reshape((3, 2)).transpose().transpose(),
        [[0, 1], [2, 3], [4, 5]],
    ),
}


@pytest.mark.parametrize("path", VIRTUAL)
def test_virtual_ports(path, native):
    derive, expected = VIRTUAL[path]
    source, sink = Ramp((2, 3), np.arange(6).reshape(2, 3)), Store((3, 2), steps=1)
    derive(source.out).connect(sink.inp)
    run(source, 1, native)
    assert sink.data.get()[0].tolist() == expected


def test_different_virtual_ports_into_one_port(native):
    ramp = np.arange(6).reshape(2, 3)
    one, two, sink = Ramp((2, 3), ramp), Ramp((2, 3), ramp), Store((3, 2), steps=1)
    one.out.reshape((3, 2)).connect(sink.inp)
    two.out.transpose().connect(sink.inp)
    run(sink, 1, native)
    assert sink.data.get()[0].tolist() == [[0, 4], [3, 7], [6, 10]]


def test_self_loop(native):
    p = SelfLoop()
    p.out.connect(p.inp)
    for t in (1, 2):
        run(p, 1, native)
        assert p.seen.get().tolist() == [t, 2 * t]


# --- remote memory --------------------------------------------------------------------


def test_ref_write_in_run_spk_without_guards(native):
    # A Target with no guard at all would need a class of its own; this one's is always False,
    # which asks for no phase either.
    writer, target = SpikeWriter(), Target()
    writer.ref.connect_var(target.v)
    run(writer, 4, native)
    assert target.seen.get()[:4].tolist() == [0, 0, 0, 0]
    assert target.v.get().tolist() == [4, 10]
    run(writer, 2, native)
    assert target.seen.get()[4:6].tolist() == [4, 4]
    assert target.v.get().tolist() == [6, 16]


def test_ref_order_in_post_phase(native):
    user, target = PostUser(), Target(spk=1, post=100)
    user.ref.connect_var(target.v)
    for expected in ([101, 1010], [1111, 11110]):
        run(user, 1, native)
        assert user.seen.get()[:2].tolist() == expected
    assert target.v.get().tolist() == [11110, 11110]


def test_ref_read_in_pre_phase(native):
    user, target = PostUser(pre=True), Target(spk=1)
    user.ref.connect_var(target.v)
    for expected in (1, 2):
        run(user, 1, native)
        assert user.seen.get(2) == expected


# --- hierarchy ------------------------------------------------------------------------


def test_hierarchy(native):
    outer, store = Outer(), Store((1,))
    outer.out.connect(store.inp)
    run(store, 2, native)
    assert store.received(2) == [6, 7]
    assert outer.u.get().tolist() == [7]
    assert outer.loose.get() == 8
    outer.u.set(np.array([50]))
    assert outer.u.aliased_var.get().tolist() == [50]
    run(outer, 1, native)
    assert outer.u.get().tolist() == [51]
