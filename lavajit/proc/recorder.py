"""Recorders: each writes one Var or one OutPort into a row of an array per time step.

Parts of a :class:`~lavajit.proc.monitor.Monitor`. There is one kernel for Vars and one for
OutPorts, and the same two for complex numbers.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.registry import models_of
from lavajit.model.resources import CPU
from lavajit.process.ports import InPort, OutPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


def is_complex(target: Var | OutPort) -> bool:
    """True if a Var or the messages of an OutPort are complex, or may be in one of its models."""
    if isinstance(target, Var):
        sources = [target.resolved]
        if any(np.iscomplexobj(var.init) for var in (target, *sources)):
            return True
    else:
        sources = target.get_src_ports() or [target]
    return any(
        declared.d_type in (complex, np.complex64, np.complex128)
        for source in sources
        for owner in type(source.process).__mro__
        if issubclass(owner, AbstractProcess)
        for model in models_of(owner)
        if isinstance(declared := getattr(model, source.name, None), LavaPyType)
    )


class VarRecorder(AbstractProcess):
    """Records a Var at the end of every time step; part of a Monitor."""

    def __init__(
        self, shape: tuple[int, ...], num_steps: int, name: str, is_complex: bool = False
    ) -> None:
        super().__init__(name=name, is_complex=is_complex)
        self.target = RefPort(shape)
        self.record = Var((num_steps, *shape), init=0)


class OutPortRecorder(AbstractProcess):
    """Records the messages of an OutPort; part of a Monitor."""

    def __init__(
        self, shape: tuple[int, ...], num_steps: int, name: str, is_complex: bool = False
    ) -> None:
        super().__init__(name=name, is_complex=is_complex)
        self.target = InPort(shape)
        self.record = Var((num_steps, *shape), init=0)


class AbstractRecorderModel(PyLoihiProcessModel):
    """Writes one row of `record` per time step."""

    boundscheck = False
    precision_port = "target"
    is_complex: ClassVar[bool] = False

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return process.proc_params["is_complex"] == cls.is_complex

    def row(self):
        """The flat row of this time step."""
        step = self.time_step - 1
        if step >= self.record.shape[0]:
            raise IndexError(
                "the network runs for more time steps than this Monitor has room for; give "
                "probe() a larger num_steps"
            )
        flat_record = self.record.ravel()
        size = flat_record.size // self.record.shape[0]
        return flat_record[step * size : (step + 1) * size]


@implements(proc=VarRecorder, protocol=LoihiProtocol)
@requires(CPU)
class PyVarRecorderModel(AbstractRecorderModel):
    """Reads the Var in the post-management phase, after the Process that owns it."""

    target: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    record: np.ndarray = LavaPyType(np.ndarray, float)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.target.read_into(self.row())


@implements(proc=VarRecorder, protocol=LoihiProtocol)
@requires(CPU)
class PyComplexVarRecorderModel(PyVarRecorderModel):
    """The same for complex numbers."""

    is_complex = True

    target: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, complex)
    record: np.ndarray = LavaPyType(np.ndarray, complex)


@implements(proc=OutPortRecorder, protocol=LoihiProtocol)
@requires(CPU)
class PyOutPortRecorderModel(AbstractRecorderModel):
    """Receives the message of every spiking phase."""

    # Zeros of type bool plus a message are of the type of the message: it is read in place.
    target: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    record: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        message = self.target.recv().ravel()
        row = self.row()
        for i in range(message.size):
            row[i] = message[i]


@implements(proc=OutPortRecorder, protocol=LoihiProtocol)
@requires(CPU)
class PyComplexOutPortRecorderModel(PyOutPortRecorderModel):
    """The same for complex messages."""

    is_complex = True

    record: np.ndarray = LavaPyType(np.ndarray, complex)
