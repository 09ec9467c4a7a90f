"""What a neuron program of each Process of the library takes: operations and state.

Intel has not published how its own programs do it. The numbers are counts of ours: the operations
of the longest path through the integer rule of the model for the CPU, loads and stores included,
and the widths of its state. A Process that is not listed runs a program of its own, if it has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.synapse_memory import WORD_BITS


@dataclass(frozen=True)
class ProgramCost:
    """Cost of a neuron program.

    Attributes
    ----------
    name : str
        Class of the Process.
    ops : int
        Operations of the longest path.
    state_bits : int
        Bits of state per neuron.
    """

    name: str
    ops: int
    state_bits: int

    @property
    def words(self) -> int:
        """Words of 64 bit per neuron, at least 1."""
        return max(1, -(-self.state_bits // WORD_BITS))


#: Operations and bits of state by class of the Process; all assumed.
_COSTS = {
    "LIF": (13, 48),
    "LIFReset": (19, 64),
    "TernaryLIF": (16, 48),
    "LIFRefractory": (18, 54),
    "LearningLIF": (16, 69),
    "ATRLIF": (30, 96),
    "RF": (18, 48),
    "RF_IZ": (18, 48),
    "RFZero": (18, 48),
    "Delta": (14, 72),
    "Sigma": (4, 24),
    "SigmaDelta": (20, 96),
    "GradedVec": (7, 24),
    "GradedReluVec": (6, 24),
    "NormVecDelay": (12, 48),
    "InvSqrt": (62, 24),
    "ProdNeuron": (8, 0),
}


def program_cost(process_class: type) -> ProgramCost:
    """Cost of the program of a Process.

    Raises
    ------
    NcCompileError
        Nothing is known of it.

    Examples
    --------
    >>> from lavajit import SigmaDelta
    >>> program_cost(SigmaDelta).words
    2
    """
    name = process_class.__name__
    if name not in _COSTS:
        known = ", ".join(_COSTS)
        raise NcCompileError(f"no neuron program for {name}; there is one for {known}")
    return ProgramCost(name, *_COSTS[name])


def program_of(process_class: type) -> Any:
    """The program of a Process: as it is written, where it is, or what the table above says."""
    try:
        from lavajit.neurocore import programs
    except ImportError:
        return program_cost(process_class)
    return programs.of(process_class)
