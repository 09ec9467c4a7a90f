"""Ports of ProcessModels for remote memory."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from lavajit.model.py_port_base import AbstractPyPort, only_running


class PyRefPort(AbstractPyPort):
    """Reads and writes a Var of another Process; declare e.g. ``PyRefPort.VEC_DENSE``."""

    @abstractmethod
    def read(self) -> Any:
        """Return the value of the Var."""

    @abstractmethod
    def write(self, *value: Any) -> None:
        """Set the value of the Var."""

    def wait(self) -> None:
        """Wait until all earlier writes have been applied."""
        only_running(self, "wait")


class PyRefPortVectorDense(PyRefPort):
    """Reads and writes arrays.

    Examples
    --------
    ``ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)``
    """

    def read(self) -> np.ndarray:
        """Return a copy of the Var, in its dtype; zeros if unconnected."""
        only_running(self, "read")

    def write(self, array: np.ndarray) -> None:
        """Set the Var to `array` (shape of the port); nothing happens if unconnected."""
        only_running(self, "write")

    def read_into(self, out: np.ndarray) -> None:
        """Copy the Var into `out`, a flat array with as many elements, in C order.

        An addition to Lava: reading without making an array.
        """
        only_running(self, "read_into")

    def view(self) -> np.ndarray:
        """Return a read-only view of the Var that always shows its current value.

        An addition to Lava: reading without a copy.
        """
        only_running(self, "view")


class PyRefPortVectorSparse(PyRefPort):
    """Reads and writes values and their indices."""

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(data, indices)`` of the Var."""
        only_running(self, "read")

    def write(self, data: np.ndarray, indices: np.ndarray) -> None:
        """Set the elements at `indices` to `data`."""
        only_running(self, "write")


class PyRefPortScalarDense(PyRefPort):
    """Reads and writes single values."""

    def read(self) -> Any:
        """Return the value."""
        only_running(self, "read")

    def write(self, value: Any) -> None:
        """Set the value."""
        only_running(self, "write")


class PyRefPortScalarSparse(PyRefPort):
    """Reads and writes single values with their index."""

    def read(self) -> tuple[Any, int]:
        """Return a value and its index."""
        only_running(self, "read")

    def write(self, value: Any, index: int) -> None:
        """Set the element at `index`."""
        only_running(self, "write")


class PyVarPort(AbstractPyPort):
    """Makes a Var reachable for RefPorts; the engine does the work, models only declare it."""

    @abstractmethod
    def service(self) -> None:
        """Do nothing: RefPorts reach the Var directly."""


class PyVarPortVectorDense(PyVarPort):
    """Makes an array reachable."""

    def service(self) -> None:
        """Do nothing: RefPorts reach the Var directly."""


class PyVarPortVectorSparse(PyVarPortVectorDense):
    """Makes an array reachable by values and indices."""


class PyVarPortScalarDense(PyVarPortVectorDense):
    """Makes a value reachable."""


class PyVarPortScalarSparse(PyVarPortVectorDense):
    """Makes a value reachable by value and index."""


PyRefPort.VEC_DENSE = PyRefPortVectorDense
PyRefPort.VEC_SPARSE = PyRefPortVectorSparse
PyRefPort.SCALAR_DENSE = PyRefPortScalarDense
PyRefPort.SCALAR_SPARSE = PyRefPortScalarSparse
PyVarPort.VEC_DENSE = PyVarPortVectorDense
PyVarPort.VEC_SPARSE = PyVarPortVectorSparse
PyVarPort.SCALAR_DENSE = PyVarPortScalarDense
PyVarPort.SCALAR_SPARSE = PyVarPortScalarSparse
