"""``lavajit demo``: a balanced E/I network, its speed, and a picture of its spikes."""

from __future__ import annotations

import platform
import time


def main(
    neurons: int = 2_000, steps: int = 10_000, output: str = "lavajit_demo.png", seed: int = 1
) -> int:
    """Run the network of ``models.ei_network``, print speeds, save a raster of the last steps.

    Parameters
    ----------
    neurons, steps : int
        Number of neurons, at least 50, and of time steps, at least 1.
    output : str
        Picture to save; the suffix chooses the format.
    seed : int
        Another seed is another network.

    Returns
    -------
    int
        Exit code for the command line: 0, or 2 for numbers out of range.
    """
    from models import ei_network, raster

    if steps < 1 or neurons < 50:
        print(f"lavajit demo: got {neurons} neurons, {steps} steps; at least 50 and 1 are needed")
        return 2
    print(f"{neurons:,} LIF neurons (80 % excitatory), {steps:,} time steps")
    seconds: dict[str, float] = {}
    with _timed(seconds, "build"):
        network = ei_network.build(neurons / ei_network.NEURONS, seed)
    with _timed(seconds, "compile"):
        network.run(0)
    with _timed(seconds, "run"):
        network.run(steps)
    print(_report(network, neurons, steps, seconds))
    raster.save_raster(network, output)
    network.stop()
    print(f"picture     {output}")
    return 0


class _timed:
    """Context manager that keeps how long its block took."""

    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self.seconds, self.name = seconds, name

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds[self.name] = time.perf_counter() - self.start


def _report(network, neurons: int, steps: int, seconds: dict[str, float]) -> str:
    from lavajit.kernels import compile as kernels

    events, run = network.synaptic_events(), seconds["run"]
    spikes = sum(len(network.events(name)) for name in network.sizes())
    synapses = sum(int((d.weights.init != 0).sum()) for d in network.projections.values())
    compiled = kernels.compiled_count
    source = f"{compiled} kernels compiled" if compiled else "kernels from cache"
    lines = [
        ("network", f"{synapses:,} synapses, built in {seconds['build']:.2f} s"),
        ("compile", f"{seconds['compile']:.2f} s ({source})"),
        ("run", f"{run:.2f} s"),
        ("activity", f"{1000 * spikes / (neurons * steps):.1f} spikes per neuron and 1,000 steps"),
        ("", f"{steps / run:,.0f} steps/s"),
        ("", f"{neurons * steps / run:.3g} neuron updates/s"),
        ("", f"{events / run:.3g} synaptic events/s (spikes x synapses they reach)"),
        ("machine", machine_line()),
    ]
    return "\n".join(f"{name:<12}{text}" for name, text in lines)


def machine_line() -> str:
    """Processor, cores and versions in one line."""
    from importlib.metadata import version

    from lavajit import __version__
    from lavajit.cli import cpu_name, usable_cores

    return (
        f"{cpu_name()}, {usable_cores()} cores, Python {platform.python_version()}, "
        f"lavajit {__version__}, numba {version('numba')}, numpy {version('numpy')}"
    )
