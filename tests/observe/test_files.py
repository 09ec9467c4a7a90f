"""Recordings on disk: written, continued, read while they grow."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_chunks import FACTS, assert_holds, chunk_of, made, recordings

from lavajit.observe import files
from lavajit.observe.chunk import Form
from lavajit.observe.files import CHUNKS, HEADER, FileStore, RecordingFileError
from lavajit.observe.memory import MemoryStore
from lavajit.observe.reading import Recorded
from lavajit.observe.result import Result

RECORDS = [
    Form("lif.v", np.dtype("f8"), (3,), None, False),
    Form("lif.s_out", np.dtype("f4"), (4,), np.array([0, 2, 3]), True),
]
LENGTHS = [[2, 3], [0, 2], [1, 4]]


def written(path, one, facts=FACTS, first=1):
    """A folder that holds a recording, and has been closed."""
    store = FileStore(path, one.forms, dict(facts), first)
    for chunks in one.chunks:
        store.add(chunks)
    store.close(facts | {"ended": "complete", "last": 20})
    return store


@settings(deadline=None, max_examples=60)
@given(recordings())
def test_files_and_memory_hold_what_was_recorded(tmp_path_factory, one):
    path = tmp_path_factory.mktemp("recording") / "new"
    store = written(path, one)
    memory = MemoryStore(one.forms, [2] * len(one.forms))
    for chunks in one.chunks:
        memory.add(chunks)
    for series in (store.series(), memory.series(), Result.load(path).series):
        assert_holds(series, one.expected())


@settings(deadline=None, max_examples=25)
@given(recordings(least=1))
def test_a_result_is_saved_and_loaded(tmp_path_factory, one):
    folder = tmp_path_factory.mktemp("recording")
    written(folder / "first", one)
    Result.load(folder / "first").save(folder / "second")
    again = Result.load(folder / "second")
    assert_holds(again.series, one.expected())
    assert again.facts == FACTS | {"ended": "complete", "last": 20}
    chosen = {name: series.chosen for name, series in again.series.items()}
    for form in one.forms:
        np.testing.assert_equal(chosen[form.name], form.chosen)


@settings(deadline=None, max_examples=25)
@given(recordings(least=1))
def test_a_recording_is_read_while_it_grows(tmp_path_factory, one):
    path = tmp_path_factory.mktemp("recording")
    store = FileStore(path, one.forms, dict(FACTS), 1)
    result = Result(store, dict(FACTS), {})
    assert_holds(Result.load(path).series, one.expected(0))
    for number, chunks in enumerate(one.chunks):
        store.add(chunks)
        assert_holds(Result.load(path).series, one.expected(number + 1))
        assert_holds(result.series, one.expected(number + 1))
    store.close(FACTS)


def test_last_step_of_a_recording_that_goes_on_or_was_killed(tmp_path):
    one = made(RECORDS, LENGTHS)
    store = FileStore(tmp_path, one.forms, dict(FACTS), 1)
    assert Result.load(tmp_path).last == 0
    store.add(one.chunks[0])
    assert Result.load(tmp_path).last == max(chunk.steps[-1] for chunk in one.chunks[0])
    store.close(FACTS)


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_recording_goes_on(tmp_path, cut):
    one = made(RECORDS, LENGTHS)
    store = FileStore(tmp_path, one.forms, dict(FACTS), 1)
    for chunks in one.chunks[:cut]:
        store.add(chunks)
    store.close(FACTS)
    facts = FACTS | {"first": 40, "last": 39}
    store = FileStore(tmp_path, one.forms, facts, 40)
    for chunks in one.chunks[cut:]:
        store.add(chunks)
    store.close(facts | {"last": 60})
    result = Result.load(tmp_path)
    assert (result.first, result.last) == (1, 60)
    assert_holds(result.series, one.expected())


def test_other_records_do_not_go_on(tmp_path):
    one = made(RECORDS, LENGTHS)
    written(tmp_path, one)
    other_neurons = Form("lif.s_out", np.dtype("f4"), (4,), np.array([0, 1, 3]), True)
    for forms in (RECORDS[:1], RECORDS[::-1], [RECORDS[0], other_neurons]):
        with pytest.raises(FileExistsError, match="holds a recording already .of other Vars"):
            FileStore(tmp_path, forms, dict(FACTS), 40)
    with pytest.raises(FileExistsError, match=r"it ends at time step \d+\); give another folder"):
        FileStore(tmp_path, RECORDS, dict(FACTS), 2)
    assert_holds(Result.load(tmp_path).series, one.expected())  # untouched


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("all of it")
    for path in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(FileExistsError, match="holds something that is no recording"):
            FileStore(path, RECORDS, dict(FACTS), 1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def torn(path, one, number, at):
    """A recording whose writer was killed in the middle of chunk `number`."""
    store = FileStore(path, one.forms, dict(FACTS), 1)
    for chunks in one.chunks[:number]:
        store.add(chunks)
    before = {file.name: file.stat().st_size for file in path.iterdir()}
    store.add(one.chunks[number])
    store._release()
    for file in path.iterdir():  # what was written last is there in part, or not at all
        grown = file.stat().st_size - before[file.name]
        share = at if file.name != CHUNKS else min(at, 0.9)
        with open(file, "r+b") as opened:
            opened.truncate(before[file.name] + int(share * grown))


@settings(deadline=None, max_examples=40)
@given(recordings(least=1), st.data())
def test_a_torn_tail_is_left_out_and_overwritten(tmp_path_factory, one, data):
    path = tmp_path_factory.mktemp("recording")
    number = data.draw(st.integers(0, len(one.chunks) - 1))
    if not any(len(chunk.steps) for chunk in one.chunks[number]):
        return
    torn(path, one, number, data.draw(st.floats(0, 1)))
    assert_holds(Result.load(path).series, one.expected(number))
    steps = max((s[-1] for s in Recorded(path).steps() if len(s)), default=0)
    store = FileStore(path, one.forms, dict(FACTS), int(steps) + 1)
    for chunks in one.chunks[number:]:
        store.add(chunks)
    store.close(FACTS)
    assert_holds(Result.load(path).series, one.expected())


@pytest.mark.parametrize("calls", range(8))
def test_a_chunk_that_does_not_fit_on_the_disk_is_taken_back(tmp_path, monkeypatch, calls):
    one = made(RECORDS, LENGTHS)
    store = FileStore(tmp_path, one.forms, dict(FACTS), 1)
    store.add(one.chunks[0])
    left, write = [calls], files._write

    def full(file, data):
        if left[0] == 0:
            write(file, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        left[0] -= 1
        write(file, data)

    monkeypatch.setattr(files, "_write", full)
    if calls < 7:  # 2 parts of samples, 4 of events, the record
        with pytest.raises(OSError, match="No space"):
            store.add(one.chunks[2])
        assert_holds(Result.load(tmp_path).series, made(RECORDS, LENGTHS[:1]).expected())
    else:
        store.add(one.chunks[2])
    monkeypatch.setattr(files, "_write", write)
    if calls < 7:
        store.add(one.chunks[2])
    store.close(FACTS)
    assert_holds(Result.load(tmp_path).series, skipping(one, 1).expected())


def skipping(one, number):
    """Without one of the chunks."""
    for parts in (*one.steps, *one.rows):
        del parts[number]
    return one


def test_a_write_may_take_several_calls():
    class Slow:
        taken = b""

        def write(self, data):
            self.taken += bytes(data[:3])
            return min(len(data), 3)

    slow = Slow()
    files._write(slow, np.arange(10, dtype=np.uint8))
    assert slow.taken == bytes(range(10))


def test_numbers_are_little_endian_on_disk(tmp_path):
    form = Form("p.v", np.dtype(">i4"), (2,), np.array([1, 2], ">i8"), False)
    store = FileStore(tmp_path, [form], dict(FACTS), 1)
    store.add([chunk_of(form, np.array([258]), np.array([[1, 2]], ">i4"))])
    store.close(FACTS)
    stored = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert stored["0.steps"] == b"\x02\x01" + 6 * b"\0"
    assert stored["0.rows"] == b"\x01\0\0\0\x02\0\0\0"
    assert stored["0.chosen"] == b"\x01" + 7 * b"\0" + b"\x02" + 7 * b"\0"
    assert len(stored[CHUNKS]) == 5 * 8
    header = json.loads(stored[HEADER])
    assert header["series"][0]["dtype"] == "<i4"
    assert (header["format"], header["version"], header["chunks"]) == ("lavajit recording", 1, 1)


def test_nothing_is_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no recording"):
        Result.load(tmp_path / "none")
    with pytest.raises(RecordingFileError, match=r"is no recording: it has no recording\.json"):
        Result.load(tmp_path)
