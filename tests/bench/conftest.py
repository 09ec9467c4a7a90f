"""Benchmarks are imported from the checkout; no simulator of this machine takes part."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bench_is_importable(monkeypatch, tmp_path):
    """The folder ``bench`` is not installed; the checkout goes to the end of the path."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(CHECKOUT)])
    monkeypatch.delenv("LAVAJIT_PEERS_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run_bench(tmp_path):
    """Run ``python -m bench --quick NAME``; returns what it saved."""

    def run(name: str, *options: str) -> dict:
        main = import_module("bench.__main__").main
        assert main([name, "--quick", "--results", str(tmp_path), *options]) == 0
        return json.loads((tmp_path / f"{name}.json").read_text())

    return run
