"""One arena: aligned pieces that do not overlap, filled with the initial values."""

import numpy as np
from hurt_models import Scalars, SpikeReader
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import Plan, plan
from small_networks import Clock, Delay, Ramp, Relay, Store

from lavajit.compiler.arena import ALIGNMENT, TIME_STEP, Arena
from lavajit.compiler.fields import WORD_BYTES, ArrayField, block_words, word_offsets


@st.composite
def networks(draw):
    """A random network: a chain of Processes of random sizes with extra connections."""
    shape = (draw(st.integers(1, 40)),)
    processes = [Ramp(shape, slope=draw(st.integers(-9, 9)))]
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from([Relay, Delay, Store]))
        target = kind(shape)
        sources = [p for p in processes if not isinstance(p, Store)]
        for source in draw(st.lists(st.sampled_from(sources), min_size=1, unique=True)):
            source.out.connect(target.inp)
        processes.append(target)
    if draw(st.booleans()):
        reader = SpikeReader(shape)
        reader.ref.connect_var(processes[0].slope)
    return plan(processes[0])


def pieces(made: Plan) -> list[tuple[int, int]]:
    """(start, end) of everything with storage of its own."""
    layout = made.layout
    arrays = [layout.control]
    for index, fields in layout.fields.items():
        arrays += [layout.views[index, n] for n, f in fields if isinstance(f, ArrayField)]
    for place in layout.channels.values():
        arrays += [a for a in (place.data, place.events, place.count) if a is not None]
    for pending, flag in layout.pending.values():
        arrays += [pending, flag]
    spans = [(a.ctypes.data, a.ctypes.data + a.nbytes) for a in arrays]
    for index, address in layout.blocks.items():
        spans.append((address, address + WORD_BYTES * block_words(layout.fields[index])))
    return sorted(span for span in spans if span[0] != span[1])


@settings(max_examples=60, deadline=None)
@given(networks())
def test_pieces_are_inside_aligned_and_do_not_overlap(made):
    arena = made.layout.arena
    spans = pieces(made)
    assert spans[0][0] >= arena.address
    assert spans[-1][1] <= arena.address + arena.size
    assert arena.address % ALIGNMENT == 0
    for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
        assert end <= start
    for start, _ in spans:
        assert start % WORD_BYTES == 0
    for view in made.layout.views.values():
        if view.ndim and view.nbytes >= ALIGNMENT:
            assert view.ctypes.data % ALIGNMENT == 0


@settings(max_examples=30, deadline=None)
@given(networks())
def test_blocks_point_at_what_they_describe(made):
    layout = made.layout
    for instance in made.instances:
        index = instance.node.index
        fields = layout.fields[index]
        at = layout.blocks[index] - layout.arena.address
        words = layout.arena.view(at, np.int64, (block_words(fields),))
        for name, field in fields:
            if isinstance(field, ArrayField):
                view = layout.views[index, name]
                record = words[word_offsets(fields)[name] :]
                assert record[0] == view.ctypes.data
                assert tuple(record[1 : 1 + view.ndim]) == view.shape
                assert np.array_equal(view, instance.values[name])
        assert words[word_offsets(fields)["time_step"]] == layout.word_address(TIME_STEP)


def test_initial_values_and_scalars():
    made = plan(Scalars())
    views = made.layout.views
    assert (views[0, "real"].dtype, views[0, "real"]) == (np.float64, 1.5)
    assert (views[0, "whole"].dtype, views[0, "whole"]) == (np.int64, 3)
    assert views[0, "array"].tolist() == [7, 7, 7]
    assert (0, "text") not in views


def test_memory_is_accounted_for():
    memory = plan(Clock(shape=(1000,))).layout.memory_of
    assert 8000 <= memory["state"] < 9000
    assert memory["total"] >= memory["state"] + memory["channels"]


def test_arena_reserves_with_alignment():
    arena = Arena()
    assert [arena.reserve(1), arena.reserve(8), arena.reserve_array(100), arena.reserve(1)] == [
        0,
        8,
        64,
        168,
    ]
    arena.allocate()
    assert (arena.address % ALIGNMENT, arena.memory.size) == (0, 169)
    assert not arena.view(64, np.uint8, (100,)).any()


def test_empty_arrays_have_a_place():
    made = plan(Clock(shape=(0,)))
    assert made.layout.views[0, "ticks"].shape == (0,)
