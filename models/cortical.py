"""What cortical network models share: random connections, one population of E and I, statistics."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from lavajit import Loihi2SimCfg, RunSteps
from lavajit.process.process import AbstractProcess
from models.spike_recorder import SpikeRecorder

#: Fewest intervals that a coefficient of variation is computed from.
MIN_INTERVALS = 5


@dataclass
class CorticalNetwork:
    """Excitatory neurons, then inhibitory ones, in one Process.

    Attributes
    ----------
    neurons : AbstractProcess
        All neurons.
    recorder : SpikeRecorder
        Of their spikes.
    n_excitatory : int
        Number of excitatory neurons, which come first.
    out_degrees : ndarray of int, shape (n,)
        Synapses that each neuron sends to.
    dt : float
        Milliseconds of a time step.
    """

    neurons: AbstractProcess
    recorder: SpikeRecorder
    n_excitatory: int
    out_degrees: np.ndarray
    dt: float

    def sizes(self) -> dict[str, int]:
        """Number of neurons of populations "E" and "I"."""
        n = self.neurons.s_out.size
        return {"E": self.n_excitatory, "I": n - self.n_excitatory}

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons (counted from 0) of the recorded spikes of a population."""
        steps, neurons = self.recorder.spikes()
        first = 0 if name == "E" else self.n_excitatory
        chosen = (neurons >= first) & (neurons < first + self.sizes()[name])
        return steps[chosen], neurons[chosen] - first

    def run(self, steps: int, precision: str = "float64", seed: int = 0) -> None:
        """Run the network; the first run compiles it and fixes precision and seed of inputs."""
        config = Loihi2SimCfg(select_tag="floating_pt", float_precision=precision, seed=seed)
        self.neurons.run(RunSteps(num_steps=steps), run_cfg=config)

    def stop(self) -> None:
        """End the simulation."""
        self.neurons.stop()

    def synaptic_events(self) -> int:
        """Spikes so far, each counted once for every synapse that it reaches."""
        return int(self.recorder.spikes_of.get() @ self.out_degrees)

    def rates(self, steps: int) -> dict[str, float]:
        """Mean rates of the populations in Hz, over a run of `steps`."""
        counts = self.recorder.spikes_of.get()
        seconds = 1e-3 * self.dt * steps
        parts = {"E": counts[: self.n_excitatory], "I": counts[self.n_excitatory :]}
        return {name: float(part.mean() / seconds) for name, part in parts.items()}

    def variation(self) -> float:
        """Mean coefficient of variation of the inter-spike intervals."""
        steps, neurons = self.recorder.spikes()
        order = np.lexsort((steps, neurons))
        breaks = np.flatnonzero(np.diff(neurons[order])) + 1
        intervals = [np.diff(times) for times in np.split(steps[order], breaks)]
        kept = [x.std() / x.mean() for x in intervals if len(x) >= MIN_INTERVALS]
        return float(np.mean(kept)) if kept else float("nan")


def bernoulli_pairs(
    n_in: int, n_out: int, p: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Each of the n_in * n_out pairs with probability `p`, independently: `pre`, `post`.

    The gaps between connected pairs are geometric, so the work follows the synapses.
    """
    pairs = n_in * n_out
    if p >= 1:
        chosen = np.arange(pairs)
    else:
        expected = p * pairs
        # Ten standard deviations more than expected: the sum of the gaps passes the last pair.
        gaps = rng.geometric(p, int(expected + 10 * np.sqrt(expected) + 100))
        chosen = np.cumsum(gaps) - 1
        chosen = chosen[chosen < pairs]
    return (chosen // n_out).astype(np.int32), (chosen % n_out).astype(np.int32)


def fixed_in_degree(
    n_in: int, n_out: int, degree: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`degree` inputs of each of the n_out neurons, drawn with replacement: `pre`, `post`."""
    pre = rng.integers(0, n_in, n_out * degree, dtype=np.int32)
    return pre, np.repeat(np.arange(n_out, dtype=np.int32), degree)


def command_line(description: str, output: str, milliseconds: float) -> argparse.ArgumentParser:
    """Options that all models have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scale", type=float, default=1.0, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "--time", type=float, default=milliseconds, metavar="MS", help="default: %(default)s"
    )
    parser.add_argument("--precision", choices=("float64", "float32"), default="float64")
    parser.add_argument("--output", default=output, help="default: %(default)s")
    return parser


def run_and_show(network: CorticalNetwork, args: argparse.Namespace) -> None:
    """Run a model as its command line asks, print rates, save a figure."""
    from models.raster import save_raster

    steps = round(args.time / network.dt)
    network.run(steps, args.precision, args.seed)
    save_raster(network, steps, args.output, network.dt)
    rates, sizes = network.rates(steps), network.sizes()
    for name, size in sizes.items():
        print(f"{name}: {size:,} neurons, {rates[name]:.2f} Hz")
    print(f"CV of intervals: {network.variation():.2f}")
    print(f"synaptic events: {network.synaptic_events():,}")
    network.stop()
    print(f"picture: {args.output}")
