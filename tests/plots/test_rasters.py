"""Rasters: every spike where it belongs, and nothing that hides spikes."""

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from lavajit import plots
from lavajit.observe.series import Events, Samples
from lavajit.plots import bands, density, rasters
from lavajit.plots.rates import bin_edges, binned
from lavajit.plots.spikes import Spikes, spike_groups

RNG = np.random.default_rng(1)
FEW = RNG.random((50, 4)) < 0.1
MANY = RNG.random((80, 200)) < 0.02


def as_inputs(spikes):
    """The same spikes in all forms."""
    steps, neurons = np.nonzero(spikes)
    return {
        "events": Events.from_dense("lif.s_out", spikes),
        "samples": Samples("lif.s_out", np.arange(1, len(spikes) + 1), spikes),
        "pair": (steps + 1, neurons),
        "dense": spikes,
        "integers": spikes.astype(int) * 7,
        "grid": spikes.reshape(len(spikes), 2, -1),
    }


def marks(ax):
    """Steps and neurons of all dots."""
    return np.concatenate([line.get_xydata() for line in ax.lines])


def bars(ax):
    """Middles of all bars."""
    parts = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_segments()]
    return np.concatenate([np.mean(part.get_segments(), axis=1) for part in parts])


@pytest.mark.parametrize("kind", as_inputs(MANY))
def test_every_spike_is_a_dot(kind, axes):
    ax = plots.raster(as_inputs(MANY)[kind], axes, sizes=200 if kind == "pair" else None)
    assert ax is axes
    expected = np.argwhere(MANY) + (1, 0)
    np.testing.assert_array_equal(marks(ax), expected)
    assert ax.get_xlim() == (0, 81 if kind != "pair" else expected[:, 0].max() + 1)
    assert ax.get_ylim() == (-0.5, 199.5)
    assert ax.get_xlabel() == "time step" and ax.get_ylabel().startswith("neuron")


def test_few_neurons_are_bars(axes):
    ax = plots.raster(FEW, axes)
    np.testing.assert_allclose(bars(ax), np.argwhere(FEW) + (1, 0))
    (lengths,) = {round(float(np.ptp(s[:, 1])), 6) for s in ax.collections[0].get_segments()}
    assert lengths == 0.8


def test_neurons_first(axes):
    ax = plots.raster(FEW.T, axes, neuron_first=True)
    np.testing.assert_allclose(bars(ax), np.argwhere(FEW) + (1, 0))


def test_time_in_a_unit(axes):
    ax = plots.raster(FEW, axes, dt=0.5, unit="s")
    assert ax.get_xlabel() == "time (s)" and ax.get_xlim() == (0, 25.5)
    np.testing.assert_allclose(bars(ax)[:, 0], 0.5 * (np.nonzero(FEW)[0] + 1))


def test_a_part_of_the_time(axes):
    ax = plots.raster(MANY, axes, start=11, stop=20)
    steps = marks(ax)[:, 0]
    assert steps.min() >= 11 and steps.max() <= 20 and len(steps) == MANY[10:20].sum()
    assert ax.get_xlim() == (10, 21)


@pytest.mark.parametrize("rate", [False, True])
@pytest.mark.parametrize(
    "spikes",
    [
        np.zeros((30, 5), bool),
        np.zeros((30, 500), bool),
        np.zeros((0, 5), bool),
        np.zeros((30, 0), bool),
        np.ones((30, 1), bool),
        np.ones((1, 1), bool),
        (np.array([]), np.array([])),
        (np.array([5]), np.array([0])),
        {"a": np.zeros((30, 1), bool), "b": np.zeros((30, 900), bool)},
        {"a": np.zeros((30, 0), bool), "b": np.ones((30, 1), bool)},
    ],
)
def test_nothing_and_next_to_nothing(spikes, rate):
    ax = plots.raster(spikes, rate=rate)
    ax.figure.canvas.draw()
    assert len(ax.figure.axes) >= 1 + rate


def test_groups_are_stacked_with_names_and_colours(axes):
    groups = {"big": MANY, "small": MANY[:, :100]}
    ax = plots.raster(groups, axes, colors={"big": "black", "small": "red"})
    big, small = ax.lines
    assert (big.get_color(), small.get_color()) == ("black", "red")
    np.testing.assert_array_equal(small.get_ydata(), 200 + np.nonzero(MANY[:, :100])[1])
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["big\n200 neurons", "small\n100 neurons"]
    assert ax.get_ylim() == (-0.5, 299.5)


def test_a_small_group_keeps_a_place():
    stack = bands.stacked([Spikes("", *np.zeros((2, 0), int), n, 1, 0) for n in (1000, 1)])
    assert [band.height for band in stack] == [1000, pytest.approx(70.07)]
    assert stack[1].middle == pytest.approx(1000 + 69.07 / 2)


def test_long_names_are_shortened_in_the_middle(axes):
    names = [f"a population with a very long name, number {k}" for k in range(5)]
    ax = plots.raster(dict.fromkeys(names, FEW), axes)
    texts = [label.get_text() for label in ax.get_yticklabels()]
    assert all("…" in text and len(text.split("\n")[0]) < 36 for text in texts)
    assert len(set(texts)) == 5


def test_crowds_are_images_with_a_scale(axes):
    crowd = RNG.random((400, 1000)) < 0.2
    ax = plots.raster({"a": crowd, "b": crowd[:, :300]}, axes, dt=1.0)
    assert len(ax.images) == 2 and not ax.lines
    (scale,) = ax.child_axes
    assert scale.get_ylabel() == "rate (Hz)"
    (limits,) = {image.get_clim() for image in ax.images}
    assert limits[0] == 0 and 200 < limits[1] <= 1000
    assert plots.raster(crowd[:, :20], density=True).images
    assert not plots.raster(crowd[:, :20], density=False).images


def test_many_dots_become_pixels(axes, monkeypatch):
    assert not plots.raster(MANY, axes).lines[0].get_rasterized()
    monkeypatch.setattr(rasters, "MOST_VECTORS", 10)
    assert plots.raster(MANY).lines[0].get_rasterized()


@given(
    st.integers(1, 40),
    st.integers(1, 30),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 2**32 - 1),
)
def test_cells_count_every_spike(steps, neurons, columns, rows, seed):
    spikes = np.random.default_rng(seed).random((steps, neurons)) < 0.3
    (group,), begin, end = spike_groups(spikes)
    found = density.cells(group, (begin, end), columns, rows)
    n_rows, n_columns = found.rates.shape
    assert n_columns <= columns and n_rows <= rows
    lengths = np.diff(np.append(np.arange(0, steps, found.steps), steps))
    counts = found.rates * np.outer(found.members, lengths)
    assert counts.sum() == pytest.approx(spikes.sum())
    corner = spikes[: found.steps, : found.neurons]
    assert found.rates[0, 0] == pytest.approx(corner.mean())


def test_scale_follows_the_many_neurons():
    many = density.Cells(np.full((10, 10), 0.1), np.full(10, 100), 100, 1)
    few = density.Cells(np.ones((1, 10)), np.array([1]), 1, 1)
    assert density.scale_end([many, few]) == (0.1, True)
    assert density.scale_end([many]) == (0.1, False)
    assert density.scale_end([]) == (1.0, False)


def test_rates_below_share_the_time_axis():
    ax = plots.raster({"a": MANY, "b": FEW}, rate=True, width=10)
    below = ax.figure.axes[1]
    assert ax.get_shared_x_axes().joined(ax, below)
    assert ax.get_xlabel() == "" and below.get_xlabel() == "time step"
    heights = below.patches[0].get_data().values
    np.testing.assert_allclose(heights, 1000 * MANY.reshape(8, -1).mean(axis=1))


def test_rates_in_axes_of_ones_own():
    upper, lower = Figure().subplots(2, 1)
    assert plots.raster(MANY, upper, rate=lower) is upper
    assert len(lower.patches) == 1 and upper.get_xlim() == lower.get_xlim()
    free = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
    plots.raster(MANY, free, rate=True)
    high, low = (ax.get_position() for ax in free.figure.axes)
    assert low.y1 < high.y0 and (low.x0, low.x1) == pytest.approx((high.x0, high.x1))


def test_rate_of_steps_that_were_recorded(axes):
    events = Events(
        "lif.s_out", (2,), np.dtype(bool), np.array([1, 11, 21]), np.array([2, 0, 1]), np.zeros(3)
    )
    ax = plots.rate(events, axes, width=10)
    heights = ax.patches[0].get_data().values
    np.testing.assert_allclose(heights, [1000, 0, 500])


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_bins_count_every_spike(steps, width, seed):
    spikes = np.random.default_rng(seed).random((steps, 3)) < 0.5
    (group,), *window = spike_groups(spikes)
    edges = bin_edges(tuple(window), width)
    assert (binned(group, edges) * 3 * np.diff(edges)).sum() == pytest.approx(spikes.sum())


def test_result_like(axes):
    class Result(dict):
        def spikes(self, key):
            raise NotImplementedError

    first, second = (Events.from_dense(f"{name}.s_out", MANY) for name in ("a", "b"))
    voltage = Samples("a.v", np.arange(3), np.zeros((3, 2)))
    result = Result({"a.s_out": first, "a.v": voltage, "b.s_out": second, "b.other": second})
    ax = plots.raster(result, axes)
    names = [label.get_text().split("\n")[0] for label in ax.get_yticklabels()]
    assert names == ["a", "b.s_out", "b.other"]
    with pytest.raises(ValueError, match="there are no spikes in a Result of a.v"):
        plots.raster(Result({"a.v": voltage}), axes)


@pytest.mark.parametrize(
    ("spikes", "options", "error", "match"),
    [
        ("text", {}, TypeError, r"spikes are a Result .* time first, .*; got 'text'"),
        (3, {}, TypeError, "got 3"),
        ({}, {}, ValueError, "there are no spikes in a dict of nothing"),
        (np.zeros(4), {}, ValueError, r"\(T, n\) with time first, got shape \(4,\)"),
        (np.full((2, 2), np.nan), {}, ValueError, "NaN"),
        (np.zeros((2, 2), complex), {}, TypeError, "got dtype complex128; draw .real"),
        (np.zeros((5, 3)), {"sizes": 5}, ValueError, "time its last axis.*neuron_first=True"),
        ((1, 2, 3), {}, ValueError, "got a tuple of 3"),
        (([1, 2], [0]), {}, ValueError, "got 2 and 1"),
        (([1.5], [0]), {}, TypeError, "steps are whole numbers, got float64; divide times by dt"),
        (([[1]], [0]), {}, ValueError, r"steps are an array \(N,\), got shape \(1, 1\)"),
        (([1], [-1]), {}, ValueError, "neurons count from 0, got -1"),
        ({"a": ([1], [9])}, {"sizes": {"a": 5}}, ValueError, "up to 9, but sizes says 5 for 'a'"),
        (([1], [0]), {"sizes": 1.5}, ValueError, "sizes are numbers of neurons, got 1.5"),
        (FEW, {"dt": 0}, ValueError, "greater than 0, got 0"),
        (FEW, {"dt": "1 ms"}, TypeError, "dt is the length of a time step"),
        (FEW, {"start": 9, "stop": 3}, ValueError, "no time steps from 9 to 3; recorded are 1 to"),
        (FEW, {"width": 0}, ValueError, "width is a number of time steps from 1, got 0"),
        (FEW, {"colors": ["red", "nocolour"]}, ValueError, "colors is a colour, or one for each"),
        (FEW, {"ax": Figure()}, TypeError, "ax is a matplotlib Axes, got Figure"),
    ],
)
def test_wrong_arguments_say_so(spikes, options, error, match):
    with pytest.raises(error, match=match):
        plots.raster(spikes, **options)
    assert not pyplot.get_fignums()


def test_axes_given_open_no_figure(axes):
    plots.raster(FEW, axes)
    assert not pyplot.get_fignums()
    plots.raster(FEW)
    assert len(pyplot.get_fignums()) == 1


def test_style_of_the_user_is_kept_in_their_axes():
    with matplotlib.rc_context({"axes.labelsize": 17.0, "axes.spines.top": True}):
        ax = plots.raster(FEW, pyplot.figure().add_subplot())
    assert ax.xaxis.label.get_size() == 17 and ax.spines["top"].get_visible()


@pytest.mark.parametrize(("medium", "width", "size"), [("paper", 3.3, 7.5), ("screen", 6.4, 10)])
def test_media(medium, width, size):
    with plots.style(medium):
        ax = plots.raster(FEW)
    assert ax.figure.get_figwidth() == width and ax.xaxis.label.get_size() == size
    with pytest.raises(ValueError, match="medium is one of 'paper', 'screen', got 'poster'"):
        with plots.style("poster"):
            pass
