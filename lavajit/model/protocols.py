"""Sync protocols: how the models of a sync domain take turns within a time step."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

Proc_Function_With_Guard = namedtuple("Proc_Function_With_Guard", "guard func")


class Phase(IntEnum):
    """Phases of a time step of the LoihiProtocol, in this order."""

    SPK = 1
    PRE_MGMT = 2
    LRN = 3
    POST_MGMT = 4
    HOST = 5


class AbstractSyncProtocol:
    """Base class of sync protocols."""

    phases: ClassVar[list[Phase]] = []
    proc_functions: ClassVar[list[Proc_Function_With_Guard]] = []

    @property
    def runtime_service(self) -> dict[type, Any]:
        """Services that carry out the protocol; here the step loop does it, so none."""
        return {}


@dataclass(frozen=True)
class LoihiProtocol(AbstractSyncProtocol):
    """All models go through the phases of each time step together.

    Every model runs its spiking phase in every time step; the other phases take place when
    a model's guard asks for them, and for the models whose guard does.
    """

    phases = [Phase.SPK, Phase.PRE_MGMT, Phase.LRN, Phase.POST_MGMT, Phase.HOST]
    proc_functions = [
        Proc_Function_With_Guard("pre_guard", "run_pre_mgmt"),
        Proc_Function_With_Guard("lrn_guard", "run_lrn"),
        Proc_Function_With_Guard("post_guard", "run_post_mgmt"),
        Proc_Function_With_Guard("host_guard", "run_host_mgmt"),
        Proc_Function_With_Guard(None, "run_spk"),
    ]


@dataclass(frozen=True)
class AsyncProtocol(AbstractSyncProtocol):
    """Every model runs on its own; only messages keep them in step."""
