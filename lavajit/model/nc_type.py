"""Declaration of Vars and ports in models for neurocores."""

from __future__ import annotations

import numpy as np

from lavajit.model.py_io_ports import PyInPortVectorDense, PyOutPortVectorDense
from lavajit.model.py_rv_ports import PyRefPortVectorDense, PyVarPortVectorDense
from lavajit.model.py_type import LavaPyType


class LavaNcType(LavaPyType):
    """Class, dtype and number of bits that a model for neurocores gives to a Var or port.

    Examples
    --------
    >>> LavaNcType(NcVar, np.int32, precision=24).precision
    24
    """


class NcVar(np.ndarray):
    """A Var that lives in registers or synaptic memory of cores; only a name for declarations."""


class NcInPort(PyInPortVectorDense):
    """What arrives at accumulators or axons."""


class NcOutPort(PyOutPortVectorDense):
    """Spikes, or what synapses add up to."""


class NcRefPort(PyRefPortVectorDense):
    """Reads and writes registers of another Process."""


class NcVarPort(PyVarPortVectorDense):
    """What a RefPort is connected to."""
