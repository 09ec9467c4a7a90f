"""Learning rules: how weights, delays and tags of plastic connections change.

A rule has up to three strings, for weight (dw), delay (dd) and tag (dt), and parameters of the
traces they use. A trace decays with its time constant, and a spike adds its impulse::

    x[t] = x[t-1] * exp(-1 / tau) + impulse * spike[t]        tau = 0: x[t] = impulse * spike[t]

At the end of every learning epoch of `t_epoch` steps, each product of a string is added where its
dependency says so; see :mod:`lavajit.learning.product_series`, and ``rule.explain()``.

Different from Lava: wrong arguments are errors when the rule is made; the base class is a
two-factor rule; random numbers may be independent (``rng="counter"``).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lavajit.learning.attributes import NonNegative, RuleString, Series
from lavajit.learning.errors import LearningRuleError
from lavajit.learning.product_series import ProductSeries
from lavajit.learning.symbolic_equation import SymbolicEquation
from lavajit.learning.validation import check_epoch, check_rng, checked_seed
from lavajit.process.explanation import Explanation

#: Time constant of post-synaptic traces that arrive through ports: practically no decay.
TAU_RECEIVED = 65535
_TARGETS = ("dw", "dd", "dt")
_TRACES = ("x1", "x2", "y1", "y2", "y3")


class LoihiLearningRule:
    """A learning rule with two factors, pre- and post-synaptic spikes; base class of all rules.

    Parameters
    ----------
    dw, dd, dt : str or None
        Change of weight, delay (Var tag_2) and tag (Var tag_1) per learning epoch. At least one.
    x1_impulse, x2_impulse, y1_impulse, y2_impulse, y3_impulse : float
        What a spike adds to the trace, >= 0.
    x1_tau, x2_tau, y1_tau, y2_tau, y3_tau : float
        Time constant of the trace's decay in time steps, >= 0; 0 decays at once.
    t_epoch : int
        Time steps per learning epoch, > 0.
    rng_seed : int or None
        Seed of the random numbers that round, in fixed point only; >= 0. None draws one from
        NumPy's global generator.
    rng : str
        "lava": the generators of Lava; one number serves all neurons or synapses of a step.
        "counter": an own number for each neuron and synapse.

    Raises
    ------
    LearningRuleError
        If a string is wrong; a ValueError that shows where.
    ValueError
        If no string is given, or a parameter is wrong.

    Examples
    --------
    >>> rule = Loihi2FLearningRule(dw="2^-2*y0*x1 - 2^-2*x0*y1", x1_impulse=16, x1_tau=10,
    ...                            y1_impulse=16, y1_tau=10)
    >>> rule.dw
    dw += 1 * 2^-2 * y0 * x1
    dw += -1 * 2^-2 * x0 * y1
    """

    #: Whether post-synaptic traces arrive through ports instead of following post-synaptic spikes.
    three_factor = False

    dw_str, dd_str, dt_str = RuleString("dw"), RuleString("dd"), RuleString("dt")
    dw, dd, dt = Series("dw"), Series("dd"), Series("dt")
    x1_impulse = NonNegative()
    x2_impulse = NonNegative()
    x1_tau = NonNegative()
    x2_tau = NonNegative()
    y1_impulse = NonNegative()
    y1_tau = NonNegative()
    y2_impulse = NonNegative()
    y2_tau = NonNegative()
    y3_impulse = NonNegative()
    y3_tau = NonNegative()

    def __init__(
        self,
        dw: str | None = None,
        dd: str | None = None,
        dt: str | None = None,
        x1_impulse: float = 0.0,
        x1_tau: float = 0.0,
        x2_impulse: float = 0.0,
        x2_tau: float = 0.0,
        y1_impulse: float = 0.0,
        y1_tau: float = 0.0,
        y2_impulse: float = 0.0,
        y2_tau: float = 0.0,
        y3_impulse: float = 0.0,
        y3_tau: float = 0.0,
        t_epoch: int = 1,
        rng_seed: int | None = None,
        *,
        rng: str = "lava",
    ) -> None:
        self.set_strings(dw=dw, dd=dd, dt=dt)
        self.x1_impulse = x1_impulse
        self.x2_impulse = x2_impulse
        self.x1_tau = x1_tau
        self.x2_tau = x2_tau
        self.y1_impulse = y1_impulse
        self.y1_tau = y1_tau
        self.y2_impulse = y2_impulse
        self.y2_tau = y2_tau
        self.y3_impulse = y3_impulse
        self.y3_tau = y3_tau
        self.t_epoch = t_epoch
        self.rng = rng
        self.rng_seed = rng_seed

    def set_strings(self, **strings: str | None) -> None:
        """Replace strings; all are read again, and if one is wrong nothing changes."""
        wanted = self.__dict__.get("_strings", {}) | strings
        given = {target: wanted[target] for target in _TARGETS if wanted.get(target) is not None}
        if not given:
            raise ValueError(
                "a learning rule needs at least one of dw, dd and dt, got none; "
                "for instance dw='2^-2*x0*y1'."
            )
        equations = {target: SymbolicEquation(target, text) for target, text in given.items()}
        _check_clocks(equations.values())
        self._strings = given
        self._series = {target: ProductSeries(e) for target, e in equations.items()}

    @property
    def t_epoch(self) -> int:
        """Time steps per learning epoch."""
        return self._t_epoch

    @t_epoch.setter
    def t_epoch(self, t_epoch: int) -> None:
        check_epoch(t_epoch)
        self._t_epoch = int(t_epoch)

    @property
    def rng_seed(self) -> int:
        """Seed of the random numbers."""
        return self._rng_seed

    @rng_seed.setter
    def rng_seed(self, rng_seed: int | None) -> None:
        seed = np.random.randint(1, 2**31 - 1) if rng_seed is None else rng_seed
        self._rng_seed = checked_seed(seed)

    @property
    def rng(self) -> str:
        """Kind of random numbers: lava or counter."""
        return self._rng

    @rng.setter
    def rng(self, rng: str) -> None:
        check_rng(rng)
        self._rng = rng

    @property
    def decimate_exponent(self) -> int | None:
        """k of the u_k in the strings, or None."""
        found = (series.decimate_exponent for series in self._series.values())
        return next((k for k in found if k is not None), None)

    @property
    def active_product_series(self) -> dict[str, ProductSeries]:
        """What the strings say, by target, in the order dw, dd, dt."""
        return dict(self._series)

    @property
    def active_traces_per_dependency(self) -> dict[str, set[str]]:
        """For each dependency in use, the traces that are multiplied with it."""
        active: dict[str, set[str]] = {}
        for series in self._series.values():
            for dependency, traces in series.active_traces_per_dependency.items():
                active.setdefault(dependency, set()).update(traces)
        return active

    @property
    def active_traces(self) -> set[str]:
        """All traces in use."""
        return set().union(*self.active_traces_per_dependency.values())

    def native_numbers(self) -> dict[str, float]:
        """Numbers that kernels of models which hold the rule may read, by name."""
        names = [f"{trace}_{kind}" for trace in _TRACES for kind in ("impulse", "tau")]
        own = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        found = {name: getattr(self, name) for name in (*names, "t_epoch")} | own
        return {name: v for name, v in found.items() if isinstance(v, (int, float, np.number))}

    def explain(self, n_pre: int | None = None, n_post: int | None = None) -> Explanation:
        """Say what the rule does: when, on which traces, how strongly in fixed point, at what cost.

        Parameters
        ----------
        n_pre, n_post : int or None
            Numbers of pre- and post-synaptic neurons; they make the costs numbers.

        Returns
        -------
        Explanation
            A str that prints as text.
        """
        from lavajit.learning.explain import explain_rule

        return explain_rule(self, n_pre, n_post)

    def __repr__(self) -> str:
        names = [f"{trace}_{kind}" for trace in _TRACES for kind in ("impulse", "tau")]
        shown = [f"{target}={text!r}" for target, text in self._strings.items()]
        shown += [f"{name}={getattr(self, name):g}" for name in names if getattr(self, name)]
        shown += [f"t_epoch={self.t_epoch}", f"rng_seed={self.rng_seed}", f"rng={self.rng!r}"]
        return f"<{type(self).__name__} {' '.join(shown)}>"


def _check_clocks(equations: Iterable[SymbolicEquation]) -> None:
    """All strings of a rule share one u_k."""
    first = None
    for equation in equations:
        k = equation.decimate_exponent
        if k is None:
            continue
        if first is None:
            first = equation
        elif k != first.decimate_exponent:
            column = equation.text.index(f"u{k}") + 1
            found = f"u{k}, but {first.target} has u{first.decimate_exponent}"
            allowed = "All strings of a rule share one u_k"
            raise LearningRuleError(equation.target, equation.text, column, found, allowed, 2)


class Loihi2FLearningRule(LoihiLearningRule):
    """A learning rule with two factors: pre- and post-synaptic spikes.

    Parameters
    ----------
    *args, **kwargs
        As for :class:`LoihiLearningRule`.
    """


class Loihi3FLearningRule(LoihiLearningRule):
    """A learning rule whose post-synaptic traces come from the post-synaptic neurons.

    The traces y1, y2, y3 are what the connection receives in each step, at its ports s_in_y1,
    s_in_y2, s_in_y3; within an epoch they do not decay.

    Parameters
    ----------
    dw, dd, dt, x1_impulse, x1_tau, x2_impulse, x2_tau, t_epoch, rng_seed, rng
        As for :class:`LoihiLearningRule`.

    Examples
    --------
    >>> Loihi3FLearningRule(dw="u0*t*y2", dt="2^-1*y0*x1 - 2^-2*u0*t", x1_impulse=16, x1_tau=10).dw
    dw += 1 * 2^0 * u0 * t * y2
    """

    three_factor = True

    def __init__(
        self,
        dw: str | None = None,
        dd: str | None = None,
        dt: str | None = None,
        x1_impulse: float = 0.0,
        x1_tau: float = 0.0,
        x2_impulse: float = 0.0,
        x2_tau: float = 0.0,
        t_epoch: int = 1,
        rng_seed: int | None = None,
        *,
        rng: str = "lava",
    ) -> None:
        super().__init__(
            dw=dw,
            dd=dd,
            dt=dt,
            x1_impulse=x1_impulse,
            x1_tau=x1_tau,
            x2_impulse=x2_impulse,
            x2_tau=x2_tau,
            y1_tau=TAU_RECEIVED,
            y2_tau=TAU_RECEIVED,
            y3_tau=TAU_RECEIVED,
            t_epoch=t_epoch,
            rng_seed=rng_seed,
            rng=rng,
        )
