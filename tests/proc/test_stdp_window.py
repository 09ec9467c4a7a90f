"""The STDP window, from simulations: one connection per difference of spike times."""

import numpy as np
import pytest

from models import stdp_window

pytestmark = pytest.mark.slow  # float and fixed-point connections

GAPS = stdp_window.differences()
#: Independent synapses per difference in fixed point.
COPIES = 64


@pytest.fixture(scope="module")
def exact():
    return stdp_window.measured("float")[:, 0]


@pytest.fixture(scope="module")
def samples():
    return stdp_window.measured("fixed", COPIES)


def test_pre_before_post_potentiates_and_post_before_pre_depresses(exact, samples):
    assert (exact[GAPS > 0] > 0).all() and (exact[GAPS < 0] < 0).all()
    assert (samples[GAPS > 0] >= 0).all() and (samples[GAPS < 0] <= 0).all()
    assert (samples[(GAPS > 0) & (GAPS < 5)] > 0).all()
    assert (samples[(GAPS < 0) & (GAPS > -5)] < 0).all()


def test_float_is_the_closed_form(exact):
    expected = stdp_window.closed_form(GAPS)
    np.testing.assert_allclose(exact, expected, rtol=1e-12, atol=0)


def test_window_is_exponential_with_its_time_constants(exact):
    ahead = np.log(exact[GAPS > 0])
    behind = np.log(-exact[GAPS < 0])
    np.testing.assert_allclose(np.diff(ahead), -1 / stdp_window.TAU_PLUS, rtol=1e-11)
    np.testing.assert_allclose(np.diff(behind), 1 / stdp_window.TAU_MINUS, rtol=1e-11)


def test_spikes_of_one_step_see_each_others_impulse(exact, samples):
    both = stdp_window.IMPULSE_PLUS - stdp_window.IMPULSE_MINUS
    assert exact[GAPS == 0] == both
    assert (samples[GAPS == 0] == both).all()


def test_fixed_point_is_integer_and_without_bias(samples):
    """Decay rounds at random so that the mean is exact: v -> v d on average."""
    np.testing.assert_array_equal(samples, np.rint(samples))
    error = samples.mean(axis=1) - stdp_window.closed_form(GAPS)
    # Each step adds a variance of at most 1/4, and decays what was there.
    decay = np.exp(-1 / np.where(GAPS > 0, stdp_window.TAU_PLUS, stdp_window.TAU_MINUS))
    largest = np.sqrt(0.25 * (1 - decay ** (2 * np.abs(GAPS))) / (1 - decay**2) / COPIES)
    assert (np.abs(error) <= 4.5 * largest).all()
    assert np.abs(error.mean()) < 0.1


def test_neighbours_are_rounded_independently(samples):
    late = samples[GAPS == 20]
    assert len(np.unique(late)) > 2


def test_other_seed_other_rounding(samples):
    again, other = (stdp_window.measured("fixed", COPIES, seed) for seed in (1, 2))
    np.testing.assert_array_equal(again, samples)
    assert (other != samples).any()


def test_figure_shows_what_was_measured(exact, samples, tmp_path):
    figure = stdp_window.window_figure(exact, samples)
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.lines}
    means = lines["fixed point, mean"]
    np.testing.assert_array_equal(means.get_xdata(), GAPS)
    np.testing.assert_array_equal(means.get_ydata(), samples.mean(axis=1))
    np.testing.assert_array_equal(lines["float"].get_ydata(), exact[GAPS < 0])
    cloud = lines["fixed point, synapses"].get_xydata()
    expected = {(gap, value) for gap, row in zip(GAPS, samples, strict=True) for value in row}
    assert set(map(tuple, cloud)) == expected
    assert "(steps)" in axes.get_xlabel() and axes.get_ylabel() == "weight change"
    figure.savefig(tmp_path / "window.png")


def test_main_saves_a_small_picture(tmp_path, capsys):
    path = tmp_path / "stdp_window.png"
    assert stdp_window.main(["--copies", "8", "--output", str(path)]) == 0
    assert 10_000 < path.stat().st_size < 60_000
    assert "float: largest deviation from the formula" in capsys.readouterr().out
