"""Copies of a network compute what the network computes: every Process of the library."""

import pytest
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.saved import SavedNetwork, assert_equal_states

from lavajit import RunSteps, Var, run_batch
from lavajit.process.state_file import named_vars

BEFORE, AFTER = 3, 4
TAGS = (None, "floating_pt", "fixed_pt")
KNOWN = [cls for cls in library_processes() if cls in EXAMPLES]
CASES = [(cls, tag) for cls in KNOWN for tag in tags_of(cls) if tag in TAGS]


def variables(network: SavedNetwork) -> dict[str, Var]:
    """All Vars that have storage."""
    processes = network.process.runtime.executable.network.graph.processes
    leaves = {id(p) for p in network.process.runtime.executable.process_list}
    return {
        f"{k}.{name}": var
        for k, process in enumerate(p for p in processes if p.parent_proc is None)
        for name, var in named_vars(process).items()
        if id(var.resolved.process) in leaves
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process_class", "tag"), CASES, ids=[f"{cls.__qualname__}-{tag}" for cls, tag in CASES]
)
def test_copies_go_on_as_the_network_does(process_class, tag):
    network = SavedNetwork(EXAMPLES[process_class], tag, BEFORE + AFTER).run(BEFORE)
    try:
        known = variables(network)
        before = network.state()
        found = run_batch(
            network.process, RunSteps(AFTER), points=[{}] * 3, record=list(known.values())
        )
        assert_equal_states(network.state(), before)
    except RuntimeError as error:
        assert "cannot copy" in str(error)
        pytest.skip(str(error))
    expected = network.run(AFTER).var_values()
    network.stop()
    for name, var in known.items():
        for value in found[var]:
            assert_equal_states({name: value}, {name: expected[name]})
