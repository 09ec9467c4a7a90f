"""What all ports of ProcessModels have in common."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar, NoReturn

Shape = tuple[int, ...]


def only_running(port: AbstractPyPort, method: str) -> NoReturn:
    raise NotImplementedError(
        f"{type(port).__name__}.{method} exists only inside a running network; run the Process "
        f"that the model implements."
    )


class AbstractPyPort(ABC):
    """Base class of the ports of ProcessModels.

    Parameters
    ----------
    shape : tuple of int
        Shape of the messages, or of the Var.
    d_type : type
        Dtype declared by LavaPyType.
    """

    VEC_DENSE: ClassVar[type[AbstractPyPort]]
    VEC_SPARSE: ClassVar[type[AbstractPyPort]]
    SCALAR_DENSE: ClassVar[type[AbstractPyPort]]
    SCALAR_SPARSE: ClassVar[type[AbstractPyPort]]

    def __init__(self, shape: Shape = (), d_type: Any = int) -> None:
        self.shape = shape
        self.d_type = d_type


class AbstractPyIOPort(AbstractPyPort):
    """Base class of the ports that exchange messages."""
