"""Figures of tests are drawn without a window, closed, and leave no settings behind."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def clean():
    """Everything that a test opens is closed; the settings are as before."""
    from matplotlib import pyplot

    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
    pyplot.close("all")


@pytest.fixture
def axes():
    """Axes of a figure that pyplot does not know."""
    from matplotlib.figure import Figure

    return Figure().add_subplot()
