"""Example scripts print what their ``.out`` files say; so do the same programs written for Lava."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
PROGRAMS = Path(__file__).parent / "lava_programs"

#: Those that also exist as programs for Lava.
FROM_LAVA = ("remote_memory", "var_port", "own_lif", "lif_dense_lif", "integer_lif")
#: Ours, without a picture.
PLAIN = ("find_the_difference",)
#: Options of Python that let a method in the Python tier fail.
NATIVE = ("-W", "error::UserWarning")
#: Those that make a picture.
PLASTIC = ("rstdp", "stdp_pair", "stdp_triplet")
LONGER = (*PLASTIC, "phase_diagram")
WITH_PICTURE = ("own_neuron", *(pytest.param(name, marks=pytest.mark.slow) for name in LONGER))


def output_of(*args: object, cwd: Path) -> str:
    command = [sys.executable, *map(str, args)]
    environment = os.environ | {"MPLBACKEND": "agg"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def golden(name: str) -> str:
    return (EXAMPLES / f"{name}.out").read_text()


def test_every_example_is_tested():
    others = {"own_neuron", "digits_stdp"}
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*FROM_LAVA, *PLAIN, *LONGER, *others}
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(FROM_LAVA)


@pytest.mark.parametrize("name", [*FROM_LAVA, *PLAIN])
def test_example(name, tmp_path):
    assert output_of(EXAMPLES / f"{name}.py", cwd=tmp_path) == golden(name)


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_example_makes_a_picture(name, tmp_path):
    assert output_of(*NATIVE, EXAMPLES / f"{name}.py", cwd=tmp_path) == golden(name)
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_digits_are_recognised(tmp_path):
    pytest.importorskip("sklearn", reason="the images come with scikit-learn, extra 'examples'")
    printed = output_of(*NATIVE, EXAMPLES / "digits_stdp.py", cwd=tmp_path)
    (accuracy,) = re.findall(r"answered correctly: ([\d.]+)%", printed)
    assert float(accuracy) > 88
    assert (tmp_path / "digits_stdp.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", FROM_LAVA)
def test_program_for_lava_runs_unchanged(name, tmp_path):
    program = PROGRAMS / f"{name}.py"
    assert "lavajit" not in program.read_text()
    assert output_of("-m", "lavajit", "run", program, cwd=tmp_path) == golden(name)


def test_first_network_of_the_readme(tmp_path):
    text = (EXAMPLES.parent / "README.md").read_text()
    drawn, program = (part.split("```")[0] for part in text.split("```python\n")[1:])
    assert drawn in (EXAMPLES.parent / "docs" / "index.md").read_text()  # whose programs run, too
    (tmp_path / "first.py").write_text(program)
    printed = output_of("first.py", cwd=tmp_path)
    assert printed.endswith("\n(100, 10)\n")
