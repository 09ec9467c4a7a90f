"""The model for cores of a Process whose neurons run a program."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from lavajit.model.nc_model import NcProcessModel
from lavajit.neurocore.programs.program import NeuronProgram

#: Bits of a graded spike, and of one that is -1 or 1.
GRADED_BITS, TERNARY_BITS = 24, 2
_SENT = re.compile(r"\s*sent2? = (.*)")
_CONSTANT = re.compile(r"(?:word32\()?np\.int64\((-?\d+)\)+")


class CoreProgramModel(NcProcessModel):
    """Describes neurons that run `program`; ``program_model`` supplies the rest.

    Attributes
    ----------
    spike_bits : int
        Bits of the spikes that are sent; 0: binary.
    active_state : tuple of str
        A neuron in which all of these are zero is counted as not active.
    """

    program: ClassVar[Any] = None
    spike_bits: ClassVar[int] = 0
    active_state: ClassVar[tuple[str, ...]] = ()

    def allocate(self, net: Any) -> None:
        """One program for all neurons."""
        net.program(
            self.program,
            words=self.program.words,
            message_bits=self.spike_bits,
            state=self.active_state,
        )


def spike_bits_of(program: NeuronProgram) -> int:
    """Bits of the spikes that a program sends: 0 if it sends 1 only, 2 if -1 as well, else 24.

    Examples
    --------
    >>> [spike_bits_of(NeuronProgram("p", text)) for text in ("spike 1", "spike -1", "spike q")]
    [0, 2, 24]
    """
    sent = [found[1] for line in program.body.lines if (found := _SENT.match(line))]
    values = [_CONSTANT.fullmatch(each) for each in sent]
    if not all(values):
        return GRADED_BITS
    numbers = {int(value[1]) for value in values if value}
    if numbers <= {0, 1}:
        return 0
    return TERNARY_BITS if numbers <= {-1, 0, 1} else GRADED_BITS
