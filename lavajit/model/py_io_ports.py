"""Ports of ProcessModels that exchange messages."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from lavajit.model.py_port_base import AbstractPyIOPort, only_running


class PyInPort(AbstractPyIOPort):
    """Receives messages; declare one of the variants, e.g. ``PyInPort.VEC_DENSE``."""

    @abstractmethod
    def recv(self) -> Any:
        """Return the next message; wait for it if necessary."""

    @abstractmethod
    def peek(self) -> Any:
        """Return the next message and leave it in the port."""

    def probe(self) -> bool:
        """Return True if a message from every source is waiting; True if unconnected."""
        only_running(self, "probe")


class PyInPortVectorDense(PyInPort):
    """Receives arrays.

    Examples
    --------
    ``a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)``
    """

    def recv(self) -> np.ndarray:
        """Return the sum of one message from every source.

        Returns
        -------
        ndarray, shape of the port
            Dtype: what NumPy makes of the dtypes of this port and of the sources. Zeros if
            unconnected. In native code a read-only view that is valid until the next `recv`.
        """
        only_running(self, "recv")

    def peek(self) -> np.ndarray:
        """Return what `recv` will return, without taking it."""
        only_running(self, "peek")

    def events(self) -> np.ndarray:
        """Return where the message just received is not zero.

        An addition to Lava, for kernels whose work follows the spikes instead of the size.

        Returns
        -------
        ndarray of int64, shape (number of non-zero elements,)
            Ascending indices into the flattened message (C order).
        """
        only_running(self, "events")


class PyInPortVectorSparse(PyInPort):
    """Receives values and their indices."""

    def recv(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(data, indices)``, both 1-D and of equal length."""
        only_running(self, "recv")

    def peek(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what `recv` will return, without taking it."""
        only_running(self, "peek")


class PyInPortScalarDense(PyInPort):
    """Receives single values."""

    def recv(self) -> Any:
        """Return the next value."""
        only_running(self, "recv")

    def peek(self) -> Any:
        """Return what `recv` will return, without taking it."""
        only_running(self, "peek")


class PyInPortScalarSparse(PyInPort):
    """Receives single values with their index."""

    def recv(self) -> tuple[Any, int]:
        """Return the next value and its index."""
        only_running(self, "recv")

    def peek(self) -> tuple[Any, int]:
        """Return what `recv` will return, without taking it."""
        only_running(self, "peek")


class PyOutPort(AbstractPyIOPort):
    """Sends messages; declare one of the variants, e.g. ``PyOutPort.VEC_DENSE``."""

    @abstractmethod
    def send(self, *message: Any) -> None:
        """Send a message to all destinations; wait if they have no room for it."""

    def flush(self) -> None:
        """Do nothing: messages are never held back."""
        only_running(self, "flush")

    def advance_to_time_step(self, ts: int) -> None:
        """Do nothing: messages carry no time."""
        only_running(self, "advance_to_time_step")


class PyOutPortVectorDense(PyOutPort):
    """Sends arrays.

    Examples
    --------
    ``s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)``
    """

    def send(self, array: np.ndarray) -> None:
        """Send a copy of `array`, cast to the dtype of the port.

        Parameters
        ----------
        array : ndarray, shape of the port
            The message.
        """
        only_running(self, "send")

    def buffer(self) -> np.ndarray:
        """Return the array in which this time step's message is to be written.

        An addition to Lava: ``send(buffer)`` then sends it without a copy.

        Returns
        -------
        ndarray, shape and dtype of the port
            Writable; its content is undefined before it is written.

        Examples
        --------
        Inside a model::

            s_out = self.s_out.buffer()
            for i in range(s_out.shape[0]):
                s_out[i] = self.v[i] > self.vth
            self.s_out.send(s_out)
        """
        only_running(self, "buffer")


class PyOutPortVectorSparse(PyOutPort):
    """Sends values and their indices."""

    def send(self, data: np.ndarray, indices: np.ndarray) -> None:
        """Send values and where they belong.

        Parameters
        ----------
        data, indices : ndarray, shape (n,)
            At most as many as the port has elements.
        """
        only_running(self, "send")


class PyOutPortScalarDense(PyOutPort):
    """Sends single values."""

    def send(self, value: Any) -> None:
        """Send one value."""
        only_running(self, "send")


class PyOutPortScalarSparse(PyOutPort):
    """Sends single values with their index."""

    def send(self, value: Any, index: int) -> None:
        """Send one value and its index."""
        only_running(self, "send")


PyInPort.VEC_DENSE = PyInPortVectorDense
PyInPort.VEC_SPARSE = PyInPortVectorSparse
PyInPort.SCALAR_DENSE = PyInPortScalarDense
PyInPort.SCALAR_SPARSE = PyInPortScalarSparse
PyOutPort.VEC_DENSE = PyOutPortVectorDense
PyOutPort.VEC_SPARSE = PyOutPortVectorSparse
PyOutPort.SCALAR_DENSE = PyOutPortScalarDense
PyOutPort.SCALAR_SPARSE = PyOutPortScalarSparse
