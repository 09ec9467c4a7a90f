"""Lava's random numbers, drawn natively and in Python."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit.learning import streams

GOLDEN = Path(__file__).parents[1] / "data" / "learning" / "random_streams.json"


def numbers(seed: int, epoch: int, steps: int) -> dict[str, list]:
    """All numbers that a connection uses in `steps` steps."""
    table = streams.stream_table(seed, epoch)
    found = {name: [] for name in ("x_decay", "x_up", "y_decay", "y_up", "y_second", "rounding")}
    for step in range(1, steps + 1):
        found["y_second"].append(
            int(streams.second_integer(streams.output(table, streams.Y_IMPULSE)))
        )
        streams.advance(table, streams.Y_IMPULSE, streams.Y_IMPULSE)
        if step % epoch == 0:
            streams.advance(table, streams.FIRST_OF_EPOCH, streams.LAST_OF_EPOCH)
            out = {row: streams.output(table, row) for row in range(5)}
            found["x_decay"].append(float(streams.as_double(out[streams.X_DECAY])))
            found["x_up"].append(int(streams.first_integer(out[streams.X_IMPULSE])))
            found["y_decay"].append(float(streams.as_double(out[streams.Y_DECAY])))
            found["y_up"].append(int(streams.first_integer(out[streams.Y_IMPULSE])))
            found["rounding"].append(float(streams.as_double(out[streams.ROUNDING])))
    return found


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**40), epoch=st.integers(1, 7))
def test_numbers_are_those_of_numpy(seed, epoch):
    steps = 3 * epoch
    found = numbers(seed, epoch, steps)
    used = 2 * np.arange(epoch, steps + 1, epoch)

    def doubles(generator_seed):
        return np.random.default_rng(generator_seed).random(2 * steps + 1)

    def integers(generator_seed):
        return np.random.default_rng(generator_seed).integers(0, 128, size=2 * steps + 1)

    assert found["x_decay"] == doubles(seed)[used].tolist()
    assert found["x_up"] == integers(seed + 1)[used].tolist()
    assert found["y_decay"] == doubles(seed + 2)[used].tolist()
    assert found["y_up"] == integers(seed + 3)[used].tolist()
    assert found["y_second"] == integers(seed + 3)[2 * np.arange(1, steps + 1) - 1].tolist()
    assert found["rounding"] == doubles(2)[1 : steps // epoch + 1].tolist()


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_numbers_recorded_from_lava(seed):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    if seed not in golden["trace"]:
        seed = next(iter(golden["trace"]))
    recorded = golden["trace"][seed]
    found = numbers(int(seed), 1, 15)
    assert found["x_decay"] == recorded["decay_from_seed"][2:31:2]
    assert found["x_up"] == recorded["impulse_from_seed_plus_1"][2:31:2]
    assert found["rounding"] == golden["synaptic_rounding_seed_2"][1:16]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.integers(0, 1000), start=st.integers(0, 2**128 - 1), plus=st.integers(0, 2**128 - 1)
)
def test_a_jump_is_so_many_steps(steps, start, plus):
    limbs = streams._jump(plus, steps)
    times, offset = (
        sum(x << 32 * k for k, x in enumerate(part)) for part in (limbs[:4], limbs[4:])
    )
    state = start
    for _ in range(steps):
        state = (state * streams._MULTIPLIER + plus) % 2**128
    assert (start * times + offset) % 2**128 == state
