"""The tool that keeps the table of Lava names in order."""

import importlib.util
from pathlib import Path

import pytest

from lavajit.as_lava.table import LavaName, Table, load_table


@pytest.fixture(scope="module")
def tool():
    path = Path(__file__).parents[1] / "tools" / "lava_table.py"
    spec = importlib.util.spec_from_file_location("lava_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed(module: str, name: str, public: str = "yes") -> dict[str, str]:
    return {"lava_module": module, "name": name, "kind": "class", "public": public}


def test_merge_keeps_targets_and_follows_the_list(tool):
    table = Table(
        [
            LavaName("lava.b", "Stays", "public", "collections:Counter"),
            LavaName("lava.b", "Vanishes", "public", "collections:deque"),
        ]
    )
    lines = [
        listed("lava.b", "Stays"),
        listed("lava.a", "New", "internal"),
        listed("lava", "b"),  # a module: no name of its own
    ]
    assert list(tool.merge(table, lines)) == [
        LavaName("lava.a", "New", "internal", ""),
        LavaName("lava.b", "Stays", "public", "collections:Counter"),
    ]


def test_targets_are_found_by_name(tool, monkeypatch):
    monkeypatch.setitem(tool.COUNTERPARTS, "lava.a", "absent as_lava.table")
    table = Table([LavaName("lava.a", name, "public", "") for name in ("Nothing", "Table")])
    assert [row.target for row in tool.with_targets(table)] == ["", "lavajit.as_lava.table:Table"]


def test_problems_are_named(tool):
    rows = [LavaName("lava.b", "X", "odd", ""), LavaName("lava.a", "Y", "public", "sys:absent")]
    kind, target, order = tool.problems(Table(rows))
    assert "neither public nor internal" in kind
    assert target == "lava.a.Y: target sys:absent does not exist"
    assert order == "rows are not sorted by module and name"


def test_written_table_reads_back(tool, tmp_path):
    tool.write(load_table(), tmp_path / "names.csv")
    assert (tmp_path / "names.csv").read_bytes() == tool.TABLE.read_bytes()
