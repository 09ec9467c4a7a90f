"""Hints for connections to hardware; kept for Lava programs, without effect on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class SpikeIOInterface(IntEnum):
    """Link by which spikes enter or leave the hardware."""

    ETHERNET = 0
    PIO = 1


class SpikeIOPort(Enum):
    """Physical port by which spikes enter or leave the hardware."""

    PIO_NORTH = "n"
    PIO_SOUTH = "s"
    PIO_EAST = "e"
    PIO_WEST = "w"
    PIO_UP = "u"
    PIO_DOWN = "d"
    ETHERNET = "p"


class SpikeIOMode(IntEnum):
    """Whether spikes carry their time."""

    FREE_RUNNING = 0
    TIME_COMPARE = 1


@dataclass
class ConnectionConfig:
    """Hardware hints for one connection, stored in `connection_configs` of both its ports."""

    interface: SpikeIOInterface = SpikeIOInterface.ETHERNET
    num_probes: int = 4
    ethernet_packet_len: int = 256
    ethernet_interface: str = "enp2s0"
    max_messages: int = 1024
    max_message_size: int = 4096
    spike_io_port: SpikeIOPort = SpikeIOPort.ETHERNET
    spike_io_mode: SpikeIOMode = SpikeIOMode.TIME_COMPARE
    num_time_buckets: int = 1 << 16
    ethernet_mac_address: str = "0x90e2ba01214c"
    loihi_mac_address: str = "0x0015edbeefed"
    ethernet_chip_id: tuple[int, int, int] | None = None
    ethernet_chip_idx: int | None = None
