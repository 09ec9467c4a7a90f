"""The error of a learning rule that cannot be used.

ValueError
`-- LearningRuleError    a rule string is wrong at a certain column
"""

from __future__ import annotations

#: Names a rule may use, for messages.
NAMES = (
    "traces are x1 x2 y1 y2 y3, dependencies x0 y0 u0..u9, synaptic variables w d t, "
    "and there is sgn()"
)


class LearningRuleError(ValueError):
    """A rule string cannot be read, or says what no product can express.

    Parameters
    ----------
    target : str
        What the rule changes: dw, dd or dt.
    rule : str
        The whole string.
    column : int
        Where it is wrong, counted from 1.
    found : str
        What is wrong there.
    allowed : str
        What may stand there instead.
    width : int
        Number of characters that are wrong.
    """

    def __init__(
        self, target: str, rule: str, column: int, found: str, allowed: str, width: int = 1
    ) -> None:
        self.target = target
        self.rule = rule
        self.column = column
        self.found = found
        self.allowed = allowed
        self.width = width
        shown = "".join(" " if character.isspace() else character for character in rule)
        indent = " " * (len(target) + 3 + column - 1)
        super().__init__(
            f"column {column}: {found}\n"
            f"    {target} = {shown}\n"
            f"    {indent}{'^' * max(width, 1)}\n"
            f"{allowed}."
        )

    def __reduce__(self) -> tuple:
        arguments = self.target, self.rule, self.column, self.found, self.allowed, self.width
        return type(self), arguments
