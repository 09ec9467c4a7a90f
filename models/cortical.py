"""What cortical network models share: populations in one Process, their statistics, a command."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from lavajit import Loihi2SimCfg, Projection, RunSteps
from lavajit.process.process import AbstractProcess
from models.spike_recorder import SpikeRecorder

#: Fewest intervals that a coefficient of variation is computed from.
MIN_INTERVALS = 5


@dataclass
class CorticalNetwork:
    """Populations of neurons, one behind the other in one Process.

    Attributes
    ----------
    neurons : AbstractProcess
        All neurons.
    recorder : SpikeRecorder
        Of their spikes.
    populations : dict of str to range
        The neurons of each population.
    projections : dict of str to Projection
        The synapses.
    out_degrees : ndarray of float, shape (n,)
        Expected number of synapses that each neuron sends to.
    dt : float
        Milliseconds of a time step.
    """

    neurons: AbstractProcess
    recorder: SpikeRecorder
    populations: dict[str, range]
    projections: dict[str, Projection]
    out_degrees: np.ndarray
    dt: float

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""
        return {name: len(part) for name, part in self.populations.items()}

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons (counted from 0) of the recorded spikes of a population."""
        steps, neurons = self.recorder.spikes()
        part = self.populations[name]
        chosen = (neurons >= part.start) & (neurons < part.stop)
        return steps[chosen], neurons[chosen] - part.start

    def run(
        self, steps: int, precision: str = "float64", seed: int = 0, threads: int | None = None
    ) -> None:
        """Run the network; the first run compiles it and fixes all but the number of steps."""
        config = Loihi2SimCfg(
            select_tag="floating_pt", float_precision=precision, seed=seed, threads=threads
        )
        self.neurons.run(RunSteps(num_steps=steps), run_cfg=config)

    def stop(self) -> None:
        """End the simulation."""
        self.neurons.stop()

    def forget_spikes(self) -> None:
        """Record from now on, when the network has settled."""
        for count in (self.recorder.n_spikes, self.recorder.spikes_of):
            count.set(np.zeros(count.shape, np.int64))

    def synaptic_events(self) -> int:
        """Recorded spikes, each counted once for every synapse that it reaches on average."""
        return round(self.recorder.spikes_of.get() @ self.out_degrees)

    def rates(self, steps: int) -> dict[str, float]:
        """Mean rates of the populations in Hz, from what was recorded during `steps`."""
        counts = self.recorder.spikes_of.get()
        seconds = 1e-3 * self.dt * steps
        return {
            name: float(counts[part.start : part.stop].mean() / seconds)
            for name, part in self.populations.items()
        }

    def variation(self, name: str | None = None) -> float:
        """Mean coefficient of variation of the inter-spike intervals; of all, or a population."""
        steps, neurons = self.recorder.spikes() if name is None else self.spikes(name)
        order = np.lexsort((steps, neurons))
        steps, neurons = steps[order], neurons[order]
        within = np.diff(neurons) == 0
        intervals, owner = np.diff(steps)[within].astype(float), neurons[1:][within]
        count = np.bincount(owner, minlength=1)
        kept = count >= MIN_INTERVALS
        if not kept.any():
            return float("nan")
        mean = np.bincount(owner, intervals)[kept] / count[kept]
        square = np.bincount(owner, intervals**2)[kept] / count[kept]
        return float(np.mean(np.sqrt(np.maximum(square - mean**2, 0)) / mean))


def parts(sizes: dict[str, int]) -> dict[str, range]:
    """Populations of these sizes, one behind the other."""
    ends = np.cumsum(list(sizes.values())).tolist()
    starts = [0, *ends[:-1]]
    return {name: range(*pair) for name, *pair in zip(sizes, starts, ends, strict=True)}


def seeds(seed: int, count: int) -> list[int]:
    """Seeds for the projections of a network, from the one of the network."""
    return np.random.SeedSequence(seed).generate_state(count).tolist()


def connect(
    neurons: AbstractProcess,
    projections: dict[str, Projection],
    ports: dict[str, str],
    capacity: int,
) -> SpikeRecorder:
    """Connect neurons with themselves by way of projections, and with a recorder.

    `ports` names the InPort of the neurons that each projection sends to.
    """
    for name, projection in projections.items():
        neurons.s_out.connect(projection.s_in)
        projection.a_out.connect(getattr(neurons, ports[name]))
    recorder = SpikeRecorder(neurons.s_out.shape, capacity, name="spikes")
    neurons.s_out.connect(recorder.s_in)
    return recorder


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

    steps = round(args.time / network.dt)
    network.run(steps, args.precision, args.seed, args.threads)
    save_raster(network, steps, args.output, network.dt)
    print_statistics(network, steps)
    network.stop()
    print(f"picture: {args.output}")


def print_statistics(network: CorticalNetwork, steps: int) -> None:
    """Size, rate and irregularity of each population."""
    rates = network.rates(steps)
    for name, size in network.sizes().items():
        variation = network.variation(name)
        print(f"{name}: {size:,} neurons, {rates[name]:.2f} Hz, CV of intervals {variation:.2f}")
    print(f"synaptic events: {network.synaptic_events():,}")
