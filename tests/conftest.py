"""Settings for all tests: which kernel cache they use and what their subprocesses import."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lavajit
from lavajit.as_lava import finder
from lavajit.as_lava.table import Table

TESTED = Path(lavajit.__file__).parent
CHECKOUT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the environment that tests and their subprocesses share."""
    environment = pytest.MonkeyPatch()
    config.add_cleanup(environment.undo)
    if "LAVAJIT_CACHE_DIR" not in os.environ:
        cache = tempfile.mkdtemp(prefix="lavajit-test-cache-")
        config.add_cleanup(lambda: shutil.rmtree(cache, ignore_errors=True))
        environment.setenv("LAVAJIT_CACHE_DIR", cache)
    if TESTED.parent == CHECKOUT:
        # `python -m pytest` found it through the current directory, which subprocesses change.
        environment.setenv("PYTHONPATH", str(CHECKOUT), prepend=os.pathsep)
    if not config.pluginmanager.has_plugin("lavajit.as_lava"):
        finder.uninstall()  # our import of its parts must not answer other tests' `import lava`


def pytest_report_header() -> str:
    """Say which lavajit is tested: the checkout or the installed one."""
    return f"lavajit {lavajit.__version__} from {TESTED}"


@pytest.fixture
def use_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Table], None]]:
    """Function that lets `import lava` be answered by a given table, during one test."""
    loaded = {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name.partition(".")[0] == "lava"
    }
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    finder.uninstall()

    def use(table: Table) -> None:
        monkeypatch.setattr(finder, "load_table", lambda: table)
        finder.install()

    yield use
    for name in list(sys.modules):
        if name.partition(".")[0] == "lava":
            del sys.modules[name]
    sys.modules.update(loaded)


@pytest.fixture
def ctrl_c_raises():
    """A job that a shell has started in the background ignores Ctrl-C; here it counts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
