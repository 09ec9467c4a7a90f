"""The base class of run configs: what every run has to choose."""

from __future__ import annotations

import logging
import operator
from typing import Any

from lavajit.model.model import AbstractProcessModel
from lavajit.model.precision import FLOAT64, checked_precision
from lavajit.model.sync_domain import SyncDomain
from lavajit.model.threads import checked_threads
from lavajit.process.process import AbstractProcess

Models = list[type[AbstractProcessModel]]


class ModelSelectionError(AssertionError):
    """A run config cannot select a model for a Process."""


class RunConfig:
    """Base class of run configs; subclasses override `select`.

    Parameters
    ----------
    custom_sync_domains : list of SyncDomain, optional
        Domains for some Processes; all others get one domain per protocol.
    loglevel : int, optional
        Level of compiler and runtime messages.
    seed : int, optional
        Seed of the random numbers in kernels: the same seed gives the same results, on any
        number of threads.
    float_precision : str, optional
        "float64", or "float32": models keep and compute real numbers in half the memory, with
        about 7 digits. Models that compute in integers are the same in both.
    threads : int, optional
        Over how many threads a network is divided, from 1 to 64. If not given, the environment
        variable LAVAJIT_THREADS says it; else a small network runs on one thread, a large one is
        divided over the free cores, as long as that is measured to be faster. Results do not depend
        on it.
    debug : bool, optional
        True runs all methods of all models as Python, in one thread, with the same numbers: for
        breakpoints, ``print``, and errors and warnings that name Process, field, index and line.

    Raises
    ------
    AssertionError
        If `custom_sync_domains` is not a list of SyncDomains.
    ValueError
        If `float_precision` is anything else, or `threads` out of range.
    TypeError
        If another option is of the wrong type.

    Examples
    --------
    >>> class FirstModel(RunConfig):
    ...     def select(self, process, proc_models):
    ...         return proc_models[0]
    """

    # Subclasses of user code may not call super().__init__.
    custom_sync_domains: list[SyncDomain] = []
    loglevel: int = logging.WARNING
    seed: int = 0
    float_precision: str = FLOAT64
    threads: int | None = None
    debug: bool = False
    log: logging.Logger = logging.getLogger(__name__)

    def __init__(
        self,
        custom_sync_domains: list[SyncDomain] | None = None,
        loglevel: int = logging.WARNING,
        *,
        seed: int = 0,
        float_precision: str = FLOAT64,
        threads: int | None = None,
        debug: bool = False,
    ) -> None:
        domains = [] if custom_sync_domains is None else custom_sync_domains
        if not isinstance(domains, list):
            raise AssertionError(f"custom_sync_domains must be a list, got {domains!r}.")
        for domain in domains:
            if not isinstance(domain, SyncDomain):
                raise AssertionError(f"custom_sync_domains must hold SyncDomains, got {domain!r}.")
        if isinstance(loglevel, bool) or not isinstance(loglevel, (int, str)):
            raise TypeError(f"loglevel must be a level such as logging.INFO, got {loglevel!r}.")
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise TypeError(f"seed must be an int, got {seed!r}.")
        if not isinstance(debug, bool):
            raise TypeError(f"debug must be True or False, got {debug!r}.")
        self.custom_sync_domains = domains
        self.loglevel = loglevel
        self.seed = operator.index(seed)
        self.float_precision = checked_precision(float_precision)
        self.threads = None if threads is None else checked_threads(threads, "threads")
        self.debug = debug
        self.log.setLevel(loglevel)

    def select(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel] | None:
        """Return the model for `process`, one of `proc_models`; to be overridden."""
        return None

    def plan_resources(self, graph: Any, instances: list[Any]) -> Any:
        """What the network takes of hardware that is modelled, or None.

        Called when the network is planned, before kernels are compiled, so that what does not fit
        fails early. The result gives rows that close each time step (``closing_work``), is told of
        runs (``begin``, ``relieve``, ``end``), and is asked what it makes of the value that a Var
        is set to (``holds``, ``admit``).
        """
        return None

    def require_nodes(self, nodes: Any) -> None:
        """Do nothing; for hardware."""

    def exclude_nodes(self, nodes: Any) -> None:
        """Do nothing; for hardware."""
