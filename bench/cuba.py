"""The CUBA benchmark network of models/cuba.py: time per step, per neuron, per synaptic event."""

from __future__ import annotations

import numpy as np

from bench.common import Result, Row, interleaved, per_step, seconds
from lavajit import IafPscExp, Loihi2SimCfg, RunSteps
from models import cuba
from models.cortical import CorticalNetwork

REPETITIONS = 5
SCALES = (1.0, 5.0)
PRECISIONS = ("float64", "float32")
#: Steps until the rates have settled.
WARM_UP = 2_000
STEPS = 20_000
#: No potential reaches it.
OUT_OF_REACH = 1e6


def measure(quick: bool = False) -> Result:
    """Active network, the same network without spikes, and its neurons alone, interleaved."""
    rows = [
        _row(scale, precision, quick)
        for scale in ((0.05,) if quick else SCALES)
        for precision in PRECISIONS
    ]
    notes = [
        "ns per neuron update: neurons without connections; quiet: the whole network, no spikes",
        "ns per synaptic event: what the active network takes beyond the quiet one",
        "spikes are recorded; compiling and building are not part of a step; one thread",
    ]
    return Result(f"steps of {cuba.DT} ms", rows, notes)


def _row(scale: float, precision: str, quick: bool) -> Row:
    warm_up, steps, repetitions = (200, 100, 2) if quick else (WARM_UP, STEPS, REPETITIONS)
    active, quiet = cuba.build(scale), cuba.build(scale)
    active.run(warm_up, precision)
    _silence(quiet, precision)
    n = active.neurons.s_out.size
    alone = _neurons_alone(n, precision)
    run_alone = per_step(lambda k: alone.run(RunSteps(k)), 0.01 if quick else 0.1)
    counted: list[int] = []
    medians = interleaved(
        {
            "active": lambda: _counted_run(active, steps, counted) / steps,
            "quiet": lambda: seconds(lambda: quiet.run(steps)) / steps,
            "alone": run_alone,
        },
        repetitions,
    )
    events = sum(counted) / (len(counted) * steps)
    for process in (active, quiet, alone):
        process.stop()
    return {
        "precision": precision,
        "neurons": n,
        "us per step": 1e6 * medians["active"],
        "realtime factor": 1e3 * medians["active"] / cuba.DT,
        "events per step": events,
        "ns per neuron update": 1e9 * medians["alone"] / n,
        "ns per neuron, quiet": 1e9 * medians["quiet"] / n,
        "ns per synaptic event": 1e9 * (medians["active"] - medians["quiet"]) / events,
    }


def _counted_run(network: CorticalNetwork, steps: int, counted: list[int]) -> float:
    """Seconds of a run; its synaptic events are added to the list."""
    found = seconds(lambda: network.run(steps))
    counted.append(network.synaptic_events())
    return found


def _silence(network: CorticalNetwork, precision: str) -> None:
    """Start the network and keep its neurons from spiking; currents of the start are dropped."""
    network.run(1, precision)
    neurons = network.neurons
    neurons.v_th.set(np.array([OUT_OF_REACH]))
    network.run(2)
    for current in (neurons.i_exc, neurons.i_inh):
        current.set(np.zeros(current.shape))


def _neurons_alone(n: int, precision: str) -> IafPscExp:
    neurons = IafPscExp(shape=(n,), dt=cuba.DT, e_l=cuba.E_L, v_th=OUT_OF_REACH)
    config = Loihi2SimCfg(select_tag="floating_pt", float_precision=precision)
    neurons.run(RunSteps(1), run_cfg=config)
    return neurons
