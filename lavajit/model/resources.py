"""Markers for the resources that a ProcessModel requires.

They are stored by ``@requires``. On a CPU they do not influence which model is selected.
"""

from __future__ import annotations

from typing import ClassVar


class AbstractResource:
    """Anything a model may require."""


class AbstractComputeResource(AbstractResource):
    """Something that computes."""


class CPU(AbstractComputeResource):
    """Any CPU."""


class HostCPU(AbstractComputeResource):
    """CPU of the host that the hardware is attached to."""


class GPU(AbstractComputeResource):
    """Graphics processor."""


class ECPU(AbstractComputeResource):
    """Embedded CPU on a neuromorphic chip."""


class LMT(ECPU):
    """Embedded CPU of Loihi 1 and 2."""


class PB(ECPU):
    """Embedded CPU of Loihi 2 for parallel IO."""


class NeuroCore(AbstractComputeResource):
    """Neuromorphic core."""


class Loihi1NeuroCore(NeuroCore):
    """Neuromorphic core of Loihi 1."""


class Loihi2NeuroCore(NeuroCore):
    """Neuromorphic core of Loihi 2."""


class AbstractPeripheralResource(AbstractResource):
    """A device that is not a processor."""


class DVS(AbstractPeripheralResource):
    """Event camera."""


class HardDrive(AbstractPeripheralResource):
    """Hard drive."""


class HeadNodeHardDrive(AbstractPeripheralResource):
    """Hard drive of the head node of a cluster."""


class AbstractNode:
    """A machine and the resources it has."""

    resources: ClassVar[list[type[AbstractResource]]] = []


class GenericNode(AbstractNode):
    """Any computer."""

    resources = [CPU, HardDrive]


class HeadNode(GenericNode):
    """Head node of a cluster."""

    resources = [CPU, HeadNodeHardDrive]


class Loihi1System(AbstractNode):
    """Any Loihi 1 system."""


class KapohoBay(Loihi1System):
    """Loihi 1 USB stick."""

    resources = [Loihi1NeuroCore, LMT]


class Nahuku(Loihi1System):
    """Loihi 1 board."""


class Pohoiki(Loihi1System):
    """Loihi 1 rack."""

    resources = [CPU, Loihi1NeuroCore, LMT]


class Loihi2System(AbstractNode):
    """Any Loihi 2 system."""


class OheoGulch(Loihi2System):
    """Loihi 2 single-chip board."""


class KapohoPoint(Loihi2System):
    """Loihi 2 stackable board."""

    resources = [Loihi2NeuroCore, LMT, PB]


class Unalaska(Loihi2System):
    """Loihi 2 research system."""

    resources = [CPU, Loihi2NeuroCore, LMT, PB]
