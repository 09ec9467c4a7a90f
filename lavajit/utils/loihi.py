"""Choosing a Loihi system, for programs written for one.

There is no hardware here, but a model of it: `is_installed` is True, so that such programs take
their hardware branch and run with Loihi2HwCfg on the neurocores that :mod:`lavajit.neurocore`
models, with a report of resources, time and energy. Processes without a model for cores run on the
CPU. With the environment variable ``LAVAJIT_NEUROCORES=0`` the answer is False, and programs take
the branch for the CPU, as they do where Lava's extension for Loihi is missing.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from enum import Enum

#: "SLURM" or "ETHERNET" after a program has chosen a host.
host: str | None = None
_PROFILER = "lava.utils.loihi2_profiler"
_SWITCH = "LAVAJIT_NEUROCORES"


class ChipGeneration(Enum):
    """Generations of Loihi chips."""

    N2A2 = "N2A2"
    N3B2 = "N3B2"
    N3B3 = "N3B3"
    N3C1 = "N3C1"
    N3D1 = "N3D1"


def is_installed(module_name: str = _PROFILER) -> bool:
    """True if programs can use Loihi: lavajit models its cores.

    Parameters
    ----------
    module_name : str
        Module to look for; the default stands for lavajit's own profilers.

    Examples
    --------
    >>> is_installed("no_such_package.at_all")
    False
    """
    if module_name == _PROFILER:
        return os.environ.get(_SWITCH, "1") != "0"
    try:
        return importlib.util.find_spec(module_name) is not None
    except (ImportError, ValueError):
        return False


def _choose(function: str, kind: str) -> None:
    global host
    if not is_installed():
        raise ImportError(
            f"{function}() needs Loihi, which {_SWITCH}=0 has switched off: use Loihi2SimCfg and "
            "leave out the choice of a host, or unset the variable to run on modelled cores."
        )
    warnings.warn(
        f"{function}() has no effect: there is no hardware here. Loihi2HwCfg runs on neurocores "
        "that lavajit models",
        UserWarning,
        stacklevel=3,
    )
    host = kind


def use_slurm_host(
    partition: str | None = None,
    board: str | None = None,
    loihi_gen: ChipGeneration = ChipGeneration.N3B3,
) -> None:
    """Accepted for programs that choose a SLURM cluster; without effect, and a warning says so.

    Raises
    ------
    ImportError
        Modelled cores are switched off.
    """
    _choose("use_slurm_host", "SLURM")


def use_ethernet_host(
    host_address: str,
    host_binary_path: str = "nxcore/bin/nx_driver_server",
    loihi_gen: ChipGeneration = ChipGeneration.N3B3,
) -> None:
    """Accepted for programs that choose a host; without effect, and a warning says so.

    Raises
    ------
    ImportError
        Modelled cores are switched off.
    """
    _choose("use_ethernet_host", "ETHERNET")
