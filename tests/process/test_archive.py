"""State files: whole or refused, never larger in memory than on disk, replaced as a whole."""

import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit.process import archive
from lavajit.process.archive import HEADER, read_archive, write_archive
from lavajit.process.plain_data import Copies, pack, unpack
from lavajit.process.snapshot import Snapshot
from lavajit.process.state_values import StateFileError

ARRAYS = [np.arange(12.0).reshape(3, 4), np.zeros((0, 2), np.int8), np.array([1 + 2j])]


def snapshot() -> Snapshot:
    """One that fits no network."""
    process = {"class": "LIF", "name": "größe", "model": "PyLifModelFloat"}
    header = {"time_step": 7, "processes": [process], "fifos": [], "writes": [], "connections": []}
    return Snapshot(header, [array.copy() for array in ARRAYS])


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "state"
    snapshot().save(path)
    return path.read_bytes()


def test_round_trip(tmp_path, content):
    path = tmp_path / "state"
    path.write_bytes(content)
    loaded = Snapshot.load(path)
    assert loaded.time_step == 7 and loaded.processes == ("LIF 'größe'",)
    assert loaded.nbytes == sum(array.nbytes for array in ARRAYS)
    for got, expected in zip(loaded.arrays, ARRAYS, strict=True):
        np.testing.assert_array_equal(got, expected)
        assert got.dtype == expected.dtype and not got.flags.writeable
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == content
    with np.load(path) as opened:  # other programs can read it
        np.testing.assert_array_equal(opened["array.0"], ARRAYS[0])


def test_the_order_of_memory_is_kept(tmp_path):
    fortran = np.asfortranarray(np.arange(6).reshape(2, 3))
    write_archive(tmp_path / "state", {"format": "lavajit-state"}, {"a": fortran})
    _, arrays = read_archive(tmp_path / "state", "lavajit-state")
    np.testing.assert_array_equal(arrays["a"], fortran)
    assert arrays["a"].flags.f_contiguous and arrays["a"].flags.writeable


# --- damaged files --------------------------------------------------------------------


@st.composite
def damages(draw, size: int):
    """A function that damages a file."""
    at, other = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
    first, last = sorted((at, other))
    bit, more = draw(st.integers(0, 7)), draw(st.binary(min_size=1, max_size=40))
    return draw(
        st.sampled_from(
            [
                lambda data: data[:at],
                lambda data: data[at + 1 :],
                lambda data: data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :],
                lambda data: data[:first] + bytes(last - first + 1) + data[last + 1 :],
                lambda data: data[:first] + data[last + 1 :],
                lambda data: data[:at] + more + data[at:],
                lambda data: data + more,
            ]
        )
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_every_damage_is_noticed(data, content):
    damaged = data.draw(damages(len(content)))(content)
    if damaged == content:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        path.write_bytes(damaged)
        with pytest.raises(StateFileError, match="damaged|not a state file"):
            Snapshot.load(path)


def test_every_flipped_byte_is_noticed(tmp_path, content):
    path = tmp_path / "state"
    for at in range(0, len(content), 13):
        flipped = bytearray(content)
        flipped[at] ^= 0x55
        path.write_bytes(flipped)
        with pytest.raises(StateFileError):
            Snapshot.load(path)


def test_a_header_that_is_not_complete(tmp_path):
    path = tmp_path / "state"
    write_archive(path, {"format": "lavajit-snapshot", "time_step": -1}, {})
    with pytest.raises(StateFileError, match="header is not complete"):
        Snapshot.load(path)


# --- files that ask for more memory than they have ------------------------------------


def refused(path: Path, text: str) -> None:
    """Refused, in little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(StateFileError, match=text):
            read_archive(path, "lavajit-state")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_compressed_members(tmp_path):
    path = tmp_path / "state"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(f"{HEADER}.npy", bytes(1 << 24))
    refused(path, "larger than the file")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(f"{HEADER}.npy", b"abc")
    refused(path, "compressed or encrypted")


@pytest.mark.parametrize("shape", ["(1000000000000,)", "(-1,)", f"({2**62}, 4)", "(3,)"])
def test_arrays_that_are_shorter_than_they_say(tmp_path, shape):
    path = tmp_path / "state"
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    with zipfile.ZipFile(path, "w") as opened:
        member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(16)
        opened.writestr(f"{HEADER}.npy", member)
    refused(path, "does not fit its|with shape")


def test_pickled_objects_and_members_that_are_no_arrays(tmp_path):
    path = tmp_path / "state"
    np.savez(path, a=np.array([print]))
    refused(path.with_suffix(".npz"), "not a state file")
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("readme.txt", b"abc")
    refused(path, "is there twice, or is no array")


# --- writing --------------------------------------------------------------------------


def test_a_file_is_replaced_as_a_whole(tmp_path, monkeypatch, content):
    path = tmp_path / "state"
    path.write_bytes(b"old")
    flushed = []
    monkeypatch.setattr(archive.os, "fsync", flushed.append)

    def crash(source, target):
        assert Path(source).read_bytes() == content and flushed
        raise OSError("crash")

    with monkeypatch.context() as patched:
        patched.setattr(archive.os, "replace", crash)
        with pytest.raises(OSError, match="crash"):
            snapshot().save(path)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    snapshot().save(path)
    assert path.read_bytes() == content and list(tmp_path.iterdir()) == [path]


# --- numbers --------------------------------------------------------------------------


def test_numbers_stand_in_the_header():
    values = [np.float32(0.1), np.array(-0.0), np.complex64(1 + 0.1j), np.uint64(2**64 - 1)]
    arrays: list = []
    for value in values:
        found = unpack(pack(value, arrays), arrays)
        assert repr(found) == repr(value) and type(found) is type(value)
    assert not arrays
    long = np.longdouble(1) / 3
    assert unpack(pack(long, arrays), arrays) == long
    assert unpack(["scalar", 0], [np.array(3)]) == 3  # as in files before version 3
    with pytest.raises(ValueError, match="a number of"):
        unpack(["number", "O", 1, True], [])


def test_copies():
    array = np.asfortranarray(np.zeros((2, 3)))
    copied = unpack(["array", 0], Copies([array]))
    copied += 1
    assert not array.any() and copied.flags.f_contiguous
