"""Traces, weights and windows."""

import numpy as np
import pytest
import scipy.sparse
from matplotlib.figure import Figure

from lavajit import LearningDense, Loihi2FLearningRule, STDPLoihi, plots
from lavajit.observe.series import Events, Samples
from lavajit.plots.matrices import _cells, _synapses
from lavajit.plots.pair_rules import pair_changes

RNG = np.random.default_rng(1)
VALUES = RNG.normal(size=(40, 3))
STEPS = np.arange(1, 41)


# --- traces ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        VALUES,
        (STEPS, VALUES),
        Samples("lif.v", STEPS, VALUES),
        {"lif.v": VALUES},
        {"lif": {"v": VALUES}},
    ],
)
def test_a_line_for_each_neuron(source, axes):
    assert plots.trace(source, axes, dt=0.1) is axes
    assert len(axes.lines) == 3
    for line, column in zip(axes.lines, VALUES.T, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), column)
        np.testing.assert_allclose(line.get_xdata(), 0.1 * STEPS)
    assert [line.get_label() for line in axes.lines] == ["0", "1", "2"]
    assert axes.get_xlabel() == "time (ms)"
    assert axes.get_ylabel() == ("" if isinstance(source, np.ndarray | tuple) else "lif.v")


def test_neurons_of_ones_choice(axes):
    chosen = Samples("lif.v", STEPS, VALUES, chosen=np.array([5, 7, 9]))
    plots.trace(chosen, axes, neurons=[2, 0], start=11, stop=20, label="v (mV)", steps=True)
    assert [line.get_label() for line in axes.lines] == ["9", "5"]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), VALUES[10:20, 2])
    assert axes.lines[0].get_drawstyle() == "steps-post" and axes.get_ylabel() == "v (mV)"
    grid = plots.trace(VALUES[:, :, None] * [1, 2], neurons=slice(3, 5))
    assert [line.get_label() for line in grid.lines] == ["1, 1", "2, 0"]


def test_many_neurons_are_quantiles(axes):
    values = RNG.normal(size=(30, 101))
    plots.trace(values, axes)
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_ydata(), np.median(values, axis=1))
    assert len(axes.collections) == 2
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["90% of 101", "50% of 101", "median"]


def test_several_series_have_a_colour_each(axes):
    plots.trace({"a.v": VALUES, "b.v": VALUES[:, 0]}, axes)
    assert len({line.get_color() for line in axes.lines[:3]}) == 1
    assert axes.lines[3].get_color() != axes.lines[0].get_color()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a.v", "b.v"]
    plots.trace(VALUES, axes, legend=False)


@pytest.mark.parametrize("values", [np.zeros((0, 3)), np.zeros((5, 0)), np.zeros((1, 1)), [1.0, 2]])
def test_short_traces(values):
    plots.trace(values).figure.canvas.draw()


def test_gaps(axes):
    plots.trace(np.array([[1.0], [np.nan], [2.0]]), axes)
    assert np.isnan(axes.lines[0].get_ydata()[1])


def test_panels_share_one_label():
    upper, lower = Figure().subplots(2, 1, sharex=True)
    plots.trace(VALUES, upper)
    plots.trace(VALUES, lower)
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "time step")


@pytest.mark.parametrize(
    ("values", "options", "error", "match"),
    [
        ("text", {}, TypeError, "expected a Result with recorded Vars"),
        (np.zeros((3, 2), complex), {}, TypeError, "got dtype complex128"),
        (np.float64(1), {}, ValueError, "got one number"),
        ((STEPS[:3], VALUES), {}, ValueError, r"40 rows of values need as many steps.*\(3,\)"),
        ((STEPS,), {}, ValueError, "a pair is .* got a tuple of 1"),
        (VALUES, {"neurons": [7]}, ValueError, r"numbers from 0 to 2, .*; got \[7\]"),
        (Events.from_dense("lif.s_out", VALUES > 0), {}, TypeError, "raster.. or rate"),
        ({}, {}, ValueError, "no values over time in a dict of nothing"),
    ],
)
def test_wrong_traces_say_so(values, options, error, match):
    with pytest.raises(error, match=match):
        plots.trace(values, **options)


# --- weights --------------------------------------------------------------------------

MATRIX = RNG.normal(size=(6, 9)) * (RNG.random((6, 9)) < 0.5)


@pytest.mark.parametrize(
    "values",
    [
        MATRIX,
        MATRIX.tolist(),
        scipy.sparse.csr_matrix(MATRIX),
        Samples("dense.weights", np.array([1, 2]), np.stack([0 * MATRIX, MATRIX])),
    ],
)
def test_a_cell_for_each_synapse(values, axes):
    assert plots.weights(values, axes, label="weight (nS)") is axes
    (image,) = axes.images
    drawn = np.ma.filled(image.get_array(), 0)
    np.testing.assert_allclose(drawn, MATRIX)
    low, high = image.get_clim()
    assert low == -high
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("pre-synaptic neuron", "post-synaptic neuron")
    side = next(ax for ax in axes.figure.axes if ax.get_ylabel() == "synapses")
    assert side.patches[0].get_data().values.sum() == np.count_nonzero(MATRIX)
    assert side.get_xlabel() == "weight (nS)"


def test_weights_of_a_var(axes):
    rule = STDPLoihi(1, 1, -1, 10, 10)
    plastic = LearningDense(weights=np.arange(6).reshape(2, 3), learning_rule=rule)
    plots.weights(plastic.weights, axes, histogram=False)
    assert axes.images[0].get_array().shape == (2, 3)
    assert axes.images[0].get_clim() == (0, pytest.approx(5, abs=0.1))


def test_before_and_after_learning(axes):
    plots.weights(2 * MATRIX, axes, before=MATRIX)
    side = next(ax for ax in axes.figure.axes if ax.get_ylabel() == "synapses")
    assert [patch.get_label() for patch in side.patches] == ["after", "before"]
    changed = plots.weights(2 * MATRIX, before=MATRIX, change=True)
    np.testing.assert_allclose(np.ma.filled(changed.images[0].get_array(), 0), MATRIX)
    same = plots.weights(MATRIX, before=MATRIX, change=True)
    assert np.ma.getmaskarray(same.images[0].get_array()).all()


def test_large_matrices_are_drawn_in_cells():
    matrix = np.zeros((10, 7))
    matrix[:4, :3] = 1
    matrix[0, 0] = 0
    matrix[9, 6] = -3
    means, cell = _cells(_synapses(matrix), 3, 3)
    assert cell == (4, 3)
    np.testing.assert_array_equal(means, [[1, np.nan, np.nan], [np.nan] * 3, [np.nan, np.nan, -3]])


@pytest.mark.parametrize(
    "matrix", [np.zeros((3, 4)), np.zeros((0, 4)), np.ones((1, 1)), -np.ones((2, 2), int)]
)
def test_odd_matrices(matrix):
    plots.weights(matrix, before=matrix).figure.canvas.draw()


@pytest.mark.parametrize(
    ("values", "options", "error", "match"),
    [
        (3, {}, TypeError, r"weights are an array \(post, pre\).*got 3"),
        (np.zeros(3), {}, ValueError, r"got shape \(3,\)"),
        (np.full((1, 1), np.inf), {}, ValueError, "not finite"),
        (MATRIX, {"before": MATRIX.T}, ValueError, r"\(6, 9\), but before is \(9, 6\)"),
        (MATRIX, {"change": True}, ValueError, "needs the weights before learning"),
        (Samples("d.w", STEPS, VALUES), {}, ValueError, "no matrix each"),
    ],
)
def test_wrong_weights_say_so(values, options, error, match):
    with pytest.raises(error, match=match):
        plots.weights(values, **options)


# --- windows --------------------------------------------------------------------------

GAPS = np.arange(-5, 6)
RULE = Loihi2FLearningRule(
    dw="2*y0*x1 - 2^-1*x0*y1", x1_impulse=16, x1_tau=10, y1_impulse=8, y1_tau=20
)


def test_window_of_a_rule(axes):
    expected = np.where(GAPS >= 0, 32 * np.exp(-GAPS / 10), 0)
    expected -= np.where(GAPS <= 0, 4 * np.exp(GAPS / 20), 0)
    np.testing.assert_allclose(pair_changes(RULE, GAPS), expected)
    plots.stdp_window(RULE, axes, dt=0.5)
    assert axes.get_xlabel() == "$t_{post} - t_{pre}$ (ms)"
    before, after, same = axes.lines[2:]
    assert len(before.get_xdata()) == 80 and after.get_xdata()[0] == 0.5
    np.testing.assert_allclose(same.get_xydata(), [[0, 28]])


@pytest.mark.parametrize(
    ("dw", "expected"),
    [
        ("x0*(w - 2)*y1", [0, 24, 24]),
        ("-1*x0*sgn(w)", [-1, -1, -1]),
        ("y0*(y1 + 1)", [9, 9, 9]),
        ("x0*y0", [0, 1, 0]),
    ],
)
def test_factors_of_rules(dw, expected):
    traces = {"x1_impulse": 16, "x1_tau": 10, "y1_impulse": 8, "y1_tau": 1e12}
    rule = Loihi2FLearningRule(dw=dw, **traces)
    found = pair_changes(rule, np.array([1, 0, -1]), weight=5)
    np.testing.assert_allclose(found, expected)


def test_measured_windows(axes):
    samples = RNG.normal(size=(11, 4))
    order = RNG.permutation(11)
    plots.stdp_window((GAPS[order], samples[order]), axes, curve=RULE, names=("chip", "rule"))
    lines = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(lines["chip, mean"].get_ydata(), samples.mean(axis=1))
    assert len(lines["chip, synapses"].get_xdata()) == 44
    np.testing.assert_allclose(lines["rule"].get_ydata(), pair_changes(RULE, GAPS[:5]))


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        (GAPS, TypeError, "a learning rule or a pair"),
        ((GAPS, GAPS[:3]), ValueError, r"got \(11,\) and \(3,\)"),
        (Loihi2FLearningRule(dt="x0*y1"), ValueError, "has no dw"),
        (Loihi2FLearningRule(dw="u0*x1*y1"), ValueError, "terms in u"),
        (Loihi2FLearningRule(dw="x0*t"), ValueError, "depends on t"),
    ],
)
def test_wrong_windows_say_so(changes, error, match):
    with pytest.raises(error, match=match):
        plots.stdp_window(changes)
