"""Records are what sinks receive and Vars hold: every Process of the library."""

import numpy as np
import pytest
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.saved import SavedNetwork, assert_equal_states

from lavajit import Probe, RunSteps, SinkRingBuffer
from lavajit.process.state_file import named_vars

STEPS = 7
TAGS = (None, "floating_pt", "fixed_pt")
KNOWN = [cls for cls in library_processes() if cls in EXAMPLES]
CASES = [(cls, tag) for cls in KNOWN for tag in tags_of(cls) if tag in TAGS]


def recordable(network: SavedNetwork, members) -> tuple[list, list[str]]:
    """Vars and ports that can be recorded, and why others cannot."""
    found, why = [], []
    for member in members:
        try:
            network.process.run(RunSteps(0), record=member)
            found.append(member)
        except ValueError as error:
            why.append(str(error))
    return found, why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("process_class", "tag"), CASES, ids=[f"{cls.__qualname__}-{tag}" for cls, tag in CASES]
)
def test_records_equal_what_is_received_and_change_nothing(process_class, tag):
    plain = SavedNetwork(EXAMPLES[process_class], tag, STEPS).run(0).run(STEPS).stop()
    network = SavedNetwork(EXAMPLES[process_class], tag, STEPS).run(0)
    members = [var for p in network.members for var in named_vars(p).values()]
    members += [port for p in network.members for port in p.out_ports]
    members, why = recordable(network, members)
    assert all("cannot be recorded" in text for text in why)
    probes = [Probe(member, dense=k % 2 == 0) for k, member in enumerate(members)]
    result = network.process.run(RunSteps(STEPS), record=probes)
    for var in (member for member in members if hasattr(member, "init")):
        last, value = dense(result[var])[-1], var.get()
        if hasattr(value, "toarray"):  # the stored elements
            value = value.toarray().ravel()[result[var].chosen]
        np.testing.assert_array_equal(last, value, err_msg=var.full_name)
        assert last.dtype == value.dtype
    for sink in (p for p in network.members if isinstance(p, SinkRingBuffer)):
        received = np.moveaxis(sink.data.get(), -1, 0)
        for port in sink.a_in.get_src_ports():
            if port in members and len(received) == STEPS:
                np.testing.assert_array_equal(dense(result[port]), received)
    assert_equal_states(network.stop(), plain)


def dense(series):
    return series.dense() if hasattr(series, "dense") else series.values
