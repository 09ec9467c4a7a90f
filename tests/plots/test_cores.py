"""Pictures of neurocores and of power."""

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.collections import PatchCollection
from nc_reports import report

from lavajit import plots
from lavajit.plots import powers
from lavajit.plots.cores import _Places


def collections(ax):
    return [each for each in ax.collections if isinstance(each, PatchCollection)]


# --- cores ------------------------------------------------------------------------------


def test_utilisation(axes):
    assert plots.utilisation(report(), axes) is axes
    free, used = collections(axes)
    assert len(free.get_paths()) == 125 and len(used.get_paths()) == 3
    assert used.get_array().tolist() == pytest.approx([0.025, 12.5, 12.5])
    assert used.get_clim() == (0, 100)
    assert axes.texts[0].get_text() == "chip 0: 3 of 128 cores"
    bars = axes.figure.axes[1]
    assert [label.get_text() for label in bars.get_yticklabels()] == list(report().cores[0].usage)
    widths = {round(patch.get_width(), 6) for patch in bars.patches}
    assert round(2 / 3, 6) in widths
    axes.figure.canvas.draw()


def test_a_tile_is_two_by_two_cores_and_a_chip_eight_by_four_tiles():
    places = _Places([0], report().grid)
    assert places.core(0, 0) == (0, 0) and places.core(0, 3) == (1, 1)
    assert places.core(0, 9) == (2 * places.step + 1, 0)
    assert places.core(0, 127) == (places.chip_width - 1, places.chip_height - 1)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 32])
def test_no_core_lies_on_another(count):
    places = _Places(list(range(0, 2 * count, 2)), report().grid)
    found = np.array([places.core(chip, k) for chip in places.chips for k in range(128)])
    gaps = np.abs(found[:, None, :] - found[None, ::7, :]).max(axis=2)
    assert np.count_nonzero(gaps < 1) == len(found[::7])
    assert (found >= 0).all() and (found.max(axis=0) < (places.width, places.height)).all()


def test_several_chips_and_no_bars():
    ax = plots.utilisation(report(chips=2), bars=False)
    texts = [text.get_text() for text in ax.texts]
    assert texts[:2] == ["chip 0: 2 of 128 cores", "chip 1: 1 of 128 cores"]
    assert texts[2:] == ["0", "1", "9"] and pyplot.get_fignums()


def test_labels_are_short_where_there_is_little_room():
    figure = pyplot.figure(figsize=(2.2, 2.2))
    ax = plots.utilisation(report(chips=2), figure.add_subplot(), bars=False)
    assert [text.get_text() for text in ax.texts] == ["chip 0: 2", "chip 1: 1"]


def test_nothing_to_show(axes):
    empty = report(steps=0)
    empty.cores.clear()
    with pytest.raises(ValueError, match="no core to show"):
        plots.utilisation(empty, axes)
    with pytest.raises(ValueError, match="no step to show; run the network"):
        plots.power(report(steps=0), axes)
    with pytest.raises(TypeError, match="ax is a matplotlib Axes"):
        plots.power(report(), "here")


# --- power ------------------------------------------------------------------------------


def heights(ax):
    return [each.get_paths()[0].vertices[:, 1].max() for each in ax.collections]


def test_power(axes):
    assert plots.power(report(steps=20), axes) is axes
    below = axes.figure.axes[1]
    assert axes.get_ylabel() == "power (mW)" and below.get_xlabel() == "modelled time (µs)"
    assert axes.get_xlim() == pytest.approx((0, 4)) == below.get_xlim()
    assert heights(axes) == pytest.approx([232, 234.25])
    _, labels = axes.get_legend_handles_labels()
    assert labels == ["static, 232 mW", "dynamic, 2.25 mW"]
    assert below.get_ylabel() == "dynamic (mW)"
    _, labels = below.get_legend_handles_labels()
    assert labels == ["synaptic", "neuron", "message"]
    assert heights(below) == pytest.approx([0.5, 2, 2.25])


def test_points_of_long_runs_are_means(monkeypatch, axes):
    monkeypatch.setattr(powers, "MOST_POINTS", 8)
    edges, parts = powers._binned(report(steps=20))
    assert edges.size == 8 and edges[-1] == pytest.approx(4e-6)
    energy = sum(values @ np.diff(edges) for values in parts.values())
    assert energy == pytest.approx(report(steps=20).total_energy)
