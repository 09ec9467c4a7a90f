"""A run in pieces, loaded or restored in between, equals one run: every Process."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from helpers.edge_examples import watching
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.saved import SavedNetwork, assert_equal_snapshots, assert_equal_states
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    DelayDense,
    DelaySparse,
    DeltaEncoder,
    EventSink,
    PoissonSource,
    Read,
    Reset,
    SpikeDataloader,
    StateDataloader,
)
from lavajit.proc.io.encoder import Compression

BEFORE, AFTER = 3, 4
TAGS = (None, "floating_pt", "fixed_pt")  # others lead to the same models
KNOWN = [cls for cls in library_processes() if cls in EXAMPLES]  # a test of its own asks for all
CASES = [(cls, tag) for cls in KNOWN for tag in tags_of(cls) if tag in TAGS]
SAMPLES = [(np.array([k, k + 1]), k) for k in range(5)]
IMAGES = [(np.arange(6).reshape(2, 3) + k, k) for k in range(3)]
WEIGHTS, DELAYS = np.array([[1, 0, -7], [5, 3, 0]]), np.array([[0, 1, 4], [4, 2, 0]])

#: Whose state is more than what its Vars say, or depends on the time.
WITH_MEMORY = {
    "dataloader of spikes": lambda: SpikeDataloader(dataset=IMAGES, interval=4, offset=2),
    "dataloader of states": lambda: watching(StateDataloader(dataset=SAMPLES, interval=2)),
    "delays, to the right": lambda: DelayDense(weights=WEIGHTS, delays=DELAYS, weight_exp=-1),
    "delays, sparse": lambda: DelaySparse(weights=WEIGHTS, delays=DELAYS, weight_exp=-1),
    "encoder, gaps": lambda: DeltaEncoder(
        shape=(4,), vth=1, compression=Compression.DELTA_SPARSE_8
    ),
    "encoder, sparse": lambda: DeltaEncoder(shape=(4,), vth=1, compression=Compression.SPARSE),
    "full blocks of events": lambda: EventSink((2,), block=3),
    "random spikes": lambda: PoissonSource((9,), rates=0.5),
    "reader": lambda: watching(Read(buffer=3, interval=3, offset=1)),
    "resetter": lambda: watching(Reset(reset_value=[1, 2], interval=3)),
}


def compare(make, tag: str | None, before: int, after: int, folder: Path) -> None:
    """Compare one run with others: in two parts, loaded or restored in between, and going back."""

    def network() -> SavedNetwork:
        return SavedNetwork(make, tag, BEFORE + AFTER)

    expected = network().run(before + after).stop()
    continued = network().run(before)
    continued.save(folder)
    loaded = network().run(0).load(folder)
    assert_equal_states(loaded.state(), continued.state())
    assert_equal_states(loaded.run(after).stop(), expected)
    snapshot = continued.process.snapshot()
    restored = network().run(0).restore(snapshot)
    assert_equal_snapshots(restored.process.snapshot(), snapshot)
    assert_equal_states(restored.run(after).stop(), expected)
    assert_equal_states(continued.run(after).state(), expected)
    assert_equal_states(continued.restore(snapshot).run(after).stop(), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process_class", "tag"), CASES, ids=[f"{cls.__qualname__}-{tag}" for cls, tag in CASES]
)
def test_loaded_and_continued_runs_equal_one_run(process_class, tag, tmp_path):
    compare(EXAMPLES[process_class], tag, BEFORE, AFTER, tmp_path)


@pytest.mark.parametrize("name", WITH_MEMORY)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(before=st.integers(0, BEFORE + AFTER), after=st.integers(0, 12))
def test_a_memory_outside_vars_is_saved(name, before, after):
    with tempfile.TemporaryDirectory() as folder:
        compare(WITH_MEMORY[name], "fixed_pt", before, after, Path(folder))
