"""What recording costs: in time per step, in memory, and streamed to disk."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import numpy as np

from bench.common import Result, Row, in_fresh_interpreter, interleaved, steps_for
from lavajit import LIF, Loihi2SimCfg, Probe, RunSteps
from lavajit import Result as Recorded
from models import cuba

SCALE = 2.5  # 10,000 neurons
EVENTS = 10**8
NEURONS = 10**4
REPETITIONS = 7
SECONDS = 0.2
#: One in so many neurons fires in a step of the streamed network.
FIRING = 10
MEGABYTE = 1e6


def measure(quick: bool = False) -> Result:
    """Cost of records of a network, then a long stream of events."""
    rows = _costs(0.1 if quick else SCALE, 1 if quick else REPETITIONS)
    rows += [
        in_fresh_interpreter("bench.recording", 10**5 if quick else events)
        for events in ((1,) if quick else (EVENTS // 10, EVENTS))
    ]
    notes = [
        "CUBA on one thread; times: with the record over without; spikes are kept as events",
        "stream: LIF neurons of which one in ten fires in every step, recorded to a folder in a "
        "fresh process; growth: its peak resident set over that before the run",
        "read: checksums of all chunks compared, arrays mapped",
    ]
    return Result("recording", rows, notes)


def _costs(scale: float, repetitions: int) -> list[Row]:
    network = cuba.build(scale, 1)
    neurons = network.neurons
    neurons.run(RunSteps(1000), Loihi2SimCfg(select_tag="floating_pt", threads=1))
    folder = Path(tempfile.mkdtemp())
    records = {
        "nothing": {},
        "spikes": {"record": neurons.s_out},
        "spikes, to disk": {"record": neurons.s_out, "to": folder / "run"},
        "v of 10 neurons": {"record": Probe(neurons.v, neurons=range(10))},
        "v every 100 steps": {"record": Probe(neurons.v, every=100)},
        "nothing, with progress bar": {"progress": True},
    }

    def run(options: dict) -> float:
        shutil.rmtree(folder / "run", ignore_errors=True)
        start = time.perf_counter()
        with redirect_stderr(StringIO()):
            neurons.run(RunSteps(steps), **options)
        return time.perf_counter() - start

    steps = 1000
    run({})
    steps = steps_for(run({}) / steps, SECONDS)
    measures = {name: lambda o=options: run(o) / steps for name, options in records.items()}
    interleaved(measures, 1)  # compile recorders
    found = interleaved(measures, repetitions)
    network.stop()
    shutil.rmtree(folder)
    return [
        {
            "record": name,
            "neurons": neurons.s_out.size,
            "us per step": 1e6 * value,
            "times": value / found["nothing"],
        }
        for name, value in found.items()
    ]


def stream(events: int) -> Row:
    """Record so many spikes to disk; what it took."""
    rng = np.random.default_rng(0)
    lif = LIF(shape=(NEURONS,), bias_mant=1.0, vth=FIRING - 0.5, v=rng.integers(0, FIRING, NEURONS))
    lif.run(RunSteps(FIRING), Loihi2SimCfg(select_tag="floating_pt"), record=lif.s_out)
    folder = Path(tempfile.mkdtemp())
    before, start = _peak(), time.perf_counter()
    steps = events * FIRING // NEURONS
    result = lif.run(RunSteps(steps), record=lif.s_out, to=folder / "run")
    seconds, after = time.perf_counter() - start, _peak()
    written = sum(file.stat().st_size for file in (folder / "run").iterdir())
    start = time.perf_counter()
    count = len(Recorded.load(folder / "run").spikes())
    reading = time.perf_counter() - start
    if count != len(result.spikes()):
        raise RuntimeError(f"{len(result.spikes())} events were recorded, {count} read")
    lif.stop()
    shutil.rmtree(folder)
    return {
        "record": "stream to disk",
        "neurons": NEURONS,
        "events": count,
        "s": seconds,
        "ns per event": 1e9 * seconds / count,
        "growth, MB": (after - before) / MEGABYTE,
        "bytes per event": written / count,
        "s to read": reading,
    }


def _peak() -> int:
    """Bytes of the largest resident set so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(stream(int(sys.argv[1]))))
