"""What holds for every rule: activity-following is exact, Sparse is Dense, chunks do not matter."""

import numpy as np
import pytest
from helpers.plastic import FIXED, FLOAT, dense, outcome, raster, rule_of, same, sparse
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit.utils.weightutils import SignMode

N_PRE, N_POST, STEPS = 5, 4, 24
TRACES = ("x1", "x2", "y1", "y2", "y3", "(y1+3)", "(x1-2^-1)")
#: In float they make rules explode, recorded cases have them.
SYNAPTIC = ("w", "d", "t", "(w-7)", "sgn(t)")
DEPENDENCIES = ("x0", "y0", "u0", "u1", "x0*y0", "y0*x0")
PAIR = "2^-2*y0*x1 - 2^-2*x0*y1"
ALL = {"dw": "2^-3*x0*y1*(y2-40) + u0*t - 2^-3*w*u0", "dt": "y0*x1 - x0*y3 - 2^-2*u0*t"}


@st.composite
def rules(draw):
    """Tag and rule strings with one u_k in all."""
    tag = draw(st.sampled_from((FLOAT, FIXED)))
    all_factors = st.sampled_from(TRACES if tag == FLOAT else TRACES + SYNAPTIC)
    k = draw(st.integers(0, 2))
    strings = {}
    for target in draw(st.sets(st.sampled_from(("dw", "dd", "dt")), min_size=1)):
        terms = []
        for _ in range(draw(st.integers(1, 3))):
            dependency = (
                draw(st.sampled_from(DEPENDENCIES)).replace("u0", "u1").replace("u1", f"u{k}")
            )
            factors = draw(st.lists(all_factors, max_size=2))
            scale = f"{draw(st.sampled_from((-5, -1, 1, 3)))}*2^{draw(st.integers(-5, 1))}"
            terms.append(
                "*".join([f"({scale})" if scale[0] == "-" else scale, dependency, *factors])
            )
        strings[target] = " + ".join(terms)
    return tag, strings


def setting(strings, epoch, seed, rng="lava", full_range=False):
    generator = np.random.default_rng(seed)
    high = 400 if full_range else 90
    values = {
        name: generator.integers(-high if name != "tag_2" else 0, high, (N_POST, N_PRE)).astype(
            float
        )
        for name in ("weights", "tag_1", "tag_2")
    }
    spikes = raster((N_PRE, STEPS), 0.3, seed + 1), raster((N_POST, STEPS), 0.3, seed + 2)
    return values, rule_of(epoch, rng=rng, **strings), spikes


def never_settled(plastic):
    plastic.model.settled = False


@settings(max_examples=60, deadline=None)
@given(rules(), st.integers(1, 5), st.integers(0, 999))
def test_visiting_all_synapses_changes_nothing(rule, epoch, seed):
    tag, strings = rule
    values, rule, spikes = setting(strings, epoch, seed, full_range=True)
    chunks = [1] * STEPS
    lazy = outcome(dense(**values, rule=rule), *spikes, tag, chunks=chunks)
    busy = outcome(dense(**values, rule=rule), *spikes, tag, chunks=chunks, each_step=never_settled)
    for name, expected in busy.items():
        if tag == FIXED:
            np.testing.assert_array_equal(lazy[name], expected, err_msg=name)
        else:  # products in another order
            np.testing.assert_allclose(lazy[name], expected, rtol=1e-9, atol=1e-9, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(rules(), st.integers(1, 5), st.integers(0, 999), st.sampled_from(("lava", "counter")))
def test_sparse_is_dense(rule, epoch, seed, rng):
    tag, strings = rule
    values, rule, spikes = setting(strings, epoch, seed, rng)
    same(
        outcome(dense(**values, rule=rule), *spikes, tag),
        outcome(sparse(**values, rule=rule), *spikes, tag),
    )


EVERY_KIND = [
    (make, tag, strings)
    for make in (dense, sparse)
    for tag in (FLOAT, FIXED)
    for strings in ({"dw": PAIR}, ALL)
]
#: Compiled in every run of the tests.
QUICK = (dense, FIXED, {"dw": PAIR})


@pytest.mark.parametrize(
    "make, tag, strings",
    [pytest.param(*kind, marks=() if kind == QUICK else pytest.mark.slow) for kind in EVERY_KIND],
)
def test_native_is_python_in_any_chunks(make, tag, strings):
    values, rule, spikes = setting(strings, 3, 11)
    native = outcome(make(**values, rule=rule), *spikes, tag, native=True)
    same(native, outcome(make(**values, rule=rule), *spikes, tag))
    chunks = [1, 2, 7, STEPS - 10]
    same(native, outcome(make(**values, rule=rule), *spikes, tag, native=True, chunks=chunks))


@pytest.mark.slow
@pytest.mark.parametrize("make", [dense, sparse])
@pytest.mark.parametrize("tag", [FLOAT, FIXED])
def test_everything_is_native(make, tag):
    values, rule, spikes = setting({"dw": PAIR}, 3, 11)

    def look(plastic):
        assert python_rows(plastic.connection) == []

    outcome(make(**values, rule=rule), *spikes, tag, native=True, each_step=look)


@pytest.mark.slow
@pytest.mark.parametrize("make", [dense, sparse])
def test_own_numbers_native_is_python(make):
    values, rule, spikes = setting(ALL, 2, 3, rng="counter")
    native = outcome(make(**values, rule=rule), *spikes, FIXED, native=True)
    same(native, outcome(make(**values, rule=rule), *spikes, FIXED))


@pytest.mark.parametrize("mode", [SignMode.EXCITATORY, SignMode.INHIBITORY])
@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@pytest.mark.parametrize("make", [dense, sparse])
def test_weights_keep_their_sign(make, tag, mode):
    values, rule, spikes = setting({"dw": "4*y0*x1 - 4*x0*y1"}, 1, 5)
    state = outcome(make(**values, rule=rule, sign_mode=mode), *spikes, tag)
    sign = 1 if mode == SignMode.EXCITATORY else -1
    assert (sign * state["weights"] >= 0).all()
    assert (state["weights"] != 0).any()
    if tag == FIXED:
        assert np.abs(state["weights"]).max() <= 255


def test_a_tag_of_minus_257_moves_on_without_spikes():
    """Lava's accumulator ends one below 16 bits; what it leaves rounds to -256 sooner or later."""
    silent, rule = np.zeros((1, 30)), rule_of(dt="(-8)*2^4*x0")
    state = outcome(
        dense(np.zeros((1, 1)), rule, tag_1=np.full((1, 1), -257)), silent, silent, FIXED
    )
    assert state["tag_1"] == -256


def test_a_tag_reaches_minus_257():
    spikes, seen = np.ones((1, 500)), set()

    def look(plastic):
        seen.add(int(plastic.connection.tag_1.get()[0, 0]))

    connection = dense(np.zeros((1, 1)), rule_of(dt="(-8)*2^4*x0", seed=1))
    outcome(connection, spikes, 0 * spikes, FIXED, chunks=[1] * 500, each_step=look)
    assert {-257, -256} <= seen <= set(range(-257, 1))
