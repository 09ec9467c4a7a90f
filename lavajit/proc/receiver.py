"""Processes that keep the last message they received.

Lava has no CPU model of Receiver32Bit, which holds a 32-bit message as the chip delivers it: the
lower 24 bits and the upper 8 bits, both unsigned.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import InPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Bits of `payload_last_bytes` and of `payload_first_byte`.
LAST_BITS, FIRST_BITS = 24, 8
_LAST_MASK = (1 << LAST_BITS) - 1
_FIRST_MASK = (1 << FIRST_BITS) - 1


class Receiver(AbstractProcess):
    """Keeps the last message.

    Parameters
    ----------
    shape : tuple of int, optional
        Shape of a message.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    a_in : InPort, shape `shape`
        Messages from several sources are added.
    payload : Var, shape `shape`
        int64.

    Examples
    --------
    >>> Receiver(shape=(3,)).payload.shape
    (3,)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...] = (1,),
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        super().__init__(shape=shape, name=name, log_config=log_config)
        self.a_in = InPort(shape=shape)
        self.payload = Var(shape=shape, init=0)


class Receiver32Bit(AbstractProcess):
    """Keeps the last message of 32 bits in two parts.

    Parameters
    ----------
    shape, name, log_config
        As for Receiver.

    Attributes
    ----------
    a_in : InPort, shape `shape`
        Messages from several sources are added; the lower 32 bits count.
    payload_last_bytes : Var, shape `shape`
        The lower 24 bits, from 0 to 2**24 - 1.
    payload_first_byte : Var, shape `shape`
        The upper 8 bits, from 0 to 255.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, Spiker32bit
    >>> spiker, receiver = Spiker32bit(payload=-2), Receiver32Bit()
    >>> spiker.s_out.connect(receiver.a_in)
    >>> spiker.run(RunSteps(1), run_cfg=Loihi2SimCfg())
    >>> receiver.get_payload(), receiver.get_payload(signed=False)
    (array([-2]), array([4294967294]))
    >>> spiker.stop()
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...] = (1,),
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        super().__init__(shape=shape, name=name, log_config=log_config)
        self.a_in = InPort(shape=shape)
        self.payload_last_bytes = Var(shape=shape, init=0)
        self.payload_first_byte = Var(shape=shape, init=0)

    def get_payload(self, signed: bool = True) -> np.ndarray:
        """Return the last message, put together; an addition to Lava.

        Parameters
        ----------
        signed : bool, optional
            Whether the highest bit is a sign.

        Returns
        -------
        ndarray of int64, shape `shape`
        """
        low = np.asarray(self.payload_last_bytes.get(), np.int64)
        high = np.asarray(self.payload_first_byte.get(), np.int64)
        whole = high << LAST_BITS | low
        return whole.astype(np.int32).astype(np.int64) if signed else whole


@implements(proc=Receiver, protocol=LoihiProtocol)
@requires(CPU)
class ReceiverModel(PyLoihiProcessModel):
    """Receiver in 64-bit integers."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    payload: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        a_in, payload = self.a_in.recv().ravel(), self.payload.ravel()
        for i in range(payload.size):
            payload[i] = np.int64(a_in[i])


@implements(proc=Receiver32Bit, protocol=LoihiProtocol)
@requires(CPU)
class Receiver32BitModel(PyLoihiProcessModel):
    """Receiver32Bit in integers."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    payload_last_bytes: np.ndarray = LavaPyType(np.ndarray, np.int64)
    payload_first_byte: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        a_in = self.a_in.recv().ravel()
        low, high = self.payload_last_bytes.ravel(), self.payload_first_byte.ravel()
        for i in range(a_in.size):
            value = np.int64(a_in[i])
            low[i] = value & _LAST_MASK
            high[i] = (value >> LAST_BITS) & _FIRST_MASK
