"""Neurons with the ports that plastic connections need: bases of a Process and its models.

Ports beside those of the neuron: ``a_third_factor_in`` receives a third factor (reward);
``s_out_bap`` sends back-propagating spikes, ``s_out_y1``, ``s_out_y2``, ``s_out_y3`` the traces
y1, y2, y3. They are vectors with one element per neuron, like the rows of a weight matrix,
whatever the arrangement of the neurons.
"""

from __future__ import annotations

import math

import numpy as np

from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class LearningNeuronProcess(AbstractProcess):
    """Base class of neurons behind plastic connections.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    learning_rule : object or None
        Rule of the connections; kept for the models.
    """

    def __init__(self, shape, learning_rule, *args, **kwargs) -> None:
        super().__init__(*args, shape=shape, learning_rule=learning_rule, **kwargs)
        size = (math.prod(shape),)
        self.a_third_factor_in = InPort(shape=size)
        self.s_out_bap = OutPort(shape=size)
        self.s_out_y1 = OutPort(shape=size)
        self.s_out_y2 = OutPort(shape=size)
        self.s_out_y3 = OutPort(shape=size)
        self.y1 = Var(shape=shape, init=0)
        self.y2 = Var(shape=shape, init=0)
        self.y3 = Var(shape=shape, init=0)


class LearningNeuronModel(PyLoihiProcessModel):
    """Base class of their models; a subclass calls ``send_traces`` once per step."""

    boundscheck = False

    a_third_factor_in: PyInPort = None
    s_out_bap: PyOutPort = None
    s_out_y1: PyOutPort = None
    s_out_y2: PyOutPort = None
    s_out_y3: PyOutPort = None

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self._learning_rule = proc_params["learning_rule"]
        self._shape = proc_params["shape"]

    def update_traces(self, spikes, third_factor):
        """Compute y1, y2, y3; to be replaced. Both arguments are vectors. Keeps the values."""

    def send_traces(self, spikes):
        """Receive the third factor, update the traces, send spikes and traces."""
        self.update_traces(spikes, self.a_third_factor_in.recv())
        self.s_out_bap.send(spikes)
        self.s_out_y1.send(self.y1.ravel())
        self.s_out_y2.send(self.y2.ravel())
        self.s_out_y3.send(self.y3.ravel())


class LearningNeuronModelFloat(LearningNeuronModel):
    """Traces in float64."""

    a_third_factor_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out_bap: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool, precision=1)
    s_out_y1: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y2: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    s_out_y3: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    y1: np.ndarray = LavaPyType(np.ndarray, float)
    y2: np.ndarray = LavaPyType(np.ndarray, float)
    y3: np.ndarray = LavaPyType(np.ndarray, float)


class LearningNeuronModelFixed(LearningNeuronModel):
    """Traces in 32-bit integers; on the chip they have 7 bits."""

    integer_inputs = ("a_third_factor_in",)

    a_third_factor_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    s_out_bap: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool, precision=1)
    s_out_y1: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y2: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    s_out_y3: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=7)
    y1: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=7)
    y2: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=7)
    y3: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=7)
