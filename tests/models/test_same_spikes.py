"""The reference networks spike the same on 1, 2 and 4 threads, in any pieces, recorded or not."""

import numpy as np
import pytest
from helpers.pieces import run_in_pieces

from lavajit import Loihi2SimCfg, Monitor, RunSteps
from models import brunel, cuba, microcircuit

NETWORKS = {
    "CUBA": lambda: cuba.build(0.2, seed=1),
    "Brunel": lambda: brunel.build(0.04, seed=2),
    "microcircuit": lambda: microcircuit.build(0.05, seed=3),
}
STEPS = 400


def spikes_and_state(name: str, threads: int, pieces: tuple[int, ...]) -> list[np.ndarray]:
    network = NETWORKS[name]()
    spikes = run_in_pieces(network, pieces, "float32", seed=7, threads=threads).spikes()
    division = network.neurons.runtime.executable.network.division
    assert len(division.names) == (0 if threads == 1 else len(network.projections) + _others(name))
    found = [spikes.steps, spikes.neurons, network.neurons.v.get()]
    network.stop()
    return found


def _others(name: str) -> int:
    """Divided Processes that are no projections: neurons, and Poisson input if there is any."""
    return 1 if name == "CUBA" else 2


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_threads_and_pieces_change_no_spike(name):
    expected = spikes_and_state(name, 1, (STEPS,))
    assert expected[0].size > 50
    for threads, pieces in ((2, (STEPS,)), (4, (1, 99, STEPS - 100)), (1, (3, STEPS - 3))):
        got = spikes_and_state(name, threads, pieces)
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_recording_changes_no_spike(name):
    monitor, recorded = Monitor(), NETWORKS[name]()
    monitor.probe(recorded.neurons.v, STEPS)
    monitor.probe(recorded.neurons.s_out, STEPS)
    recorded.run(STEPS, "float32", seed=7)
    data = monitor.get_data()[recorded.neurons.name]
    steps, neurons = np.nonzero(data["s_out"])
    recorded.stop()
    expected = spikes_and_state(name, 1, (STEPS,))
    for a, b in zip((steps + 1, neurons, data["v"][-1]), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    plain = NETWORKS[name]().neurons
    config = Loihi2SimCfg(select_tag="floating_pt", float_precision="float32", seed=7)
    plain.run(RunSteps(STEPS), run_cfg=config)
    np.testing.assert_array_equal(plain.v.get(), expected[-1])
    plain.stop()
