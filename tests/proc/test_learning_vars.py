"""Plastic connections: wrong arguments, Vars set between runs, delays, random numbers."""

import numpy as np
import pytest
from helpers.plastic import FIXED, FLOAT, Plastic, dense, outcome, raster, rule_of, same, sparse
from scipy.sparse import csr_matrix

from lavajit import (
    DelaySparse,
    GradedSpikeCfg,
    LearningDelaySparse,
    LearningDense,
    LearningRuleError,
    LearningSparse,
    Loihi2FLearningRule,
    Loihi2SimCfg,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)
from lavajit.utils.weightutils import SignMode

WEIGHTS = np.array([[10.0, -20.0, 30.0], [0.0, 50.0, -60.0]])
PAIR = "2^-2*y0*x1 - 2^-2*x0*y1"
SPIKES = raster((3, 20), 0.3, 1), raster((2, 20), 0.3, 2)


# --- wrong arguments ------------------------------------------------------------------


@pytest.mark.parametrize("process", [LearningDense, LearningSparse])
@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"learning_rule": None}, AttributeError, "needs a learning_rule"),
        ({"learning_rule": "x0*y1"}, TypeError, "must be a LoihiLearningRule"),
        ({"sign_mode": SignMode.NULL}, ValueError, "sign_mode must be"),
        ({"sign_mode": 7}, ValueError, "sign_mode must be"),
        ({"graded_spike_cfg": 9}, ValueError, "graded_spike_cfg must be one of USE_REGULAR"),
        ({"tag_1": np.zeros((3, 2))}, ValueError, "tag_1"),
        ({"weights": np.zeros(3)}, ValueError, "weights"),
    ],
)
def test_wrong_arguments_are_errors_at_once(process, options, error, text):
    options = {"weights": WEIGHTS, "learning_rule": rule_of(dw=PAIR), **options}
    with pytest.raises(error, match=text):
        process(**options)


def test_tags_outside_the_synapses_are_an_error():
    with pytest.raises(ValueError, match=r"tag_1 has 1 values where .* no synapse.*\[1, 0\]"):
        LearningSparse(
            weights=csr_matrix(WEIGHTS),
            tag_1=csr_matrix(([5], ([1], [0])), shape=(2, 3)),
            learning_rule=rule_of(dw=PAIR),
        )


def test_a_graded_connection_leaves_the_rule_as_it_was():
    rule = rule_of(dw=PAIR)
    mode = GradedSpikeCfg.OVERWRITE
    connection = dense(WEIGHTS, rule, num_message_bits=8, graded_spike_cfg=mode)
    assert rule.x1_impulse == 16
    assert connection.x1_impulse.get() == 0


# --- Vars between runs ----------------------------------------------------------------


@pytest.fixture(params=[dense, sparse], ids=["dense", "sparse"])
def plastic(request):
    made = Plastic(request.param(WEIGHTS, rule_of(dw=PAIR)), *SPIKES, FIXED, native=True)
    made.run(3)
    yield made
    made.stop()


def test_a_wrong_rule_changes_nothing(plastic):
    before = plastic.state()
    with pytest.raises(LearningRuleError, match="column 3"):
        plastic.connection.dw.set("2*x9")
    assert plastic.connection.dw.get() == PAIR
    with pytest.raises(ValueError, match="x1_tau"):
        plastic.connection.x1_tau.set([-3])
    assert plastic.connection.x1_tau.get() == 8
    same(before, plastic.state())
    plastic.run(2)


@pytest.mark.parametrize("native", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_string_that_was_missing_can_be_set(native):
    made = Plastic(dense(WEIGHTS, rule_of(dw="x0*y0")), *SPIKES, FIXED, native)
    made.run(1)
    assert made.connection.dt.get() == ""
    made.connection.dt.set("2^2*u0")
    made.run(4)
    assert (made.connection.tag_1.get() == 4 * 4).all()
    made.connection.dt.set("")
    made.run(4)
    assert (made.connection.tag_1.get() == 4 * 4).all()
    made.stop()


@pytest.mark.slow
@pytest.mark.parametrize("make", [dense, sparse])
def test_setting_a_rule_natively_is_setting_it_in_python(make):
    def change(plastic):
        plastic.connection.dw.set("2^-1*y0*x2 - 2^-2*x0*w")

    def run(native):
        connection = make(WEIGHTS, rule_of(dw="x0*y0 - x0"))
        return outcome(connection, *SPIKES, FIXED, native=native, chunks=[7, 13], each_step=change)

    same(run(True), run(False))


def test_a_time_constant_of_zero_decays_at_once():
    rule = Loihi2FLearningRule(dw="x0*y1", y1_impulse=3, rng_seed=0)
    spikes = np.ones((1, 5))
    for tag in (FLOAT, FIXED):
        state = outcome(dense(np.zeros((1, 1)), rule), spikes, spikes, tag)
        assert state["y1"] == 3
        assert state["weights"] == 3 * 5


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
def test_a_trace_that_is_set_acts_until_it_is_set_to_zero(tag):
    """Traces that are 0 and stay 0 are left out; a history must not outlive its trace."""
    rule = Loihi2FLearningRule(dw="x0*x2", x2_tau=1e9, t_epoch=2, rng_seed=0)
    plastic = Plastic(
        dense(np.zeros((1, 1)), rule), np.ones((1, 20)), np.zeros((1, 20)), tag, False
    )
    plastic.run(4)
    seen = []
    for value in (8, 0, 5):
        plastic.connection.x2.set(np.array([value]))
        plastic.run(4)
        seen.append(round(float(plastic.connection.weights.get()[0, 0])))
    plastic.stop()
    assert seen == [16, 16, 26]


# --- delays ---------------------------------------------------------------------------


def delayed(connection, tag, steps=20):
    """What a connection with delays sends."""
    SourceRingBuffer(data=SPIKES[0]).s_out.connect(connection.s_in)
    sink = SinkRingBuffer(shape=connection.a_out.shape, buffer=steps)
    connection.a_out.connect(sink.a_in)
    connection.create_runtime(
        run_cfg=Loihi2SimCfg(select_tag=tag), compile_config={"native": False}
    )
    connection.run(RunSteps(steps), run_cfg=Loihi2SimCfg(select_tag=tag))
    sent, tags = sink.data.get(), connection.vars.tag_2 if hasattr(connection, "tag_2") else None
    tags = None if tags is None else tags.get().toarray()
    connection.stop()
    return sent, tags


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@pytest.mark.parametrize("weight_exp", [0, 2, -1])
def test_without_learning_it_is_delay_sparse(tag, weight_exp):
    weights = csr_matrix(2 * WEIGHTS)
    delays = csr_matrix((np.array([3, 0, 2, 1, 3]), weights.indices, weights.indptr), (2, 3))
    options = {"weights": weights, "delays": delays, "weight_exp": weight_exp}
    idle = rule_of(dw="0*x0")
    plain, _ = delayed(DelaySparse(**options, sign_mode=SignMode.MIXED), tag)
    plastic, tags = delayed(LearningDelaySparse(**options, learning_rule=idle), tag)
    np.testing.assert_array_equal(plastic, plain)
    np.testing.assert_array_equal(tags, delays.toarray())


@pytest.mark.slow
@pytest.mark.parametrize("tag", [FLOAT, FIXED])
def test_learned_delays_delay(tag):
    """Every step adds one to the delay, as far as there is room."""
    weights, rule = csr_matrix([[8.0]]), rule_of(dd="u0")
    connection = LearningDelaySparse(weights=weights, delays=0, max_delay=4, learning_rule=rule)
    spikes = np.zeros((1, 20))
    spikes[0, [0, 2, 9]] = 1
    SourceRingBuffer(data=spikes).s_out.connect(connection.s_in)
    sink = SinkRingBuffer(shape=(1,), buffer=20)
    connection.a_out.connect(sink.a_in)
    connection.run(RunSteps(20), run_cfg=Loihi2SimCfg(select_tag=tag))
    # Received in steps 1, 3, 10 with delays 0, 2, 4 (of 9), sent one step and the delay later.
    assert np.flatnonzero(sink.data.get()[0]).tolist() == [1, 5, 14]
    connection.stop()


def test_delays_are_given_once():
    with pytest.raises(ValueError, match="give delays only"):
        LearningDelaySparse(weights=WEIGHTS, delays=0, tag_2=1, learning_rule=rule_of(dw=PAIR))


# --- random numbers -------------------------------------------------------------------


def traces_of(impulse, rng, neurons=400, steps=40, seed=7):
    """x1 of equal neurons that spike in every step, in fixed point."""
    rule = Loihi2FLearningRule(
        dw="x0*x1", x1_impulse=impulse, x1_tau=0, t_epoch=1, rng_seed=seed, rng=rng
    )
    spikes, seen = np.ones((neurons, steps)), []

    def look(plastic):
        seen.append(plastic.connection.x1.get())

    connection = dense(np.zeros((1, neurons)), rule)
    silent = np.zeros((1, steps))
    outcome(connection, spikes, silent, FIXED, native=True, chunks=[1] * steps, each_step=look)
    return np.array(seen)


@pytest.mark.slow
def test_own_numbers_remove_the_bias_of_impulses():
    """An impulse of 7.25 is 7.5 on average with Lava's numbers; 16,000 draws, 5 sigma."""
    lava, own = traces_of(7.25, "lava"), traces_of(7.25, "counter")
    assert set(np.unique(own)) == {7, 8}
    assert abs(own.mean() - 7.25) < 5 * np.sqrt(0.25 * 0.75 / own.size)
    # One number serves all neurons: only 40 draws, all neurons equal.
    assert (lava == lava[:, :1]).all()
    assert abs(lava.mean() - 7.5) < 5 * np.sqrt(0.25 / len(lava))
    # Neurons are independent of each other: the mean over neurons hardly moves.
    assert own.mean(1).std() < 0.1 < lava.mean(1).std()


@pytest.mark.slow
def test_own_numbers_follow_the_seed():
    first, again, other = (traces_of(7.5, "counter", 20, 10, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.slow
def test_synapses_round_on_their_own():
    """Lava's rounding moves all weights of a matrix together, in every connection alike."""
    spikes = np.ones((30, 60)), np.zeros((30, 60))
    moved = {}
    for rng in ("lava", "counter"):
        connection = dense(np.zeros((30, 30)), rule_of(dw="2^-4*x0", rng=rng))
        moved[rng] = outcome(connection, *spikes, FIXED, native=True)["weights"]
    assert np.ptp(moved["lava"]) == 0
    assert np.ptp(moved["counter"]) > 2
    # 60 steps of 1/16: mean 3.75, variance 60/16 * 15/16; 900 synapses, 5 sigma.
    assert abs(moved["counter"].mean() - 3.75) < 5 * np.sqrt(60 / 16 * 15 / 16 / 900)


# --- saving ---------------------------------------------------------------------------


@pytest.mark.parametrize("started", [True, False], ids=["started", "new"])
@pytest.mark.parametrize("make", [dense, sparse])
@pytest.mark.parametrize("tag", [FLOAT, FIXED])
def test_a_saved_connection_goes_on_with_the_rule_it_had(make, tag, started, tmp_path):
    def build():
        return make(WEIGHTS, rule_of(3, dw="2^-3*x0*y1"))

    plastic = Plastic(build(), *SPIKES, tag, native=False)
    plastic.run(7)
    plastic.connection.dw.set("2^-2*y0*x1 - x0")
    plastic.run(4)
    plastic.connection.save(tmp_path / "state")
    plastic.run(9)
    expected = plastic.state()
    plastic.stop()

    connection = build()
    if not started:
        connection.load(tmp_path / "state")
    again = Plastic(connection, *SPIKES, tag, native=False)
    if started:
        again.run(2)
        connection.load(tmp_path / "state")
    again.run(9)
    found = again.state()
    again.stop()
    del expected["sent"], found["sent"]  # the sinks are not part of the connection
    same(found, expected)
