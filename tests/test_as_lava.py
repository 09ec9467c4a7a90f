"""`import lava...` resolves to lavajit, by the whole table of names."""

import importlib
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import lavajit
from lavajit.as_lava import finder
from lavajit.as_lava.table import LavaName, Table, load_table

CLAIMED = [row for row in load_table() if row.target]
NOT_YET = f"is not built in lavajit {lavajit.__version__} yet"

SMALL_TABLE = Table(
    [
        LavaName("lava.magma.core.things", "Counter", "public", "collections:Counter"),
        LavaName("lava.magma.core.things", "deque", "internal", "collections:deque"),
        LavaName("lava.magma.core.things", "Later", "public", ""),
        LavaName("lava.magma.core.things", "NoModule", "public", "lavajit.absent:NoModule"),
        LavaName("lava.magma.core.things", "NoAttribute", "public", "collections:NoAttribute"),
        LavaName("lava.magma.core.things", "Builder", "internal", ""),
        LavaName("lava.magma.core.later", "First", "public", ""),
        LavaName("lava.magma.core.later", "Second", "public", ""),
        LavaName("lava.magma.machinery", "Watchdog", "internal", ""),
        LavaName("lava.proc.io", "version", "public", "sys:version"),
        LavaName("lava.proc.io.sink", "Counter", "public", "collections:Counter"),
        LavaName("lava.proc.io.reset", "Reset", "public", ""),
    ]
)


@pytest.fixture
def small(use_table: Callable[[Table], None]) -> None:
    use_table(SMALL_TABLE)


def run_python(code: str, directory: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60)


# ---- the packaged table


@pytest.mark.parametrize("row", CLAIMED, ids=lambda row: f"{row.module}.{row.name}")
def test_every_claimed_name_exists(row, use_table):
    use_table(load_table())
    value = getattr(importlib.import_module(row.module), row.name)
    assert value is row.look_up()


@pytest.mark.parametrize("module", sorted(load_table().modules))
def test_every_module_of_lava_imports_or_explains(module, use_table):
    table = load_table()
    use_table(table)
    if table.is_built(module):
        assert importlib.import_module(module).__name__ == module
        return
    with pytest.raises(ImportError, match=module) as caught:
        importlib.import_module(module)
    internal = all(row.kind == "internal" for row in table.modules[module].values())
    assert ("multi-process machinery" if internal else NOT_YET) in str(caught.value)


def test_table_is_sorted_and_unique():
    paths = [(row.module, row.name) for row in load_table()]
    assert paths == sorted(set(paths))
    assert {row.kind for row in load_table()} == {"public", "internal"}


def test_a_class_is_the_same_under_both_names(use_table):
    use_table(load_table())
    from lava.magma.core.process.process import AbstractProcess

    assert AbstractProcess is lavajit.AbstractProcess


def test_the_two_ring_buffers_differ(use_table):
    use_table(load_table())
    from lava.proc.io.sink import RingBuffer as Sink
    from lava.proc.io.source import RingBuffer as Source

    assert Sink is lavajit.SinkRingBuffer
    assert Source is lavajit.SourceRingBuffer


# ---- modules


@pytest.mark.usefixtures("small")
def test_modules_are_real_modules():
    import lava.magma.core.things as things

    assert isinstance(things, ModuleType)
    assert things.__name__ == things.__spec__.name == "lava.magma.core.things"
    assert things.__package__ == things.__spec__.parent == "lava.magma.core"
    assert not hasattr(things, "__path__")
    assert sys.modules["lava.magma.core.things"] is things
    assert isinstance(sys.modules["lava.magma"].__path__, list)
    assert importlib.util.find_spec("lava.magma.core.things").origin == "lavajit"


@pytest.mark.usefixtures("small")
def test_targets_are_imported_on_demand():
    import lava.magma.core.things as things

    assert "Counter" not in vars(things)
    assert things.Counter is __import__("collections").Counter
    assert "Counter" in vars(things)


@pytest.mark.usefixtures("small")
def test_packages_give_their_modules_as_attributes():
    import lava.proc.io as io
    from lava.proc.io import sink, version

    assert io.sink is sink is sys.modules["lava.proc.io.sink"]
    assert version == sys.version


@pytest.mark.usefixtures("small")
def test_wildcard_import_gives_what_exists():
    namespace: dict[str, object] = {}
    exec("from lava.magma.core.things import *", namespace)
    assert sorted(namespace.keys() - {"__builtins__"}) == ["Counter", "deque"]


@pytest.mark.usefixtures("small")
def test_dir_lists_claimed_names():
    import lava.magma.core.things as things

    assert {"Counter", "deque"} <= set(dir(things))
    assert not {"Later", "Builder", "_table"} & set(dir(things))


# ---- what does not exist


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["Later", "NoModule", "NoAttribute"])
def test_missing_name_of_a_built_module(name):
    text = f"^lava.magma.core.things.{name} {NOT_YET}$"
    with pytest.raises(ImportError, match=text):
        exec(f"from lava.magma.core.things import {name}")

    import lava.magma.core.things as things

    with pytest.raises(AttributeError, match=text):
        getattr(things, name)
    assert not hasattr(things, name)


@pytest.mark.usefixtures("small")
def test_missing_name_of_a_module_not_built():
    with pytest.raises(ImportError, match=rf"^lava.magma.core.later.Second {NOT_YET}$"):
        from lava.magma.core.later import Second  # noqa: F401


@pytest.mark.usefixtures("small")
def test_module_not_built():
    text = rf"^lava.magma.core.later {NOT_YET} \(it holds First, Second\)$"
    with pytest.raises(ImportError, match=text):
        import lava.magma.core.later  # noqa: F401
    with pytest.raises(ImportError, match=text):
        importlib.import_module("lava.magma.core.later")


@pytest.mark.usefixtures("small")
def test_module_not_built_asked_of_its_package():
    with pytest.raises(ImportError, match=f"^lava.proc.io.reset {NOT_YET}"):
        from lava.proc.io import reset  # noqa: F401

    import lava.proc.io as io

    assert not hasattr(io, "reset")


@pytest.mark.usefixtures("small")
def test_internal_names_belong_to_lavas_machinery():
    text = "Builder belongs to Lava's multi-process machinery and does not exist in lavajit"
    with pytest.raises(ImportError, match=text):
        from lava.magma.core.things import Builder  # noqa: F401
    with pytest.raises(ImportError, match="lava.magma.machinery belongs to Lava's"):
        import lava.magma.machinery  # noqa: F401


@pytest.mark.usefixtures("small")
def test_names_unknown_to_lava_fail_as_usual():
    with pytest.raises(ImportError, match="module 'lava.magma.core.things' has no attribute"):
        from lava.magma.core.things import Nothing  # noqa: F401
    with pytest.raises(ModuleNotFoundError, match="No module named 'lava.magma.nothing'"):
        import lava.magma.nothing  # noqa: F401


def test_a_missing_dependency_of_a_target_is_not_hidden(use_table, tmp_path, monkeypatch):
    (tmp_path / "needs_absent.py").write_text("import absent_dependency\n")
    monkeypatch.syspath_prepend(tmp_path)
    use_table(Table([LavaName("lava.things", "Thing", "public", "needs_absent:Thing")]))
    with pytest.raises(ModuleNotFoundError, match="absent_dependency"):
        from lava.things import Thing  # noqa: F401


# ---- installing


def test_importing_it_is_enough(tmp_path):
    done = run_python(
        """
        import lavajit.as_lava
        from lava.magma.core.learning.symbolic_equation import SymbolList
        """,
        tmp_path,
    )
    assert done.returncode == 1
    name = "lava.magma.core.learning.symbolic_equation.SymbolList"
    assert done.stderr.endswith(f"Error: {name} {NOT_YET}\n")


def test_install_twice_and_uninstall(use_table):
    use_table(SMALL_TABLE)
    finder.install()
    assert sum(isinstance(f, finder.LavaImporter) for f in sys.meta_path) == 1
    import lava.magma.core.things  # noqa: F401

    finder.uninstall()
    assert not any(name.startswith("lava.") for name in sys.modules)
    with pytest.raises(ModuleNotFoundError):
        import lava.magma.core.things  # noqa: F401


def test_as_a_pytest_plugin(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import lava.magma.core.run_conditions\n\ndef test_it(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "lavajit.as_lava", "-W", "error", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
