"""Base classes of models that describe a Process to a neurocore.

Such a model runs like any other, in the arithmetic of the chip, and tells the compiler what it
takes there: compartments, axons, synapses, a neuron program. The rest is in
:mod:`lavajit.neurocore`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lavajit.model.model import AbstractProcessModel
from lavajit.model.py_model import PyLoihiProcessModel


class AbstractNcProcessModel(AbstractProcessModel):
    """Anything that stands for a Process on neurocores."""


class NcProcessModel(AbstractNcProcessModel, PyLoihiProcessModel):
    """Base class of models for neurocores.

    Vars and ports are declared with :class:`~lavajit.model.nc_type.LavaNcType`; ``run_spk`` is the
    behaviour, `allocate` the description. Selected by ``Loihi1HwCfg`` and ``Loihi2HwCfg``, never by
    a run config that simulates on the CPU.

    Attributes
    ----------
    arithmetic : str or None
        Class attribute. "loihi" for a model that computes as the chip does, "lava" for one that
        computes as Lava's fixed-point models do, None where the two are the same.
    """

    arithmetic: ClassVar[str | None] = None

    def allocate(self, net: Any) -> None:
        """Describe what the Process takes on neurocores.

        Called once when the network is planned, after ``__init__`` and before any kernel runs.

        Parameters
        ----------
        net : NcNet
            Takes the description; see :class:`lavajit.neurocore.plan.net.NcNet`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement allocate(net), which describes its compartments "
            "or synapses"
        )

    def as_held(self, name: str, value: np.ndarray, described: Any) -> np.ndarray:
        """What cores hold of a value that a Var is set to; by default the value.

        Parameters
        ----------
        name : str
        value : ndarray
            All elements; of a sparse Var those that it stores.
        described : NeuronGroup or Synapses
            What `allocate` has described when the network was placed.
        """
        return value

    def registers_of(self, described: Any) -> dict[str, np.ndarray]:
        """Arrays that kernels read as attributes, made of a description; by default none.

        Made when the network is planned, and once more when a Var is set that `allocate` has read.
        """
        return {}

    def counters_of(self, described: Any) -> dict[str, np.ndarray]:
        """Arrays that kernels read and write as attributes, as they begin; by default none."""
        return {}


#: The name under which Lava's hardware extension knows models of Loihi's phases.
NcLoihiProcessModel = NcProcessModel


def is_nc_model(model: type) -> bool:
    """True for models that stand for a Process on neurocores."""
    return issubclass(model, AbstractNcProcessModel)
