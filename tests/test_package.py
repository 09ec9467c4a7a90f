"""The package as a whole: light to import, complete, pure Python."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import lavajit

ROOT = Path(__file__).parents[1]

installed_only = pytest.mark.skipif(
    "LAVAJIT_TEST_INSTALLED" not in os.environ, reason="this is a test of the checkout"
)


def python(*args: str, cwd: Path) -> str:
    command = [sys.executable, *args]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "statement", ["import lavajit", "import lavajit.as_lava", "import lavajit.cli"]
)
def test_import_is_light(statement, tmp_path):
    heavy = "{'numba', 'llvmlite', 'matplotlib', 'scipy', 'numpy'}"
    code = f"{statement}; import sys; print(sorted({heavy} & sys.modules.keys()))"
    assert python("-c", code, cwd=tmp_path) == "[]\n"


def test_describing_a_network_needs_neither_numba_nor_matplotlib(tmp_path):
    code = (
        "from lavajit import AbstractProcess, Loihi2SimCfg, PyLoihiProcessModel, RunSteps, Var\n"
        "import sys; print(sorted({'numba', 'matplotlib'} & sys.modules.keys()))"
    )
    assert python("-c", code, cwd=tmp_path) == "[]\n"


@pytest.mark.parametrize("name", lavajit.__all__)
def test_every_public_name_exists(name):
    assert getattr(lavajit, name) is not None


def test_public_names_are_listed_before_they_are_imported(tmp_path):
    code = "import lavajit; print({*lavajit.__all__, 'proc'} <= {*dir(lavajit)})"
    assert python("-c", code, cwd=tmp_path) == "True\n"


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'lavajit' has no attribute 'Nothing'"):
        lavajit.Nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        from lavajit import Nothing  # noqa: F401


def test_tests_do_not_touch_the_users_kernel_cache():
    assert Path(os.environ["LAVAJIT_CACHE_DIR"]).is_absolute()


@installed_only
def test_the_installed_package_is_tested():
    assert ROOT not in Path(lavajit.__file__).parents


@installed_only
def test_the_wheel_is_pure_python_and_complete():
    distribution = metadata.distribution("lavajit")
    assert "Tag: py3-none-any" in distribution.read_text("WHEEL").splitlines()
    assert distribution.version == lavajit.__version__
    files = {str(file) for file in distribution.files}
    assert {"lavajit/as_lava/names.csv", "lavajit/__main__.py"} <= files
    assert not [file for file in files if file.startswith(("tests/", "tools/"))]
