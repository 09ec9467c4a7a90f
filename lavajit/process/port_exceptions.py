"""Errors of ports and connections.

Exception
|-- ReshapeError               reshape to another number of elements
|-- DuplicateConnectionError   the same two ports twice
|-- ConcatShapeError           shapes that cannot be concatenated
|-- ConcatIndexError           concatenation along an axis that does not exist
|-- TransposeShapeError        as many axes as dimensions are needed
|-- TransposeIndexError        an axis does not exist or is repeated
|-- VarNotSharableError        a port on a Var with shareable=False
|-- AssertionError
|   |-- IncompatibleShapesError    ports of different shape
|   |-- PortTypeError              ports of kinds that cannot be connected
|   `-- OneToOneError              RefPorts and VarPorts have one destination
`-- ValueError, IndexError
    `-- NoPortsError               connect([])
"""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]


class ReshapeError(Exception):
    """A port is reshaped to another number of elements."""

    def __init__(self, old_shape: Shape, new_shape: Shape) -> None:
        super().__init__(
            f"cannot reshape a port of shape {old_shape} to {new_shape}: the number of elements "
            f"must stay the same (and -1 is not accepted)."
        )


class DuplicateConnectionError(Exception):
    """Two ports are connected a second time."""

    def __init__(self, what: str = "the same two ports") -> None:
        super().__init__(f"{what} may only be connected once; remove the second connect().")


class ConcatShapeError(Exception):
    """Ports of shapes that differ in more than the concatenation axis are concatenated."""

    def __init__(self, shapes: Sequence[Shape], axis: int) -> None:
        super().__init__(
            f"cannot concatenate ports of shapes {list(shapes)} along axis {axis}: all other "
            f"dimensions must be equal."
        )


class ConcatIndexError(Exception):
    """Ports are concatenated along an axis that one of them does not have."""

    def __init__(self, shape: Shape, axis: int) -> None:
        super().__init__(
            f"cannot concatenate along axis {axis}: a port of shape {shape} has "
            f"{len(shape)} dimensions."
        )


class TransposeShapeError(Exception):
    """A port is transposed with a wrong number of axes."""

    def __init__(self, old_shape: Shape, axes: Sequence[int]) -> None:
        super().__init__(
            f"cannot transpose a port of shape {old_shape} with axes {tuple(axes)}: give each "
            f"of its {len(old_shape)} axes once."
        )


class TransposeIndexError(Exception):
    """A port is transposed with an axis that does not exist or is given twice."""

    def __init__(self, old_shape: Shape, axes: Sequence[int], wrong_index: int) -> None:
        super().__init__(
            f"cannot transpose a port of shape {old_shape} with axes {tuple(axes)}: axis "
            f"{wrong_index} is out of range or repeated. Give each of its {len(old_shape)} "
            f"axes once."
        )


class VarNotSharableError(Exception):
    """A port refers to a Var that is not shareable."""

    def __init__(self, var_name: str) -> None:
        super().__init__(
            f"Var '{var_name}' is not shareable; create it with Var(..., shareable=True)."
        )


class IncompatibleShapesError(AssertionError):
    """Ports of different shape are connected."""


class PortTypeError(AssertionError):
    """Ports of kinds that cannot be connected are connected."""


class OneToOneError(AssertionError):
    """A RefPort or VarPort is connected to more than one destination."""


class NoPortsError(ValueError, IndexError):
    """A connection to an empty list of ports."""
