"""Documentation that cannot go stale: its programs run, its table of Processes is complete."""

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lavajit.proc
from lavajit.model.model import AbstractProcessModel
from lavajit.process.process import AbstractProcess

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"# (\w+\.py)\n")


def programs(page: str) -> dict[str, str]:
    """Python blocks by file name, which a block may have in its first line."""
    found = {}
    for number, text in enumerate(BLOCK.findall((DOCS / page).read_text())):
        named = FILE_NAME.match(text)
        found[named[1] if named else f"block_{number}.py"] = text
    return found


#: Pages whose programs need many kernels.
SLOW = {"checkpoints.md", "learning.md"}


def pages_with_programs() -> list:
    """Names of pages, marked."""
    found = [page for page in PAGES if programs(page)]
    return [pytest.param(p, marks=pytest.mark.slow) if p in SLOW else p for p in found]


@pytest.mark.parametrize("page", pages_with_programs())
def test_programs_run(page, tmp_path):
    found = programs(page)
    for name, text in found.items():
        (tmp_path / name).write_text(text)
    for name in found:
        is_test = name.startswith("test_")
        options = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if is_test else []
        command = [sys.executable, *options, name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{page}, {name}:\n{done.stdout}{done.stderr}"


def test_own_neuron_is_one_short_file():
    assert len(programs("own_neuron.md")["izhikevich.py"].splitlines()) < 60


# --- the table of Processes -----------------------------------------------------------

SHORT = {"floating_pt": "float", "fixed_pt": "fixed", "bit_accurate_loihi": "Loihi"}
RENAMED = {
    "lavajit.proc.io.source.RingBuffer": "SourceRingBuffer",
    "lavajit.proc.io.sink.RingBuffer": "SinkRingBuffer",
}
#: Used by other Processes only.
PARTS = {"OutPortRecorder", "VarRecorder"}


def processes_of_the_library() -> dict[str, set[str]]:
    """Tags of each Process in lavajit.proc that has a model, as the page writes them."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages(lavajit.proc.__path__, "lavajit.proc."):
        for value in vars(importlib.import_module(module.name)).values():
            is_model = isinstance(value, type) and issubclass(value, AbstractProcessModel)
            process = vars(value).get("implements_process") if is_model else None
            if process is None or not process.__module__.startswith("lavajit.proc."):
                continue
            assert issubclass(process, AbstractProcess)
            path = f"{process.__module__}.{process.__name__}"
            tags = found.setdefault(RENAMED.get(path, process.__name__), set())
            tags.update(SHORT.get(tag, tag) for tag in value.tags)
    return {name: tags or {"any"} for name, tags in found.items() if name not in PARTS}


def processes_of_the_page() -> dict[str, set[str]]:
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \|", (DOCS / "library.md").read_text(), re.MULTILINE)
    assert len({name for name, _ in rows} - {"Process"}) == len(rows) - 4
    return {name: set(tags.split(", ")) for name, tags in rows if name != "Process"}


def test_every_process_is_in_the_table_with_its_tags():
    assert processes_of_the_page() == processes_of_the_library()


def test_every_process_of_the_table_is_importable_from_lavajit():
    assert set(processes_of_the_page()) <= set(lavajit.__all__)
