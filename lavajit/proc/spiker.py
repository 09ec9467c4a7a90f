"""Neurons that send a payload at regular intervals.

Spiker, per neuron and step (as in Lava; the first payload is sent in step ``period + 1``)::

    s = payload if counter == rate else 0
    counter = 1 if counter == rate else counter + 1

Spiker32bit is the same with a counter that begins at 1, so that the first payload is sent in step
``period``. Lava has no CPU model of it; here its payloads are sent with all 32 bits, signed or
unsigned, in a 64-bit message.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Bits of a payload of Spiker32bit.
PAYLOAD_BITS = 32


class Spiker(AbstractProcess):
    """Sends `payload` every `period` time steps, the first time in step ``period + 1``.

    Parameters
    ----------
    shape : tuple of int, optional
        Number and arrangement of the neurons.
    period : int or array_like, optional
        Time steps from one message to the next; one number or one for each neuron.
    payload : int or array_like, optional
        What is sent; one number or one for each neuron.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    s_out : OutPort, shape `shape`
        int64.
    rate, counter, payload : Var, shape `shape`
        The period, the steps since the last message, and the payload.

    Raises
    ------
    ValueError
        If a period is less than 1.

    Examples
    --------
    >>> from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer
    >>> spiker, sink = Spiker(shape=(1,), period=2, payload=7), SinkRingBuffer(shape=(1,), buffer=6)
    >>> spiker.s_out.connect(sink.a_in)
    >>> spiker.run(RunSteps(6), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[0, 0, 7, 0, 7, 0]], dtype=int32)
    >>> spiker.stop()
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...] = (1,),
        period: ArrayLike = 10,
        payload: ArrayLike = 1,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        _check_period(period, "Spiker")
        super().__init__(
            shape=shape, period=period, payload=payload, name=name, log_config=log_config
        )
        self.s_out = OutPort(shape=shape)
        self.rate = Var(shape=shape, init=period)
        self.counter = Var(shape=shape, init=0)
        self.payload = Var(shape=shape, init=payload)


class Spiker32bit(AbstractProcess):
    """Sends a 32-bit `payload` every `period` time steps, the first time in step `period`.

    Parameters
    ----------
    shape, period, name, log_config
        As for Spiker.
    payload : int or array_like, optional
        From 0 to 2**32 - 1; if any of them is negative, from -2**31 to 2**31 - 1.

    Attributes
    ----------
    s_out : OutPort, shape `shape`
        int64, which holds signed and unsigned payloads.
    rate, counter, payload : Var, shape `shape`
        The period, the step of the current period (from 1), and the payload.

    Raises
    ------
    ValueError
        If a period is less than 1, or a payload has more than 32 bits.

    Examples
    --------
    >>> Spiker32bit(shape=(2,), payload=2**32 - 1).counter.init
    1
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...] = (1,),
        period: ArrayLike = 1,
        payload: ArrayLike = 1,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        _check_period(period, "Spiker32bit")
        _check_payload(payload)
        super().__init__(
            shape=shape, period=period, payload=payload, name=name, log_config=log_config
        )
        self.s_out = OutPort(shape=shape)
        self.rate = Var(shape=shape, init=period)
        self.counter = Var(shape=shape, init=1)
        self.payload = Var(shape=shape, init=payload)


def _check_period(period: ArrayLike, process: str) -> None:
    if np.size(period) and np.min(period) < 1:
        raise ValueError(
            f"period of {process} is a number of time steps, at least 1; got {period!r}."
        )


def _check_payload(payload: ArrayLike) -> None:
    if not np.size(payload):
        return
    low, high = int(np.min(payload)), int(np.max(payload))
    least = -(1 << (PAYLOAD_BITS - 1))
    most = (1 << (PAYLOAD_BITS - 1 if low < 0 else PAYLOAD_BITS)) - 1
    if low < least or high > most:
        kind = "signed" if low < 0 else "unsigned"
        raise ValueError(
            f"payload of Spiker32bit has {PAYLOAD_BITS} bits; with the least value {low} "
            f"({kind}) values go from {least if low < 0 else 0} to {most}, got up to {high}."
        )


class AbstractPySpikerModel(PyLoihiProcessModel):
    """Counts steps and sends payloads."""

    boundscheck = False

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)
    rate: np.ndarray = LavaPyType(np.ndarray, np.int64)
    counter: np.ndarray = LavaPyType(np.ndarray, np.int64)
    payload: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        out = self.s_out.buffer().ravel()
        rate, counter, payload = self.rate.ravel(), self.counter.ravel(), self.payload.ravel()
        for i in range(out.size):
            hit = counter[i] == rate[i]
            out[i] = payload[i] if hit else 0
            counter[i] = 1 if hit else counter[i] + 1
        self.s_out.send(self.s_out.buffer())


@implements(proc=Spiker, protocol=LoihiProtocol)
@requires(CPU)
class SpikerModel(AbstractPySpikerModel):
    """Spiker in 64-bit integers."""


@implements(proc=Spiker32bit, protocol=LoihiProtocol)
@requires(CPU)
class Spiker32bitModel(AbstractPySpikerModel):
    """Spiker32bit in 64-bit integers, which hold signed and unsigned payloads."""
