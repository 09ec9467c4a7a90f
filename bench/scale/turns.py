"""One network in all simulators that are there: workers, turns, rows."""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.common import Row
from bench.lava_peer import lava_is_installed
from bench.limits import limit
from bench.peers.environments import Peer
from bench.peers.worker import Worker, WorkerError, start_lavajit
from bench.scale.workloads import BRIAN2, LAVA, LAVAJIT, NEST, Contender, Workload, work_of
from lavajit.runtime.recording import free_memory

REPETITIONS, QUICK_REPETITIONS = 5, 2
#: Rates that differ by more from those of lavajit are remarked upon; 1 / sqrt(n) is added for n
#: neurons: connections are others in each simulator, and neurons differ by as much as they fire.
RATE_TOLERANCE = 0.05
SCRIPTS = {BRIAN2: "brian2_worker.py", NEST: "nest_worker.py"}
GIGABYTE = 1 << 30


class Turns:
    """A contender that has started, and what it has answered."""

    def __init__(self, contender: Contender, worker: Worker, workload: Workload) -> None:
        self.contender, self.worker = contender, worker
        self.steps = workload.steps[contender.simulator]
        self.times: list[float] = []
        self.reports: list[dict] = []
        if contender.simulator != BRIAN2:  # which warms up in every run
            worker.run(workload.warm_up)

    def take(self) -> None:
        """One repetition."""
        # Lava works in processes of its own.
        alone = self.contender.threads == 1 and self.contender.simulator != LAVA
        clock = "cpu" if alone else "seconds"
        self.times.append(self.worker.run(self.steps)[clock] / self.steps)
        self.reports.append(self.worker.ask("report"))

    def rates(self) -> dict[str, float]:
        """Of the populations in Hz, mean of all repetitions."""
        names = self.reports[0]["rates"]
        return {name: statistics.mean(r["rates"][name] for r in self.reports) for name in names}


def measure_workload(
    workload: Workload, peers: dict[str, Peer], quick: bool = False
) -> tuple[list[Row], list[str]]:
    """Rows of all contenders that are there, and what there is to say about the others."""
    if 0 < free_memory() < workload.memory * GIGABYTE:
        return [], [f"{workload.title}: left out, needs {workload.memory:g} GB of free memory"]
    job = workload.describe()
    contenders, remarks = _present(workload, peers)
    turns: list[Turns] = []
    repetitions = QUICK_REPETITIONS if quick else REPETITIONS
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for number, contender in enumerate(contenders):
            place = str(Path(folder, str(number)))
            if not quick:  # some take minutes
                print(f"  {workload.title}: {contender}", file=sys.stderr, flush=True)
            try:
                worker = _start(contender, job, workload, peers, place)
                stack.callback(worker.close)
                remarks += [worker.facts["versions"], *worker.facts.get("warnings", [])]
                turns.append(Turns(contender, worker, workload))
                if not workload.together:
                    remarks += _take_turns(turns[-1:], repetitions)
                    worker.close()
            except WorkerError as error:
                remarks.append(_remark(workload, contender, error))
        if workload.together:
            remarks += _take_turns(turns, repetitions)
    return _rows(workload, job, [turn for turn in turns if turn.reports], remarks, quick), remarks


def _present(workload: Workload, peers: dict[str, Peer]) -> tuple[list[Contender], list[str]]:
    remarks, found = [], []
    for contender in workload.contenders:
        name = contender.simulator
        if name == LAVAJIT or (name == LAVA and lava_is_installed()) or name in peers:
            found.append(contender)
        elif name != LAVA:
            remarks.append(f"{name} is not there; python -m bench --setup-peers installs it")
        else:
            remarks.append("Lava (lava-nc) is not installed here: no figures for it")
    return found, remarks


def _start(
    contender: Contender, job: dict, workload: Workload, peers: dict[str, Peer], folder: str
) -> Worker:
    name = contender.simulator
    more = {
        "simulator": name if name != LAVA else "lava",
        "precision": contender.precision,
        "threads": contender.threads,
        "steps": workload.steps[name],
        "warm_up": workload.warm_up,
        "folder": folder,
    }
    if name in (LAVAJIT, LAVA):
        return start_lavajit(job | more)
    return Worker(peers[name].python, SCRIPTS[name], job | more)


def _take_turns(turns: list[Turns], repetitions: int) -> list[str]:
    """All repetitions, interleaved; who fails leaves."""
    remarks, left = [], list(turns)
    for _ in range(repetitions):
        for turn in list(left):
            try:
                turn.take()
            except WorkerError as error:
                left.remove(turn)
                remarks.append(f"{turn.contender}: {str(error).strip()}")
    return remarks


def _remark(workload: Workload, contender: Contender, error: WorkerError) -> str:
    lines = str(error).strip().splitlines()
    return f"{workload.title}, {contender}: {lines[0]}"


# --- rows -----------------------------------------------------------------------------


def _rows(
    workload: Workload, job: dict, turns: list[Turns], remarks: list[str], quick: bool
) -> list[Row]:
    ours = {
        turn.contender.threads: turn
        for turn in turns
        if (turn.contender.simulator, turn.contender.precision) == (LAVAJIT, "float64")
    }
    rows = []
    for turn in turns:
        found = turn.contender
        step = statistics.median(turn.times)
        rates = (ours or {1: turn}).get(1, turn).rates()
        work = work_of(job, rates)
        same = ours.get(found.threads)
        bare = limit(work, found.precision, found.threads, quick)
        row: Row = {"part": workload.title, "simulator": _name(found), "threads": found.threads}
        row |= {"build s": turn.worker.facts["build"], "first s": turn.worker.facts["first"]}
        row |= {"us / step": 1e6 * step, "ns / neuron": 1e9 * step / work.neurons}
        row["ns / event"] = 1e9 * step / work.events if work.events else None
        row["realtime"] = 1e3 * step / job["dt"]
        row["x lavajit"] = step / statistics.median(same.times) if same else None
        row["of limit"] = bare / step
        row["MB"] = round(max(r["memory"] for r in turn.reports) / 1e6)
        row |= _statistics(turn, job)
        row |= {"limit us": 1e6 * bare, "spread": max(turn.times) / min(turn.times)}
        rows.append(row)
        remarks += _compare(workload, job, turn, ours.get(1))
    return rows


def _name(contender: Contender) -> str:
    kind = f" {contender.precision}" if contender.simulator == LAVAJIT else ""
    return f"{contender.simulator}{kind}"


def _statistics(turn: Turns, job: dict) -> Row:
    if turn.contender.simulator == LAVA:  # which is not asked for its spikes
        return {}
    sizes = {name: end - first for name, (first, end) in job["populations"].items()}
    rates = turn.rates()
    mean = sum(sizes[name] * rates[name] for name in sizes) / sum(sizes.values())
    variations = [r["cv"] for r in turn.reports if r["cv"] is not None]
    cv = statistics.mean(variations) if variations else None
    return {"Hz": mean, "CV": cv, "rates": rates}


def _compare(workload: Workload, job: dict, turn: Turns, ours: Turns | None) -> list[str]:
    """Remarks on rates that are not those of lavajit in float64."""
    if ours is None or turn.contender.simulator == LAVA:
        return []
    mine, theirs = ours.rates(), turn.rates()
    found = []
    for name, (first, end) in job["populations"].items():
        tolerance = RATE_TOLERANCE + (end - first) ** -0.5
        # A difference of few spikes is chance.
        if abs(theirs[name] - mine[name]) > tolerance * mine[name] and _spikes(ours, name) > 1_000:
            found.append(
                f"{workload.title}, {turn.contender}: {name} fires at {theirs[name]:.2f} Hz, "
                f"in lavajit at {mine[name]:.2f} Hz"
            )
    return found


def _spikes(turn: Turns, name: str) -> int:
    return sum(report["spikes"][name] for report in turn.reports)
