"""Choosing a Loihi system, for programs written for one; here there is only the CPU."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from enum import Enum

from lavajit.utils import slurm

#: "SLURM" or "ETHERNET" after a host was chosen.
host: str | None = None
_PROFILER = "lava.utils.loihi2_profiler"


class ChipGeneration(Enum):
    """Generations of Loihi chips."""

    N2A2 = "N2A2"
    N3B2 = "N3B2"
    N3B3 = "N3B3"
    N3C1 = "N3C1"
    N3D1 = "N3D1"


def is_installed(module_name: str = _PROFILER) -> bool:
    """True if the package that drives Loihi is installed.

    Examples
    --------
    >>> is_installed("no_such_package.at_all")
    False
    """
    try:
        return importlib.util.find_spec(module_name) is not None
    except (ImportError, ValueError):
        return False


def _check_installed(function: str) -> None:
    if not is_installed():
        raise ImportError(
            f"{function}() needs Lava's extension for Loihi, which is not installed. lavajit runs "
            f"on the CPU: use Loihi2SimCfg and leave out the choice of a host."
        )


def use_slurm_host(
    partition: str | None = None,
    board: str | None = None,
    loihi_gen: ChipGeneration = ChipGeneration.N3B3,
) -> None:
    """Run on a SLURM cluster.

    Raises
    ------
    ImportError
        The extension for Loihi is not installed.
    ValueError
        There is no cluster, or no such partition or board.
    """
    global host
    _check_installed("use_slurm_host")
    slurm.enable()
    os.environ["LOIHI_GEN"] = loihi_gen.value
    slurm.set_board(board, partition)
    slurm.set_partition(partition)
    host = "SLURM"


def use_ethernet_host(
    host_address: str,
    host_binary_path: str = "nxcore/bin/nx_driver_server",
    loihi_gen: ChipGeneration = ChipGeneration.N3B3,
) -> None:
    """Run on a host in the network.

    Raises
    ------
    ImportError
        The extension for Loihi is not installed.
    ValueError
        The host does not answer.
    """
    global host
    _check_installed("use_ethernet_host")
    ping = ["ping", "-c", "1", "-W", "1", host_address]
    if subprocess.run(ping, capture_output=True).returncode != 0:
        raise ValueError(f"the host {host_address!r} does not answer a ping.")
    slurm.disable()
    os.environ |= {
        "NXSDKHOST": host_address,
        "HOST_BINARY": host_binary_path,
        "LOIHI_GEN": loihi_gen.value,
    }
    host = "ETHERNET"
