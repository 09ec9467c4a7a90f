"""Networks on neurocores: lavajit, NengoLoihi's emulator, and plain Processes of equal size.

A ring of cores of 1,024 compartments, each of which projects to the next one (one core alone to
itself) with 64 synapses behind each axon. The same integers go into all simulators, and before
anything is timed, who fires in each of the first steps is compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
from scipy.sparse import csr_matrix

from bench.common import Result, Row, interleaved, seconds, steps_for
from bench.peers import core_networks as shared
from bench.peers.environments import Peer, find_peers
from bench.peers.worker import Worker
from lavajit import LIF, Dense, Loihi2HwCfg, Loihi2SimCfg, RunSteps, Sparse
from lavajit.model.threads import usable_cores
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup

CORES, ACTIVITY = (1, 16, 128), 0.05
#: Of one core, against Processes.
ACTIVITIES = (0.05, 0.2)
#: Steps that are compared, and then steps until the phases of neurons have spread.
COMPARED, WARM_UP = 50, 200
REPETITIONS = 7
#: Seconds that a repetition takes.
SECONDS = 0.2
PEER = "NengoLoihi"

Measure = Callable[[], float]


def measure(quick: bool = False) -> Result:
    """Steps per second against the emulator, then a core against LIF, Sparse and Dense."""
    peer = find_peers().get(PEER)
    rows, notes = [], []
    for cores in CORES[:1] if quick else CORES:
        row, remarks = _against_emulator(cores, peer, quick)
        rows.append({"part": f"cores of {shared.COMPARTMENTS} compartments"} | row)
        notes += remarks
    for activity in ACTIVITIES[-1:] if quick else ACTIVITIES:
        part = {"part": "one core and Processes of equal size"}
        rows.append(part | _against_processes(activity, quick))
    for activity in ACTIVITIES[-1:] if quick else ACTIVITIES:
        rows.append({"part": "LIF - Sparse - LIF on cores"} | _on_cores(activity, quick))
    notes += [
        f"spikes of the first {COMPARED} steps are the same in all simulators, neuron by neuron",
        "us: of one step, medians of interleaved repetitions, building and compiling apart; "
        "processor time for one thread, wall clock for two",
        "recording: q, u, v and spikes of every step are kept; nothing is, elsewhere",
    ]
    if peer is None:
        notes.append(f"{PEER} is not there; python -m bench --setup-peers installs it")
    return Result("networks on neurocores", rows, list(dict.fromkeys(notes)), hidden=("part",))


# --- against the emulator ---------------------------------------------------------------------


def _against_emulator(cores: int, peer: Peer | None, quick: bool) -> tuple[Row, list[str]]:
    begin = time.perf_counter()
    network = core_network(cores, ACTIVITY)
    runner = CoreRunner(network)
    built = time.perf_counter() - begin
    sums = compared_spikes(runner)
    measures = {
        "us": _runner_measure(runner, quick),
        "us recording": _runner_measure(CoreRunner(network), quick, record=True),
    }
    if cores > 1 and usable_cores() > 1:
        measures["us, 2 threads"] = _runner_measure(CoreRunner(network, threads=2), quick)
    row: Row = {"cores": cores, "build s": built}
    notes = []
    with ExitStack() as stack:
        if peer is not None:
            worker = stack.enter_context(_emulator(peer, cores))
            check_equal(sums, worker.facts["spikes"], PEER)
            measures[f"us {PEER}"] = _worker_measure(worker, quick)
            row[f"build s {PEER}"] = worker.facts["build"]
            notes.append(worker.facts["versions"])
        found = interleaved(measures, 2 if quick else REPETITIONS)
    row |= {name: 1e6 * value for name, value in found.items()}
    row["steps / s"] = round(1 / found["us"])
    if peer is not None:
        row["x"] = found[f"us {PEER}"] / found["us"]
        if "us, 2 threads" in found:
            row["x, 2 threads"] = found[f"us {PEER}"] / found["us, 2 threads"]
    row["activity"] = float(runner.run(WARM_UP).spikes.mean())
    return row, notes


def core_network(cores: int, activity: float) -> CoreNetwork:
    """The ring of cores."""
    arrays = [shared.core_arrays(core, activity) for core in range(cores)]
    pointers = shared.SYNAPSES * np.arange(shared.COMPARTMENTS + 1)
    registers = CoreRegisters(vmin=shared.VMIN, vmax=shared.VMAX)
    populations = []
    for core, own in enumerate(arrays):
        decays = {"decay_u": shared.DECAY_U, "decay_v": shared.DECAY_V}
        cells = Compartments(shared.COMPARTMENTS, vth=shared.VTH, bias=own["bias"], **decays)
        sender = arrays[core - 1]
        group = SynapseGroup(pointers, sender["targets"].ravel(), sender["weights"].ravel())
        axons = OutputAxons((core + 1) % cores)
        populations.append(Population(f"core {core}", cells, registers, [group], [axons]))
    return CoreNetwork(populations)


def compared_spikes(runner: CoreRunner) -> list[list[int]]:
    """What :func:`shared.spike_sums` gives of each of the first steps."""
    return [shared.spike_sums(row) for row in runner.run(COMPARED).spikes]


def check_equal(ours: list[list[int]], theirs: list[list[int]], name: str) -> None:
    """Raise an error if spikes differ, or if there are none."""
    step = next((k for k, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b), None)
    if step is not None or not any(count for count, _ in ours):
        at = COMPARED if step is None else step + 1
        found = f"{ours[at - 1][0]} spikes, {name} has {theirs[at - 1][0]}"
        raise RuntimeError(f"networks are not equal: {found} in step {at}")


def _emulator(peer: Peer, cores: int) -> Worker:
    populations = {"all": [0, cores * shared.COMPARTMENTS]}
    job = {"cores": cores, "activity": ACTIVITY, "compared": COMPARED, "populations": populations}
    return Worker(peer.python, "nengo_loihi_worker.py", job | {"simulator": PEER})


def _runner_measure(runner: CoreRunner, quick: bool, record: bool = False) -> Measure:
    clock = time.process_time if runner.threads == 1 else time.perf_counter
    runner.run(20 if quick else WARM_UP)
    step = seconds(lambda: runner.run(20, record=record)) / 20
    steps = steps_for(step, 0.01 if quick else SECONDS)
    return lambda: seconds(lambda: runner.run(steps, record=record), clock) / steps


def _worker_measure(worker: Worker, quick: bool) -> Measure:
    step = worker.run(5 if quick else WARM_UP)["cpu"] / (5 if quick else WARM_UP)
    steps = steps_for(step, 0.01 if quick else SECONDS)
    return lambda: worker.run(steps)["cpu"] / steps


# --- against Processes ------------------------------------------------------------------------


def _against_processes(activity: float, quick: bool) -> Row:
    runner = CoreRunner(core_network(1, activity))
    sums = compared_spikes(runner)
    measures = {"us core": _runner_measure(runner, quick)}
    processes = []
    for kind in (Sparse, Dense):
        lif = recurrent_network(kind, activity)
        config = Loihi2SimCfg(select_tag="fixed_pt", threads=1)
        name = f"LIF + {kind.__name__}"
        result = lif.run(RunSteps(COMPARED), run_cfg=config, record=[lif.s_out])
        check_equal(sums, _process_spikes(result, lif), name)
        measures[f"us {name}"] = _process_measure(lif, quick)
        processes.append(lif)
    found = interleaved(measures, 2 if quick else REPETITIONS)
    for lif in processes:
        lif.stop()
    row: Row = {"activity": float(runner.run(WARM_UP).spikes.mean())}
    row |= {name: 1e6 * value for name, value in found.items()}
    for name in ("Sparse", "Dense"):
        row[f"core / {name}"] = found["us core"] / found[f"us LIF + {name}"]
    return row


def _on_cores(activity: float, quick: bool) -> Row:
    """Processes on cores against the same on the CPU; and what counting costs."""
    on_cpu, lava = "us CPU", "us Lava's arithmetic"
    configs = {
        on_cpu: Loihi2SimCfg(select_tag="fixed_pt", threads=1),
        lava: Loihi2HwCfg(arith="lava", activity=None, threads=1),
        "us the chip's": Loihi2HwCfg(activity=None, threads=1),
        "us counted": Loihi2HwCfg(threads=1),
    }
    measures, processes, sums = {}, [], None
    for name, config in configs.items():
        lif = recurrent_network(Sparse, activity)
        result = lif.run(RunSteps(COMPARED), run_cfg=config, record=[lif.s_out])
        found = _process_spikes(result, lif)
        sums = found if sums is None else sums
        check_equal(sums, found, name)
        measures[name] = _process_measure(lif, quick)
        processes.append(lif)
    found = interleaved(measures, 2 if quick else REPETITIONS)
    fired = processes[0].run(RunSteps(WARM_UP), record=processes[0].s_out)
    spikes = len(next(iter(fired.values())))
    for lif in processes:
        lif.stop()
    row: Row = {"activity": spikes / WARM_UP / shared.COMPARTMENTS}
    row |= {name: 1e6 * value for name, value in found.items()}
    return row | {f"x {name[3:]}": found[name] / found[on_cpu] for name in list(found)[1:]}


def recurrent_network(kind: type, activity: float) -> LIF:
    """The LIF Process of LIF - Sparse (or Dense) - LIF, with the integers of one core."""
    n, own = shared.COMPARTMENTS, shared.core_arrays(0, activity)
    rows, senders = own["targets"].ravel(), np.repeat(np.arange(n), shared.SYNAPSES)
    entries = own["weights"].ravel() >> 6  # which connections shift left
    weights = csr_matrix((entries, (rows, senders)), shape=(n, n))
    connection = kind(weights=weights if kind is Sparse else weights.toarray())
    decays = {"du": shared.DECAY_U, "dv": shared.DECAY_V}
    bias = {"bias_mant": own["bias"] >> 6, "bias_exp": 6}
    lif = LIF(shape=(n,), vth=shared.VTH >> 6, **decays, **bias)
    lif.s_out.connect(connection.s_in)
    connection.a_out.connect(lif.a_in)
    return lif


def _process_spikes(result, lif: LIF) -> list[list[int]]:
    spikes = np.zeros((COMPARED, shared.COMPARTMENTS), np.bool_)
    found = result.spikes(lif.s_out)
    spikes[found.steps - 1, found.neurons] = True
    return [shared.spike_sums(row) for row in spikes]


def _process_measure(lif: LIF, quick: bool) -> Measure:
    def run(steps: int) -> None:
        lif.run(RunSteps(steps), run_cfg=Loihi2SimCfg(select_tag="fixed_pt", threads=1))

    run(20 if quick else WARM_UP)
    steps = steps_for(seconds(lambda: run(200)) / 200, 0.01 if quick else SECONDS)
    return lambda: seconds(lambda: run(steps), time.process_time) / steps
