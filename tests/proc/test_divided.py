"""Divided among threads, every Process that can be gives the same numbers."""

import pytest
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.saved import SavedNetwork, assert_equal_states

from lavajit.compiler.division import may_divide
from lavajit.model.registry import models_of

STEPS = 12
TAGS = (None, "floating_pt", "fixed_pt")
DIVIDED = [
    cls
    for cls in library_processes()
    if cls in EXAMPLES and any(may_divide(model) for model in models_of(cls))
]
CASES = [(cls, tag) for cls in DIVIDED for tag in tags_of(cls) if tag in TAGS]


def values(process_class, tag: str | None, threads: int, expect_divided: bool) -> dict:
    """All Vars, and what all sinks have, after a run in two parts."""
    network = SavedNetwork(EXAMPLES[process_class], tag, STEPS, threads).run(1).run(STEPS - 1)
    division = network.process.runtime.executable.network.division
    index = next(
        node.index
        for node in network.process.runtime.executable.network.graph.nodes
        if isinstance(node.process, process_class)
    )
    assert (index in division.names) is expect_divided, division.reasons
    found = network.var_values()
    network.process.stop()
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process_class", "tag"), CASES, ids=[f"{cls.__qualname__}-{tag}" for cls, tag in CASES]
)
def test_any_number_of_threads_gives_the_same_numbers(process_class, tag):
    expected = values(process_class, tag, 1, expect_divided=False)
    for threads in (2, 3):  # of two elements, one thread of three has none
        got = values(process_class, tag, threads, expect_divided=True)
        assert_equal_states(got, expected)


def test_most_neurons_of_the_library_can_be_divided():
    names = {cls.__name__ for cls in DIVIDED}
    assert names >= {"LIF", "LIFRefractory", "TernaryLIF", "RF", "SigmaDelta", "IafPscExp"}
