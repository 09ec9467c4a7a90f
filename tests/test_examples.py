"""Examples print what their ``.out`` files say and make a picture, as scripts and as notebooks."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PROGRAMS = Path(__file__).parent / "lava_programs"

#: Those that also exist as programs for Lava; they make no picture.
FROM_LAVA = ("remote_memory", "var_port", "own_lif", "lif_dense_lif", "integer_lif")
#: The gallery. What compiles little besides what most tests need anyway runs always.
QUICK = ("psp", "own_neuron", "find_the_difference")
SLOW = (
    *("fi_curve", "resonate", "sigma_delta", "ei_raster", "streaming", "branches", "phase_diagram"),
    *("on_neurocores", "sequence", "stdp_pair", "stdp_triplet", "rstdp"),
)
DIGITS, DIGITS_ON_CORES = "digits_stdp", "digits_on_cores"
WITH_PICTURE = (*QUICK, *SLOW, DIGITS, DIGITS_ON_CORES)
#: Options of Python that let a method in the Python tier fail.
NATIVE = ("-W", "error::UserWarning")
#: Lines of a screen, and bytes of a picture in the documentation.
SCREEN, LARGEST_PICTURE = 70, 60_000


def output_of(*args: object, cwd: Path) -> str:
    command = [sys.executable, *map(str, args)]
    environment = os.environ | {"MPLBACKEND": "agg"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def text_of(name: str) -> str:
    return (EXAMPLES / f"{name}.py").read_text()


def golden(name: str) -> str:
    return (EXAMPLES / f"{name}.out").read_text()


def test_every_example_is_tested():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*FROM_LAVA, *WITH_PICTURE}
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(FROM_LAVA)


# --- as scripts -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FROM_LAVA)
def test_example(name, tmp_path):
    assert output_of(EXAMPLES / f"{name}.py", cwd=tmp_path) == golden(name)


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_example_makes_a_picture(name, tmp_path):
    assert output_of(*NATIVE, EXAMPLES / f"{name}.py", cwd=tmp_path) == golden(name)
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_digits_are_recognised(tmp_path):
    pytest.importorskip("sklearn", reason="the images come with scikit-learn, extra 'examples'")
    printed = output_of(*NATIVE, EXAMPLES / f"{DIGITS}.py", cwd=tmp_path)
    (accuracy,) = re.findall(r"answered correctly: ([\d.]+)%", printed)
    assert float(accuracy) > 88
    assert (tmp_path / f"{DIGITS}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_digits_are_recognised_on_cores(tmp_path):
    pytest.importorskip("sklearn", reason="the images come with scikit-learn, extra 'examples'")
    pytest.importorskip("h5py", reason="reads the network, extra 'examples'")
    printed = output_of(*NATIVE, EXAMPLES / f"{DIGITS_ON_CORES}.py", cwd=tmp_path)
    assert "same spikes in all layers: True" in printed
    (correct,) = re.findall(r"answered correctly: (\d+)%", printed)
    assert int(correct) > 80
    assert printed.count("%|") == 7 * 3
    assert (tmp_path / f"{DIGITS_ON_CORES}.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", FROM_LAVA)
def test_program_for_lava_runs_unchanged(name, tmp_path):
    program = PROGRAMS / f"{name}.py"
    assert "lavajit" not in program.read_text()
    assert output_of("-m", "lavajit", "run", program, cwd=tmp_path) == golden(name)


# --- as pages and notebooks -----------------------------------------------------------


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_example_reads_from_top_to_bottom_on_one_screen(name):
    text = text_of(name)
    lines = text.splitlines()
    assert len(lines) <= SCREEN
    assert lines[0] == "# %% [markdown]" and ast.get_docstring(ast.parse(text))
    assert "__main__" not in text and "sys.argv" not in text  # cells are not inside of an `if`
    assert re.findall(r"savefig\(\"(.+?)\"", text) == [f"{name}.png"]


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_example_is_on_its_page_with_a_small_picture(name):
    listed = re.findall(
        r"<!-- scripts: examples: (.+) -->", (ROOT / "docs/examples.md").read_text()
    )
    assert " ".join(listed).split().count(name) == 1
    picture = ROOT / "docs" / "images" / f"gallery_{name}.png"
    assert picture.is_file(), "python docs/make_images.py examples.md"
    assert picture.stat().st_size <= LARGEST_PICTURE


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_example_becomes_a_notebook(name):
    jupytext = pytest.importorskip("jupytext", reason="makes notebooks, extra 'test'")
    text = text_of(name)
    cells = jupytext.reads(text, fmt="py:percent").cells
    assert len(cells) == text.count("\n# %%") + 1
    about = ast.get_docstring(ast.parse(text))
    assert (cells[0].cell_type, cells[0].source) == ("markdown", about)
    assert cells[1].cell_type == "code" and cells[1].source.startswith(("import", "from"))
    for cell in cells:
        assert cell.cell_type == "markdown" or ast.parse(cell.source).body
    assert "savefig" in cells[-1].source


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_notebook_runs_and_shows_the_picture(tmp_path, monkeypatch):
    jupytext = pytest.importorskip("jupytext", reason="makes notebooks, extra 'test'")
    pytest.importorskip("ipykernel")
    from nbconvert.preprocessors import ExecutePreprocessor

    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel's own shows figures
    book = jupytext.reads(text_of("psp"), fmt="py:percent")
    ExecutePreprocessor(timeout=200, kernel_name="python3").preprocess(
        book, {"metadata": {"path": str(tmp_path)}}
    )
    outputs = [out for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert golden("psp") in "".join(out.get("text", "") for out in outputs)
    assert any("image/png" in out.get("data", {}) for out in outputs)
    assert (tmp_path / "psp.png").stat().st_size > 10_000


# --- README ---------------------------------------------------------------------------


def programs_of_the_readme() -> list[str]:
    text = (EXAMPLES.parent / "README.md").read_text()
    return [part.split("```")[0] for part in text.split("```python\n")[1:]]


def test_first_network_of_the_readme(tmp_path):
    drawn, program, _ = programs_of_the_readme()
    assert drawn in (EXAMPLES.parent / "docs" / "index.md").read_text()  # whose programs run, too
    (tmp_path / "first.py").write_text(program)
    printed = output_of("first.py", cwd=tmp_path)
    assert printed.endswith("\n(100, 10)\n")


@pytest.mark.slow
def test_network_on_cores_of_the_readme_prints_what_it_says(tmp_path):
    *_, program = programs_of_the_readme()
    (tmp_path / "on_cores.py").write_text(program)
    shown = re.search(r"```\n(Loihi 2: .*?)```", (EXAMPLES.parent / "README.md").read_text(), re.S)
    assert output_of("on_cores.py", cwd=tmp_path).startswith(shown[1])
