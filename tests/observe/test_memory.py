"""Records in memory."""

import sys
import threading

import numpy as np
import pytest
from recorded_chunks import assert_holds, chunk_of, made

from lavajit.observe.chunk import Form
from lavajit.observe.memory import MemoryStore

DENSE = Form("lif.v", np.dtype("f4"), (3,), None, False)
SPIKES = Form("lif.s_out", np.dtype("?"), (3,), None, True)


@pytest.mark.parametrize("expected", [0, 3, 7, 100])
def test_more_or_fewer_steps_than_expected(expected):
    one = made([DENSE, SPIKES], [[2, 2], [0, 3], [4, 0], [1, 1]])
    store = MemoryStore(one.forms, [expected, expected])
    for number, chunks in enumerate(one.chunks):
        store.add(chunks)
        assert_holds(store.series(), one.expected(number + 1))
    assert_holds(store.series(), one.expected())


def test_expected_steps_share_one_array():
    """Room is set aside once: a dense record never stands in memory twice."""
    one = made([DENSE], [[2], [3]])
    store = MemoryStore(one.forms, [5])
    store.add(one.chunks[0])
    before = store.series()["lif.v"].values
    store.add(one.chunks[1])
    assert np.shares_memory(before, store.series()["lif.v"].values)


@pytest.fixture
def threads_alternate():
    """Threads take turns after a few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_a_thread_adds_while_another_reads(threads_alternate):
    """Records of a run in a thread are whole whenever they are read, and none get lost."""
    steps, each = 500, 3
    rows = np.ones((each, 3), bool)
    store = MemoryStore([DENSE, SPIKES], [0, 0])

    def add():
        for k in range(steps):
            when = np.arange(each) + k * each + 1
            store.add([chunk_of(form, when, rows.astype(form.dtype)) for form in (DENSE, SPIKES)])

    thread = threading.Thread(target=add)
    thread.start()
    while thread.is_alive():
        series = store.series()
        dense, spikes = series["lif.v"], series["lif.s_out"]
        assert len(dense.steps) == len(dense.values) == len(spikes.recorded)
        assert spikes.counts.sum() == len(spikes.neurons) == 3 * len(spikes.recorded)
    thread.join()
    assert len(store.series()["lif.s_out"]) == 3 * each * steps
