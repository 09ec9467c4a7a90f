"""A program whose kernels are in the cache needs no compiler, and fails like one that compiles."""

import os
import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
IS_PLACED = sys.platform == "linux" and platform.machine() == "x86_64"

START = """
import sys
import traceback
sys.path[:0] = [{tests!r}, {folder!r}]
import numpy as np
import mod
from kernel_networks import run_cell
from lavajit.kernels import compile as kernels
"""
REPORT = """
print(kernels.compiled_count, "numba" in sys.modules, "llvmlite" in sys.modules)
"""


def run(folder: Path, body: str) -> str:
    text = START.format(tests=str(TESTS), folder=str(folder)) + textwrap.dedent(body) + REPORT
    (folder / "program.py").write_text(text)
    # Python would take edits within a second, of the same length, for none.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment["LAVAJIT_CACHE_DIR"] = str(folder / "cache")
    done = subprocess.run(
        [sys.executable, folder / "program.py"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_second_start_imports_no_compiler(tmp_path):
    (tmp_path / "mod.py").write_text(
        "import math\nfrom lavajit import LIF, Dense\n"
        "def run_spk(self):\n    self.k += math.exp(self.k)\n"
    )
    body = """
    from lavajit import Loihi2SimCfg, RunSteps
    print(run_cell(mod.run_spk, {"k": 1.0})[0])
    lif, dense = mod.LIF(shape=(3,), bias_mant=9, vth=1), mod.Dense(weights=np.eye(3))
    dense.a_out.connect(lif.a_in)
    lif.s_out.connect(dense.s_in)
    lif.run(RunSteps(20), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    print(lif.v.get())
    lif.stop()
    """
    first, again = run(tmp_path, body).splitlines(), run(tmp_path, body).splitlines()
    assert first[:-1] == again[:-1]
    assert first[-1] != "0 False False"
    assert again[-1] == ("0 False False" if IS_PLACED else "0 True True")


FAILURES = """
def explicit(self):
    if self.k > 0:
        raise ValueError("negative", 3)

def index(self):
    for i in range(5):
        self.x[i] = i

def values(self):
    if self.x[0] > 0:
        raise KeyError("bad", self.x[0])

def inside(self):
    self.n = inner(self.n)

def inner(n):
    if n == 1:
        raise RuntimeError("inner")
    return n

def ended(self):
    raise StopIteration
"""


def test_exceptions_of_loaded_kernels_have_the_same_text(tmp_path):
    (tmp_path / "mod.py").write_text(FAILURES)
    body = """
    values = {"k": 1.0, "n": 1, "x": np.ones(3)}
    for name in ("explicit", "index", "values", "inside", "ended"):
        try:
            run_cell(getattr(mod, name), values)
        except Exception as error:
            print(*traceback.format_exception(error))
            print(type(error), error.args, error.__notes__)
    """
    first, again = run(tmp_path, body).splitlines(), run(tmp_path, body).splitlines()
    assert first[-1].startswith("5 ") and again[-1].startswith("0 ")
    assert first[:-1] == again[:-1]
    for line, error in ((4, "ValueError"), (8, "IndexError"), (12, "KeyError"), (19, "RuntimeE")):
        at = next(k for k, text in enumerate(again) if f'mod.py", line {line},' in text)
        assert error in "".join(again[at : at + 4])
    assert len([text for text in again if ".run_spk (native), time step 1" in text]) == 10


EDITS = [
    ("helper.py", "GAIN = 2", "GAIN = 3", "3.0"),
    ("helper.py", "x * GAIN", "x * GAIN + 10", "13.0"),
    ("mod.py", "OFFSET = 0", "OFFSET = 100", "113.0"),
    ("mod.py", "return x\n", "return -x\n", "-113.0"),
    ("mod.py", "class Model(Base):\n", "class Model(Base):\n    SHIFT = (1, 0)\n", "-114.0"),
]


def test_edits_are_never_missed(tmp_path):
    (tmp_path / "helper.py").write_text("GAIN = 2\ndef f(x):\n    return x * GAIN\n")
    (tmp_path / "mod.py").write_text(
        textwrap.dedent(
            """
            import helper
            from lavajit import PyLoihiProcessModel

            OFFSET = 0

            class Base(PyLoihiProcessModel):
                SHIFT = (0, 0)

                def finish(self, x):
                    return x

            class Model(Base):
                def run_spk(self):
                    self.k = self.finish(helper.f(self.k) + OFFSET + self.SHIFT[0])
            """
        )
    )
    body = """
    from kernel_networks import cell_class, model_class, run_config
    from lavajit import RunSteps
    cell = cell_class()(k=1.0)
    model = model_class(type(cell), {}, {"k": 1.0}, mod.Model)
    cell.run(RunSteps(1), run_cfg=run_config(model))
    print(cell.k.get())
    """
    assert run(tmp_path, body).split()[:2] == ["2.0", "1"]
    assert run(tmp_path, body).split()[:2] == ["2.0", "0"]
    for file, old, new, answer in EDITS:
        text = (tmp_path / file).read_text()
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new))
        assert run(tmp_path, body).split()[:2] == [answer, "1"], (file, new)
        assert run(tmp_path, body).split()[:2] == [answer, "0"], (file, new)
