"""What the neuron program of a Process takes, also where the program itself is not written yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lavajit.neurocore import programs
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.memory.synapse_memory import WORD_BITS


@dataclass(frozen=True)
class ProgramCost:
    """Cost of a neuron program, counted by hand: assumed.

    Attributes
    ----------
    name : str
        Class of the Process.
    longest_path : int
        Operations of the longest path through the integer rule of the model for the CPU.
    state_bits : int
        Bits of state per neuron.
    """

    name: str
    longest_path: int
    state_bits: int

    @property
    def words(self) -> int:
        """Words of 64 bit per neuron, at least 1."""
        return max(1, -(-self.state_bits // WORD_BITS))


#: LearningLIF writes three traces and counts windows beside the program of LIF; RFZero is a
#: resonator that fires where the imaginary part changes its sign.
_BY_HAND = {
    "LearningLIF": ProgramCost("LearningLIF", 20, 69),
    "RFZero": ProgramCost("RFZero", 24, 48),
}


def program_of(process_class: type) -> Any:
    """The program of a Process of the library.

    Returns
    -------
    NeuronProgram or ProgramCost

    Raises
    ------
    NcCompileError
        Nothing is known of it.

    Examples
    --------
    >>> from lavajit import SigmaDelta
    >>> program_of(SigmaDelta).words
    2
    """
    program = programs.of(process_class) or _BY_HAND.get(process_class.__name__)
    if program is None:
        raise NcCompileError(
            f"no neuron program for {process_class.__name__}; describe it in allocate() with "
            "net.program(NeuronProgram(...))"
        )
    return program
