"""Text that describes something."""


class Explanation(str):
    """A text that shows itself as it is, also at a prompt."""

    def __repr__(self) -> str:
        return str(self)
