"""``lavajit report script.py``."""

import json

import numpy as np
import pytest

from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.report import script as report
from lavajit.runtime import engine

PROGRAM = """\
from nc_models import pair
from lavajit import Loihi1HwCfg, Loihi1SimCfg, Loihi2HwCfg, Loihi2SimCfg, RunSteps

def run(run_cfg, steps=9):
    first, second = pair()
    first.run(RunSteps(steps), run_cfg, compile_config={"native": steps > 0})
    print("v", second.v.get().tolist(), type(first.runtime.executable.network.graph.run_cfg))
    first.stop()
"""


@pytest.fixture
def reported(tmp_path):
    """Run a program, and give the arguments of the command."""

    def run(code: str, **options) -> None:
        path = tmp_path / "program.py"
        path.write_text(PROGRAM + code)
        report.report_script(str(path), [], **options)

    return run


def test_nothing_to_report(reported, capsys):
    reported("")
    assert capsys.readouterr().out == "program.py does not run a network.\n"
    assert engine.compile_network.__module__ == "lavajit.runtime.engine"


def test_processes_that_stay_on_the_cpu_are_named(reported, capsys, tmp_path):
    file = tmp_path / "reports.json"
    code = """
first, second = pair()
sink = SinkRingBuffer(shape=(2,), buffer=3, name="sink")
second.s_out.connect(sink.a_in)
first.run(RunSteps(0), Loihi2SimCfg(select_tag='floating_pt'), {"native": False})
first.stop()
"""
    reported(f"from lavajit import SinkRingBuffer{code}", json=str(file))
    assert "\nOn the CPU, not on cores: sink (RingBuffer)\nLoihi 2:" in capsys.readouterr().out
    assert json.loads(file.read_text())["networks"][0]["on_cpu"] == ["sink (RingBuffer)"]


def refuse(*_, **__):
    raise NcResourceError("network needs 131 cores, board has 128")


def test_a_network_that_does_not_fit(reported, capsys, monkeypatch):
    """It runs on the CPU, where the program wanted it; where it did not, the program ends."""
    monkeypatch.setattr("lavajit.neurocore.metering.planning.compile_net", refuse)
    with pytest.raises(SystemExit, match="^1$"):
        reported("run(Loihi2SimCfg(select_tag='fixed_pt'), 0)\nrun(Loihi2HwCfg())\nprint('no')")
    out = capsys.readouterr().out
    assert out.startswith("v [0, 0] <class 'lavajit.model.run_configs.Loihi2SimCfg'>\n\nNetwork 1")
    assert out.count("cannot be put on cores.\nNcResourceError: network needs 131 cores") == 2


def test_the_program_fails(reported, capsys):
    with pytest.raises(ZeroDivisionError):
        reported("1 / 0")
    assert "does not run a network" in capsys.readouterr().out


def test_a_network_planned_only(reported, capsys, tmp_path):
    """Of float models, whose results would be others, only the place on cores is told."""
    file = tmp_path / "reports.json"
    reported("run(Loihi2SimCfg(select_tag='floating_pt'), 0)", chip="loihi1", json=str(file))
    out = capsys.readouterr().out
    assert "run with Loihi2SimCfg; what it would take with Loihi1HwCfg" in out
    assert "Loihi2SimCfg'>" in out and "No step has been counted yet" in out
    (network,) = json.loads(file.read_text())["networks"]
    assert network["error"] is None and network["report"]["chip"] == "Loihi 1"
    assert network["report"]["totals"]["synapses"] == 6


def test_a_description_that_fails_does_not_stop_the_program(reported, capsys, monkeypatch):
    monkeypatch.setattr("nc_models.NcPulse.allocate", lambda *_: np.zeros(2)[5])
    with pytest.raises(SystemExit):
        reported("run(Loihi2SimCfg(select_tag='floating_pt'), 0)")
    out = capsys.readouterr().out
    assert out.startswith("v [0, 0]") and "IndexError: index 5 is out of bounds" in out


@pytest.mark.slow  # kernels of meters
def test_reports_of_runs(reported, capsys, tmp_path):
    picture = tmp_path / "report.png"
    code = "run(Loihi2SimCfg(select_tag='fixed_pt'))\nrun(Loihi1HwCfg())\n"
    reported(code, picture=str(picture))
    out = capsys.readouterr().out.splitlines()
    assert [line.split("<")[0] for line in out[:2]] == ["v [6, 6] "] * 2
    assert 'Loihi2SimCfg; run with Loihi2HwCfg(arith="lava"), which computes' in "\n".join(out)
    assert sum(line.startswith("9 steps in") for line in out) == 2
    assert "Network 2 of 2, of first: run with Loihi1HwCfg" in out and picture.stat().st_size
