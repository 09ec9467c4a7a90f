"""Names of Lava's compiler and message infrastructure that programs use directly."""

from __future__ import annotations

import enum
import logging

from lavajit.process.process import AbstractProcess
from lavajit.runtime.engine import Executable, compile_network


class ActorType(enum.Enum):
    """How models are executed; accepted by Runtime, without effect: everything is one process."""

    MultiProcessing = 1


class Compiler:
    """Compiles the network of a Process, for programs that call Lava's compiler themselves.

    Parameters
    ----------
    compile_config : dict, optional
        Options as for ``process.compile``.
    loglevel : int
        Level of the compiler's messages.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg
    >>> executable = Compiler().compile(LIF(shape=(1,)), Loihi2SimCfg())
    >>> len(executable.process_list)
    1
    """

    def __init__(self, compile_config: dict | None = None, loglevel: int = logging.WARNING) -> None:
        self._compile_config = compile_config
        self.log = logging.getLogger(__name__)
        self.log.setLevel(loglevel)

    def compile(self, process: AbstractProcess, run_cfg) -> Executable:
        """Return the Executable of the network that `process` belongs to."""
        return compile_network(process, run_cfg, self._compile_config)
