"""Helper functions in another file than the kernels that call them."""

from numba import njit

GAIN = 3


def amplify(x, gain=GAIN):
    """A plain function."""
    return add_one(x) * gain


def add_one(x):
    """Called by a plain function."""
    return x + 1


@njit
def square(x):
    """Compiled by the user."""
    return x * x


class Physics:
    """A class that is no model."""

    SCALE = 0.5

    @staticmethod
    def scaled(x):
        """A static method of it."""
        return x * Physics.SCALE
