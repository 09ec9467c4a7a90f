"""What cortical network models share: populations in one Process, their statistics, a command."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lavajit import AbstractProcess, Loihi2SimCfg, Projection, Result, RunSteps

if TYPE_CHECKING:
    from lavajit.observe.series import Events

#: Fewest intervals that a coefficient of variation is computed from.
MIN_INTERVALS = 5


@dataclass
class CorticalNetwork:
    """Populations of neurons, one behind the other in one Process.

    Attributes
    ----------
    neurons : AbstractProcess
        All neurons.
    populations : dict of str to range
        The neurons of each population.
    projections : dict of str to Projection
        The synapses.
    out_degrees : ndarray of float, shape (n,)
        Expected number of synapses that each neuron sends to.
    dt : float
        Milliseconds of a time step.
    result : Result or None
        Spikes of the last run, which all statistics are of; None before the first.
    """

    neurons: AbstractProcess
    populations: dict[str, range]
    projections: dict[str, Projection]
    out_degrees: np.ndarray
    dt: float
    result: Result | None = field(default=None, init=False, repr=False)

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""
        return {name: len(part) for name, part in self.populations.items()}

    def events(self) -> Events:
        """Spikes of all neurons in the last run; RuntimeError before the first."""
        if self.result is None:
            raise RuntimeError("nothing has been recorded yet; call run() first")
        return self.result.spikes()

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons (counted from 0) of the spikes of a population."""
        spikes, part = self.events(), self.populations[name]
        chosen = (spikes.neurons >= part.start) & (spikes.neurons < part.stop)
        return spikes.steps[chosen], spikes.neurons[chosen] - part.start

    def run(
        self, steps: int, precision: str = "float64", seed: int = 0, threads: int | None = None
    ) -> None:
        """Run the network and record its spikes.

        The first run compiles the network and fixes all options but the number of steps.
        """
        config = Loihi2SimCfg(
            select_tag="floating_pt", float_precision=precision, seed=seed, threads=threads
        )
        self.result = self.neurons.run(
            RunSteps(num_steps=steps), run_cfg=config, record=self.neurons.s_out
        )

    def stop(self) -> None:
        """End the simulation."""
        self.neurons.stop()

    def synaptic_events(self) -> int:
        """Spikes, each counted once for every synapse that it reaches on average."""
        return round(self.events().per_neuron() @ self.out_degrees)

    def rates(self) -> dict[str, float]:
        """Mean rates of the populations in Hz."""
        rates = self.events().rate(dt=1e-3 * self.dt)
        return {
            name: float(rates[part.start : part.stop].mean())
            for name, part in self.populations.items()
        }

    def variation(self, name: str | None = None) -> float:
        """Mean coefficient of variation of the inter-spike intervals; of all, or a population.

        Of the neurons that have `MIN_INTERVALS` of them or more; NaN if there is none.
        """
        spikes = self.events()
        part = range(spikes.size) if name is None else self.populations[name]
        enough = spikes.per_neuron()[part] > MIN_INTERVALS
        return float(spikes.cv()[part][enough].mean()) if enough.any() else float("nan")


def parts(sizes: dict[str, int]) -> dict[str, range]:
    """Populations of these sizes, one behind the other."""
    ends = np.cumsum(list(sizes.values())).tolist()
    starts = [0, *ends[:-1]]
    return {name: range(*pair) for name, *pair in zip(sizes, starts, ends, strict=True)}


def seeds(seed: int, count: int) -> list[int]:
    """Seeds for the projections of a network, from the one of the network."""
    return np.random.SeedSequence(seed).generate_state(count).tolist()


def connect(
    neurons: AbstractProcess, projections: dict[str, Projection], ports: dict[str, str]
) -> None:
    """Connect neurons with themselves by way of projections.

    `ports` names the InPort of the neurons that each projection sends to.
    """
    for name, projection in projections.items():
        neurons.s_out.connect(projection.s_in)
        projection.a_out.connect(getattr(neurons, ports[name]))


def command_line(description: str, output: str, milliseconds: float) -> argparse.ArgumentParser:
    """Options that all models have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scale", type=float, default=1.0, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "--time", type=float, default=milliseconds, metavar="MS", help="default: %(default)s"
    )
    parser.add_argument("--precision", choices=("float64", "float32"), default="float64")
    parser.add_argument("--threads", type=int, help="default: as many as pay off")
    parser.add_argument("--output", default=output, help="default: %(default)s")
    return parser


def run_and_show(network: CorticalNetwork, args: argparse.Namespace) -> None:
    """Run a model as its command line asks, print rates, save a figure."""
    from models.raster import save_raster

    network.run(round(args.time / network.dt), args.precision, args.seed, args.threads)
    save_raster(network, args.output, network.dt)
    print_statistics(network)
    network.stop()
    print(f"picture: {args.output}")


def print_statistics(network: CorticalNetwork) -> None:
    """Size, rate and irregularity of each population in the last run."""
    rates = network.rates()
    for name, size in network.sizes().items():
        variation = network.variation(name)
        print(f"{name}: {size:,} neurons, {rates[name]:.2f} Hz, CV of intervals {variation:.2f}")
    print(f"synaptic events: {network.synaptic_events():,}")
