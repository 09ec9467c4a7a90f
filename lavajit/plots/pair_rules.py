"""What a learning rule does to a weight when each neuron spikes once.

All traces are 0 before. At a spike of the pre-synaptic neuron the terms with x0 are added, at one
of the post-synaptic neuron those with y0; a trace is at its impulse at the spike that drives it and
decays as exp(-t / tau) from there on. If both spike in one step each finds the other's impulse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_PRE, _POST = ("x0", "x1", "x2"), ("y0", "y1", "y2", "y3")


def pair_changes(rule: Any, gaps: np.ndarray, weight: float = 0.0) -> np.ndarray:
    """Change of the weight over t_post - t_pre.

    Parameters
    ----------
    rule : Loihi2FLearningRule
        Or another rule without terms in u, whose change is not due to spikes.
    gaps : ndarray of int, shape (D,)
        Differences in steps.
    weight : float
        Of the synapse, at both spikes.

    Returns
    -------
    ndarray of float64, shape (D,)
    """
    series = rule.active_product_series.get("dw")
    if series is None:
        raise ValueError("the rule has no dw, so weights do not change; draw measured changes")
    total = np.zeros(len(gaps))
    for product in series.products:
        if product.dependency == "u":
            raise ValueError(
                f"the window of a rule with terms in u ({product}) depends on how long one waits; "
                "run it, and draw the pair (differences, changes)"
            )
        mantissa, exponent = product.scale
        # Time from the pre- and from the post-synaptic spike to the one that adds the term.
        since_pre, since_post = (
            (0 * gaps, -gaps) if product.dependency == "x0" else (gaps, 0 * gaps)
        )
        term = np.full(len(gaps), mantissa * 2.0**exponent)
        for factor in product.factors:
            term *= _factor(rule, factor, since_pre, since_post, weight)
        total += term
    return total


def _factor(rule: Any, factor: Any, since_pre, since_post, weight: float) -> np.ndarray:
    name, constant = factor.state_var, factor.const or 0
    if name in _PRE:
        value = _trace(rule, name, since_pre)
    elif name in _POST:
        value = _trace(rule, name, since_post)
    elif name == "w":
        value = np.full(len(since_pre), float(weight))
    elif name == "C":
        value = np.zeros(len(since_pre))
    else:
        raise ValueError(f"the window depends on {name}; draw measured changes")
    return np.sign(value + constant) if factor.is_sgn else value + constant


def _trace(rule: Any, name: str, since: np.ndarray) -> np.ndarray:
    """A trace that long after its impulse; 0 before it."""
    if name in ("x0", "y0"):
        return (since == 0).astype(float)
    impulse, tau = getattr(rule, f"{name}_impulse"), getattr(rule, f"{name}_tau")
    decay = np.exp(-np.maximum(since, 0) / tau) if tau > 0 else (since == 0)
    return np.where(since >= 0, impulse * decay, 0.0)
