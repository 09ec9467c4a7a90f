"""Environments of other simulators: made on request, found again by later runs.

They are in ``$LAVAJIT_PEERS_DIR``, else in the folder that ``--setup-peers DIR`` was last given,
else in ``lavajit-peers`` of the user's cache folder. Each is a virtual environment of its own,
because the simulators want different versions of NumPy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: What is installed for each simulator, and the module that has to be importable then.
REQUIREMENTS = {
    "Brian2": ("brian2", ("Brian2==2.9.0", "numpy<2", "cython", "setuptools")),
    "NEST": ("nest", ("nest-simulator==3.10.0", "numpy")),
    # It says that it supports no later Nengo, and uses names that NumPy 2 lacks.
    "NengoLoihi": (
        "nengo_loihi",
        ("nengo-loihi==1.1.0", "nengo==3.2.0", "numpy<2", "setuptools"),
    ),
}
#: In each environment, written last: what was asked for, and the version there is.
MARK = "lavajit-peer.json"
#: In the user's cache folder: where the environments are, if not there.
ELSEWHERE = "location.txt"
#: Seconds that one installation may take.
TIMEOUT = 1_200


@dataclass(frozen=True)
class Peer:
    """A simulator that can be run: its interpreter and version."""

    name: str
    python: str
    version: str


def default_folder() -> Path:
    """In the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lavajit-peers"


def folder() -> Path:
    """Where environments are looked for."""
    if chosen := os.environ.get("LAVAJIT_PEERS_DIR"):
        return Path(chosen)
    try:
        return Path((default_folder() / ELSEWHERE).read_text().strip())
    except OSError:
        return default_folder()


def find_peers(at: Path | None = None) -> dict[str, Peer]:
    """Simulators whose environments are complete, by name."""
    at = folder() if at is None else at
    found = (_peer(name, at / name.lower()) for name in REQUIREMENTS)
    return {peer.name: peer for peer in found if peer is not None}


def set_up(at: Path | None = None, say: Callable[[str], object] = print) -> int:
    """Make the environments that are not there; number of those that failed.

    Parameters
    ----------
    at : Path, optional
        Folder; later runs find the environments there.
    say : callable
        Gets what is going on, line by line.
    """
    chosen = folder() if at is None else at.resolve()
    failed = 0
    for name, (module, packages) in REQUIREMENTS.items():
        place = chosen / name.lower()
        if peer := _peer(name, place):
            say(f"{name} {peer.version}: {place}")
            continue
        say(f"{name}: installing {', '.join(packages)} into {place}")
        try:
            version = _install(place, module, packages)
        except (OSError, subprocess.SubprocessError) as error:
            failed += 1
            say(f"{name} could not be installed: {_reason(error)}")
        else:
            say(f"{name} {version}: {place}")
    if at is not None:
        default_folder().mkdir(parents=True, exist_ok=True)
        (default_folder() / ELSEWHERE).write_text(f"{chosen}\n")
    return failed


def _peer(name: str, place: Path) -> Peer | None:
    python = place / "bin" / "python"
    try:
        mark = json.loads((place / MARK).read_text())
    except (OSError, ValueError):
        return None
    if mark.get("packages") != list(REQUIREMENTS[name][1]) or not python.exists():
        return None
    return Peer(name, str(python), mark["version"])


def _install(place: Path, module: str, packages: tuple[str, ...]) -> str:
    """Version of what has been installed. An environment that was not completed is made anew."""
    place.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", "--clear", str(place)])
    python = str(place / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", *packages])
    # Simulators greet on standard output: the version is in the last line.
    version = _run([python, "-c", f"import {module}; print(); print({module}.__version__)"])
    version = version.split()[-1]
    (place / MARK).write_text(json.dumps({"packages": list(packages), "version": version}) + "\n")
    return version


def _run(command: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=TIMEOUT, env=environment
    )
    return done.stdout


def _reason(error: Exception) -> str:
    written = (getattr(error, "stderr", None) or "").strip().splitlines()
    return f"{error} {' '.join(written[-3:])}"
