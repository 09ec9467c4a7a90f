"""Plastic connections: bases of a Process and its models. The order of one time step T::

    spiking    a_out sends the activation of step T - 1; s_in is received and delivered through the
               present weights; pre-synaptic spikes, then post-synaptic ones (s_in_bap) are noted;
               a three-factor rule takes y1, y2, y3 as received
    learning   if T is a multiple of P = t_epoch: histories of all traces, then every synapse on
               which a product of the rule may differ from zero; all from the old values

Traces and their histories: :mod:`lavajit.learning.traces`. The rule: :mod:`lavajit.learning`, and
:mod:`lavajit.learning.generate` for how it becomes native code.

What differs from Lava: a time constant of 0 is a decay to 0 at once in float, too (there NaN); the
rule object of a graded connection is copied, not changed; strings that a rule does not have are
empty and can be set.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from lavajit.learning.constants import GradedSpikeCfg
from lavajit.learning.rule import LoihiLearningRule
from lavajit.process.ports import InPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var
from lavajit.utils.weightutils import SignMode

#: Length of the Vars that hold rule strings.
RULE_LENGTH = 256
#: Parameters of traces, in the order of tables of decays and impulses.
TRACES = ("x1", "x2", "y1", "y2", "y3")


class LearningConnectionProcess(AbstractProcess):
    """Base class of plastic connections.

    Parameters
    ----------
    shape : tuple of int
        (M, N): post-synaptic neurons, pre-synaptic neurons.
    learning_rule : LoihiLearningRule
        What happens at the end of each epoch.
    tag_1, tag_2 : array_like, shape (M, N), optional
        Initial tags ("t" in rules) and delays ("d"); 0 by default. A delay of this kind delays
        nothing.
    graded_spike_cfg : GradedSpikeCfg, optional
        What the payload of a pre-synaptic spike does to x1.
    sign_mode : SignMode, optional
        MIXED by default. EXCITATORY and INHIBITORY weights keep their sign.

    Attributes
    ----------
    s_in_bap, s_in_y1, s_in_y2, s_in_y3 : InPort, shape (M,)
        Back-propagating spikes of the post-synaptic neurons; for three-factor rules their traces.
    x0, tx, x1, x2 : Var, shape (N,)
        Spike in this epoch, its step within the epoch (0: none), traces.
    y0, ty, y1, y2, y3 : Var, shape (M,)
        The same of post-synaptic neurons.
    dw, dd, dt : Var
        Rule strings, empty for none. They, and the two below, may be set between runs.
    x1_tau, x1_impulse, ..., y3_tau, y3_impulse : Var, shape (1,)
        Time constants in steps and impulses of the traces.

    Raises
    ------
    AttributeError
        There is no learning rule.
    ValueError
        A parameter has a wrong value or shape.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        learning_rule: LoihiLearningRule | None,
        tag_1: Any = None,
        tag_2: Any = None,
        graded_spike_cfg: GradedSpikeCfg = GradedSpikeCfg.USE_REGULAR_IMPULSE,
        **kwargs: Any,
    ) -> None:
        name = type(self).__name__
        _check_rule(name, learning_rule)
        _check_sign_mode(name, kwargs.get("sign_mode", SignMode.MIXED))
        graded_spike_cfg = _checked_mode(name, graded_spike_cfg)
        if graded_spike_cfg != GradedSpikeCfg.USE_REGULAR_IMPULSE:
            learning_rule = copy.copy(learning_rule)
            learning_rule.x1_impulse = 0
        check_tag(name, "tag_1", tag_1, shape)
        check_tag(name, "tag_2", tag_2, shape)
        super().__init__(
            shape=shape,
            learning_rule=learning_rule,
            graded_spike_cfg=graded_spike_cfg,
            tag_1=tag_1,
            tag_2=tag_2,
            **kwargs,
        )
        n_post, n_pre = shape
        for port in ("s_in_bap", "s_in_y1", "s_in_y2", "s_in_y3"):
            setattr(self, port, InPort(shape=(n_post,)))
        self.tag_1 = Var(shape=shape, init=0 if tag_1 is None else tag_1)
        self.tag_2 = Var(shape=shape, init=0 if tag_2 is None else tag_2)
        for var in ("x0", "tx", "x1", "x2"):
            setattr(self, var, Var(shape=(n_pre,), init=0))
        for var in ("y0", "ty", "y1", "y2", "y3"):
            setattr(self, var, Var(shape=(n_post,), init=0))
        for target in ("dw", "dd", "dt"):
            string = getattr(learning_rule, f"{target}_str")
            setattr(self, target, Var(shape=(RULE_LENGTH,), init=string or ""))
        for trace in TRACES:
            for what in ("tau", "impulse"):
                value = getattr(learning_rule, f"{trace}_{what}")
                setattr(self, f"{trace}_{what}", Var(shape=(1,), init=value))


def _check_rule(name: str, rule: Any) -> None:
    if rule is None:
        raise AttributeError(
            f"{name} needs a learning_rule, e.g. STDPLoihi(...) or Loihi2FLearningRule(dw=...); "
            "without one, use a connection that does not learn"
        )
    if not isinstance(rule, LoihiLearningRule):
        raise TypeError(f"{name}: learning_rule must be a LoihiLearningRule, got {rule!r}")


def check_tag(process: str, tag: str, values: Any, shape: tuple[int, ...]) -> None:
    """Refuse tags of another shape than the weights."""
    if values is not None and np.shape(values) not in ((), tuple(shape)):
        raise ValueError(
            f"{process}: {tag} needs the shape of the weights, {tuple(shape)}, or one number, "
            f"got shape {np.shape(values)}"
        )


def _check_sign_mode(name: str, mode: Any) -> None:
    known = (SignMode.MIXED, SignMode.EXCITATORY, SignMode.INHIBITORY)
    if mode not in known and mode not in [m.value for m in known]:
        raise ValueError(
            f"{name}: sign_mode must be SignMode.MIXED, EXCITATORY or INHIBITORY, got {mode!r}"
        )


def _checked_mode(name: str, mode: Any) -> GradedSpikeCfg:
    try:
        return GradedSpikeCfg(mode)
    except ValueError:
        names = ", ".join(m.name for m in GradedSpikeCfg)
        raise ValueError(f"{name}: graded_spike_cfg must be one of {names}, got {mode!r}") from None
