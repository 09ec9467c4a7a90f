"""Lava's generators as objects give the numbers recorded from Lava."""

import json
from pathlib import Path

from lavajit.learning.random import ConnVarRandom, TraceRandom

GOLDEN = Path(__file__).parents[1] / "data" / "learning" / "random_streams.json"


def test_numbers_recorded_from_lava():
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for seed, recorded in golden["trace"].items():
        numbers = TraceRandom(int(seed), int(seed) + 1)
        for decay, impulse in zip(*recorded.values(), strict=True):
            assert (numbers.random_trace_decay, numbers.random_impulse_addition) == (decay, impulse)
            numbers.advance()
    rounding = ConnVarRandom()
    for number in golden["synaptic_rounding_seed_2"]:
        assert rounding.random_stochastic_round == number
        rounding.advance()
