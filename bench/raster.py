"""Rasters of many spikes: seconds from spikes to a PNG file."""

from __future__ import annotations

import io

import numpy as np

from bench.common import Result, interleaved, seconds

#: Spikes and neurons of the pictures.
SIZES = ((10**4, 10**2), (10**6, 10**4), (10**7, 10**5))
STEPS = 10**5
REPETITIONS = 5
DPI = 200


def measure(quick: bool = False) -> Result:
    """Draw random spikes and save the figure."""
    sizes, repetitions = (SIZES[:1], 1) if quick else (SIZES, REPETITIONS)
    measures = {size: _picture(*size) for size in sizes}
    for draw in measures.values():
        draw()  # imports, fonts
    found = interleaved(
        {size: lambda d=draw: seconds(d) for size, draw in measures.items()}, repetitions
    )
    rows = [{"spikes": n, "neurons": m, "s": found[n, m]} for n, m in sizes]
    return Result("raster to PNG", rows, [f"8 x 4.5 inches at {DPI} dpi, rates below the raster"])


def _picture(spikes: int, neurons: int):
    from matplotlib.figure import Figure

    from lavajit import plots

    rng = np.random.default_rng(0)
    when = np.sort(rng.integers(1, STEPS + 1, spikes))
    who = rng.integers(0, neurons, spikes).astype(np.int32)

    def draw() -> None:
        figure = Figure(figsize=(8, 4.5))
        plots.raster((when, who), figure.add_subplot(), dt=0.1, rate=True)
        figure.savefig(io.BytesIO(), dpi=DPI)

    return draw
