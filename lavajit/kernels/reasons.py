"""One readable line from numba's report of why it cannot compile a method, and the user's line."""

from __future__ import annotations

import re

from lavajit.kernels.units import READ_ONLY, Unit

_NOISE = (
    "Failed in", "During", "File ", "There are", "This error", "To find", "^", "<source",
    "Overload ", "raised from", "- Of which", "- Resolution", ">>>", "With argument",
    "Rejected as", "No match",
)  # fmt: skip
_BOLD = re.compile(r"\x1b\[[\d;]*m")
_PLACE = re.compile(r" at (\S.*?) \((\d+)\)")
_CALL = re.compile(r">>> (.+)")
_SPECIFIC = re.compile(r"^\s*(?:TypingError|RequireLiteralValue|NumbaValueError): (.+)", re.M)
_TEXT = re.compile(r"Literal\[str\]\((.*?)\)")
_LITERAL = re.compile(r"Literal\[\w+\]\((.*?)\)")
#: Functions the rewriter puts in: the user has not written them.
_OURS = re.compile(r"^(store_\w+|keep_kind|fill|where|truth|in_place\w*|BoundFunction)\b")
_REWORDED = (
    (
        re.compile(r"Use of unsupported NumPy function '([\w.]+)'.*"),
        r"numba does not support \1, or not in this form",
    ),
    (
        re.compile(r"Untyped global name '(.+?)':.* of <class '(.+?)'>"),
        r"it uses the global \1, a \2",
    ),
    (
        re.compile(r"Cannot unify (.+) and (.+) for '(\w+?)(?:\.\d+)*'.*"),
        r"variable \3 is sometimes \1 and sometimes \2",
    ),
    (re.compile(r"Unknown attribute '(\w+)' of type (.+)"), r"native code knows no .\1 of \2"),
    (re.compile(r"(.*?) Raised from .*"), r"\1"),
)


def _plain_text(error: Exception) -> str:
    """numba's report; where colorama is installed, numba writes in bold type."""
    return _BOLD.sub("", str(error))


def reason_of(error: Exception) -> str:
    """The cause, in one line."""
    text = _plain_text(error)
    if "readonly array" in text:
        return READ_ONLY
    cause = _first_cause(text)
    if cause.startswith(("No implementation of function", "Invalid use of")):
        cause = _unfitting_call(text, cause)
    for pattern, words in _REWORDED:
        if pattern.search(cause):
            cause = pattern.sub(words, cause)
    cause = _TEXT.sub(r"'\1'", cause)
    cause = _LITERAL.sub(r"\1", cause).strip().rstrip(".")
    return cause or f"numba fails with {type(error).__name__}"


def _first_cause(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith(_NOISE)), "")


def _unfitting_call(text: str, cause: str) -> str:
    """For a call whose arguments fit no implementation."""
    specific = [
        found
        for found in _SPECIFIC.findall(text)
        if not found.startswith(("Failed in", "No implementation", "Invalid use"))
    ]
    call = _CALL.search(text)
    if call is None:
        return specific[0] if specific else cause
    if specific and _OURS.match(call[1]):
        return specific[0]
    why = f": {specific[0]}" if specific else ""
    return f"numba has no {call[1]}{why}"


def place_of(error: Exception, unit: Unit) -> tuple[str, int]:
    """File and line of the user's statement; the method's first line if the report names none."""
    files = _files(unit, set())
    for name, line in _PLACE.findall(_plain_text(error)):
        if name in files:
            return name, int(line)
    location = getattr(error, "loc", None)
    if location is not None and location.filename in files:
        return location.filename, location.line
    return unit.filename, unit.tree.lineno


def _files(unit: Unit, seen: set[int]) -> set[str]:
    """Files of a unit and all it calls."""
    if id(unit) in seen:
        return set()
    seen.add(id(unit))
    return {unit.filename}.union(*(_files(child, seen) for child in unit.children.values()))
