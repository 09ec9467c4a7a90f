"""The cache on disk between processes: edits are seen, sessions share, functions stay apart."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]

#: A script that may run kernels and print how many were compiled.
RUN = """
import sys
sys.path[:0] = [{tests!r}, {folder!r}]
import numpy as np
import lavajit.kernels.compile as kernels
from kernel_networks import run_cell
{body}
"""


def script(folder: Path, body: str) -> str:
    return RUN.format(tests=str(TESTS), folder=str(folder), body=textwrap.dedent(body))


def start(folder: Path, body: str, cache: Path, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script(folder, body)],
        env={**os.environ, "LAVAJIT_CACHE_DIR": str(cache), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen) -> str:
    out, error = process.communicate(timeout=100)
    assert process.returncode == 0, error
    return out.strip()


def run(folder: Path, body: str, cache: Path, **environment: str) -> str:
    return finish(start(folder, body, cache, **environment))


CALL = """
import {module} as mod
got, _ = run_cell(mod.run_spk, {{"k": 1.0}}, steps=1)
print(got["k"], kernels.compiled_count)
"""


def test_a_changed_helper_in_another_file_is_compiled_anew(tmp_path):
    (tmp_path / "helper.py").write_text("GAIN = 2\ndef f(x):\n    return x * GAIN\n")
    (tmp_path / "mod.py").write_text(
        "import helper\nfrom numba import njit\n"
        "g = njit(helper.f)\ndef run_spk(self):\n    self.k = helper.f(self.k) + g(self.k)\n"
    )
    call = CALL.format(module="mod")
    cache = tmp_path / "cache"
    assert run(tmp_path, call, cache) == "4.0 1"
    assert run(tmp_path, call, cache) == "4.0 0"
    (tmp_path / "helper.py").write_text("GAIN = 50\ndef f(x):\n    return x * GAIN\n")
    assert run(tmp_path, call, cache) == "100.0 1"
    (tmp_path / "helper.py").write_text("GAIN = 50\ndef f(x):\n    return x * GAIN + 10\n")
    assert run(tmp_path, call, cache) == "120.0 1"


def test_two_processes_at_once(tmp_path):
    (tmp_path / "mod.py").write_text("def run_spk(self):\n    self.k += 1\n")
    cache = tmp_path / "cache"
    both = [start(tmp_path, CALL.format(module="mod"), cache) for _ in range(2)]
    assert [finish(process).split()[0] for process in both] == ["2.0", "2.0"]
    assert run(tmp_path, CALL.format(module="mod"), cache) == "2.0 0"
    assert not list(cache.glob("*.tmp"))


FACTORY = """
import math
from numba import njit

def make(k):
    @njit
    def f(x):
        t = x
        for i in range(3):
            t += k * math.floor(t) % 5.0
            {lines}
        return t
    return f

two, three = make(2), make(3)

def run_two(self):
    self.k = two(self.k) + two(self.k + 1) + two(self.k + 2)

def run_three(self):
    self.k = three(self.k) + three(self.k + 1) + three(self.k + 2)
"""


def test_functions_of_one_name_compiled_in_two_processes_stay_apart(tmp_path):
    # Too large to be inlined, so that both object files contain a function "make.<locals>.f", and
    # numba numbers it alike in both processes.
    lines = "\n            ".join(
        f"t += math.atan(t + {n}) * math.tanh(x * t) + math.exp(-t * t - {n})" for n in range(12)
    )
    (tmp_path / "mod.py").write_text(FACTORY.format(lines=lines))
    cache = tmp_path / "cache"
    call = """
    import mod
    for name in {names}:
        got, _ = run_cell(getattr(mod, name), {{"k": 1.0}}, steps=1)
        print(got["k"])
    print(kernels.compiled_count)
    """
    two = run(tmp_path, call.format(names=("run_two",)), cache).split()
    three = run(tmp_path, call.format(names=("run_three",)), cache).split()
    assert two[0] != three[0]
    assert two[1] == three[1] == "1"
    together = run(tmp_path, call.format(names=("run_two", "run_three")), cache).split()
    assert together == [two[0], three[0], "0"]


def test_models_of_a_main_script_are_kept(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        script(tmp_path, "")
        + textwrap.dedent(
            """
            def run_spk(self):
                self.k += 1

            print(run_cell(run_spk, {"k": 1.0}, steps=2)[0]["k"], kernels.compiled_count)
            """
        )
    )
    environment = {**os.environ, "LAVAJIT_CACHE_DIR": str(tmp_path / "cache")}
    answers = [
        subprocess.run(
            [sys.executable, str(program)], env=environment, capture_output=True, text=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert answers == ["3.0 1", "3.0 0"]


CELL = """
import linecache

def run_cell_of_notebook(number, text, namespace):
    name = f"{prefix}{{number}}{suffix}"
    lines = text.splitlines(keepends=True)
    linecache.cache[name] = (len(text), None, lines, name)
    exec(compile(text, name, "exec"), namespace)

namespace = {{"__name__": "__main__"}}
run_cell_of_notebook({number}, "def f(x):\\n    return x + {add}\\n", namespace)
run_cell_of_notebook({number} + 1, "def run_spk(self):\\n    self.k = f(self.k)\\n", namespace)
got, _ = run_cell(namespace["run_spk"], {{"k": 1.0}}, steps=1)
print(got["k"], kernels.compiled_count)
"""


@pytest.mark.parametrize(
    ("prefix", "suffix"), [("<ipython-input-", "-abc>"), ("/tmp/ipykernel_12/", ".py")]
)
def test_models_of_a_notebook_are_kept_whatever_the_cell_is_called(tmp_path, prefix, suffix):
    def session(number: int, add: int) -> str:
        body = CELL.format(prefix=prefix, suffix=suffix, number=number, add=add)
        return run(tmp_path, body, tmp_path / "cache")

    assert session(1, 1) == "2.0 1"
    assert session(7, 1) == "2.0 0"
    assert session(7, 5) == "6.0 1"


def test_products_exceptions_and_allocation_work_in_a_new_process(tmp_path):
    (tmp_path / "mod.py").write_text(
        textwrap.dedent(
            """
            def run_spk(self):
                self.y[:] = self.m @ self.x + (self.x * 2).sum()
                if self.y[0] < 0:
                    raise ValueError("negative", self.y[0])
            """
        )
    )
    body = """
    import mod
    values = {"m": np.arange(6.0).reshape(2, 3), "x": np.ones(3), "y": np.zeros(2)}
    print(run_cell(mod.run_spk, values)[0]["y"].tolist())
    try:
        run_cell(mod.run_spk, {**values, "x": -np.ones(3)})
    except ValueError as error:
        print(error.args)
    print(kernels.compiled_count)
    """
    cache = tmp_path / "cache"
    first = run(tmp_path, body, cache).splitlines()
    again = run(tmp_path, body, cache).splitlines()
    assert first == ["[9.0, 18.0]", "('negative', -9.0)", "1"]
    assert again == [*first[:2], "0"]
