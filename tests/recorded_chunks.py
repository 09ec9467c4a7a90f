"""Recordings made up by hypothesis, and what reading them has to give."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from lavajit.observe.chunk import Chunk, Form
from lavajit.observe.series import Events, Series

DTYPES = ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "c8", "c16")
SHAPES = ((), (1,), (5,), (2, 3), (0,))
FACTS = {
    "first": 1,
    "last": 0,
    "seconds": 0.5,
    "ended": "running",
    "seed": 3,
    "run_config": {"class": "Loihi2SimCfg", "threads": None},
    "network": "",
}


@dataclass
class Made:
    """Forms, chunks (one list per time, one entry per form), and the rows of each form."""

    forms: list[Form]
    chunks: list[list[Chunk]]
    steps: list[list[np.ndarray]]
    rows: list[list[np.ndarray]]

    def expected(self, upto: int | None = None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Steps and dense values by name, of the first chunks."""
        return {
            form.name: (
                np.concatenate([np.zeros(0, np.int64), *steps[:upto]]),
                np.concatenate([np.zeros((0, form.size), form.dtype), *rows[:upto]]).reshape(
                    -1 if form.size else sum(map(len, steps[:upto])), *form.kept_shape
                ),
            )
            for form, steps, rows in zip(self.forms, self.steps, self.rows, strict=True)
        }


def made(forms: list[Form], lengths: list[list[int]], seed: int = 0, valued: int = 3) -> Made:
    """Chunks with so many steps of each form; values up to `valued`, so ones only if it is 1."""
    rng = np.random.default_rng(seed)
    one = Made(forms, [], [[] for _ in forms], [[] for _ in forms])
    last = [0] * len(forms)
    for numbers in lengths:
        highest = int(rng.integers(1, valued + 1))
        chunks = []
        for k, (form, n) in enumerate(zip(forms, numbers, strict=True)):
            steps = last[k] + np.cumsum(rng.integers(1, 3, n), dtype=np.int64)
            last[k] = int(steps[-1]) if n else last[k]
            rows = rng.integers(0, highest + 1, (n, form.size)).astype(form.dtype)
            chunks.append(chunk_of(form, steps, rows))
            one.steps[k].append(steps)
            one.rows[k].append(rows)
        one.chunks.append(chunks)
    return one


def chunk_of(form: Form, steps: np.ndarray, rows: np.ndarray) -> Chunk:
    """A chunk as the recorders make it."""
    if not form.events:
        return Chunk(steps, rows)
    events = Events.from_dense(form.name, rows)
    return Chunk(steps, None, events.counts, events.neurons, events.values)


@st.composite
def forms(draw) -> list[Form]:
    """One to three forms."""
    found = []
    for k in range(draw(st.integers(1, 3))):
        shape = draw(st.sampled_from(SHAPES))
        size = int(np.prod(shape))
        chosen = None
        if draw(st.booleans()):
            chosen = np.array(sorted(draw(st.sets(st.integers(0, max(size, 1) - 1)))), np.int64)
            chosen = chosen[:size]
        dtype = np.dtype(draw(st.sampled_from(DTYPES)))
        found.append(Form(f"lif_{k}.v", dtype, shape, chosen, draw(st.booleans())))
    return found


@st.composite
def recordings(draw, least: int = 0) -> Made:
    """Up to four chunks; empty ones, and ones without values between others, among them."""
    what = draw(forms())
    number = st.lists(st.integers(0, 4), min_size=len(what), max_size=len(what))
    lengths = draw(st.lists(number, min_size=least, max_size=4))
    return made(what, lengths, draw(st.integers(0, 2**32 - 1)))


def assert_holds(series: dict[str, Series], expected: dict) -> None:
    """Bit for bit, with element types and shapes."""
    assert list(series) == list(expected)
    for name, (steps, values) in expected.items():
        one = series[name]
        got = (one.recorded, one.dense()) if isinstance(one, Events) else (one.steps, one.values)
        for array, wanted in zip(got, (steps, values), strict=True):
            assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape)
            assert array.tobytes() == wanted.tobytes()
