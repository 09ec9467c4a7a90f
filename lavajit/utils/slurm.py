"""Choosing boards and partitions of a SLURM cluster, through environment variables.

As in Lava; without the program ``sinfo`` there is no cluster: lists are empty and choices are
errors (Lava raises FileNotFoundError).
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

#: Seconds that a command may take.
TIMEOUT = 1.0
UNSPECIFIED = "Unspecified"


@dataclass
class PartitionInfo:
    """A line of ``sinfo``."""

    name: str = ""
    available: str = ""
    timelimit: str = ""
    nodes: str = ""
    state: str = ""
    nodelist: str = ""


@dataclass
class BoardInfo:
    """A line of ``sinfo -N``."""

    nodename: str = ""
    partition: str = ""
    state: str = ""


def try_run_command(command: list[str]) -> list[str]:
    """Lines that a command prints; [] if it fails, is not installed, or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.split("\n")


def is_available() -> bool:
    """True if there is a SLURM cluster."""
    return any(try_run_command(["sinfo"]))


def enable() -> None:
    """Run on the cluster from now on.

    Raises
    ------
    ValueError
        There is none.
    """
    if not is_available():
        raise ValueError("SLURM cannot be enabled: the command 'sinfo' finds no cluster here.")
    os.environ.pop("NOSLURM", None)
    os.environ["SLURM"] = "1"


def disable() -> None:
    """Do not run on a cluster."""
    os.environ.pop("SLURM", None)
    os.environ["NOSLURM"] = "1"


def get_partitions() -> list[PartitionInfo]:
    """All partitions; [] without a cluster."""
    return [PartitionInfo(*row[:6]) for row in _table(["sinfo"])]


def get_boards() -> list[BoardInfo]:
    """All boards; [] without a cluster."""
    rows = [[*row, "", "", "", ""] for row in _table(["sinfo", "-N"])]
    return [BoardInfo(row[0], row[2], row[3]) for row in rows]


def _table(command: list[str]) -> list[list[str]]:
    """Words of each line below the head."""
    return [line.split() for line in try_run_command(command)[1:] if line.strip()]


def get_partition_info(partition_name: str) -> PartitionInfo | None:
    """The first partition of that name, or None."""
    return next((info for info in get_partitions() if info.name == partition_name), None)


def get_board_info(nodename: str) -> BoardInfo | None:
    """The first board of that name, or None."""
    return next((info for info in get_boards() if info.nodename == nodename), None)


def partition() -> str:
    """Name of the chosen partition, or "Unspecified"."""
    return os.environ.get("PARTITION", UNSPECIFIED)


def set_partition(partition: str | None) -> None:
    """Choose a partition; None takes the choice back.

    Raises
    ------
    ValueError
        There is no such partition, or it is down.
    """
    if partition is None:
        os.environ.pop("PARTITION", None)
        return
    info = get_partition_info(partition)
    if info is None or "down" in info.state:
        known = ", ".join(known.name for known in get_partitions()) or "none"
        state = "does not exist" if info is None else f"is {info.state}"
        raise ValueError(f"partition {partition!r} {state}; there are: {known}.")
    os.environ["PARTITION"] = partition


def set_board(board: str | None, partition: str | None = None) -> None:
    """Choose a board; None takes the choice back.

    Raises
    ------
    ValueError
        There is no such board, it is down, or it is not in `partition`.
    """
    if board is None:
        os.environ.pop("BOARD", None)
        return
    info = get_board_info(board)
    if info is None or "down" in info.state:
        known = ", ".join(known.nodename for known in get_boards()) or "none"
        state = "does not exist" if info is None else f"is {info.state}"
        raise ValueError(f"board {board!r} {state}; there are: {known}.")
    if partition and info.partition != partition:
        raise ValueError(f"board {board!r} is in partition {info.partition!r}, not {partition!r}.")
    os.environ["BOARD"] = board
