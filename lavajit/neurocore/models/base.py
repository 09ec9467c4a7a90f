"""What all models of the library for neurocores share."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lavajit.model.nc_model import NcProcessModel
from lavajit.neurocore.models.program_costs import program_of
from lavajit.neurocore.programs.core_model import GRADED_BITS


class CoreModel(NcProcessModel):
    """Base class; to be named before the model for the CPU whose kernels are used.

    Resources and tags are a model's own, not those of the model for the CPU.
    """

    required_resources: ClassVar[list] = []
    tags: ClassVar[list[str]] = []

    @classmethod
    def program(cls) -> Any:
        """The neuron program of the Process."""
        return program_of(cls.implements_process)

    def on_var_update(self) -> None:
        """Take thresholds once more: registers act as they are set.

        Lava's models take them in the first step only, and so do those in Lava's arithmetic.
        """
        super().on_var_update()
        if self.arithmetic != "lava" and hasattr(self, "isthrscaled"):
            self.isthrscaled = False


class ProgramModel(CoreModel):
    """Neurons that run a program, which cores of Loihi 2 can.

    Attributes
    ----------
    active_state : tuple of str
        A neuron in which all of these are zero is not active.
    """

    active_state: ClassVar[tuple[str, ...]] = ()

    def allocate(self, net: Any) -> None:
        """One program for all neurons."""
        program = self.program()
        net.program(
            program,
            words=program.words,
            message_bits=self.message_bits(),
            state=self.active_state,
        )

    def message_bits(self) -> int:
        """Bits of the spikes that are sent; 0: binary."""
        return 0


class GradedProgram(ProgramModel):
    """Neurons that run a program and send graded spikes."""

    def message_bits(self) -> int:
        """Bits of the spikes that are sent."""
        return GRADED_BITS


def first(value: Any) -> int:
    """The number that a Var of shape (1,) holds."""
    return int(np.ravel(value)[0])
