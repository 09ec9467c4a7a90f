"""Docstrings are written for `help()`; this makes Markdown of what is not. An extension of Griffe.

    Per step::            becomes  Per step:
    :meth:`Events.rate`   becomes  `Events.rate`

Indented text is a block of code in both.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:meth|class|func|attr|mod):`~?([^`]+)`")
LITERAL = re.compile(r"::[ \t]*$", re.MULTILINE)


def as_markdown(text: str) -> str:
    """A docstring as Markdown."""
    return LITERAL.sub(":", ROLE.sub(r"`\1`", text))


class Docstrings(griffe.Extension):
    """Called by Griffe for every object that it reads."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of an object before its sections are found."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
