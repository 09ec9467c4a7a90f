"""The same plastic networks in lavajit and in Brian2, which the user has installed somewhere.

"pair": two sides with given spikes, all-to-all connected. The weights of both simulators are
compared: they differ only for pairs of spikes in one step, where Lava's traces have both impulses
and Brian2's on_pre comes first; that is one impulse each, and it is taken into account.

"song": a loop with random inputs, see :mod:`bench.learning.song`; there the numbers of spikes show
that both do the same.

Times are processor time, which is what the C++ programs of Brian2 count; synapses and code are made
before. Traces follow events in Brian2 (``event-driven``), and steps in lavajit.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.common import Row, interleaved
from bench.learning.dense import advance, per_epoch, start, started
from bench.learning.networks import AMPLITUDE, IMPULSE, PERIOD, TAU, Parameters
from bench.learning.song import Song
from bench.networks import RUN_TAGS
from lavajit import EventSink, Loihi2SimCfg, RunSteps

PEER = Path(__file__).with_name("brian2_peer.py")
SIZES, QUICK_SIZES = (100, 1_000), (10,)
REPETITIONS = 5
#: Steps of a C++ program, and in Python.
PAIR_STEPS = {10: (200, 20), 100: (40_000, 4_000), 1_000: (600, 100)}
SONG_STEPS, QUICK_SONG_STEPS = (40_000, 20_000), (2_000, 200)


@dataclass
class Contender:
    """A network in Brian2, built, and how to measure its seconds per step."""

    facts: dict
    folder: Path
    measure: Callable[[], float]


def measure_brian2(quick: bool, python: str) -> tuple[list[Row], list[str]]:
    """Rows for all networks, and what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes.
    python : str
        An interpreter that has Brian2.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in QUICK_SIZES if quick else SIZES:
            rows += _pair_rows(Parameters(n), python, Path(folder, f"pair{n}"), quick)
        song = Song(50, 5) if quick else Song()
        rows += _song_rows(song, python, Path(folder, "song"), quick)
    versions = rows[0].pop("versions")
    for row in rows[1:]:
        del row["versions"]
    return rows, [f"peer of part brian2: {versions}"]


# --- the networks ---------------------------------------------------------------------


def _pair_rows(p: Parameters, python: str, folder: Path, quick: bool) -> list[Row]:
    pre, post = p.rasters
    data = {"pre": pre, "post": post, "weights": p.weights}
    data |= {"impulse": IMPULSE, "amplitude": AMPLITUDE, "tau": TAU}
    contenders = build("pair", data, PAIR_STEPS[p.n], python, folder)
    for contender in contenders:
        check_weights(p, contender)
    process, compile_seconds = started(p)
    row = {"part": "brian2", "network": "pair", "synapses": p.n**2}
    row["updates"] = float(np.mean(p.n * (pre.sum(axis=0) + post.sum(axis=0))))
    ours = per_epoch(partial(advance, process), 1, quick)
    rows = _rows(row, ours, contenders, compile_seconds, quick)
    process.stop()
    return rows


def _song_rows(song: Song, python: str, folder: Path, quick: bool) -> list[Row]:
    data = {"weights": song.weights} | asdict(song)
    steps = QUICK_SONG_STEPS if quick else SONG_STEPS
    contenders = build("song", data, steps, python, folder)
    process = song.processes()[0]
    compile_seconds = start(process, "float")
    spikes = count_spikes(song, steps[0]) / steps[0]
    row = {"part": "brian2", "network": "song", "synapses": song.weights.size}
    row["updates"] = song.rate * song.weights.size + spikes * song.n_pre
    ours = per_epoch(partial(advance, process), 1, quick)
    rows = _rows(row, ours, contenders, compile_seconds, quick)
    for one, contender in zip(rows, contenders, strict=True):
        theirs = contender.facts["spikes"] / contender.facts["steps"]
        one |= {"spikes / step": spikes, "Brian2 spikes / step": theirs}
    process.stop()
    return rows


def _rows(row: Row, ours, contenders: list[Contender], compile_seconds: float, quick: bool):
    measures = {contender.facts["code"]: contender.measure for contender in contenders}
    medians = interleaved({"lavajit": ours} | measures, 2 if quick else REPETITIONS)
    step = medians["lavajit"]
    rows = []
    for contender in contenders:
        other = medians[contender.facts["code"]]
        found = row | {"Brian2": contender.facts["code"]}
        found |= {"lavajit us": 1e6 * step, "Brian2 us": 1e6 * other}
        found["Brian2 / lavajit"] = other / step
        found |= {"ns / update": 1e9 * step / row["updates"]}
        found |= {"Brian2 ns / update": 1e9 * other / row["updates"]}
        found |= {"compile s": compile_seconds, "Brian2 build s": contender.facts["build"]}
        rows.append(found | {"versions": contender.facts["versions"]})
    return rows


def count_spikes(song: Song, steps: int) -> int:
    """Spikes of all post-synaptic neurons in lavajit."""
    source, _, neurons = song.processes()
    sink = EventSink(shape=(song.n_post,))
    neurons.s_out.connect(sink.a_in)
    source.run(RunSteps(num_steps=steps), run_cfg=Loihi2SimCfg(select_tag=RUN_TAGS["float"]))
    found = sink.get_data().times.size
    source.stop()
    return found


def check_weights(p: Parameters, contender: Contender) -> None:
    """Raise unless Brian2's weights are ours plus one impulse for each coincidence."""
    steps = contender.facts["steps"]
    process, _ = started(p)
    advance(process, steps)
    ours = process.weights.get()
    process.stop()
    pre, post = (raster.astype(float) for raster in p.rasters)
    times = np.bincount(np.arange(steps) % PERIOD, minlength=PERIOD)
    wanted = ours + AMPLITUDE * IMPULSE * (post * times) @ pre.T
    got = np.load(contender.folder / "weights.npy")
    if not np.allclose(got, wanted, 1e-9, 1e-9 * np.abs(wanted).max()):
        raise AssertionError(f"weights after {steps} steps: Brian2 has {got}, expected {wanted}")


# --- Brian2 ---------------------------------------------------------------------------


def build(network: str, data: dict, steps: tuple, python: str, folder: Path) -> list[Contender]:
    """The network as a C++ program, where there is a compiler, and in Brian2's Python runtime."""
    folder.mkdir()
    np.savez(folder / "data.npz", **data)
    found = []
    for standalone, count in zip((True, False), steps, strict=True):
        if standalone and shutil.which("g++") is None:
            continue
        at = folder / ("standalone" if standalone else "runtime")
        wanted = {"network": network, "standalone": standalone, "steps": count}
        wanted |= {"data": str(folder / "data.npz"), "folder": str(at)}
        ask = partial(run_peer, python, wanted)
        again = partial(_run_program, at, count) if standalone else lambda ask=ask: ask()["step"]
        found.append(Contender(ask(), at, again))
    return found


def run_peer(python: str, wanted: dict) -> dict:
    """What :mod:`bench.learning.brian2_peer` finds, in an interpreter that has Brian2.

    Raises
    ------
    RuntimeError
        If it fails; the text has what it wrote.
    """
    command = [python, str(PEER), json.dumps(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{python} {PEER.name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _run_program(folder: Path, steps: int) -> float:
    """Processor seconds per step of the C++ program, which leaves them in a file."""
    subprocess.run([str(folder / "main")], cwd=folder, capture_output=True, check=True, timeout=600)
    text = (folder / "results" / "last_run_info.txt").read_text()
    return float(text.split()[0]) / steps
