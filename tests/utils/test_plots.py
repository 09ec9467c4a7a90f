"""Lava's raster plot."""

import numpy as np
import pytest
from matplotlib import pyplot

from lavajit.utils.plots import raster_plot

SPIKES = np.random.default_rng(1).random((12, 30)) < 0.3


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def test_every_sixth_neuron_is_drawn():
    figure = raster_plot(SPIKES)
    (axes,) = figure.axes
    (line,) = axes.lines
    row, step = np.nonzero(SPIKES[::6])
    np.testing.assert_array_equal(line.get_xydata(), np.stack([step, 6 * row], axis=1))
    assert figure.get_size_inches().tolist() == [10, 5]
    assert axes.get_xlim() == (-1, 30) and not axes.get_yticks().size
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Time Steps", "Neurons")


def test_dots_and_figure_of_ones_choice():
    own = pyplot.figure()
    figure = raster_plot(SPIKES, 1, own, marker="x", markersize=3, color="r", alpha=0.5)
    assert figure is own
    (line,) = own.axes[0].lines
    assert (line.get_marker(), line.get_markersize(), line.get_color()) == ("x", 3, "r")
    assert line.get_alpha() == 0.5
    assert raster_plot(SPIKES, figsize=(3, 2)).get_size_inches().tolist() == [3, 2]


@pytest.mark.parametrize(
    ("spikes", "options", "match"),
    [
        (np.zeros(3), {}, "must have exactly two dimensions and they must be non-empty"),
        (np.zeros((0, 3)), {}, "must have exactly two dimensions and they must be non-empty"),
        (2 * SPIKES, {}, "All values in spikes must be either 0 or 1"),
        (SPIKES, {"stride": 13}, "Stride must not be greater than the number of neurons"),
        (SPIKES, {"fig": "own", "figsize": (1, 1)}, "at most one of the following: fig, figsize"),
    ],
)
def test_wrong_arguments_say_so(spikes, options, match):
    if "fig" in options:
        options = options | {"fig": pyplot.figure()}
    with pytest.raises(ValueError, match=match):
        raster_plot(spikes, **options)
