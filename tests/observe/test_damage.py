"""Damaged and foreign folders: an error, or the numbers that were recorded; never others."""

import json
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_chunks import FACTS, assert_holds, made

from lavajit.observe.chunk import Form
from lavajit.observe.files import CHUNKS, HEADER, FileStore, RecordingFileError, header_digest
from lavajit.observe.result import Result

RECORDS = [
    Form("lif.v", np.dtype("f8"), (2, 2), None, False),
    Form("lif.s_out", np.dtype("i4"), (6,), np.array([0, 2, 5]), True),
    Form("other.s_out", np.dtype("?"), (6,), None, True),
]


def recorded(path):
    """A finished recording of three chunks; its files by name, and what they hold."""
    one = made(RECORDS, [[3, 3, 3], [0, 2, 4], [2, 0, 1]], seed=4)
    store = FileStore(path, one.forms, dict(FACTS), 1)
    for chunks in one.chunks:
        store.add(chunks)
    store.close(FACTS | {"ended": "complete", "last": 20})
    return {file.name: file.read_bytes() for file in path.iterdir()}, one.expected()


def flipped(data, rng):
    at = rng.integers(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.integers(8))]) + data[at + 1 :]


def cut(data, rng):
    return data[: rng.integers(len(data))]


def longer(data, rng):
    return data + rng.bytes(int(rng.integers(1, 200)))


def inserted(data, rng):
    at = rng.integers(len(data))
    return data[:at] + rng.bytes(int(rng.integers(1, 9))) + data[at:]


def zeroed(data, rng):
    first, last = sorted(rng.integers(0, len(data) + 1, 2))
    return data[:first] + bytes(last - first) + data[last:]


def foreign(data, rng):
    return rng.bytes(len(data))


HURTS = [flipped, cut, longer, inserted, zeroed, foreign]


@pytest.mark.parametrize("hurt", HURTS)
def test_a_hurt_file_gives_an_error_or_the_same_numbers(tmp_path, hurt):
    stored, expected = recorded(tmp_path)
    errors = 0
    names = sorted(name for name, data in stored.items() if data)
    for seed in range(50):
        rng = np.random.default_rng(seed)
        name = names[seed % len(names)]
        (tmp_path / name).write_bytes(hurt(stored[name], rng))
        try:
            result = Result.load(tmp_path)
        except (RecordingFileError, FileNotFoundError) as error:
            assert str(tmp_path) in str(error)
            errors += 1
        else:
            assert_holds(result.series, expected)
            assert result.facts == FACTS | {"ended": "complete", "last": 20}
        (tmp_path / name).write_bytes(stored[name])
    assert errors > (3 if hurt is longer else 25)  # bytes behind the data do no harm
    assert_holds(Result.load(tmp_path).series, expected)


def test_bits_all_over_every_file_are_watched(tmp_path):
    stored, expected = recorded(tmp_path)
    for name, data in stored.items():
        if name == HEADER:
            continue  # flips in its white space change nothing
        for at in range(0, len(data), 3):
            (tmp_path / name).write_bytes(data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :])
            with pytest.raises(RecordingFileError, match="damaged"):
                Result.load(tmp_path)
        (tmp_path / name).write_bytes(data)
    assert_holds(Result.load(tmp_path).series, expected)


def test_a_missing_file_is_named(tmp_path):
    stored, _ = recorded(tmp_path)
    for name, data in stored.items():
        if not data:
            continue
        (tmp_path / name).unlink()
        with pytest.raises(RecordingFileError, match=f"{name}"):
            Result.load(tmp_path)
        (tmp_path / name).write_bytes(data)


def test_two_files_change_places(tmp_path):
    stored, _ = recorded(tmp_path)
    (tmp_path / "1.steps").write_bytes(stored["2.steps"])
    (tmp_path / "2.steps").write_bytes(stored["1.steps"])
    with pytest.raises(RecordingFileError, match="damaged"):
        Result.load(tmp_path)


def test_chunks_that_were_finished_do_not_get_lost_silently(tmp_path):
    stored, _ = recorded(tmp_path)
    (tmp_path / CHUNKS).write_bytes(stored[CHUNKS][: -13 * 8])
    with pytest.raises(RecordingFileError, match="it has 2 chunks, 3 were written"):
        Result.load(tmp_path)


def test_damage_without_checksums_of_data(tmp_path):
    stored, _ = recorded(tmp_path)
    (tmp_path / "0.rows").write_bytes(bytes(len(stored["0.rows"])))
    assert not Result.load(tmp_path, verify=False)["lif.v"].values.any()
    with pytest.raises(RecordingFileError, match=r"the data of lif\.v in chunk 0"):
        Result.load(tmp_path)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode), st.binary(max_size=60))
def test_foreign_files(tmp_path_factory, header, chunks):
    path = tmp_path_factory.mktemp("foreign")
    (path / HEADER).write_bytes(header)
    (path / CHUNKS).write_bytes(chunks)
    with pytest.raises(RecordingFileError):
        Result.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 200_000,
        '{"format": 1}',
        '{"format": "lavajit recording"}',
        "9" * 9999,
    ],
)
def test_foreign_headers(tmp_path, text):
    (tmp_path / HEADER).write_text(text)
    with pytest.raises(RecordingFileError, match=HEADER):
        Result.load(tmp_path)
    with pytest.raises(RecordingFileError, match=HEADER):
        FileStore(tmp_path, RECORDS, dict(FACTS), 1)


SERIES = {"name": "p.v", "dtype": "<f8", "shape": [2], "events": False, "chosen": None}


def forged(path, series=(), drop=(), records=(), **other):
    """A header with a right checksum around wrong contents."""
    one = {
        "format": "lavajit recording",
        "version": 1,
        "series": [SERIES | dict(series)],
        "facts": FACTS,
        "chunks": 0,
    }
    one = {name: value for name, value in (one | other).items() if name not in drop}
    one["check"] = header_digest(one)
    (path / HEADER).write_text(json.dumps(one))
    words = np.array([[*record, 0] for record in records], "<u8").reshape(-1, 5)
    for record in words:
        record[-1] = zlib.crc32(record[:-1].tobytes())
    (path / CHUNKS).write_bytes(words.tobytes())
    for part in ("steps", "rows", "counts", "neurons", "values"):
        (path / f"0.{part}").write_bytes(b"")


def test_a_forged_header_can_be_right(tmp_path):
    forged(tmp_path, records=[(0, 0, 0, 0)])
    assert Result.load(tmp_path)["p.v"].values.shape == (0, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"series": {"shape": [2**40, 2**40]}},
        {"series": {"shape": [2**32, 2**32]}},  # wraps to 0 in 64 bits
        {"series": {"shape": [-1]}},
        {"series": {"shape": [1.5]}},
        {"series": {"shape": None}},
        {"series": {"shape": [True]}},
        {"series": {"dtype": "O"}},
        {"series": {"dtype": "f8,f8"}},
        {"series": {"dtype": "(9999999,9999999)f8"}},
        {"series": {"dtype": None}},
        {"series": {"dtype": "f9000"}},
        {"series": {"name": 7}},
        {"series": {"events": "no"}},
        {"series": {"chosen": 1}},
        {"drop": ("facts",)},
        {"drop": ("series",)},
        {"drop": ("chunks",)},
        {"facts": {"first": 1}},
        {"facts": []},
        {"chunks": 5},
        {"version": 2},
        {"records": [(2**63, 0, 0, 0)]},
        {"records": [(2**64 - 1, 0, 0, 0)]},
        {"records": [(2**44, 0, 0, 0)]},
        {"records": [(2**40, 0, 0, 0)] * 9},
        {"series": {"events": True}, "records": [(0, 2**40, 2**40, 0)]},
        {"series": {"events": True}, "records": [(0, 0, 1, 0)]},
    ],
)
def test_absurd_contents_are_refused_without_large_memory(tmp_path, wrong):
    forged(tmp_path, **wrong)
    tracemalloc.start()
    try:
        with pytest.raises(RecordingFileError):
            Result.load(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "counts, neurons, values",
    [
        ([], [0], []),
        ([1], [2], []),
        ([1], [-1], []),
        ([2], [0], []),
        ([2, -1], [0], []),
        ([1], [], []),
        ([2], [0, 1], [3.0]),
        ([0], [], [3.0]),
    ],
)
def test_events_that_make_no_sense_are_refused(tmp_path, counts, neurons, values):
    """Right checksums, as of a wrong writer: no index outside of the array, later on."""
    parts = {
        "steps": np.arange(len(counts), dtype="<i8"),
        "counts": np.array(counts, "<i4"),
        "neurons": np.array(neurons, "<i4"),
        "values": np.array(values, "<f8"),
    }
    check = zlib.crc32(b"".join(part.tobytes() for part in parts.values()))
    record = (len(counts), len(neurons), len(values), check)
    forged(tmp_path, series={"events": True}, records=[record])
    for name, part in parts.items():
        (tmp_path / f"0.{name}").write_bytes(part.tobytes())
    with pytest.raises(RecordingFileError, match=r"the data of p\.v in chunk 0"):
        Result.load(tmp_path)


def test_a_newer_version_says_so(tmp_path):
    forged(tmp_path, version=2)
    with pytest.raises(RecordingFileError, match="version 2, this lavajit reads up to 1; read it"):
        Result.load(tmp_path)
