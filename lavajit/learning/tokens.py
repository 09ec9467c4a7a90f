"""A rule string as tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lavajit.learning.errors import NAMES, LearningRuleError

#: Kind of the token behind the last character.
END = "end"

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f\v]+)
    |(?P<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)
    |(?P<name>sgn|x[012]|y[0123]|u[0-9]|[wdt])
    |(?P<operator>\*\*|[-+*/^()])""",
    re.VERBOSE,
)
#: What a reader takes for one word; only shown in errors.
_WORD = re.compile(r"[A-Za-z_]+[0-9]*|.", re.DOTALL)


@dataclass(frozen=True)
class RuleText:
    """A rule string and what it changes."""

    target: str
    text: str

    def error(self, start: int, found: str, allowed: str, width: int = 1) -> LearningRuleError:
        """The error that points at `width` characters, the first being `start` (from 0)."""
        return LearningRuleError(self.target, self.text, start + 1, found, allowed, width)


@dataclass(frozen=True)
class Token:
    """A number, a name, an operator (whose kind is its text), or the end."""

    kind: str
    text: str
    start: int

    def __str__(self) -> str:
        return "the end of the rule" if self.kind == END else self.text

    @property
    def end(self) -> int:
        """Place behind the last character."""
        return self.start + len(self.text)


def tokens_of(rule: RuleText) -> list[Token]:
    """Tokens of a rule, the last one being the end; white space separates, and means nothing."""
    tokens: list[Token] = []
    start = 0
    while start < len(rule.text):
        match = _TOKEN.match(rule.text, start)
        if match is None:
            raise _unknown(rule, start)
        kind = match.lastgroup
        is_cut = rule.text[match.end() : match.end() + 1].isdigit()
        if kind == "name" and match[0] != "sgn" and is_cut:
            raise _unknown(rule, start)
        if kind != "space":
            token = Token(match[0] if kind == "operator" else kind, match[0], start)
            tokens.append(token)
        start = match.end()
    tokens.append(Token(END, "", len(rule.text)))
    return tokens


def _unknown(rule: RuleText, start: int) -> LearningRuleError:
    word = _WORD.match(rule.text, start)[0]
    if not (word[0].isalpha() or word[0] == "_"):
        found = f"{word!r} is no character of a rule"
        return rule.error(start, found, "Rules have names, numbers, and + - * / ^ ( )")
    hint = ""
    if word.lower() != word and _TOKEN.fullmatch(word.lower()):
        hint = f"; names are in lower case, write {word.lower()}"
    elif word[0] in "wdt" and word[1:].isdigit():
        hint = f"; to multiply, write {word[0]}*{word[1:]}"
    elif word[0] == "u":
        hint = "; u needs one digit k, it is 1 in every 2^k-th epoch"
    return rule.error(start, f"{word} is no name of a rule{hint}", f"Here, {NAMES}", len(word))
