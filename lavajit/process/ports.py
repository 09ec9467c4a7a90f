"""Ports: how Processes exchange messages and look into each other's Vars.

    AbstractPort                    abstract_port.py
    |-- AbstractIOPort              messages, io_ports.py
    |   |-- OutPort                   sends     (AbstractSrcPort)
    |   `-- InPort                    receives  (AbstractDstPort)
    |-- AbstractRVPort              remote memory, rv_ports.py
    |   |-- RefPort                   reads and writes a Var of another Process (AbstractSrcPort)
    |   `-- VarPort                   makes a Var reachable                     (AbstractDstPort)
    |       `-- ImplicitVarPort         made by RefPort.connect_var
    `-- AbstractVirtualPort         changes the shape on the way, virtual_ports.py

Connecting is checked by connecting.py; walks over connected ports are in port_paths.py.
Import ports from this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lavajit.process.abstract_port import (
    AbstractDstPort,
    AbstractPort,
    AbstractSrcPort,
    ConnectionConfigs,
)
from lavajit.process.connecting import to_list
from lavajit.process.io_ports import AbstractIOPort, InPort, OutPort
from lavajit.process.rv_ports import AbstractRVPort, ImplicitVarPort, RefPort, VarPort

__all__ = [
    "AbstractDstPort",
    "AbstractIOPort",
    "AbstractPort",
    "AbstractRVPort",
    "AbstractSrcPort",
    "ConnectionConfigs",
    "ImplicitVarPort",
    "InPort",
    "OutPort",
    "RefPort",
    "VarPort",
    "create_port_id",
    "is_disjoint",
    "to_list",
]


def create_port_id(proc_id: int, port_name: str) -> str:
    """Return ``"<process id>_<port name>"``."""
    return f"{proc_id}_{port_name}"


def is_disjoint(a: Iterable[Any], b: Iterable[Any]) -> bool:
    """Return True if `a` and `b` have no element in common."""
    return set(a).isdisjoint(b)
