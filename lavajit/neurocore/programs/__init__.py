"""Programs that neurons of Loihi 2 run: written, checked, counted and executed.

::

    limits.py                    what a program may hold, all of it assumed
    grammar.py, flow.py          the text form: instructions, blocks, paths
    assembler.py                 text form -> lines of a kernel
    expressions.py, function.py  function form -> lines of a kernel
    program.py                   a program and its cost
    library.py                   programs of the library's neurons
    arithmetic.py, source.py     kernels
    group.py                     running a program by itself
    model.py, core_model.py      as models of a Process: on the CPU, on cores
"""

from lavajit.neurocore.programs.arithmetic import clz, mulsr, sgn
from lavajit.neurocore.programs.function import nc_program, sat
from lavajit.neurocore.programs.group import ProgramGroup
from lavajit.neurocore.programs.library import library, of
from lavajit.neurocore.programs.limits import LIMITS
from lavajit.neurocore.programs.model import program_model
from lavajit.neurocore.programs.program import NeuronProgram

__all__ = [
    "LIMITS",
    "NeuronProgram",
    "ProgramGroup",
    "clz",
    "library",
    "mulsr",
    "nc_program",
    "of",
    "program_model",
    "sat",
    "sgn",
]
