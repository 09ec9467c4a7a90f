"""From ``python script.py`` to the first simulated second of CUBA, 4,000 neurons.

Interpreters are fresh, caches are warm: the program ran once before, which also left Python's byte
code of all modules. Includes imports, describing the network, loading or compiling code, making
synapses, and the second itself.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.common import Result, Row
from bench.peers.environments import Peer, find_peers
from bench.peers.script import run_script
from bench.peers.worker import WorkerError
from bench.scale import descriptions

REPETITIONS = 5
STEPS, QUICK_STEPS = 10_000, 100


def measure(quick: bool = False) -> Result:
    """One row for each simulator that is there."""
    job = descriptions.cuba_network(0.05 if quick else 1.0)
    peers = {} if quick else find_peers()
    notes = [
        "seconds, medians of interleaved repetitions; first: before anything was in a cache",
        "Brian2 keeps C++ programs in a folder, where make finds what has not changed, and "
        "Cython modules in its cache",
    ]
    with tempfile.TemporaryDirectory() as folder:
        # Compiling everything once more would not be quick.
        caches = {} if quick else _empty_caches(folder)
        contenders = _contenders(job, peers, folder, caches, QUICK_STEPS if quick else STEPS)
        times: dict[str, list[float]] = {}
        for _ in range(1 + (1 if quick else REPETITIONS)):
            for name in list(contenders):
                try:
                    times.setdefault(name, []).append(contenders[name]())
                except WorkerError as error:
                    del contenders[name]
                    notes.append(str(error))
    rows = [_row(name, times) for name in contenders]
    notes += [f"{name} is not there" for name in ("Brian2", "NEST") if name not in peers]
    return Result("from the command line to the end of the first second of CUBA", rows, notes)


def _row(name: str, times: dict[str, list[float]]) -> Row:
    medians = {key: statistics.median(values[1:]) for key, values in times.items()}
    ours = next(value for key, value in medians.items() if key.startswith("lavajit"))
    row: Row = {"simulator": name, "first": times[name][0], "warm": medians[name]}
    return row | {"x lavajit": medians[name] / ours}


def _empty_caches(folder: str) -> dict[str, str]:
    """Environment variables that lead to them."""
    return {
        "LAVAJIT_CACHE_DIR": str(Path(folder, "lavajit")),
        "XDG_CACHE_HOME": str(Path(folder, "cache")),
        "HOME": folder,  # Brian2's cache and preferences
        "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode")),
        "PYTHONDONTWRITEBYTECODE": "",
    }


def _contenders(
    job: dict, peers: dict[str, Peer], folder: str, caches: dict[str, str], steps: int
) -> dict[str, Callable[[], float]]:
    shared = {"precision": "float64", "threads": 1, "seed": 0}
    job = job | shared | {"steps": steps, "warm_up": 0, "versions": False}
    found: dict[str, Callable[[], float]] = {}

    def add(name: str, python: str, script: str, **more: object) -> None:
        own = {"simulator": name.split(",")[0], "folder": str(Path(folder, "program"))} | more
        found[name] = lambda: run_script(python, script, job | own, caches)

    add("lavajit", sys.executable, "lavajit_worker.py")
    if "Brian2" in peers:
        python = peers["Brian2"].python
        add("Brian2, C++ standalone", python, "brian2_worker.py")
        add("Brian2, Cython", python, "brian2_worker.py", mode="cython")
    if "NEST" in peers:
        add("NEST", peers["NEST"].python, "nest_worker.py")
    return found
