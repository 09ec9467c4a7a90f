"""Attributes of learning rules, as descriptors."""

from __future__ import annotations

from typing import Any

from lavajit.learning.product_series import ProductSeries
from lavajit.learning.validation import non_negative


class NonNegative:
    """A finite number, at least 0."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._key = f"_{name}"

    def __get__(self, rule: Any, owner: type) -> Any:
        return self if rule is None else rule.__dict__[self._key]

    def __set__(self, rule: Any, value: float) -> None:
        rule.__dict__[self._key] = non_negative(self._name, value)


class RuleString:
    """The string for a target, or None; setting one reads all strings of the rule again."""

    def __init__(self, target: str) -> None:
        self._target = target

    def __get__(self, rule: Any, owner: type) -> Any:
        return self if rule is None else rule._strings.get(self._target)

    def __set__(self, rule: Any, text: str | None) -> None:
        rule.set_strings(**{self._target: text})


class Series:
    """What the string for a target says, or None; read-only."""

    def __init__(self, target: str) -> None:
        self._target = target

    def __get__(self, rule: Any, owner: type) -> ProductSeries | None | Series:
        return self if rule is None else rule._series.get(self._target)

    def __set__(self, rule: Any, value: Any) -> None:
        raise AttributeError(
            f"{self._target} is what the string says, and read-only; set {self._target}_str."
        )
