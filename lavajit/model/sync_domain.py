"""A group of Processes that go through their time steps together."""

from __future__ import annotations

from lavajit.model.protocols import AbstractSyncProtocol
from lavajit.process.process import AbstractProcess


class SyncDomain:
    """Processes that share a sync protocol and a step counter.

    Parameters
    ----------
    name : str
        Unique among the domains of a run config.
    protocol : AbstractSyncProtocol, optional
        An instance, e.g. ``LoihiProtocol()``.
    processes : list of AbstractProcess, optional
        Members of the domain.

    Examples
    --------
    >>> from lavajit.model.protocols import LoihiProtocol
    >>> SyncDomain("slow", LoihiProtocol())
    SyncDomain('slow', LoihiProtocol(), 0 processes)
    """

    def __init__(
        self,
        name: str,
        protocol: AbstractSyncProtocol | None = None,
        processes: list[AbstractProcess] | None = None,
    ) -> None:
        self.name = name
        self.protocol = protocol
        self.processes: list[AbstractProcess] = [] if processes is None else processes

    def set_protocol(self, protocol: AbstractSyncProtocol) -> None:
        """Set the protocol.

        Raises
        ------
        AssertionError
            If `protocol` is not an instance of a sync protocol.
        """
        if not isinstance(protocol, AbstractSyncProtocol):
            raise AssertionError(
                f"protocol of sync domain '{self.name}' must be an instance such as "
                f"LoihiProtocol(). Got {protocol!r}."
            )
        self.protocol = protocol

    def add_process(self, process: AbstractProcess | list[AbstractProcess]) -> None:
        """Add one Process or a list of them."""
        self.processes.extend(process if isinstance(process, list) else [process])

    def __repr__(self) -> str:
        return f"SyncDomain({self.name!r}, {self.protocol!r}, {len(self.processes)} processes)"
