"""Port types of ProcessModels: what a LavaPyType declares and which methods a port has.

    PyInPort | PyOutPort | PyRefPort | PyVarPort
        .VEC_DENSE       whole arrays
        .VEC_SPARSE      arrays as values and their indices
        .SCALAR_DENSE    single values, one after the other
        .SCALAR_SPARSE   single values and their index

Messages are in py_io_ports.py, remote memory in py_rv_ports.py; import ports from this module.
These classes are declarations. In a running network the model's attribute is a port of the
runtime with the same methods; used elsewhere they raise NotImplementedError.
"""

from __future__ import annotations

from lavajit.model.py_io_ports import (
    PyInPort,
    PyInPortScalarDense,
    PyInPortScalarSparse,
    PyInPortVectorDense,
    PyInPortVectorSparse,
    PyOutPort,
    PyOutPortScalarDense,
    PyOutPortScalarSparse,
    PyOutPortVectorDense,
    PyOutPortVectorSparse,
)
from lavajit.model.py_port_base import AbstractPyIOPort, AbstractPyPort
from lavajit.model.py_rv_ports import (
    PyRefPort,
    PyRefPortScalarDense,
    PyRefPortScalarSparse,
    PyRefPortVectorDense,
    PyRefPortVectorSparse,
    PyVarPort,
    PyVarPortScalarDense,
    PyVarPortScalarSparse,
    PyVarPortVectorDense,
    PyVarPortVectorSparse,
)

__all__ = [
    "AbstractPyIOPort",
    "AbstractPyPort",
    "PyInPort",
    "PyInPortScalarDense",
    "PyInPortScalarSparse",
    "PyInPortVectorDense",
    "PyInPortVectorSparse",
    "PyOutPort",
    "PyOutPortScalarDense",
    "PyOutPortScalarSparse",
    "PyOutPortVectorDense",
    "PyOutPortVectorSparse",
    "PyRefPort",
    "PyRefPortScalarDense",
    "PyRefPortScalarSparse",
    "PyRefPortVectorDense",
    "PyRefPortVectorSparse",
    "PyVarPort",
    "PyVarPortScalarDense",
    "PyVarPortScalarSparse",
    "PyVarPortVectorDense",
    "PyVarPortVectorSparse",
]
