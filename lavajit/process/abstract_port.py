"""What all ports can do: be connected, be walked along, be given another shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from lavajit.process import connecting, port_paths
from lavajit.process.connection_config import ConnectionConfig
from lavajit.process.member import AbstractProcessMember
from lavajit.process.port_exceptions import PortTypeError

if TYPE_CHECKING:
    from lavajit.process.port_paths import PortPath
    from lavajit.process.virtual_ports import ConcatPort, ReshapePort, TransposePort

ConnectionConfigs = ConnectionConfig | list[ConnectionConfig] | None


class AbstractPort(AbstractProcessMember):
    """Base class of all ports.

    Attributes
    ----------
    in_connections, out_connections : list of AbstractPort
        The directly connected ports, against and with the data flow.
    connection_configs : dict
        ConnectionConfig of each directly connected port.
    """

    is_virtual: ClassVar[bool] = False
    # What a port (or a virtual port derived from it) may be connected forward to.
    forward_types: ClassVar[tuple[type, ...]] = ()

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__(shape)
        self.in_connections: list[AbstractPort] = []
        self.out_connections: list[AbstractPort] = []
        self.connection_configs: dict[AbstractPort, ConnectionConfig] = {}

    def _connect_forward(
        self,
        ports: Sequence[AbstractPort],
        port_type: connecting.PortTypes,
        connection_configs: Any = None,
        assert_same_shape: bool = True,
        type_error: type[Exception] = PortTypeError,
    ) -> None:
        """Check and make connections from this port to `ports`."""
        connecting.check_types(self, ports, port_type, type_error)
        pairs = [(self, port) for port in ports]
        connecting.connect_pairs(pairs, connection_configs, assert_same_shape)

    def _connect_backward(
        self,
        ports: Sequence[AbstractPort],
        port_type: connecting.PortTypes,
        connection_configs: Any = None,
        assert_same_shape: bool = True,
        type_error: type[Exception] = PortTypeError,
    ) -> None:
        """Check and make connections from `ports` to this port."""
        connecting.check_types(self, ports, port_type, type_error)
        pairs = [(port, self) for port in ports]
        connecting.connect_pairs(pairs, connection_configs, assert_same_shape)

    def get_dst_paths(self) -> list[PortPath]:
        """Return every path from this port with the data flow to a port at the end.

        Returns
        -------
        list of (port, list of virtual ports)
            Depth first in connection order; two paths to one port are both there. The
            virtual ports are in the order in which data pass them. Paths lead through ports
            of hierarchical Processes, which are not listed; a path that ends at such a port
            ends with it.
        """
        return port_paths.find_paths(self, forward=True)

    def get_src_paths(self) -> list[PortPath]:
        """Return every path from this port against the data flow to a port at the end.

        The virtual ports of a path are in the order in which data pass them, as in
        `get_dst_paths`.
        """
        return port_paths.find_paths(self, forward=False)

    def get_dst_ports(self) -> list[AbstractPort]:
        """Return the ports at the end of the connections, each once; [] if unconnected."""
        return port_paths.unique_ends(self.get_dst_paths())

    def get_src_ports(self) -> list[AbstractPort]:
        """Return the ports at the beginning of the connections, each once."""
        return port_paths.unique_ends(self.get_src_paths())

    def reshape(self, new_shape: tuple[int, ...]) -> ReshapePort:
        """Derive a port of another shape with the same number of elements (C order).

        Raises
        ------
        ReshapeError
            If the number of elements differs.
        """
        from lavajit.process import virtual_ports

        return virtual_ports.reshaped(self, new_shape)

    def flatten(self) -> ReshapePort:
        """Derive a port of shape ``(size,)``."""
        return self.reshape((self.size,))

    def transpose(self, axes: Sequence[int] | None = None) -> TransposePort:
        """Derive a port with permuted axes; by default in reverse order.

        Raises
        ------
        TransposeShapeError, TransposeIndexError
            If `axes` does not name every axis once.
        """
        from lavajit.process import virtual_ports

        return virtual_ports.transposed(self, axes)

    def concat_with(self, ports: AbstractPort | list[AbstractPort], axis: int) -> ConcatPort:
        """Derive a port that is this port followed by `ports` along `axis`.

        Raises
        ------
        ConcatShapeError, ConcatIndexError
            If the shapes do not fit.
        AssertionError
            If a port is of another kind than this one.
        """
        from lavajit.process import virtual_ports

        return virtual_ports.concatenated(self, ports, axis)

    def __repr__(self) -> str:
        from lavajit.process.notebook import partners

        joined = f" {partners(self)}" if self.in_connections or self.out_connections else ""
        return f"<{type(self).__name__} {self.full_name} shape={self.shape}{joined}>"

    def _repr_html_(self) -> str:
        from lavajit.process.notebook import html_of_port

        return html_of_port(self)


class AbstractSrcPort:
    """Marks ports at which data flow begins: OutPort and RefPort."""


class AbstractDstPort:
    """Marks ports at which data flow ends: InPort and VarPort."""
