"""The cache on disk: nothing stale, nothing broken, nothing compiled twice."""

import hashlib
import linecache
import pickle
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from kernel_networks import run_cell

from lavajit.compiler import cache as disk
from lavajit.kernels import compile as kernels
from lavajit.kernels import digest


def forget(monkeypatch) -> None:
    """As in a new session: nothing is in memory."""
    monkeypatch.setattr(kernels, "_memory", {})
    monkeypatch.setattr(kernels, "_known", {})


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """An empty cache and a forgetful session."""
    monkeypatch.setenv("LAVAJIT_CACHE_DIR", str(tmp_path / "cache"))
    forget(monkeypatch)
    return tmp_path / "cache"


def count_up(self):
    self.n += 1


def count_in_halves(self):
    self.n += 0.5


def test_a_cell_that_is_run_again_is_compiled_anew():
    namespace = {"__name__": "__main__"}
    for number, add in ((1, 1.0), (2, 2.0)):
        text = f"def f(x):\n    return x + {add}\n"
        if number == 1:
            text += "def run_spk(self):\n    self.k = f(self.k)\n"
        name = f"<ipython-input-{number}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec"), namespace)
        got, _ = run_cell(namespace["run_spk"], {"k": 0.0}, steps=1)
        assert got["k"] == add


def test_a_second_network_compiles_nothing(fresh):
    run_cell(count_up, {"n": 1})
    before = kernels.compiled_count
    run_cell(count_up, {"n": 1}, steps=7)
    assert kernels.compiled_count == before


def test_a_new_session_compiles_nothing(fresh, monkeypatch):
    run_cell(count_up, {"n": 1})
    before = kernels.compiled_count
    forget(monkeypatch)
    assert run_cell(count_up, {"n": 1})[0]["n"] == 3
    assert kernels.compiled_count == before


def test_promotions_are_kept(fresh, monkeypatch):
    first, _ = run_cell(count_in_halves, {"n": 1})
    before = kernels.compiled_count
    forget(monkeypatch)
    again, tiers = run_cell(count_in_halves, {"n": 1})
    assert first["n"] == again["n"] == 2.0
    assert kernels.compiled_count == before
    assert not tiers.refusals


def test_refusals_are_kept(fresh, monkeypatch):
    def build(*arguments):
        raise AssertionError("compiled again")

    first = refusals(gradient)
    forget(monkeypatch)
    monkeypatch.setattr(kernels, "_build", build)
    assert refusals(gradient) == first


def gradient(self):
    self.x[:] = np.gradient(self.x)


def refusals(kernel):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, tiers = run_cell(kernel, {"x": np.ones(3)})
    return list(tiers.refusals.values())


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "text", "old"])
def test_damaged_files_are_compiled_anew_and_replaced(fresh, monkeypatch, damage):
    run_cell(count_up, {"n": 1})
    for file in disk.cache_files():
        data = file.read_bytes()
        if damage == "empty":
            file.write_bytes(b"")
        elif damage == "short":
            file.write_bytes(data[: len(data) // 2])
        elif damage == "flipped":
            file.write_bytes(data[:-100] + bytes([data[-100] ^ 1]) + data[-99:])
        elif damage == "text":
            file.write_text("not a kernel")
        else:
            payload = pickle.dumps(("a format of another version", 1, 2))
            file.write_bytes(hashlib.sha256(payload).digest() + payload)
    forget(monkeypatch)
    before = kernels.compiled_count
    assert run_cell(count_up, {"n": 1})[0]["n"] == 3
    assert kernels.compiled_count == before + 1
    forget(monkeypatch)
    run_cell(count_up, {"n": 1})
    assert kernels.compiled_count == before + 1


def test_another_compiler_or_processor_finds_nothing(fresh, monkeypatch):
    run_cell(count_up, {"n": 1})
    before = kernels.compiled_count
    forget(monkeypatch)
    monkeypatch.setattr(digest, "environment_digest", lambda: "another version")
    run_cell(count_up, {"n": 1})
    assert kernels.compiled_count == before + 1


def test_a_directory_that_cannot_be_written_is_one_warning(monkeypatch, tmp_path):
    # Below a regular file nothing can be made, not even by root.
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAVAJIT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(disk, "_warned", False)
    forget(monkeypatch)
    with pytest.warns(disk.CacheWarning, match="LAVAJIT_CACHE_DIR") as caught:
        assert run_cell(count_up, {"n": 1})[0]["n"] == 3
        assert run_cell(count_in_halves, {"n": 1})[0]["n"] == 2
    assert len([w for w in caught if w.category is disk.CacheWarning]) == 1


def test_a_directory_that_vanishes_is_made_again(fresh, monkeypatch):
    run_cell(count_up, {"n": 1})
    shutil.rmtree(fresh)
    forget(monkeypatch)
    run_cell(count_up, {"n": 1})
    assert disk.cache_size()[0] >= 1


def test_clearing(fresh):
    run_cell(count_up, {"n": 1})
    number, size = disk.cache_size()
    assert number >= 1 and size > 1000
    assert disk.clear_cache() == number
    assert disk.cache_size() == (0, 0)


def test_where_kernels_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("LAVAJIT_CACHE_DIR", str(tmp_path / "a"))
    assert disk.cache_dir() == tmp_path / "a"
    monkeypatch.delenv("LAVAJIT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert disk.cache_dir() == tmp_path / "b" / "lavajit"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert disk.cache_dir() == Path.home() / ".cache" / "lavajit"


def multiply(self):
    self.y[:] = self.m @ self.x


def test_matrix_products_work_from_the_cache(fresh, monkeypatch):
    values = {"m": np.arange(6.0).reshape(2, 3), "x": np.ones(3), "y": np.zeros(2)}
    first, _ = run_cell(multiply, values)
    forget(monkeypatch)
    before = kernels.compiled_count
    again, _ = run_cell(multiply, values)
    assert kernels.compiled_count == before
    np.testing.assert_array_equal(first["y"], again["y"])


def test_constants_without_identity_are_compiled_in_memory(fresh):
    class Thing:
        pass

    marker = Thing()
    marker.shape = 3

    def kernel(self):
        if marker is not None:
            self.n += 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert run_cell(kernel, {"n": 1})[0]["n"] == 3
