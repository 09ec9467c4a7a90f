"""Adapters between Processes on the CPU and neurons on cores, as scripts for Loihi 2 place them.

Every adapter hands its message on in the same time step, so that a script gives the same numbers
with adapters and without, with a Sim config and with a Hw config:

    out = inp

The step that a spike takes to reach a neuron is that of the connection behind the adapter. Further
steps that a message may spend between a host and a board are not modelled.
"""

from __future__ import annotations

import operator

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess

MOST_MESSAGE_BITS = 32


class AbstractAdapter(AbstractProcess):
    """A Process with one input and one output of the same shape."""

    def __init__(self, shape: tuple[int, ...], num_message_bits: int = 0, **params) -> None:
        num_message_bits = self._checked(
            num_message_bits, MOST_MESSAGE_BITS, "num_message_bits", "0 for binary spikes"
        )
        super().__init__(shape=shape, num_message_bits=num_message_bits, **params)
        self.inp = InPort(shape=shape)
        self.out = OutPort(shape=shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a message."""
        return self.out.shape

    @property
    def num_message_bits(self) -> int:
        """Bits of a message on the chip."""
        return self.proc_params["num_message_bits"]

    @classmethod
    def _checked(cls, value: int, most: int, name: str, meaning: str) -> int:
        what = f"{name} of {cls.__name__}"
        try:
            number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
        except TypeError:
            number = None
        if number is None:
            raise TypeError(f"{what} is an int from 0 to {most}, got {value!r}.")
        if not 0 <= number <= most:
            raise ValueError(f"{what} is {number}; it must be from 0 to {most} ({meaning}).")
        return number


class PyToNxAdapter(AbstractAdapter):
    """Hands messages from a Process on the CPU to neurons on cores, in the same time step.

    Parameters
    ----------
    shape : tuple of int
        Shape of a message.
    num_message_bits : int, optional
        Bits of a message on the chip, 0 to 32; 0 is for binary spikes. Values are not cut to them.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    inp, out : InPort and OutPort, shape `shape`
        float64 with the tag ``floating_pt``, int32 with ``fixed_pt``.

    Raises
    ------
    TypeError
        If `num_message_bits` is not an int.
    ValueError
        If `num_message_bits` is out of range.

    Examples
    --------
    >>> from lavajit import LIF, Dense, Loihi2HwCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> import numpy as np
    >>> source = SourceRingBuffer(data=np.array([[1, 0, 0], [0, 1, 1]]))
    >>> to_cores, from_cores = PyToNxAdapter(shape=(2,)), NxToPyAdapter(shape=(2,))
    >>> dense, lif = Dense(weights=2 * np.eye(2, dtype=int)), LIF(shape=(2,), vth=1)
    >>> sink = SinkRingBuffer(shape=(2,), buffer=3)
    >>> source.s_out.connect(to_cores.inp)
    >>> to_cores.out.connect(dense.s_in)
    >>> dense.a_out.connect(lif.a_in)
    >>> lif.s_out.connect(from_cores.inp)
    >>> from_cores.out.connect(sink.a_in)
    >>> lif.run(RunSteps(3), run_cfg=Loihi2HwCfg(arith="lava"))
    >>> sink.data.get()
    array([[0, 1, 1],
           [0, 0, 1]], dtype=int32)
    >>> lif.stop()
    """


class NxToPyAdapter(AbstractAdapter):
    """Hands messages from neurons on cores to a Process on the CPU, in the same time step.

    Graded messages arrive with their sign. (On a chip, messages of 24 bits arrive without; what
    scripts do about it, ``(x << 8) >> 8``, changes nothing here.)

    Parameters
    ----------
    shape : tuple of int
        Shape of a message.
    num_message_bits : int, optional
        Bits of a message on the chip, 0 to 32; 0 is for binary spikes. Values are not cut to them.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    inp, out : InPort and OutPort, shape `shape`
        float64 with the tag ``floating_pt``, int32 with ``fixed_pt``.

    Raises
    ------
    TypeError
        If `num_message_bits` is not an int.
    ValueError
        If `num_message_bits` is out of range.

    Examples
    --------
    >>> NxToPyAdapter(shape=(2, 3), num_message_bits=24).num_message_bits
    24
    """


# --- models -----------------------------------------------------------------------------------


class AbstractPyAdapterModel(PyLoihiProcessModel):
    """Copies what it receives."""

    boundscheck = False

    def run_spk(self):
        received, out = self.inp.recv().ravel(), self.out.buffer().ravel()
        for i in range(out.size):
            out[i] = received[i]
        self.out.send(self.out.buffer())


class FloatPorts:
    """Dense messages, float64."""

    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)


class FixedPorts:
    """Dense messages, int32."""

    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)


@implements(proc=PyToNxAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyToNxAdapterModelFloat(FloatPorts, AbstractPyAdapterModel):
    """Hands float64 on."""


@implements(proc=PyToNxAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyToNxAdapterModelFixed(FixedPorts, AbstractPyAdapterModel):
    """Hands int32 on."""


@implements(proc=NxToPyAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class NxToPyAdapterModelFloat(FloatPorts, AbstractPyAdapterModel):
    """Hands float64 on."""


@implements(proc=NxToPyAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class NxToPyAdapterModelFixed(FixedPorts, AbstractPyAdapterModel):
    """Hands int32 on."""
