"""Divided among threads, every Process that can be gives the same numbers."""

import pytest
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.saved import SavedNetwork, assert_equal_snapshots, assert_equal_states

from lavajit.compiler.division import may_divide
from lavajit.model.registry import models_of
from lavajit.process.snapshot import Snapshot

STEPS = 12
TAGS = (None, "floating_pt", "fixed_pt")
DIVIDED = [
    cls
    for cls in library_processes()
    if cls in EXAMPLES and any(may_divide(model) for model in models_of(cls))
]
CASES = [(cls, tag) for cls in DIVIDED for tag in tags_of(cls) if tag in TAGS]


def values(process_class, tag: str | None, threads: int, state: Snapshot | None = None) -> tuple:
    """All Vars, and what all sinks have, after a run in two parts, and the state in between.

    With `state`, the first part has been run elsewhere.
    """
    network = SavedNetwork(EXAMPLES[process_class], tag, STEPS, threads)
    network = network.run(1) if state is None else network.run(0).restore(state)
    state = network.process.snapshot()
    network.run(STEPS - 1)
    division = network.process.runtime.executable.network.division
    index = next(
        node.index
        for node in network.process.runtime.executable.network.graph.nodes
        if isinstance(node.process, process_class)
    )
    assert (index in division.names) is (threads > 1), division.reasons
    found = network.var_values()
    network.process.stop()
    return found, state


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process_class", "tag"), CASES, ids=[f"{cls.__qualname__}-{tag}" for cls, tag in CASES]
)
def test_any_number_of_threads_gives_the_same_numbers(process_class, tag):
    expected, of_one = values(process_class, tag, 1)
    got, of_two = values(process_class, tag, 2)
    assert_equal_states(got, expected)
    assert_equal_snapshots(of_two, of_one)
    # Of two elements, one thread of three has none.
    for threads, state in ((3, of_one), (1, of_two)):
        got, _ = values(process_class, tag, threads, state)
        assert_equal_states(got, expected)


def test_most_neurons_of_the_library_can_be_divided():
    names = {cls.__name__ for cls in DIVIDED}
    assert names >= {"LIF", "LIFRefractory", "TernaryLIF", "RF", "SigmaDelta", "IafPscExp"}
