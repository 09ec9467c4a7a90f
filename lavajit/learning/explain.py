"""What a learning rule does, in words: ``print(rule.explain(n_pre=100, n_post=50))``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lavajit.learning import string_symbols as symbols
from lavajit.learning.constants import (
    FACTOR_TO_WIDTH_DICT,
    S_EXP_MAX,
    W_ACCUMULATOR_U,
    W_EPOCH_TIME,
    W_S_MANT,
    W_TRACE,
    W_WEIGHTS_U,
)
from lavajit.learning.product_series import Factor, Product, ProductSeries
from lavajit.learning.scale import Scale
from lavajit.process.explanation import Explanation

if TYPE_CHECKING:
    from lavajit.learning.rule import LoihiLearningRule

_INT32_BITS = 31
#: Larger powers of two are shown as powers.
_LEGIBLE_SHIFT = 10
_VARIABLES = {"dw": ("w", "weight"), "dd": ("d", "delay"), "dt": ("t", "tag")}
_SPIKES = {"x0": "pre-synaptic spike", "y0": "post-synaptic spike"}


def explain_rule(
    rule: LoihiLearningRule, n_pre: int | None = None, n_post: int | None = None
) -> Explanation:
    """Describe a learning rule.

    Parameters
    ----------
    rule : LoihiLearningRule
        The rule.
    n_pre, n_post : int or None
        Numbers of neurons, for the costs.

    Returns
    -------
    Explanation
        A str that prints as text; lines with ``!`` are worth a look.
    """
    series = rule.active_product_series
    sections = ["\n".join(_head(rule))]
    sections += ["\n".join(_target(rule, s)) for s in series.values()]
    sections.append("\n".join(_traces(rule)))
    products = [product for s in series.values() for product in s.products]
    sections.append("\n".join(_costs(products, n_pre, n_post)))
    return Explanation("\n\n".join(sections))


def _head(rule: LoihiLearningRule) -> Iterator[str]:
    factors = "three factors" if rule.three_factor else "two factors"
    yield f"{type(rule).__name__}: {factors}, learning {_every(rule.t_epoch, 'time step')}"
    yield "scales are m * 2^e with m = -8..7 and e = -7..8, hence -2048..1792"
    if rule.t_epoch >= 1 << W_EPOCH_TIME:
        yield f"! t_epoch: epochs on the chip have up to {(1 << W_EPOCH_TIME) - 1} time steps"


def _every(count: int, what: str) -> str:
    return f"every {what}" if count == 1 else f"every {count} {what}s"


def _one_in(epochs: int) -> str:
    return "every epoch" if epochs == 1 else f"one epoch in {epochs}"


# --- products -------------------------------------------------------------------------


def _target(rule: LoihiLearningRule, series: ProductSeries) -> Iterator[str]:
    variable, meaning = _VARIABLES[series.target]
    yield f"{series.target}, change of the {meaning} {variable}"
    for product in series.products:
        yield f"  {product}"
        yield f"    when    {_when(product, rule)}"
        if product.factors:
            yield f"    reads   {_reads(product, rule)}"
        yield f"    fixed   {_fixed_point(product)}"
        yield from (f"    !       {remark}" for remark in _remarks(product))


def _when(product: Product, rule: LoihiLearningRule) -> str:
    if product.dependency == symbols.U:
        return f"at the end of {_one_in(1 << product.decimate_exponent)}"
    spike = _SPIKES[product.dependency]
    return f"at each {spike}" if rule.t_epoch == 1 else f"at the last {spike} of an epoch"


def _reads(product: Product, rule: LoihiLearningRule) -> str:
    names = list(dict.fromkeys(factor.state_var for factor in product.factors))
    received = symbols.POST_TRACES if rule.three_factor else set()
    traces = [name for name in names if name in symbols.TRACES - received]
    arriving = [name for name in names if name in received]
    synaptic = [name for name in names if name in symbols.SYNAPTIC_VARIABLES]
    spikes = [name for name in names if name in symbols.SPIKE_DEPENDENCIES]
    clauses = []
    if traces:
        at_end = product.dependency == symbols.U
        moment = "at the end of the epoch" if at_end else "in that step, its spikes included"
        clauses.append(f"{_listed(traces)} {moment}")
    if arriving:
        clauses.append(f"{_listed(arriving)} as received in the epoch's last step")
    if synaptic:
        clauses.append(f"{_listed(synaptic)} before the epoch's changes")
    if spikes:
        clauses.append(f"{_listed(spikes)}: 1 if there was a spike in the epoch, else 0")
    return "; ".join(clauses)


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _shift(product: Product) -> int:
    return max(0, sum(_widths(product)) - W_ACCUMULATOR_U)


def _widths(product: Product) -> list[int]:
    return [W_S_MANT, *(FACTOR_TO_WIDTH_DICT[f.state_var] for f in product.factors)]


def _fixed_point(product: Product) -> str:
    widths = _widths(product)
    total = str(W_S_MANT)
    if len(widths) > 1:
        total = f"{' + '.join(map(str, widths))} = {sum(widths)}"
    shift = _shift(product)
    scale = product.scale
    effective = Scale(scale.mantissa, scale.exponent - shift)
    text = f"{total} bits, no shift, scale {float(scale.value):g}"
    if shift:
        text = f"{total} bits, >> {shift}, scale {float(effective.value):g}"
        text += f" instead of {float(scale.value):g}"
    return f"{text}, change up to {_largest_change(product, effective):g}"


def _largest_change(product: Product, effective: Scale) -> float:
    largest = abs(effective.value)
    for factor in product.factors:
        width = FACTOR_TO_WIDTH_DICT[factor.state_var]
        largest *= 1 if factor.is_sgn or width == 1 else _largest(factor, width)
    return float(min(largest, 1 << W_WEIGHTS_U))


def _largest(factor: Factor, width: int) -> int:
    """Largest magnitude; without a constant, a trace is not negative, a sign takes one bit."""
    if factor.has_const():
        return 1 << width
    return (1 << width) - 1 if factor.state_var in symbols.TRACES else 1 << (width - 1)


def _remarks(product: Product) -> Iterator[str]:
    mantissa, exponent = product.scale
    shift = _shift(product)
    if mantissa == 0:
        yield "the scale is 0: this product does nothing"
        return
    if shift:
        times = 1 << shift if shift <= _LEGIBLE_SHIFT else f"2^{shift}"
        slower = f"learns {times}x slower in fixed point than in floating point"
        remedy = f"; add {shift} to the exponent" if exponent + shift <= S_EXP_MAX else ""
        yield slower + remedy
    factors = _widths(product)[1:]
    if abs(mantissa) << sum(factors) > 1 << _INT32_BITS:
        yield "may exceed 32 bits in fixed point, and wraps around then"


# --- traces ---------------------------------------------------------------------------


def _traces(rule: LoihiLearningRule) -> Iterator[str]:
    yield "traces"
    for name in ("x1", "x2", "y1", "y2", "y3"):
        impulse, tau = getattr(rule, f"{name}_impulse"), getattr(rule, f"{name}_tau")
        is_used = name in rule.active_traces
        if rule.three_factor and name in symbols.POST_TRACES:
            if is_used:
                yield f"  {name}  received from the post-synaptic neurons at s_in_{name}"
        elif is_used:
            yield f"  {name}  impulse {impulse:g}, {_decay(tau)}"
            yield from (f"    ! {remark}" for remark in _trace_remarks(impulse, tau))
        elif impulse or tau:
            kinds = [kind for kind, value in (("impulse", impulse), ("tau", tau)) if value]
            unused = " and ".join(f"{name}_{kind}" for kind in kinds)
            yield f"  {name}  ! no product reads it: {unused} without effect"
    if not rule.active_traces:
        yield "  no product reads a trace"


def _decay(tau: float) -> str:
    if tau == 0:
        return "tau 0"
    return f"tau {tau:g} (x {math.exp(-1 / tau):.4g} per time step)"


def _trace_remarks(impulse: float, tau: float) -> Iterator[str]:
    if tau == 0:
        yield "tau 0 decays at once: the trace is 0 but in the step of a spike"
    if impulse == 0:
        yield "impulse 0: spikes do not change the trace"
    if impulse >= 1 << W_TRACE:
        yield f"fixed-point traces end at {(1 << W_TRACE) - 1}"


# --- costs ----------------------------------------------------------------------------


def _costs(products: list[Product], n_pre: int | None, n_post: int | None) -> Iterator[str]:
    yield "cost of an epoch in synapse updates"
    counts = Counter(product.dependency_name for product in products)
    pre = "n_pre" if n_pre is None else n_pre
    post = "n_post" if n_post is None else n_post
    for name, count in counts.items():
        times = f"{count} x " if count > 1 else ""
        if name == symbols.X0:
            yield f"  per pre-synaptic neuron with a spike: {_result(times, count, post)}"
        elif name == symbols.Y0:
            yield f"  per post-synaptic neuron with a spike: {_result(times, count, pre)}"
        else:
            period = _one_in(1 << int(name[1:]))
            yield f"  in {period}: {_result(times, count, pre, post)}"


def _result(times: str, count: int, *sizes: int | str) -> str:
    text = times + " x ".join(map(str, sizes))
    if all(isinstance(size, int) for size in sizes) and (times or len(sizes) > 1):
        text += f" = {count * math.prod(sizes):,}"
    return text
