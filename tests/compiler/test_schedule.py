"""The order of a step follows from the data."""

import numpy as np
import pytest
from hurt_models import Deaf, Occasional, SpikeReader
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan
from port_models import SelfLoop, SparseSink, SparseSource, WholeLoop
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from small_networks import Clock, Delay, Ramp, Relay, Store, chain

from lavajit import Loihi2SimCfg
from lavajit.compiler.exceptions import DeadlockError
from lavajit.compiler.ordering import strongly_connected
from lavajit.compiler.schedule import Task


def named(cls: type, *names: str) -> list:
    return [cls(name=name) for name in names]


def test_order_follows_the_data_not_the_creation():
    c, b, a = Relay(name="c"), Relay(name="b"), Ramp(name="a")
    chain(a, b, c)
    assert plan(c).order() == ["a", "b", "c"]


def test_free_processes_keep_creation_order():
    relays = named(Relay, "a", "b", "c")
    ramp = Ramp(name="ramp")
    for relay in reversed(relays):
        ramp.out.connect(relay.inp)
    assert plan(ramp).order() == ["ramp", "a", "b", "c"]


def test_delay_in_a_chain_is_not_cut():
    ramp, delay, relay = Ramp(name="ramp"), Delay(name="delay"), Relay(name="relay")
    chain(ramp, delay, relay)
    made = plan(ramp)
    assert made.order() == ["ramp", "delay", "relay"]
    assert made.schedule.coroutines == {}


def test_delay_in_a_loop_is_cut():
    relay, delay = Relay(name="relay"), Delay(name="delay")
    chain(relay, delay, relay)
    made = plan(relay)
    assert made.order() == ["delay/0", "relay", "delay/1"]
    assert made.schedule.coroutines == {}


def test_self_loop_is_cut():
    p = SelfLoop()
    p.out.connect(p.inp)
    assert [label.partition("/")[2] for label in plan(p).order()] == ["0", "1"]


def test_loop_that_is_not_cut_says_why():
    p = WholeLoop()
    p.out.connect(p.inp)
    (why,) = plan(p).schedule.coroutines.values()
    assert ", whose run_spk is not cut: local name 'seen' is carried over line" in why


def test_two_delays_in_a_loop():
    one, two = named(Delay, "one", "two")
    chain(one, two, one)
    order = plan(one).order()
    assert set(order[:2]) == {"one/0", "two/0"}
    assert set(order[2:]) == {"one/1", "two/1"}


def test_ring_is_reported_with_its_ports_only():
    a, b, c = named(Relay, "a", "b", "c")
    ramp, store = Ramp(name="ramp"), Store(name="store")
    chain(ramp, a, b, c, a)
    c.out.connect(store.inp)
    with pytest.raises(DeadlockError) as caught:
        plan(ramp)
    text = str(caught.value)
    for link in ("'a'.out -> Relay 'b'.inp", "'b'.out -> Relay 'c'.inp", "'c'.out -> Relay 'a'"):
        assert link in text
    assert "ramp" not in text and "store" not in text
    assert "sends before it receives" in text


def test_ring_of_a_reference_and_a_connection():
    """The reader needs the target's value of this step, the target needs the reader's message."""
    reader, relay = SpikeReader(), Relay()
    reader.ref.connect_var(relay.gain)
    made = plan(reader)
    assert [group[0].instance.node.process for group in made.schedule.order] == [relay, reader]


def test_conditional_use_becomes_a_coroutine():
    sender, relay, store = Occasional(), Relay(), Store()
    chain(sender, relay, store)
    made = plan(sender)
    (why,) = made.schedule.coroutines.values()
    assert made.index(sender) in made.schedule.coroutines
    assert why.startswith("run_spk calls out.send() in a branch or loop (line ")


def test_loop_with_a_coroutine_runs_as_coroutines():
    sender, store = Occasional(), Store()
    sender.out.connect(store.inp)
    loose = plan(sender)
    assert set(loose.schedule.coroutines) == {loose.index(sender)}


def test_sparse_to_dense_needs_coroutines_at_both_ends():
    source, sink = SparseSource([]), SparseSink(receives=1)
    source.out.connect(sink.inp)
    made = plan(source, Loihi2SimCfg(select_tag="dense"))
    assert set(made.schedule.coroutines) == {0, 1}
    source, sink = SparseSource([]), SparseSink()
    source.out.connect(sink.inp)
    assert plan(source, Loihi2SimCfg(select_tag="sparse")).schedule.coroutines == {}


def test_port_never_served():
    ramp, deaf = Ramp(name="ramp"), Deaf(name="deaf")
    chain(ramp, deaf)
    with pytest.raises(DeadlockError, match=r"'deaf' never receives from its connected port 'inp'"):
        plan(ramp)
    plan(Deaf())


def test_unconnected_processes_are_planned_alone():
    a, b = Clock(name="a"), Clock(name="b")
    assert plan(a).order() == ["a"]
    assert plan(b).order() == ["b"]


def test_long_chain_does_not_recurse():
    relays = [Relay() for _ in range(3000)]
    chain(*relays)
    order = [group[0].instance.node.process for group in plan(relays[5]).schedule.order]
    assert order == relays


# --- strongly connected components ----------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.data())
def test_components_are_those_of_scipy(n, data):
    pairs = data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    tasks = [Task(None, None, k) for k in range(n)]
    edges = {task: [tasks[b] for a, b in pairs if a == task.number] for task in tasks}
    found = {frozenset(t.number for t in group) for group in strongly_connected(tasks, edges)}
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    matrix = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(n, n))
    _, label = connected_components(matrix, directed=True, connection="strong")
    assert found == {frozenset(np.flatnonzero(label == k).tolist()) for k in set(label)}


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(8)), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7))))
def test_every_sender_comes_before_its_receivers(creation, pairs):
    relays = {k: Relay(name=str(k)) for k in creation}
    links = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    for a, b in sorted(links):
        relays[a].out.connect(relays[b].inp)
    order = [int(name) for name in plan(relays[0]).order()]
    for a, b in links:
        if a in order:
            assert order.index(a) < order.index(b)
