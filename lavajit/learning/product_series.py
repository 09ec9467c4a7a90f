"""Learning rules as sums of products, the form the engine evaluates.

The change of a target is a sum of products, each with one dependency::

    dz = sum_i  m_i 2^e_i  dep_i  prod_j (V_ij + C_ij)

z is a weight (dw), delay (dd) or tag (dt); dep is x0, y0 or u; V a trace, a synaptic variable, or
x0, y0; C a constant. A factor may be the sign of a synaptic variable instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from lavajit.learning import string_symbols as symbols
from lavajit.learning.constants import S_EXP_BIAS
from lavajit.learning.scale import Scale
from lavajit.learning.symbolic_equation import SymbolicEquation


class Factor:
    """A variable, with a constant or without, or the sign of that.

    Parameters
    ----------
    state_var : str
        x0, y0, x1, x2, y1, y2, y3, w, d, t, or C for a mere constant.
    const : int, float or None
        Added to the variable.
    is_sgn : bool
        Whether the factor is the sign; for w, d and t only.

    Raises
    ------
    ValueError
        If the variable is unknown, or has no sign.

    Examples
    --------
    >>> Factor("w", -3)
    (w - 3)
    """

    def __init__(
        self, state_var: str, const: int | float | None = None, is_sgn: bool = False
    ) -> None:
        _check("state_var", state_var, symbols.FACTOR_STATE_VARS)
        if is_sgn and state_var not in symbols.SYNAPTIC_VARIABLES:
            raise ValueError(f"sgn() takes w, d or t, got {state_var}: traces are never negative.")
        self._state_var = state_var
        self._const = const
        self._is_sgn = is_sgn

    @property
    def state_var(self) -> str:
        """Name of the variable."""
        return self._state_var

    @property
    def const(self) -> int | float | None:
        """The constant, or None."""
        return self._const

    @property
    def is_sgn(self) -> bool:
        """Whether the factor is the sign of variable and constant."""
        return self._is_sgn

    @property
    def factor_type(self) -> str:
        """Kind of the factor on the chip: C, v+C, w+2C, sgn(v+C) or sgn(w+2C)."""
        if self._state_var == symbols.C:
            return "C"
        kind = "w+2C" if self._state_var in (symbols.W, symbols.T) else "v+C"
        return f"sgn({kind})" if self._is_sgn else kind

    def has_const(self) -> bool:
        """Whether there is a constant."""
        return self._const is not None

    def __repr__(self) -> str:
        text = self._state_var
        if self._const is not None:
            sign = "-" if self._const < 0 else "+"
            text = f"({text} {sign} {abs(self._const):g})"
        return f"sgn({text.strip('()')})" if self._is_sgn else text


class Product:
    """A scale, a dependency and factors.

    Parameters
    ----------
    target : str
        What the product changes: dw, dd or dt.
    dependency : str
        x0, y0 or u.
    s_mantissa : int
        Mantissa of the scale, -8..7.
    s_exp : int
        Exponent of the scale plus 7, 0..15.
    factors : sequence of Factor
        May be empty.
    decimate_exponent : int or None
        k of u_k; for the dependency u, and only for it.

    Raises
    ------
    ValueError
        If a name is unknown, or k is missing or superfluous.

    Examples
    --------
    >>> Product("dw", "x0", -2, 3, [Factor("y1")])
    dw += -2 * 2^-4 * x0 * y1
    """

    def __init__(
        self,
        target: str,
        dependency: str,
        s_mantissa: int,
        s_exp: int,
        factors: Sequence[Factor],
        decimate_exponent: int | None = None,
    ) -> None:
        _check("target", target, symbols.LEARNING_RULE_TARGETS)
        _check("dependency", dependency, symbols.DEPENDENCIES)
        if (dependency == symbols.U) != (decimate_exponent is not None):
            raise ValueError(
                f"decimate_exponent is the k of u_k: expected a number with the dependency u and "
                f"None with others, got {decimate_exponent} with {dependency}."
            )
        self._target = target
        self._dependency = dependency
        self._s_mantissa = s_mantissa
        self._s_exp = s_exp
        self._factors = list(factors)
        self._decimate_exponent = decimate_exponent

    @property
    def target(self) -> str:
        """What the product changes."""
        return self._target

    @property
    def dependency(self) -> str:
        """x0, y0 or u."""
        return self._dependency

    @property
    def decimate_exponent(self) -> int | None:
        """k of u_k."""
        return self._decimate_exponent

    @property
    def s_mantissa(self) -> int:
        """Mantissa of the scale."""
        return self._s_mantissa

    @property
    def s_exp(self) -> int:
        """Exponent of the scale plus 7."""
        return self._s_exp

    @property
    def factors(self) -> list[Factor]:
        """What is multiplied with scale and dependency."""
        return self._factors

    @property
    def scale(self) -> Scale:
        """The scale as it is meant: mantissa * 2^exponent."""
        return Scale(self._s_mantissa, self._s_exp - S_EXP_BIAS)

    @property
    def dependency_name(self) -> str:
        """The dependency as rules write it: x0, y0, or u with its k."""
        k = self._decimate_exponent
        return self._dependency if k is None else f"{self._dependency}{k}"

    def __repr__(self) -> str:
        mantissa, exponent = self.scale
        parts = [str(mantissa), f"2^{exponent}", self.dependency_name, *map(repr, self._factors)]
        return f"{self._target} += {' * '.join(parts)}"


class ProductSeries:
    """The sum of products of a rule string.

    Parameters
    ----------
    symbolic_equation : SymbolicEquation
        The string, read.

    Examples
    --------
    >>> ProductSeries(SymbolicEquation("dw", "x0*y1 - 2*y0*(x1+3)"))
    dw += 1 * 2^0 * x0 * y1
    dw += -2 * 2^0 * y0 * (x1 + 3)
    """

    def __init__(self, symbolic_equation: SymbolicEquation) -> None:
        self._target = symbolic_equation.target
        self._decimate_exponent = symbolic_equation.decimate_exponent
        self._products = [self._product(term) for term in symbolic_equation.terms]

    def _product(self, term) -> Product:
        factors = [Factor(*factor) for factor in term.factors]
        mantissa, exponent = term.scale
        is_clocked = term.dependency == symbols.U
        k = self._decimate_exponent if is_clocked else None
        exponent += S_EXP_BIAS
        return Product(self._target, term.dependency, mantissa, exponent, factors, k)

    @property
    def target(self) -> str:
        """What the rule changes."""
        return self._target

    @property
    def products(self) -> list[Product]:
        """The products, in the order of the string."""
        return self._products

    @property
    def decimate_exponent(self) -> int | None:
        """k of the u_k in the string, or None if there is none."""
        return self._decimate_exponent

    @property
    def active_traces_per_dependency(self) -> dict[str, set[str]]:
        """For each dependency in use, the traces that are multiplied with it."""
        active: dict[str, set[str]] = {}
        for product in self._products:
            used = {factor.state_var for factor in product.factors} & symbols.TRACES
            active.setdefault(product.dependency, set()).update(used)
        return active

    def __repr__(self) -> str:
        return "\n".join(map(repr, self._products))


def _check(argument: str, got: str, allowed: set[str]) -> None:
    if got not in allowed:
        raise ValueError(f"{argument} must be one of {', '.join(sorted(allowed))}; got {got!r}.")
