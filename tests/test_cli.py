"""The command `lavajit`."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import lavajit
from lavajit import cli


@pytest.fixture
def script(tmp_path: Path):
    """Function that writes a script and returns its path."""

    def write(text: str, name: str = "program.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def fake_part(monkeypatch: pytest.MonkeyPatch):
    """Function that puts a stand-in for one of lavajit's modules in place."""
    return lambda name, **members: monkeypatch.setitem(
        sys.modules, name, SimpleNamespace(**members)
    )


def run(*args: object, cwd: Path, **options: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lavajit", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, **options)


# ---- run


def test_run_gives_the_script_what_python_would(script, tmp_path):
    script("text = 'of the neighbour'\n", "inner/neighbour.py")
    path = script(
        "import sys, neighbour\n"
        "print(__name__, sys.argv, sys.path[0], __file__, neighbour.text, sep='|')\n"
        "assert sys.modules['__main__'].__file__ == __file__\n",
        "inner/program.py",
    )
    done = run("run", "inner/program.py", "-m", "--help", "--", "x", cwd=tmp_path)
    args = ["inner/program.py", "-m", "--help", "--", "x"]
    wanted = ["__main__", str(args), str(path.parent), str(path), "of the neighbour"]
    assert done.stdout == "|".join(wanted) + "\n", done.stderr


def test_run_a_directory(script, tmp_path):
    script("import beside\nprint(__name__)\n", "program/__main__.py")
    script("", "program/beside.py")
    done = run("run", "program", cwd=tmp_path)
    assert done.stdout == "__main__\n", done.stderr


def test_run_leaves_our_future_imports_to_us(script, tmp_path):
    path = script("def f(x: int): pass\nprint(f.__annotations__)\n")
    assert run("run", path, cwd=tmp_path).stdout == "{'x': <class 'int'>}\n"


def test_run_resolves_lava(script, tmp_path):
    path = script(
        "import lava.magma.core.run_conditions as conditions\n"
        "print(conditions.__name__, conditions.__spec__.origin)\n"
    )
    done = run("run", path, cwd=tmp_path)
    assert done.stdout == "lava.magma.core.run_conditions lavajit\n", done.stderr


def test_run_a_module(script, tmp_path):
    script("", "package/__init__.py")
    path = script("import sys; print(__name__, sys.argv)\n", "package/tool.py")
    done = run("run", "-m", "package.tool", "-v", "x", cwd=tmp_path)
    assert done.stdout == f"__main__ {[str(path), '-v', 'x']}\n", done.stderr


@pytest.mark.parametrize(
    "statement, code",
    [("pass", 0), ("raise SystemExit", 0), ("sys.exit(7)", 7), ("sys.exit('so')", 1), ("1 / 0", 1)],
)
def test_exit_code_is_the_scripts(statement, code, script, tmp_path):
    path = script(f"import sys\n{statement}\n")
    ours = run("run", path, cwd=tmp_path)
    python = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ours.returncode == python.returncode == code
    assert ours.stderr == python.stderr


@pytest.mark.parametrize(
    "text",
    ["def f():\n    raise ValueError('bad')\n\nf()\n", "x = 1\nx = = 2\n", "import absent\n"],
    ids=["error", "syntax error", "import error"],
)
def test_traceback_is_the_one_python_prints(text, script, tmp_path):
    path = script(text)
    ours = run("run", path, cwd=tmp_path)
    python = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ours.returncode == 1
    assert ours.stderr == python.stderr


def test_interrupted_script(script, tmp_path):
    path = script("raise KeyboardInterrupt\n")
    done = run("run", path, cwd=tmp_path)
    assert done.returncode == 130
    assert done.stderr.startswith(f'Traceback (most recent call last):\n  File "{path}", line 1')


def test_missing_script_or_module(tmp_path):
    done = run("run", "absent.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lavajit: can't open file 'absent.py': no such file or directory\n"
    done = run("run", "-m", "absent_module", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "lavajit: No module named absent_module\n"


def test_run_from_python_restores_argv_and_path(script, capsys):
    argv, path = list(sys.argv), list(sys.path)
    assert cli.main(["run", str(script("print('ran')\n"))]) == 0
    assert capsys.readouterr().out == "ran\n"
    assert (sys.argv, sys.path) == (argv, path)


# ---- the other commands


def test_help_names_all_commands(tmp_path):
    for args in (["--help"], []):
        done = run(*args, cwd=tmp_path)
        assert done.returncode == (0 if args else 2)
        for command in ("run", "demo", "explain", "profile", "report", "info", "cache"):
            assert f"\n    {command} " in done.stdout


def test_version(tmp_path):
    assert run("--version", cwd=tmp_path).stdout == f"lavajit {lavajit.__version__}\n"


def test_unknown_command(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["fly"])
    assert caught.value.code == 2
    assert "invalid choice: 'fly'" in capsys.readouterr().err


def test_demo_passes_its_options(fake_part):
    calls = []
    fake_part("lavajit.demo", main=lambda **options: calls.append(options))
    assert cli.main(["demo", "--neurons", "20", "--steps", "5"]) == 0
    assert cli.main(["demo", "--output", "x.png"]) == 0
    assert calls == [
        {"neurons": 20, "steps": 5, "output": "demo_raster.png"},
        {"neurons": 2000, "steps": 10000, "output": "x.png"},
    ]


def test_explain_runs_in_the_scripts_surroundings(fake_part, script):
    seen = []

    def explain_script(path: str, args: list[str]) -> None:
        seen.append((path, args, list(sys.argv), sys.path[0]))

    fake_part("lavajit.runtime.explain", explain_script=explain_script)
    path = str(script(""))
    assert cli.main(["explain", path, "--fast"]) == 0
    assert seen == [(path, ["--fast"], [path, "--fast"], os.path.dirname(path))]


def test_report_passes_its_options(fake_part, script):
    seen = []

    def report_script(path: str, args: list[str], **options) -> None:
        seen.append((path, args, options))

    fake_part("lavajit.neurocore.report.script", report_script=report_script)
    path = str(script("pass"))
    assert cli.main(["report", "--chip", "loihi1", "--json", "x.json", path, "--chip", "3"]) == 0
    assert cli.main(["report", "--picture", "x.png", path]) == 0
    assert seen == [
        (path, ["--chip", "3"], {"chip": "loihi1", "json": "x.json", "picture": None}),
        (path, [], {"chip": None, "json": None, "picture": "x.png"}),
    ]


def test_profile_passes_its_options(fake_part, script):
    seen = []

    def profile_script(path: str, args: list[str], **options) -> None:
        seen.append((path, args, list(sys.argv), options))

    fake_part("lavajit.runtime.profiling.script", profile_script=profile_script)
    path = str(script(""))
    assert cli.main(["profile", "--output", "x.png", path, "--rows", "3"]) == 0
    assert cli.main(["profile", "--rows", "5", path]) == 0
    assert seen == [
        (path, ["--rows", "3"], [path, "--rows", "3"], {"output": "x.png", "rows": 30}),
        (path, [], [path], {"output": None, "rows": 5}),
    ]


def test_a_part_not_built_yet(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "lavajit.demo", None)
    assert cli.main(["demo"]) == 2
    text = f"lavajit: lavajit.demo is not built in lavajit {lavajit.__version__} yet\n"
    assert capsys.readouterr().err == text


def test_cache(fake_part, capsys):
    fake_part(
        "lavajit.compiler.cache",
        cache_dir=lambda: Path("somewhere"),
        cache_size=lambda: (3, 1536),
        clear_cache=lambda: 3,
    )
    assert cli.main(["cache"]) == 0
    assert cli.main(["cache", "--clear"]) == 0
    assert capsys.readouterr().out == (
        "somewhere (3 files, 1.5 KiB)\nremoved 3 files from somewhere\n"
    )


def test_the_cache_of_the_session(tmp_path):
    (tmp_path / "cache").mkdir()
    environment = os.environ | {"LAVAJIT_CACHE_DIR": str(tmp_path / "cache")}
    done = run("cache", cwd=tmp_path, env=environment)
    assert done.stdout == f"{tmp_path / 'cache'} (0 files, 0 B)\n", done.stderr
    assert run("cache", "--clear", cwd=tmp_path, env=environment).returncode == 0


def test_info(tmp_path):
    done = run("info", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    keys = [line.split()[0] for line in done.stdout.splitlines()]
    assert keys == [
        *("lavajit", "python", "numpy", "numba", "llvmlite", "scipy"),
        *("cpu", "cores", "cache", "as_lava"),
    ]
    assert "public names of Lava" in done.stdout
