"""Messages made of a Var's values: how a network on cores shows its state to the CPU."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort, PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.remote import AbstractScheduledProcess, connected_reference, is_due
from lavajit.process.ports import OutPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class StateReader(AbstractScheduledProcess):
    """Sends the value of a Var, one time step after it was read.

    It is read at the end of the steps t with ``(t - 1) % interval == offset % interval`` and sent
    in step t + 1; zeros are sent in step 1 if that is the step after such a t. With an interval of
    1 there is a message in every step. Otherwise there is none in between, so the receiver has to
    receive every `interval` steps, too, and both run in Python.

    Parameters
    ----------
    shape : tuple of int
        Shape of the Var.
    interval : int, optional
        Number of time steps from one message to the next.
    offset : int, optional
        Number of time steps before the first value is read.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    state : RefPort, shape `shape`
        Refers to the Var.
    out : OutPort, shape `shape`
        float64 with the tag ``floating_pt``, int32 with ``fixed_pt``.

    Raises
    ------
    ValueError
        If `interval` is not an int >= 1, or `offset` not an int >= 0.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps, SinkRingBuffer
    >>> lif, reader = LIF(shape=(1,), bias_mant=1), StateReader(shape=(1,))
    >>> sink = SinkRingBuffer(shape=(1,), buffer=4)
    >>> reader.connect_var(lif.v)
    >>> reader.out.connect(sink.a_in)
    >>> lif.run(RunSteps(4), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[0, 1, 2, 3]], dtype=int32)
    >>> lif.stop()
    """

    def __init__(
        self, shape: tuple[int, ...], interval: int = 1, offset: int = 0, **params
    ) -> None:
        super().__init__(interval=interval, offset=offset, shape=shape, **params)
        self.state = RefPort(shape)
        self.out = OutPort(shape)

    def connect_var(self, var: Var) -> None:
        """Choose the Var; call it once, before the first run.

        Raises
        ------
        TypeError
            If `var` is not a Var.
        ValueError
            If `var` has another shape.
        RuntimeError
            If there is a Var already, or the network has been compiled.
        """
        if isinstance(var, Var) and var.shape != self.out.shape:
            raise ValueError(
                f"StateReader '{self.name}' sends messages of shape {self.out.shape}, but "
                f"{var.full_name} has shape {var.shape}; give shape={var.shape}."
            )
        self.state = connected_reference(self, var)
        self._post_init()


# --- models -----------------------------------------------------------------------------------


class AbstractPyStateReaderModel(PyLoihiProcessModel):
    """Holds what was read until it is sent."""

    boundscheck = False
    precision_port = "state"
    value_dtype: ClassVar[type] = np.int64

    interval: np.ndarray = LavaPyType(np.ndarray, int)
    offset: np.ndarray = LavaPyType(np.ndarray, int)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.value = np.zeros(math.prod(proc_params.get("shape", (1,))), self.value_dtype)

    def send_value(self):
        out = self.out.buffer().ravel()
        for i in range(out.size):
            out[i] = self.value[i]
        self.out.send(self.out.buffer())

    def run_post_mgmt(self):
        self.state.read_into(self.value)


class _EveryStep(AbstractPyStateReaderModel):
    """Sends without a condition, so that the order within a step is known beforehand."""

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return process.proc_params["interval"] == 1

    def run_spk(self):
        self.send_value()

    def post_guard(self):
        return True


class _Sometimes(AbstractPyStateReaderModel):
    """Sends in some steps only."""

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return process.proc_params["interval"] > 1

    def run_spk(self):
        if is_due(self.time_step, self.interval[0], self.offset[0] + 1):
            self.send_value()

    def post_guard(self):
        return is_due(self.time_step, self.interval[0], self.offset[0])


class _FixedState:
    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)


class _FloatState:
    value_dtype = np.float64

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)


@implements(proc=StateReader, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyStateReaderFixed(_FixedState, _EveryStep):
    """Sends int32 in every step."""


@implements(proc=StateReader, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyStateReaderFloat(_FloatState, _EveryStep):
    """Sends float64 in every step."""


@implements(proc=StateReader, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyStateReaderSometimesFixed(_FixedState, _Sometimes):
    """Sends int32 in some steps."""


@implements(proc=StateReader, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyStateReaderSometimesFloat(_FloatState, _Sometimes):
    """Sends float64 in some steps."""
