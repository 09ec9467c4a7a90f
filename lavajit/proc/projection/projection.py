"""Projection; see :mod:`lavajit.proc.projection`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lavajit.proc.projection.given import STORED, listed
from lavajit.proc.projection.group import Group, check
from lavajit.proc.projection.rules import Distribution, Rule
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess


class Projection(AbstractProcess):
    """Connections between two populations, made by a rule and stored compactly.

    The synapses are made in the first step, natively. They do not change afterwards: for plastic
    ones use :class:`~lavajit.proc.sparse.LearningSparse`.

    Parameters
    ----------
    shape : tuple of int
        (M, N): numbers of targets and of sources.
    rule : PairwiseBernoulli, FixedIndegree, FixedOutdegree, FixedTotal, Synapses or list of Group
        Which synapses there are. Groups have their own rule, weight and delay.
    weight : float, Normal, Uniform or array_like of float, shape (n,)
        Weights; an array only with Synapses. One number for all takes no memory.
    delay : int, Normal, Uniform or array_like of int, shape (n,), optional
        Delays in time steps, 0 by default, as in DelaySparse: a spike received in step t is part of
        what is sent in step t + 1 + delay. Numbers that are drawn are rounded; a Normal delay needs
        `low` of at least 0.
    seed : int
        Same seed, same synapses, whatever else is in the network. Give each Projection its own: two
        with the same seed and shape draw the same pairs.
    weight_dtype : type
        float32 (default) or float64, in which weights are stored.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    s_in : InPort, shape (N,)
        Any non-zero value is one spike.
    a_out : OutPort, shape (M,)
        Summed weights of what arrives; float64, or float32 where the run config asks for it.

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range or of the wrong kind.

    Examples
    --------
    >>> from lavajit import FixedIndegree, Loihi2SimCfg, Normal, Projection, RunSteps
    >>> excitatory = Projection(
    ...     shape=(1000, 800), rule=FixedIndegree(100), weight=0.1, delay=Normal(15, 7.5, low=1)
    ... )
    >>> excitatory.run(RunSteps(1), Loihi2SimCfg(select_tag="floating_pt"))
    >>> pre, post, weight, delay = excitatory.synapses()
    >>> pre.size, int(delay.min())
    (100000, 1)
    >>> excitatory.stop()

    Two populations of 800 and 200 neurons in one Process; the second one inhibits:

    >>> from lavajit import FixedTotal, Group
    >>> groups = [
    ...     Group(FixedTotal(40_000), weight=0.1, delay=15, pre=range(0, 800)),
    ...     Group(FixedIndegree(20), weight=-0.5, delay=8, pre=range(800, 1000)),
    ... ]
    >>> recurrent = Projection(shape=(1000, 1000), rule=groups, seed=1)
    """

    def __init__(
        self,
        shape: tuple[int, int],
        rule: Rule | Sequence[Group],
        weight: Distribution | None = None,
        delay: Distribution | None = None,
        seed: int = 0,
        weight_dtype: type = np.float32,
        **params,
    ) -> None:
        check(type(self).__name__, shape, rule, weight, delay, seed, weight_dtype)
        super().__init__(
            shape=tuple(map(int, shape)),
            rule=rule,
            weight=weight,
            delay=0 if delay is None else delay,
            seed=seed,
            weight_dtype=weight_dtype,
            **params,
        )
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))

    def synapses(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Source, target, weight and delay of every synapse, in the order of source and delay.

        Synapses with the same source and delay are in the order of their targets.

        Returns
        -------
        pre, post : ndarray of int64, shape (n,)
        weight : ndarray of `weight_dtype`, shape (n,)
        delay : ndarray of int64, shape (n,)

        Raises
        ------
        RuntimeError
            If the network has not run for a step, or was stopped.
        """
        network = None if self.runtime is None else self.runtime.executable.network
        if network is not None:
            node = next(i.node for i in network.instances if i.node.process is self)
            views = {name: network.layout.views[node.index, name] for name in STORED}
        if network is None or not np.all(views["wired"]):
            raise RuntimeError(f"{self.name}: synapses are made in the first step; run one before")
        parts = [listed({k: v[p] for k, v in views.items()}) for p in range(len(views["wired"]))]
        pre, post, weight, delay = map(np.concatenate, zip(*parts, strict=True))
        order = np.lexsort((post, delay, pre))
        return pre[order], post[order], weight[order], delay[order]
