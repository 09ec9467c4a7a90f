"""Recorded networks of other emulators as descriptions of ours."""

from pathlib import Path

import numpy as np

from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.learning import ErrorLearning
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.cores.synapses import SynapseGroup

DATA = Path(__file__).parent / "data" / "neurocore"

#: Recordings of static networks of NengoLoihi's emulator.
NENGO_LOIHI = (
    "bias_only chain dense_in extremes feedback_map large nengo_0 nengo_1 nengo_2 noise_small "
    "noise_u noise_v pop16 pop32 q_wrap recurrent refractory relu sparse_in two_inputs "
    "two_synapse_groups u_wrap vclip"
).split()
#: Those of its plastic networks.
LEARNING = ("learn_1", "learn_2")
#: Recordings of Brian2Loihi.
BRIAN2LOIHI = tuple(f"b2l_{case}" for case in range(6))


def load(name):
    """One recording as a dict of arrays."""
    with np.load(DATA / f"{name}.npz") as file:
        return {key: file[key] for key in file}


def network_of(data):
    """The network of a recording of NengoLoihi's emulator."""
    populations = [_population(data, f"b{k}") for k in range(int(data["n_blocks"]))]
    sources = [
        SpikeSource(int(data[f"i{k}_n"]), data[f"i{k}_t"], data[f"i{k}_idx"], _axons(data, f"i{k}"))
        for k in range(int(data["n_inputs"]))
    ]
    return CoreNetwork(populations, sources)


def _population(data, p):
    core = CoreRegisters(
        vmin=int(data[f"{p}_vmin"]),
        vmax=int(data[f"{p}_vmax"]),
        noise_exponent=int(data[f"{p}_noise_exp"]),
        noise_offset=int(data[f"{p}_noise_offset"]),
        noise_at_membrane=bool(data[f"{p}_noise_at_membrane"]),
    )
    names = ("vth", "decay_u", "decay_v", "bias", "refract")
    registers = {name: data[f"{p}_{name}"] for name in names}
    noise = data[f"{p}_enable_noise"].astype(bool)
    cells = Compartments(int(data[f"{p}_n"]), noise=noise, **registers)
    groups = [_synapses(data, f"{p}_s{j}") for j in range(int(data[f"{p}_n_syn"]))]
    return Population(p, cells, core, groups, _axons(data, p))


def _synapses(data, s):
    atoms, rows = int(data[f"{s}_n_pop"]), data[f"{s}_ptr"]
    lengths = np.repeat(np.diff(rows), atoms)
    return SynapseGroup(
        pointers=np.concatenate([[0], np.cumsum(lengths)]),
        targets=data[f"{s}_idx"],
        weights=data[f"{s}_w"],
        n_atoms=atoms,
        axon_bits=int(data[f"{s}_pop_type"]),
        axon_rows=data.get(f"{s}_a2w"),
        bases=data.get(f"{s}_bases"),
        learning=_learning(data, f"{s}_L") if f"{s}_L_tau" in data else None,
    )


def _learning(data, s):
    names = dict(
        trace_epoch="train_epoch",
        weight_epoch="learn_epoch",
        rate="lr_int",
        rate_exponent="lr_exp",
        weight_exponent="wexp",
        unused_bits="shift_bits",
    )
    values = {name: int(data[f"{s}_{key}"]) for name, key in names.items()}
    return ErrorLearning(float(data[f"{s}_tau"]), float(data[f"{s}_mag"]), **values)


def _axons(data, p):
    return [
        OutputAxons(
            *(int(k) for k in data[f"{p}_a{j}_target"]),
            axons=data.get(f"{p}_a{j}_map"),
            atoms=data.get(f"{p}_a{j}_atoms"),
        )
        for j in range(int(data[f"{p}_n_ax"]))
    ]


def brian2loihi_network(data):
    """The network of a recording of Brian2Loihi: nothing wraps, no hidden offset of the decay."""
    n = int(data["n"])
    core = CoreRegisters(
        vmin=-(2**31) + 1,
        vmax=2**31 - 1,
        current_offset=0,
        input_bits=31,
        current_bits=31,
    )
    cells = Compartments(
        n,
        vth=int(data["vth_mant"]) << 6,
        decay_u=int(data["decay_i"]),
        decay_v=int(data["decay_v"]),
        refract=int(data["refract"]),
    )
    groups, sources = [], []
    for k in range(3):
        weights, spikes = data[f"g{k}_w_act"], data[f"g{k}_spk"]
        n_in = len(weights)
        groups.append(
            SynapseGroup(
                pointers=np.arange(n_in + 1) * n,
                targets=np.tile(np.arange(n), n_in),
                weights=weights.ravel(),
                delays=np.full(n_in * n, int(data[f"g{k}_delay"])),
                delay_bits=6,
            )
        )
        # Row t of the recording is our step t + 1, in which spikes dated t arrive.
        times, indices = np.nonzero(spikes)
        sources.append(SpikeSource(n_in, times, indices, [OutputAxons(0, k)]))
    return CoreNetwork([Population("group", cells, core, groups)], sources)
