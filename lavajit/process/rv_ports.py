"""Ports for remote memory: a RefPort reads and writes the Var behind a VarPort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lavajit.process import connecting
from lavajit.process.abstract_port import (
    AbstractDstPort,
    AbstractPort,
    AbstractSrcPort,
    ConnectionConfigs,
)
from lavajit.process.port_exceptions import (
    IncompatibleShapesError,
    PortTypeError,
    VarNotSharableError,
)
from lavajit.process.variable import Var

if TYPE_CHECKING:
    from lavajit.process.process import AbstractProcess


class AbstractRVPort(AbstractPort):
    """Base class of ports for remote memory: RefPort and VarPort.

    Each has one destination at most; several RefPorts may share a VarPort.
    """

    def connect(
        self,
        ports: AbstractRVPort | list[AbstractRVPort],
        connection_configs: ConnectionConfigs = None,
    ) -> None:
        """Connect to a port.

        A RefPort is connected to a VarPort, or to the RefPort of the enclosing Process; a
        VarPort to the VarPort of a nested Process.

        Raises
        ------
        AssertionError
            If there is a destination already, or shapes differ.
        TypeError
            If the port is of another kind.
        DuplicateConnectionError
            If the ports are connected already.
        """
        partners = connecting.checked_partners(self, ports)
        connecting.check_one_destination([self], partners)
        self._connect_forward(
            partners, self.forward_types, connection_configs, type_error=TypeError
        )

    def _connect_from(
        self,
        ports: AbstractRVPort | list[AbstractRVPort],
        port_type: connecting.PortTypes,
        connection_configs: ConnectionConfigs,
    ) -> None:
        partners = connecting.checked_partners(self, ports)
        sources = [port for port in partners if isinstance(port, AbstractRVPort)]
        new_sources = [port for port in sources if self not in port.connection_configs]
        connecting.check_one_destination(new_sources, partners)
        self._connect_backward(partners, port_type, connection_configs, type_error=TypeError)


class RefPort(AbstractRVPort, AbstractSrcPort):
    """Reads and writes a Var of another Process.

    Examples
    --------
    >>> ref, weights = RefPort((3,)), Var((3,), init=1)
    >>> ref.connect_var(weights)
    >>> ref.get_dst_vars() == [weights]
    True
    """

    def connect_from(
        self, ports: RefPort | list[RefPort], connection_configs: ConnectionConfigs = None
    ) -> None:
        """Connect from the RefPort of a nested Process; raises as `connect`."""
        self._connect_from(ports, RefPort, connection_configs)

    def connect_var(
        self, variables: Var | list[Var], connection_configs: ConnectionConfigs = None
    ) -> None:
        """Connect to a Var, through an ImplicitVarPort made for it.

        Parameters
        ----------
        variables : Var
            A shareable Var of another Process, of the shape of this port.

        Raises
        ------
        AssertionError
            If there is a destination already, or it is not a Var of that shape of another
            Process.
        VarNotSharableError
            If the Var is not shareable.
        """
        partners = connecting.checked_partners(self, variables)
        connecting.check_one_destination([self], partners)
        configs = connecting.checked_configs(connection_configs, 1)
        var = partners[0]
        if not isinstance(var, Var):
            raise PortTypeError(f"{self.full_name}.connect_var takes a Var, got {var!r}.")
        if self.process is not None and self.process is var.process:
            raise PortTypeError(
                f"{self.full_name} and {var.full_name} belong to the same Process, whose model "
                f"can use the Var directly; connect to a Var of another Process."
            )
        if not var.shareable:
            raise VarNotSharableError(var.full_name)
        if var.shape != self.shape:
            raise IncompatibleShapesError(
                f"{self.full_name} (shape {self.shape}) -> {var.full_name} (shape {var.shape}): "
                f"shapes are incompatible. Give the RefPort the shape of the Var."
            )
        self.connect(self.create_implicit_var_port(var), configs)

    def get_dst_vars(self) -> list[Var]:
        """Return the Vars behind the VarPorts this port is connected to."""
        return [port.var for port in self.get_dst_ports() if isinstance(port, VarPort)]

    @staticmethod
    def create_implicit_var_port(var: Var) -> ImplicitVarPort:
        """Make an ImplicitVarPort for `var` and add it to the Process of `var`.

        It is an attribute of that Process, named ``_<var name>_implicit_port`` (with ``_1``,
        ``_2``, ... appended if that name is taken). A Var that does not belong to a Process
        yet hands the port over when it does.
        """
        port = ImplicitVarPort(var)
        if var.process is None:
            var._orphan_ports.append(port)
        else:
            port.join_process(var.process)
        return port


class VarPort(AbstractRVPort, AbstractDstPort):
    """Makes a Var of its Process reachable for RefPorts of other Processes.

    Parameters
    ----------
    var : Var
        A shareable Var; the port has its shape.

    Raises
    ------
    AssertionError
        If `var` is not a Var.
    VarNotSharableError
        If `var` is not shareable.
    """

    def __init__(self, var: Var) -> None:
        if not isinstance(var, Var):
            raise PortTypeError(f"a {type(self).__name__} is made for a Var, got {var!r}.")
        if not var.shareable:
            raise VarNotSharableError(var.full_name)
        super().__init__(var.shape)
        self.var = var

    def connect_from(
        self,
        ports: AbstractRVPort | list[AbstractRVPort],
        connection_configs: ConnectionConfigs = None,
    ) -> None:
        """Connect from a RefPort or from the VarPort of the enclosing Process."""
        self._connect_from(ports, (RefPort, VarPort), connection_configs)


class ImplicitVarPort(VarPort):
    """A VarPort made by ``RefPort.connect_var``; models do not declare it."""

    def join_process(self, process: AbstractProcess) -> None:
        """Become an attribute and a VarPort of `process`, under a free name."""
        base = name = f"_{self.var.name}_implicit_port"
        count = 0
        while name in vars(process) or hasattr(type(process), name):
            count += 1
            name = f"{base}_{count}"
        self.name = name
        self.process = process
        setattr(process, name, self)
        process.var_ports.add_members({name: self})


RefPort.forward_types = (RefPort, VarPort)
VarPort.forward_types = (VarPort,)
