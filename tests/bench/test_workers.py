"""Talking to programs that hold a network, and finding environments of other simulators."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

PEERS = Path(__file__).parents[2] / "bench" / "peers"
JOB = {"simulator": "Toy", "populations": {"A": [0, 2], "B": [2, 3]}}

TOY = f"""
import os, sys, time
sys.path.insert(0, {str(PEERS)!r})
import numpy as np
from protocol import Contender, serve
print("Toy 1.0 greets you")

class Toy(Contender):
    def start(self, job):
        print("building")
        return {{"build": 1.0, "first": 0.5, "echo": job["simulator"]}}

    def run(self, steps):
        if steps == 13:
            raise ValueError("unlucky")
        if steps == 14:
            os.write(2, b"out of luck")
            os._exit(3)
        if steps == 15:
            time.sleep(60)

    def spikes(self):
        return np.arange(12.0), np.repeat([0, 2], 6), 1000.0

serve(Toy())
"""


@pytest.fixture
def worker(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    module = import_module("bench.peers.worker")
    with module.Worker(sys.executable, str(tmp_path / "toy.py"), JOB, timeout=30) as found:
        yield found


def test_answers(worker):
    assert worker.facts == {"build": 1.0, "first": 0.5, "echo": "Toy"}
    assert worker.run(5)["seconds"] >= 0
    report = worker.ask("report")
    assert report["rates"] == {"A": 3.0, "B": 6.0} and report["spikes"] == {"A": 6, "B": 6}
    assert report["cv"] == 0.0 and report["memory"] > 1e6


def test_errors_come_back(worker):
    error = import_module("bench.peers.worker").WorkerError
    with pytest.raises(error, match=r"(?s)Toy: ValueError: unlucky\n.*Traceback"):
        worker.run(13)
    assert worker.run(5)
    with pytest.raises(error, match="Toy: ended with code 3\n(?s:.*)out of luck"):
        worker.run(14)


def test_who_does_not_answer_is_ended(worker):
    worker.timeout = 0.2
    with pytest.raises(import_module("bench.peers.worker").WorkerError, match="no answer to 'run'"):
        worker.run(15)
    assert worker._program.poll() is not None


def test_variation():
    variation = import_module("bench.peers.protocol").variation
    times = np.array([0, 1, 3, 6, 10, 15, 2, 4, 6, 8.0, 10, 12, 5])
    neurons = np.array([0] * 6 + [1] * 6 + [2])
    intervals = np.arange(1, 6)
    assert variation(times, neurons) == pytest.approx((intervals.std() / intervals.mean() + 0) / 2)
    assert variation(np.array([1.0]), np.array([0])) is None
    assert variation(np.array([1.0, 2.0]), np.array([0, 0])) is None


# --- environments ---------------------------------------------------------------------


@pytest.fixture
def installer(monkeypatch):
    """The module, with commands noted and not run."""
    module = import_module("bench.peers.environments")
    commands = []

    def run(command):
        commands.append(command)
        if "venv" in command:
            python = Path(command[-1], "bin", "python")
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        if "nest-simulator==3.10.0" in command and module.broken:
            raise module.subprocess.CalledProcessError(1, "pip", stderr="a\nno such package")
        return "-- N E S T --\n\n9.9\n"

    monkeypatch.setattr(module, "_run", run)
    monkeypatch.setattr(module, "broken", False, raising=False)
    module.commands = commands
    return module


def test_environments_are_made_once(installer, tmp_path):
    assert installer.find_peers() == {}
    said = []
    assert installer.set_up(say=said.append) == 0
    assert len(installer.commands) == 9
    peers = installer.find_peers()
    assert list(peers) == ["Brian2", "NEST", "NengoLoihi"] and peers["NEST"].version == "9.9"
    assert Path(peers["NEST"].python).is_relative_to(tmp_path / "cache" / "lavajit-peers")
    assert installer.set_up(say=said.append) == 0
    assert len(installer.commands) == 9
    assert said[-1].startswith("NengoLoihi 9.9: ")


def test_other_folder_is_found_again(installer, tmp_path, monkeypatch):
    installer.set_up(tmp_path / "there", say=str)
    peers = installer.find_peers()
    assert Path(peers["Brian2"].python).is_relative_to(tmp_path / "there" / "brian2")
    monkeypatch.setenv("LAVAJIT_PEERS_DIR", str(tmp_path / "nowhere"))
    assert installer.find_peers() == {}


def test_failed_installation_leaves_the_others(installer, capsys):
    installer.broken = True
    assert import_module("bench.__main__").main(["--setup-peers"]) == 1
    assert list(installer.find_peers()) == ["Brian2", "NengoLoihi"]
    assert "NEST could not be installed" in capsys.readouterr().out
    installer.broken = False
    assert installer.set_up(say=str) == 0
    assert set(installer.find_peers()) == {"Brian2", "NEST", "NengoLoihi"}


def test_other_requirements_are_installed_anew(installer, monkeypatch):
    installer.set_up(say=str)
    monkeypatch.setitem(installer.REQUIREMENTS, "NEST", ("nest", ("nest-simulator==4",)))
    assert list(installer.find_peers()) == ["Brian2", "NengoLoihi"]
