"""``lavajit profile script.py``: every run of a script is profiled, tables at its end."""

from __future__ import annotations

import os
import runpy
from collections.abc import Callable
from typing import Any

from lavajit.runtime.profiling.profile import Profile
from lavajit.runtime.runtime import Runtime

#: Runs of a network whose profiles are kept before they are put together.
_PENDING = 32
#: Bars of a picture, at most.
_BARS = 12


class _Runs:
    """Profiles of the runs of one network."""

    def __init__(self, runtime: Runtime):
        self.name = runtime.executable.network.graph.nodes[0].process.name
        self.number = 0
        self._results: list[Any] = []
        self._profiles: list[Profile] = []

    def add(self, result) -> None:
        """A run; one that goes on in a thread has its profile later."""
        self.number += 1
        self._results.append(result)
        if self.number % _PENDING == 0:
            self._profiles = [self.profile()]

    def profile(self) -> Profile:
        """Of all runs that have ended."""
        ended = [result for result in self._results if result.profile is not None]
        self._results = [result for result in self._results if result.profile is None]
        self._profiles += [result.profile for result in ended]
        return Profile.combined(self._profiles)


def profile_script(
    path: str, arguments: list[str], output: str | None = None, rows: int = 30
) -> None:
    """Run a script with all its runs profiled, and print a profile of each network.

    ``sys.argv``, ``sys.path`` and ``import lava`` are set up by the caller.

    Parameters
    ----------
    path : str
        The script.
    arguments : list of str
        Its arguments, which the caller has set up.
    output : str, optional
        Picture to save.
    rows : int
        Longest tables.
    """
    networks: dict[Runtime, _Runs] = {}
    original: Callable = Runtime.start

    def start(runtime: Runtime, condition, **options):
        wanted = options.get("record") is not None or options.get("profile", False)
        before = runtime.result
        try:
            result = original(runtime, condition, **{**options, "profile": True})
        finally:
            if runtime.result is not None and runtime.result is not before:
                networks.setdefault(runtime, _Runs(runtime)).add(runtime.result)
        if wanted or result is None:
            return result
        if result.facts["ended"] == "interrupted":
            raise KeyboardInterrupt
        return None

    Runtime.start = start
    try:
        runpy.run_path(path, run_name="__main__")
    finally:
        Runtime.start = original
        _show(path, list(networks.values()), output, rows)


def _show(path: str, networks: list[_Runs], output: str | None, rows: int) -> None:
    if not networks:
        print(f"{os.path.basename(path)} does not run a network.")
        return
    profiles = [runs.profile() for runs in networks]
    for number, (runs, profile) in enumerate(zip(networks, profiles, strict=True), start=1):
        print(f"\nNetwork {number} of {len(networks)}, of {runs.name}; runs: {runs.number}")
        print(profile.to_text(rows))
    if output is not None:
        _draw(networks, profiles, output)


def _draw(networks: list[_Runs], profiles: list[Profile], output: str) -> None:
    """One picture, networks below each other."""
    from matplotlib.figure import Figure

    from lavajit.plots import style

    bars = [min(len(profile.rows), _BARS) + 1 for profile in profiles]
    heights = [1.4 + 0.25 * number for number in bars]
    with style():
        figure = Figure(figsize=(8, sum(heights)))
        axes = figure.subplots(len(profiles), squeeze=False, height_ratios=heights)[:, 0]
        for runs, profile, ax in zip(networks, profiles, axes, strict=True):
            title = f"network of {runs.name}, {profile.steps:,} steps"
            profile.plot(ax, rows=_BARS).set_title(title)
        figure.savefig(output)
    print(f"\npicture: {output}")
