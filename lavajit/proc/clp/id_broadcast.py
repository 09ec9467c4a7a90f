"""Passes the id of a prototype on to all prototypes: ``s_out = val = a_in``, in 64-bit integers."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class IdBroadcast(AbstractProcess):
    """Sends what it receives, in the same time step.

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
    a_in, s_out : InPort and OutPort, shape `shape`
    val : Var, shape `shape`
        The last message.

    Examples
    --------
    >>> IdBroadcast(shape=(2,)).val.shape
    (2,)
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
        self.s_out = OutPort(shape=shape)
        self.val = Var(shape=shape, init=0)


@implements(proc=IdBroadcast, protocol=LoihiProtocol)
@requires(CPU)
class IdBroadcastModel(PyLoihiProcessModel):
    """IdBroadcast in 64-bit integers."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)
    val: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        a_in, val = self.a_in.recv().ravel(), self.val.ravel()
        for i in range(val.size):
            val[i] = np.int64(a_in[i])
        self.s_out.send(self.val)
