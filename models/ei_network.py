"""A balanced network of excitatory and inhibitory LIF neurons.

Every time step (1 ms) of neuron i in population a = E, I::

    u_i = u_i (1 - du) + sum over b, j of  J_b du s_j(t - 1)      (library Dense, then LIF)
    v_i = v_i (1 - dv) + u_i + dv (vth + drive sqrt(K) + x_i)
    s_i = v_i > vth ;  v_i = 0 where s_i = 1

Each neuron receives exactly K = p N_E excitatory and p N_I inhibitory synapses, at random, none
from itself. Charges of a spike scale as in the theory of balance: J_E = j / sqrt(K), J_I = -g J_E.
The mean input of order sqrt(K) then cancels by itself, and what is left of order 1, the
fluctuations, makes the neurons fire: irregularly, and nearly independently of each other. There
is no noise; chaos does this.

Balance in one line: K J_E r (g / 4 - 1) = dv drive sqrt(K) + O(1), so that the rate r is about
dv drive / (j (g / 4 - 1)) spikes per step for any K, plus what the finite threshold adds.

==========  ======  =======================================================================
parameter   value   meaning
==========  ======  =======================================================================
N_E : N_I   4 : 1   excitatory to inhibitory neurons
p           0.1     connection probability
j           0.65    strength, in units of the threshold (vth = 1)
g           8       inhibition is g times stronger
dv, du      0.05,   leak and synaptic decay per step: 20 ms and 4 ms
            0.25
drive       0.05    constant external excitation, in units of vth sqrt(K)
x           0.1     standard deviation of each neuron's own constant input, times vth
==========  ======  =======================================================================

C. van Vreeswijk and H. Sompolinsky, Chaos in neuronal networks with balanced excitatory and
inhibitory activity, Science 274 (1996): the scaling. N. Brunel, Dynamics of sparsely connected
networks of excitatory and inhibitory spiking neurons, J. Comput. Neurosci. 8 (2000): fixed
in-degrees, one relative strength g.

    python -m models.ei_network --scale 1 --steps 2000 --output ei_network.png
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lavajit import LIF, Dense, Loihi2SimCfg, Result, RunSteps

if TYPE_CHECKING:
    from lavajit.observe.series import Events

NEURONS, FEWEST = 2_000, 50
EXCITATORY_SHARE = 0.8
CONNECTION_PROBABILITY = 0.1
STRENGTH = 0.65
INHIBITION = 8.0
LEAK = 0.05
SYNAPTIC_DECAY = 0.25
DRIVE = 0.05
DRIVE_SPREAD = 0.1

#: Of the fixed-point models: 12-bit decays, voltages with 6 bits below the unit of weights, 8-bit
#: weights (the largest one is set to this), biases with a mantissa of 12 bits and sign.
DECAY_ONE = 4096
UNIT_BITS = 6
LARGEST_WEIGHT = 250
LARGEST_MANTISSA = 4095

TAGS = {"float": "floating_pt", "fixed": "fixed_pt"}


@dataclass
class EINetwork:
    """The Processes of the network.

    Attributes
    ----------
    excitatory, inhibitory : LIF
        The populations.
    projections : dict of str to Dense
        "EE", "EI", "IE", "II": target first, source second.
    arith : str
        "float" or "fixed".
    result : Result or None
        Spikes of the last run; None before the first.
    """

    excitatory: LIF
    inhibitory: LIF
    projections: dict[str, Dense]
    arith: str
    result: Result | None = field(default=None, init=False, repr=False)

    def populations(self) -> dict[str, LIF]:
        """The populations by letter."""
        return {"E": self.excitatory, "I": self.inhibitory}

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""
        return {name: lif.s_out.size for name, lif in self.populations().items()}

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons of the spikes of a population in the last run."""
        events = self.events(name)
        return events.steps, events.neurons

    def events(self, name: str) -> Events:
        """Spikes of a population in the last run; RuntimeError before the first."""
        if self.result is None:
            raise RuntimeError("nothing has been recorded yet; call run() first")
        return self.result.spikes(self.populations()[name])

    def run(self, steps: int) -> None:
        """Run the network and record its spikes; the first run compiles it."""
        config = Loihi2SimCfg(select_tag=TAGS[self.arith])
        spikes = [lif.s_out for lif in self.populations().values()]
        self.result = self.excitatory.run(RunSteps(steps), run_cfg=config, record=spikes)

    def stop(self) -> None:
        """End the simulation."""
        self.excitatory.stop()

    def synaptic_events(self) -> int:
        """Number of spikes times synapses they went to, in the last run."""
        return sum(
            int(self.events(source).per_neuron() @ np.count_nonzero(dense.weights.init, 0))
            for (_, source), dense in self.projections.items()
        )


@dataclass
class _Units:
    """Parameters of the LIF and Dense models in one arithmetic."""

    lif: dict[str, float]
    voltage: float
    weight: float
    bias: float
    bias_exp: int
    dtype: type

    def in_units(self, values: np.ndarray | float, unit: float) -> np.ndarray:
        scaled = np.asarray(values) * unit
        return scaled if self.dtype is float else np.rint(scaled).astype(self.dtype)


def build(scale: float = 1.0, seed: int = 1, arith: str = "float") -> EINetwork:
    """Build the network; nothing is compiled yet.

    Parameters
    ----------
    scale : float
        Number of neurons by 2,000, four fifths of them excitatory; ValueError below 0.025.
    seed : int
        Of connections, initial voltages and constant inputs.
    arith : {"float", "fixed"}
        Which models will run it: float64 or Loihi's fixed point.

    Examples
    --------
    >>> network = build(scale=0.1)
    >>> network.run(100)
    >>> steps, neurons = network.spikes("E")
    >>> network.stop()
    """
    neurons = round(scale * NEURONS)
    _check_arguments(scale, neurons, arith)
    rng = np.random.default_rng(seed)
    n_e = round(EXCITATORY_SHARE * neurons)
    sizes = {"E": n_e, "I": neurons - n_e}
    n_inputs = {source: round(CONNECTION_PROBABILITY * size) for source, size in sizes.items()}
    charge_e = STRENGTH / np.sqrt(n_inputs["E"])
    charge = {"E": charge_e, "I": -INHIBITION * charge_e}
    units = _fixed_units(charge["I"], n_inputs["E"]) if arith == "fixed" else _float_units()
    lif = {a: _population(a, size, n_inputs["E"], units, rng) for a, size in sizes.items()}
    projections = {}
    for a, b in ("EE", "EI", "IE", "II"):
        connected = random_inputs(sizes[a], sizes[b], n_inputs[b], a == b, rng)
        weight = units.in_units(charge[b] * SYNAPTIC_DECAY, units.weight)
        projections[a + b] = _projection(lif[b], lif[a], connected * weight)
    return EINetwork(lif["E"], lif["I"], projections, arith)


def _check_arguments(scale: float, neurons: int, arith: str) -> None:
    if neurons < FEWEST:
        raise ValueError(f"scale={scale}: {neurons} neurons, the network needs {FEWEST} or more")
    if arith not in TAGS:
        raise ValueError(f"arith={arith!r}: choose one of {', '.join(map(repr, TAGS))}")


def _projection(source: LIF, target: LIF, weights: np.ndarray) -> Dense:
    dense = Dense(weights=weights, name=f"{source.name} to {target.name}")
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(target.a_in)
    return dense


def random_inputs(
    n_out: int, n_in: int, n_inputs: int, recurrent: bool, rng: np.random.Generator
) -> np.ndarray:
    """Boolean (n_out, n_in), `n_inputs` True per row, none on the diagonal if `recurrent`."""
    lots = rng.random((n_out, n_in), dtype=np.float32)
    if recurrent:
        np.fill_diagonal(lots, 2.0)
    chosen = np.argpartition(lots, n_inputs - 1, axis=1)[:, :n_inputs]
    connected = np.zeros((n_out, n_in), bool)
    np.put_along_axis(connected, chosen, True, axis=1)
    return connected


def _population(
    name: str, size: int, n_inputs: int, units: _Units, rng: np.random.Generator
) -> LIF:
    own = DRIVE_SPREAD * rng.standard_normal(size)
    bias = LEAK * (1 + DRIVE * np.sqrt(n_inputs) + own)
    return LIF(
        shape=(size,),
        v=units.in_units(rng.random(size), units.voltage),
        bias_mant=units.in_units(bias, units.bias),
        bias_exp=units.bias_exp,
        name=name,
        **units.lif,
    )


def _float_units() -> _Units:
    return _Units({"du": SYNAPTIC_DECAY, "dv": LEAK, "vth": 1.0}, 1.0, 1.0, 1.0, 0, float)


def _fixed_units(strongest: float, n_inputs: int) -> _Units:
    """The threshold such that the strongest weight just fits; the rest follows."""
    threshold = round(LARGEST_WEIGHT / (abs(strongest) * SYNAPTIC_DECAY))
    voltage = float(threshold << UNIT_BITS)
    largest_bias = voltage * LEAK * (1 + DRIVE * np.sqrt(n_inputs) + 6 * DRIVE_SPREAD)
    bias_exp = max(0, int(np.ceil(np.log2(largest_bias / LARGEST_MANTISSA))))
    lif = {
        "du": round(SYNAPTIC_DECAY * DECAY_ONE) - 1,  # the model adds 1 to du
        "dv": round(LEAK * DECAY_ONE),
        "vth": threshold,
    }
    return _Units(lif, voltage, float(threshold), voltage / 2**bias_exp, bias_exp, int)


def main(argv: list[str] | None = None) -> int:
    """Run the network and save a figure of its spikes."""
    parser = argparse.ArgumentParser(description="A balanced network of LIF neurons.")
    parser.add_argument("--scale", type=float, default=1.0, help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=2_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--arith", choices=list(TAGS), default="float")
    parser.add_argument("--output", default="ei_network.png", help="default: %(default)s")
    args = parser.parse_args(argv)

    from models.raster import save_raster

    network = build(args.scale, args.seed, args.arith)
    network.run(args.steps)
    save_raster(network, args.output)
    for name, size in network.sizes().items():
        rate = network.events(name).rate(dt=1e-3).mean()
        print(f"{name}: {size} neurons, {rate:.1f} spikes per neuron and 1,000 steps")
    network.stop()
    print(f"picture: {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
