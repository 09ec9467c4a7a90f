"""A rule string, read."""

from __future__ import annotations

from lavajit.learning.grammar import parse
from lavajit.learning.normal_form import normal_form
from lavajit.learning.string_symbols import LEARNING_RULE_TARGETS
from lavajit.learning.tokens import RuleText, tokens_of


class SymbolicEquation:
    """A target, and the expression by which it changes.

    Parameters
    ----------
    target : str
        dw, dd or dt.
    str_learning_rule : str
        The expression.

    Attributes
    ----------
    target, text : str
        What was given.
    expression : Node
        The expression tree.
    terms : tuple of ProductTerm
        Its normal form: products whose sum is the expression.
    decimate_exponent : int or None
        k of the u_k in the expression; None if there is none.

    Raises
    ------
    LearningRuleError
        If the expression cannot be read, or not be evaluated by the engine.

    Examples
    --------
    >>> SymbolicEquation("dw", "x0*y1")
    SymbolicEquation('dw', 'x0*y1')
    """

    def __init__(self, target: str, str_learning_rule: str) -> None:
        if target not in LEARNING_RULE_TARGETS:
            raise ValueError(f"target must be one of dd, dt, dw; got {target!r}.")
        if not isinstance(str_learning_rule, str):
            kind = type(str_learning_rule).__name__
            raise ValueError(
                f"{target} must be a string such as '2^-2*x0*y1', or None; got {kind} "
                f"{str_learning_rule!r}."
            )
        self.target = target
        self.text = str_learning_rule
        rule = RuleText(target, str_learning_rule)
        self.expression = parse(rule)
        self.decimate_exponent = _decimate_exponent(rule)
        self.terms = normal_form(self.expression, rule)

    def __repr__(self) -> str:
        return f"SymbolicEquation({self.target!r}, {self.text!r})"


def _decimate_exponent(rule: RuleText) -> int | None:
    clocks = [token for token in tokens_of(rule) if token.kind == "name" and token.text[0] == "u"]
    for clock in clocks:
        if clock.text != clocks[0].text:
            found = f"{clock.text} besides {clocks[0].text}"
            allowed = "All rules of a connection share one u_k"
            raise rule.error(clock.start, found, allowed, len(clock.text))
    return int(clocks[0].text[1:]) if clocks else None
