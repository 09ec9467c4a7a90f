"""Ports that exchange messages: OutPort sends, InPort receives."""

from __future__ import annotations

import operator

from lavajit.process import connecting
from lavajit.process.abstract_port import (
    AbstractDstPort,
    AbstractPort,
    AbstractSrcPort,
    ConnectionConfigs,
)
from lavajit.process.reduce_ops import AbstractReduceOp


class AbstractIOPort(AbstractPort):
    """Base class of ports that exchange messages: InPort and OutPort."""

    external_pipe_flag: bool = False
    external_pipe_buffer_size: int = 64

    def flag_external_pipe(self, buffer_size: int | None = None) -> None:
        """Let user code exchange messages with this port while the network runs.

        Call it before the network is compiled.

        Parameters
        ----------
        buffer_size : int, optional
            Number of messages that may wait in the pipe; 64 by default.

        Raises
        ------
        TypeError
            If `buffer_size` is not an int.
        ValueError
            If `buffer_size` is less than 1.
        """
        if buffer_size is not None:
            text = f"{self.full_name}: buffer_size of an external pipe must be an int >= 1, "
            if isinstance(buffer_size, bool) or not hasattr(buffer_size, "__index__"):
                raise TypeError(f"{text}got {buffer_size!r}.")
            if operator.index(buffer_size) < 1:
                raise ValueError(f"{text}got {buffer_size!r}.")
            self.external_pipe_buffer_size = operator.index(buffer_size)
        self.external_pipe_flag = True


class OutPort(AbstractIOPort, AbstractSrcPort):
    """Sends messages to any number of InPorts.

    Examples
    --------
    >>> out, inp = OutPort((3,)), InPort((3,))
    >>> out.connect(inp)
    >>> out.get_dst_ports() == [inp]
    True
    """

    def connect(
        self,
        ports: AbstractIOPort | list[AbstractIOPort],
        connection_configs: ConnectionConfigs = None,
    ) -> None:
        """Connect to InPorts of other Processes or OutPorts of the enclosing Process.

        Raises
        ------
        AssertionError
            If a port is of another kind or shape.
        DuplicateConnectionError
            If the ports are connected already.
        """
        partners = connecting.checked_partners(self, ports)
        self._connect_forward(partners, self.forward_types, connection_configs)

    def connect_from(
        self, ports: OutPort | list[OutPort], connection_configs: ConnectionConfigs = None
    ) -> None:
        """Connect from OutPorts of nested Processes; raises as `connect`."""
        partners = connecting.checked_partners(self, ports)
        self._connect_backward(partners, OutPort, connection_configs)


class InPort(AbstractIOPort, AbstractDstPort):
    """Receives messages; those of several sources are added.

    Parameters
    ----------
    shape : tuple of int
        Shape of the messages.
    reduce_op : ReduceSum, optional
        Messages are added in any case.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        reduce_op: type[AbstractReduceOp] | AbstractReduceOp | None = None,
    ) -> None:
        super().__init__(shape)
        kind = reduce_op if isinstance(reduce_op, type) else type(reduce_op)
        if reduce_op is not None and not issubclass(kind, AbstractReduceOp):
            raise TypeError(f"reduce_op of an InPort must be ReduceSum or None, got {reduce_op!r}.")
        self._reduce_op = reduce_op

    def connect(
        self, ports: InPort | list[InPort], connection_configs: ConnectionConfigs = None
    ) -> None:
        """Connect to InPorts of nested Processes; raises as `OutPort.connect`."""
        partners = connecting.checked_partners(self, ports)
        self._connect_forward(partners, self.forward_types, connection_configs)

    def connect_from(
        self,
        ports: AbstractIOPort | list[AbstractIOPort],
        connection_configs: ConnectionConfigs = None,
    ) -> None:
        """Connect from OutPorts of other Processes or InPorts of the enclosing Process."""
        partners = connecting.checked_partners(self, ports)
        self._connect_backward(partners, (OutPort, InPort), connection_configs)


OutPort.forward_types = (InPort, OutPort)
InPort.forward_types = (InPort,)
