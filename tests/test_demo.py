"""``lavajit demo``."""

import re

from lavajit import demo


def test_demo_prints_speeds_and_saves_a_picture(tmp_path, capsys):
    path = tmp_path / "raster.png"
    assert demo.main(neurons=200, steps=400, output=str(path)) == 0
    printed = capsys.readouterr().out
    for unit in ("steps/s", "neuron updates/s", "synaptic events/s"):
        assert re.search(rf"[\d.,e+]+ {unit}", printed), printed
    assert re.search(r"^compile +[\d.]+ s \(", printed, re.M)
    assert re.search(r"^machine .*cores, Python 3", printed, re.M)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_demo_refuses_numbers_out_of_range(tmp_path, capsys):
    assert demo.main(neurons=10, output=str(tmp_path / "x.png")) == 2
    assert demo.main(steps=0, output=str(tmp_path / "x.png")) == 2
    assert "at least 50 and 1 are needed" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
