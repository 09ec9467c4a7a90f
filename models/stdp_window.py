"""The window of spike-timing dependent plasticity, measured and drawn.

One pre-synaptic neuron for every difference of spike times D = t_post - t_pre, each of them with
one spike, and a post-synaptic neuron with one spike; the spikes are given. The weight that is left
is, with a = x1_impulse, b = y1_impulse and both traces at rest before::

    dw(D) =  A+ a exp(-D / tau+)        D > 0, pre before post
             A- b exp( D / tau-)        D < 0, post before pre
             A+ a + A- b                D = 0: each spike finds the other's impulse

In float that is what the simulation yields. In fixed point traces are integers that are rounded at
random when they decay, without bias: the mean of many synapses follows the same curve.

    python -m models.stdp_window --output stdp_window.png
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from lavajit import EventSource, LearningDense, Loihi2SimCfg, RunSteps, STDPLoihi, plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Largest difference of spike times, and the step of the post-synaptic spike.
REACH = 40
POST_STEP = REACH + 1
#: Time constants in steps and impulses of x1, y1; A+ = 1, A- = -1.
TAU_PLUS, TAU_MINUS = 10.0, 20.0
IMPULSE_PLUS, IMPULSE_MINUS = 64.0, 32.0
#: Neurons of each kind in fixed point.
COPIES = 32

TAGS = {"float": "floating_pt", "fixed": "fixed_pt"}


def pair_rule(seed: int = 1) -> STDPLoihi:
    """The rule whose window is measured; every trace is rounded with numbers of its own."""
    impulses = {"x1_impulse": IMPULSE_PLUS, "y1_impulse": IMPULSE_MINUS}
    return STDPLoihi(1, 1, -1, TAU_PLUS, TAU_MINUS, rng_seed=seed, rng="counter", **impulses)


def differences() -> np.ndarray:
    """t_post - t_pre, in steps."""
    return np.arange(-REACH, REACH + 1)


def measured(arith: str, copies: int = 1, seed: int = 1) -> np.ndarray:
    """Weight changes in a simulation.

    Parameters
    ----------
    arith : {"float", "fixed"}
        float64 or the chip's integers.
    copies : int
        Pre-synaptic neurons for each difference, and post-synaptic neurons.
    seed : int
        Of random rounding.

    Returns
    -------
    ndarray, shape (81, copies)
        One row for each of `differences()`; every value belongs to a synapse with neurons of its
        own.
    """
    gaps = differences()
    times = np.repeat(POST_STEP - gaps, copies)
    pre = EventSource((times.size,), times, np.arange(times.size))
    post = EventSource((copies,), np.full(copies, POST_STEP), np.arange(copies))
    weights = np.zeros((copies, times.size), int if arith == "fixed" else float)
    plastic = LearningDense(weights=weights, learning_rule=pair_rule(seed))
    pre.s_out.connect(plastic.s_in)
    post.s_out.connect(plastic.s_in_bap)
    plastic.run(RunSteps(POST_STEP + REACH), Loihi2SimCfg(select_tag=TAGS[arith], seed=seed))
    changes = plastic.weights.get().reshape(copies, gaps.size, copies)
    plastic.stop()
    own = np.arange(copies)
    return changes[own, :, own].T


def closed_form(gaps: np.ndarray) -> np.ndarray:
    """The window by its equation, for differences in steps."""
    potentiation = IMPULSE_PLUS * np.exp(-np.maximum(gaps, 0) / TAU_PLUS)
    depression = -IMPULSE_MINUS * np.exp(np.minimum(gaps, 0) / TAU_MINUS)
    return np.where(gaps >= 0, potentiation, 0) + np.where(gaps <= 0, depression, 0)


def window_figure(exact: np.ndarray, samples: np.ndarray) -> Figure:
    """Draw the window.

    Parameters
    ----------
    exact : ndarray, shape (81,)
        Weight changes in float.
    samples : ndarray, shape (81, copies)
        Weight changes in fixed point.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    with plots.style():
        figure = Figure(figsize=(5.6, 3.6))
        measured, curve = (differences(), samples), (differences(), exact)
        names = "fixed point", "float"
        plots.stdp_window(measured, figure.add_subplot(), curve=curve, names=names)
    return figure


def main(argv: list[str] | None = None) -> int:
    """Measure the window and save its figure."""
    parser = argparse.ArgumentParser(description="The STDP window, measured.")
    parser.add_argument("--copies", type=int, default=COPIES, help="default: %(default)s")
    parser.add_argument("--output", default="stdp_window.png", help="default: %(default)s")
    args = parser.parse_args(argv)

    exact, samples = measured("float")[:, 0], measured("fixed", args.copies)
    formula = closed_form(differences())
    print(f"float: largest deviation from the formula {np.abs(exact - formula).max():.1e}")
    print(f"fixed point, mean of {args.copies}: {np.abs(samples.mean(axis=1) - formula).max():.2f}")
    window_figure(exact, samples).savefig(args.output, dpi=150, pil_kwargs={"optimize": True})
    print(f"picture: {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
