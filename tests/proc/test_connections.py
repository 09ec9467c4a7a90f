"""Properties of Dense, Sparse and their variants with delays, against NumPy and each other."""

import numpy as np
import pytest
from helpers.driven import FIXED, FLOAT, output
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from lavajit import (
    LIF,
    DelayDense,
    DelaySparse,
    Dense,
    Loihi2SimCfg,
    Monitor,
    RunSteps,
    SourceRingBuffer,
    Sparse,
)
from lavajit.compiler.exceptions import ModelError
from lavajit.utils.weightutils import (
    SignMode,
    clip_weights,
    determine_sign_mode,
    truncate_weights,
)

few = settings(max_examples=12, deadline=None)


@st.composite
def problems(draw):
    """Weights, delays, messages and options of a connection."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n_out, n_in = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    weights = rng.integers(-300, 300, (n_out, n_in))
    weights[rng.random(weights.shape) < draw(st.sampled_from([0, 0.5, 1]))] = 0
    longest = draw(st.sampled_from([0, 1, 5, 63]))
    delays = rng.integers(0, longest + 1, weights.shape)
    messages = rng.integers(-20, 20, (draw(st.integers(3, 9)), n_in))
    messages[rng.random(messages.shape) < draw(st.sampled_from([0, 0.6, 1]))] = 0
    options = {
        "num_message_bits": draw(st.sampled_from([0, 8])),
        "weight_exp": draw(st.sampled_from([-9, -3, 0, 2])),
        "num_weight_bits": draw(st.sampled_from([3, 8])),
        "sign_mode": draw(st.sampled_from([None, *SignMode])),
    }
    return weights, delays, messages, options


def reference(weights, delays, messages, options, tag):
    """What a connection sends, as section by section in the equations."""
    if options["num_message_bits"] == 0:
        messages = (messages != 0).astype(int)
    exponent = 0
    if tag == FIXED:
        mode = options["sign_mode"] or determine_sign_mode(weights)
        weights = truncate_weights(clip_weights(weights, mode, 8), mode, options["num_weight_bits"])
        exponent = options["weight_exp"]
    out = np.zeros((len(messages), len(weights)), np.int64)
    for t, x in enumerate(messages):
        for delay in np.unique(delays):
            if t + 1 + delay < len(messages):
                acc = (np.where(delays == delay, weights, 0) @ x).astype(np.int64)
                out[t + 1 + delay] += acc << exponent if exponent > 0 else acc >> -exponent
    return out


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@given(problem=problems())
@few
def test_dense_and_sparse(tag, problem):
    weights, _, messages, options = problem
    expected = reference(weights, np.zeros_like(weights), messages, options, tag)
    for kind, matrix in ((Dense, weights), (Sparse, weights), (Sparse, csr_matrix(weights))):
        np.testing.assert_array_equal(
            output(kind(weights=matrix, **options), messages, tag), expected
        )


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@given(problem=problems(), sparse=st.booleans(), chunk=st.integers(0, 2), native=st.booleans())
@few
def test_delays(tag, problem, sparse, chunk, native):
    weights, delays, messages, options = problem
    expected = reference(weights, delays, messages, options, tag)
    if sparse:
        connection = DelaySparse(weights=csr_matrix(weights), delays=csr_matrix(delays), **options)
    else:
        connection = DelayDense(weights=weights, delays=delays, **options)
    np.testing.assert_array_equal(output(connection, messages, tag, native, chunk), expected)


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@pytest.mark.parametrize("kind", [DelayDense, DelaySparse])
def test_buffer_reads_in_order(kind, tag):
    """A Monitor, which needs the slots in place, and Var.get, which turns a ring, see the same."""
    weights, delays = np.array([[1, 2], [4, 8]]), np.array([[0, 1], [3, 2]])
    delays = csr_matrix(delays) if kind is DelaySparse else delays
    seen = []
    for monitored in (True, False):
        connection = kind(weights=weights, delays=delays, num_weight_bits=8)
        source = SourceRingBuffer(data=np.array([[1, 0, 0, 1, 1], [0, 1, 0, 1, 0]]))
        source.s_out.connect(connection.s_in)
        monitor = Monitor()
        if monitored:
            monitor.probe(connection.a_buff, 7)
        values = []
        for _ in range(7):
            connection.run(RunSteps(1), Loihi2SimCfg(select_tag=tag))
            values.append(connection.a_buff.get())
        if monitored:
            seen.append(monitor.get_data()[connection.name]["a_buff"])
        connection.stop()
        seen.append(np.array(values))
    assert seen[0].any()
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], seen[2])


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_buffer_can_be_set_while_the_ring_has_turned(steps):
    connection = DelayDense(weights=np.eye(2), delays=3)
    connection.run(RunSteps(steps), Loihi2SimCfg(select_tag=FLOAT))
    connection.a_buff.set(np.arange(8).reshape(2, 4))
    connection.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(connection.a_buff.get(), [[1, 2, 3, 0], [5, 6, 7, 0]])
    connection.stop()


@pytest.mark.parametrize("kind", [DelayDense, DelaySparse])
def test_delays_set_later(kind):
    """Longer ones than there is room for, and negative ones, deliver nothing."""
    new = np.array([[2, 3, -1]])
    connection = kind(weights=np.array([[1.0, 2.0, 4.0]]), delays=0, max_delay=2)
    SourceRingBuffer(data=np.ones((3, 1))).s_out.connect(connection.s_in)
    connection.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    connection.delays.set(csr_matrix(new) if kind is DelaySparse else new)
    values = connection.delays.get()
    np.testing.assert_array_equal(values.toarray() if kind is DelaySparse else values, new)
    connection.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(connection.a_buff.get(), [[0, 0, 1]])
    connection.stop()


def test_graded_sums_of_32_bit_sources_have_32_bits():
    """They wrap before the shift to the right, as in Lava, in all four Processes."""
    weights, messages = np.array([[127, 127]]), np.full((3, 2), 1 << 24)
    options = {"num_message_bits": 24, "weight_exp": -7, "sign_mode": SignMode.EXCITATORY}
    narrow = output(Dense(weights=weights, **options), messages, FIXED)[-1, 0]
    assert narrow == np.int32(np.int64(254 << 24).astype(np.int32)) >> 7
    for kind in (Dense, Sparse, DelayDense, DelaySparse):
        extra = {"delays": 0} if kind in (DelayDense, DelaySparse) else {}
        result = output(kind(weights=weights, **options, **extra), messages, FIXED)
        assert result[-1, 0] == narrow


# --- sparse matrices as Vars ----------------------------------------------------------


def running(weights, tag=FLOAT, **options):
    """A Sparse after one step without input."""
    sparse = Sparse(weights=weights, **options)
    sparse.run(RunSteps(1), Loihi2SimCfg(select_tag=tag))
    return sparse


def test_get_has_the_pattern_of_the_user():
    matrix = csr_matrix(([5, 0, 300], ([0, 1, 1], [1, 0, 2])), shape=(2, 3))
    for tag, dtype, kept in ((FLOAT, np.float64, [5, 0, 300]), (FIXED, np.int32, [5, 0, 255])):
        sparse = running(matrix, tag)
        got = sparse.weights.get()
        assert (got.format, got.dtype, got.data.tolist()) == ("csr", dtype, kept)
        assert got.indices.tolist() == matrix.indices.tolist()
        assert got.indptr.tolist() == matrix.indptr.tolist()
        assert sparse.weights.get((1, 2)) == kept[2]
        sparse.stop()
    assert matrix.data.tolist() == [5, 0, 300]


def test_set_writes_through():
    sparse = running(csr_matrix([[1, 0, 2], [0, 3, 0]]), FIXED)
    new = sparse.weights.get()
    new.data[:] = [7, 1000, -3]
    sparse.weights.set(new)
    np.testing.assert_array_equal(sparse.weights.get().toarray(), [[7, 0, 1000], [0, -3, 0]])
    sparse.stop()


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (csr_matrix([[1, 0, 2], [1, 3, 0]]), "another pattern"),
        (csr_matrix([[1, 0, 0], [0, 3, 0]]), "another pattern"),
        (csr_matrix([[0, 1, 2], [0, 3, 0]]), "another pattern"),
        (csr_matrix([[1, 2]]), r"shape \(1, 2\)"),
        (np.ones((2, 3)), "ndarray"),
        (4, "int"),
    ],
)
def test_set_refuses_other_patterns(value, got):
    sparse = running(csr_matrix([[1, 0, 2], [0, 3, 0]]))
    with pytest.raises(ValueError, match=rf"Var 'weights' of Sparse '{sparse.name}' .* got {got}"):
        sparse.weights.set(value)
    np.testing.assert_array_equal(sparse.weights.get().toarray(), [[1, 0, 2], [0, 3, 0]])
    sparse.stop()


def test_set_refuses_values_out_of_range():
    sparse = running(csr_matrix([[1, 0, 2]]), FIXED)
    with pytest.raises(ValueError, match="int32"):
        sparse.weights.set(csr_matrix([[1, 0, 1 << 40]]))
    with pytest.raises(ValueError, match="as a whole"):
        sparse.weights.set(csr_matrix([[1, 0, 2]]), 0)
    sparse.stop()


def test_elements_stored_twice_are_added():
    matrix = csr_matrix((np.array([1.0, 2.0]), np.array([1, 1]), np.array([0, 2])), shape=(1, 2))
    sparse = running(matrix)
    assert sparse.weights.get().toarray().tolist() == [[0, 3]]
    assert matrix.nnz == 2
    sparse.stop()


def test_a_monitor_cannot_read_them():
    sparse, monitor = Sparse(weights=np.eye(2)), Monitor()
    monitor.probe(sparse.weights, 3)
    with pytest.raises(ModelError, match="csr_matrix"):
        sparse.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))


def test_delays_take_the_pattern_of_the_weights():
    weights = csr_matrix([[1.0, 0, 2], [0, 3, 0]])
    sparse = DelaySparse(weights=weights, delays=csr_matrix([[0, 4, 2], [0, 1, 0]]))
    assert sparse.a_buff.shape == (2, 5)
    sparse.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(sparse.delays.get().toarray(), [[0, 0, 2], [0, 1, 0]])
    sparse.delays.set(csr_matrix([[3, 0, 0], [0, 1, 0]]))
    np.testing.assert_array_equal(sparse.delays.get().toarray(), [[3, 0, 0], [0, 1, 0]])
    sparse.delays.set(2)
    np.testing.assert_array_equal(sparse.delays.get().toarray(), [[2, 0, 2], [0, 2, 0]])
    with pytest.raises(ValueError, match="another pattern"):
        sparse.delays.set(csr_matrix([[0, 4, 0], [0, 0, 0]]))
    sparse.stop()


@pytest.mark.parametrize("empty", [(3, 2), (3, 0), (0, 2)])
def test_no_synapses(empty):
    for kind, options in ((Sparse, {}), (DelaySparse, {"delays": 1})):
        connection = kind(weights=csr_matrix(empty, dtype=float), **options)
        for tag in (FLOAT, FIXED):
            connection = kind(weights=csr_matrix(empty, dtype=float), **options)
            connection.run(RunSteps(2), Loihi2SimCfg(select_tag=tag))
            assert connection.weights.get().shape == empty
            connection.stop()


def test_state_file_holds_sparse_weights(tmp_path):
    weights = csr_matrix([[1.0, 0, 2], [0, 3, 0]])
    first = DelaySparse(weights=weights, delays=2)
    source = SourceRingBuffer(data=np.ones((3, 1)))
    source.s_out.connect(first.s_in)
    first.run(RunSteps(4), Loihi2SimCfg(select_tag=FLOAT))
    first.weights.set(first.weights.get() * 2)
    first.save(tmp_path / "state.npz")
    second = DelaySparse(weights=weights, delays=2)
    SourceRingBuffer(data=np.ones((3, 1))).s_out.connect(second.s_in)
    second.load(tmp_path / "state.npz")
    for connection in (first, second):
        connection.run(RunSteps(2), Loihi2SimCfg(select_tag=FLOAT))
    np.testing.assert_array_equal(first.a_buff.get(), second.a_buff.get())
    np.testing.assert_array_equal(second.weights.get().toarray(), 2 * weights.toarray())
    first.stop()
    second.stop()


def test_memory_follows_the_synapses():
    """A million neurons: the full matrix would take 8 TB."""
    import tracemalloc

    rng, n, count = np.random.default_rng(0), 10**6, 2 * 10**6
    index = rng.integers(0, n, (2, count))
    weights = csr_matrix((rng.random(count), index), shape=(n, n))
    size = weights.data.nbytes + weights.indices.nbytes
    source, target = LIF(shape=(n,)), LIF(shape=(n,))
    sparse = DelaySparse(weights=weights, delays=1)
    source.s_out.connect(sparse.s_in)
    sparse.a_out.connect(target.a_in)
    tracemalloc.start()
    try:
        source.run(RunSteps(2), Loihi2SimCfg(select_tag=FLOAT))
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    source.stop()
    neurons = 400 * n  # state, messages and events of a million neurons
    assert held < neurons + 2 * size
    assert peak < neurons + 5 * size


# --- errors ---------------------------------------------------------------------------

EYE = np.eye(2)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Dense(weights=np.ones(3)), ValueError, "n_out, n_in"),
        (lambda: Sparse(weights=[[1]]), AttributeError, "Sparse .* got list"),
        (lambda: Sparse(weights=np.ones(3)), ValueError, "n_out, n_in"),
        (lambda: DelayDense(weights=EYE, delays=-1), ValueError, "from 0, got -1"),
        (lambda: DelayDense(weights=EYE, delays=np.int64(1)), ValueError, "got np.int64"),
        (lambda: DelayDense(weights=EYE, delays=1.0), ValueError, "got 1.0"),
        (lambda: DelayDense(weights=EYE, delays=EYE), ValueError, "float64; use delays.astype"),
        (lambda: DelayDense(weights=EYE, delays=np.ones((1, 2), int)), ValueError, "shape"),
        (lambda: DelayDense(weights=EYE, delays=1, max_delay=-3), ValueError, "max_delay"),
        (lambda: DelaySparse(weights=EYE, delays=csr_matrix(EYE)), ValueError, "csr_matrix"),
        (lambda: DelaySparse(weights=EYE, delays=csr_matrix([[-1]])), ValueError, "shape"),
    ],
)
def test_constructor_errors(make, error, text):
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize("kind", [DelayDense, DelaySparse])
def test_fixed_delays_have_six_bits(kind):
    connection = kind(weights=EYE, delays=64)
    with pytest.raises(ValueError, match="at most 63 time steps, got 64"):
        connection.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED))
    connection = kind(weights=EYE, delays=64)
    connection.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    connection.stop()
