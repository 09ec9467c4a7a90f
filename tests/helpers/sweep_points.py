"""Functions for sweeps; here and not in a test module, so that other processes can import them."""

import os

import numpy as np

from lavajit import LIF, Loihi2SimCfg, RunSteps


class StrangeError(Exception):
    """Can be pickled, but not made again from what was pickled."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def voltage(bias, seed=0):
    """A network: voltages after five steps, and the process that computed them."""
    lif = LIF(shape=(3,), bias_mant=bias, vth=1000)
    with lif:
        lif.run(RunSteps(5), run_cfg=Loihi2SimCfg())
        voltages = lif.v.get()
    return {"v": voltages, "total": voltages.sum() + seed, "pid": os.getpid()}


def square(x):
    """A number, an array and text."""
    return {"square": x * x, "line": np.arange(3) * np.float64(x), "name": f"x is {x}"}


def picky(x):
    """Fails at 2."""
    if x == 2:
        raise ValueError("two is too much\nand more about it")
    return {"y": float(x)}


def strange(x):
    """Fails with an exception that cannot be made again."""
    raise StrangeError(x, "is strange")


def dying(x):
    """Takes its process with it."""
    os._exit(1)


def whole(x):
    """No dict."""
    return x
