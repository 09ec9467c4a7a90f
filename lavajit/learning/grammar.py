"""From a rule string to an expression tree.

::

    sum      = product { ("+" | "-") product }
    product  = signed { ("*" | "**" | "/") signed | atom }
    signed   = { "+" | "-" } atom
    atom     = number [ "^" power ] | name | "sgn" "(" sum ")" | "(" sum ")"
    power    = [ "+" | "-" ] integer | "(" [ "+" | "-" ] integer ")"

``x0y1`` and ``x0**y1`` mean ``x0*y1``, as in Lava. A sign or a number cannot follow without ``*``:
``1 0`` is neither 10 nor 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lavajit.learning.errors import LearningRuleError
from lavajit.learning.scale import Scale, described, nearest_factor, scale_of
from lavajit.learning.tokens import END, RuleText, Token, tokens_of

#: Keeps Python's own limits out of reach.
_DEEPEST = 40
_LONGEST_NUMBER = 18
_LONGEST_POWER = 4
_FACTORS = "a name, a number, ( or sgn("


@dataclass(frozen=True)
class Number:
    """A constant."""

    scale: Scale
    start: int


@dataclass(frozen=True)
class Name:
    """A trace, a dependency (u with its digit) or a synaptic variable."""

    name: str
    start: int


@dataclass(frozen=True)
class Negative:
    """Minus something."""

    inner: Node
    start: int


@dataclass(frozen=True)
class Divisor:
    """One over something; a factor of a product."""

    inner: Node
    start: int


@dataclass(frozen=True)
class Times:
    """A product."""

    factors: tuple[Node, ...]
    start: int


@dataclass(frozen=True)
class Plus:
    """A sum."""

    terms: tuple[Node, ...]
    start: int


@dataclass(frozen=True)
class Sgn:
    """Sign of something: -1, 0 or 1."""

    inner: Node
    start: int


Node = Number | Name | Negative | Divisor | Times | Plus | Sgn


def parse(rule: RuleText) -> Node:
    """Read a rule.

    Parameters
    ----------
    rule : RuleText
        Target and string.

    Returns
    -------
    Node
        Root of the expression tree.

    Raises
    ------
    LearningRuleError
        At the first token that cannot stand where it stands.
    """
    parser = _Parser(rule)
    if parser.next.kind == END:
        raise rule.error(0, "the rule is empty", "Pass None for a variable that does not learn")
    tree = parser.sum()
    if parser.next.kind != END:
        raise parser.unexpected("+, -, *, / or the end")
    return tree


class _Parser:
    """Recursive descent; `next` is the token that comes next."""

    def __init__(self, rule: RuleText) -> None:
        self._rule = rule
        self._tokens = tokens_of(rule)
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def take(self, *kinds: str) -> Token | None:
        """Take the next token if it is of one of the kinds."""
        token = self.next
        if token.kind not in kinds:
            return None
        self._place += 1
        return token

    def unexpected(self, allowed: str) -> LearningRuleError:
        return self._error(self.next, f"found {self.next}", f"What can stand here: {allowed}")

    def _error(self, token: Token, found: str, allowed: str) -> LearningRuleError:
        return self._rule.error(token.start, found, allowed, len(token.text))

    def sum(self) -> Node:
        terms = [self.product()]
        while sign := self.take("+", "-"):
            term = self.product()
            terms.append(Negative(term, sign.start) if sign.kind == "-" else term)
        return terms[0] if len(terms) == 1 else Plus(tuple(terms), terms[0].start)

    def product(self) -> Node:
        factors = [self.signed()]
        while factor := self._further_factor():
            factors.append(factor)
        return factors[0] if len(factors) == 1 else Times(tuple(factors), factors[0].start)

    def _further_factor(self) -> Node | None:
        operator = self.take("*", "**", "/")
        if operator is None:
            if self.next.kind == "number":
                raise self.unexpected("+, -, *, / or the end; write * before a number")
            return self.atom() if self.next.kind in ("name", "(") else None
        if operator.kind == "**" and self.next.kind not in ("name", "("):
            allowed = "Write * to multiply, 2^3 for a power of a number, w*w for a square"
            raise self._error(operator, "found ** before something that has no name", allowed)
        factor = self.signed()
        return Divisor(factor, operator.start) if operator.kind == "/" else factor

    def signed(self) -> Node:
        signs = []
        while sign := self.take("+", "-"):
            signs.append(sign)
        atom = self.atom()
        minus = [sign for sign in signs if sign.kind == "-"]
        return Negative(atom, signs[0].start) if len(minus) % 2 else atom

    def atom(self) -> Node:
        if token := self.take("number"):
            return self._number(token)
        if token := self.take("name"):
            atom = self._sgn(token) if token.text == "sgn" else Name(token.text, token.start)
        elif token := self.take("("):
            atom = self._inside(token)
        else:
            raise self.unexpected(_FACTORS)
        if self.next.kind == "^":
            found = "found ^ behind something that is no number"
            raise self._error(self.next, found, "Only numbers have powers; for a square write w*w")
        return atom

    def _sgn(self, sgn: Token) -> Node:
        opening = self.take("(")
        if opening is None:
            raise self.unexpected("( behind sgn, as in sgn(w) or sgn(w-3)")
        return Sgn(self._inside(opening), sgn.start)

    def _inside(self, opening: Token) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            found = f"more than {_DEEPEST} brackets inside each other"
            raise self._error(opening, found, "Simplify the rule")
        inner = self.sum()
        if not self.take(")"):
            if self.next.kind == END:
                raise self._error(opening, "this bracket is never closed", "Add a )")
            raise self.unexpected("+, -, *, / or )")
        self._depth -= 1
        return inner

    def _number(self, token: Token) -> Number:
        if len(token.text) > _LONGEST_NUMBER:
            found = f"a number of {len(token.text)} characters"
            raise self._error(token, found, f"Numbers have up to {_LONGEST_NUMBER} characters")
        value = Fraction(token.text)
        scale = scale_of(value)
        if scale is None:
            found = f"{token.text} is no m * 2^e with whole m and e"
            near = described(nearest_factor(value))
            raise self._error(token, found, f"The nearest is {near}")
        if not self.take("^"):
            return Number(scale, token.start)
        power = scale.to_power(self._power())
        if power is None or not power.is_sane:
            width = self._tokens[self._place - 1].end - token.start
            found = "this power is no m * 2^e, or too large"
            allowed = "A scale is m * 2^e with m = -8..7 and e = -7..8"
            raise self._rule.error(token.start, found, allowed, width)
        return Number(power, token.start)

    def _power(self) -> int:
        opening = self.take("(")
        sign = self.take("+", "-")
        digits = self.next
        if not (digits.kind == "number" and digits.text.isdigit()):
            raise self.unexpected("a whole number, as in 2^3, 2^-3 or 2^(-3)")
        self._place += 1
        if len(digits.text) > _LONGEST_POWER:
            raise self._error(digits, f"found the exponent {digits}", "Exponents are -7..8")
        if opening and not self.take(")"):
            raise self.unexpected(")")
        power = int(digits.text)
        return -power if sign and sign.kind == "-" else power
