"""Recorded cases of plastic connections: fixed point bit for bit, float to 1e-12."""

import numpy as np
import pytest
from helpers import learning_golden as golden

from lavajit.learning import streams
from lavajit.proc import learning_model_fixed

CONNECTIONS = golden.cases("connection")
#: Compiled in every run of the tests; the others only where time is taken.
QUICK = ("pair_te1_float", "pair_te3_fixed", "sparse_pair_0_fixed", "set_rule_fixed")


def name_of(case):
    return case["id"]


@pytest.mark.parametrize("case", CONNECTIONS, ids=name_of)
def test_connection_in_python(case):
    golden.assert_equal(case, golden.run_connection(case, native=False))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, marks=() if c["id"] in QUICK else pytest.mark.slow, id=c["id"])
        for c in CONNECTIONS
    ],
)
def test_connection_natively(case):
    golden.assert_equal(case, golden.run_connection(case, native=True))


def ensemble(case, monkeypatch, native, runs, **changes):
    """Vars after each step in several runs with other seeds."""
    found = []
    for i in range(runs):
        monkeypatch.setattr(
            learning_model_fixed,
            "stream_table",
            lambda seed, epoch, i=i: streams.stream_table(seed, epoch, 50000 + i),
        )
        case = {**case, "weights_every": 1}
        found.append(golden.run_connection(case, native, rng_seed=1000 + 10 * i, **changes))
    return {name: np.array([one[name] for one in found], float) for name in found[0]}


@pytest.mark.parametrize("case", golden.cases("ensemble"), ids=name_of)
def test_means_and_variances_of_lava(case, monkeypatch):
    found = ensemble(case, monkeypatch, native=False, runs=64)
    data = golden.load(case)
    for name in ("x1", "y1", "weights", "tag_1"):
        np.testing.assert_allclose(found[name].mean(0), data[f"mean_{name}"], rtol=1e-12, atol=1e-9)
        variance = found[name].var(0, ddof=1)
        np.testing.assert_allclose(variance, data[f"var_{name}"], rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_own_numbers_have_the_same_means(monkeypatch):
    """With whole impulses, which Lava adds without error."""
    case = next(c for c in golden.cases("ensemble") if c["id"] == "ens_tags_te3")
    runs = 96
    found = ensemble(case, monkeypatch, native=True, runs=runs, rng="counter")
    data = golden.load(case)
    for name in ("x1", "y1", "weights", "tag_1"):
        error = np.abs(found[name].mean(0) - data[f"mean_{name}"])
        spread = np.sqrt(found[name].var(0, ddof=1) / runs + data[f"var_{name}"] / 64)
        assert (error <= 5 * spread + 0.1).all(), name
