"""Worker of the emulator of NengoLoihi: a ring of cores, built from its blocks, without a probe.

Runs on the versions that environments.py names without any change to them.
"""

from __future__ import annotations

import time

import nengo
import nengo_loihi
import numpy as np
from core_networks import (
    COMPARTMENTS,
    DECAY_U,
    DECAY_V,
    VMAX,
    VMIN,
    VTH,
    core_arrays,
    spike_sums,
)
from nengo_loihi.block import Axon, LoihiBlock, Synapse
from nengo_loihi.builder import Model
from nengo_loihi.emulator import EmulatorInterface
from protocol import Contender, serve


class EmulatorContender(Contender):
    """Cores in a ring: each projects to the next one, one alone to itself."""

    def start(self, job):
        begin = time.perf_counter()
        model = Model()
        cores = [core_arrays(core, job["activity"]) for core in range(job["cores"])]
        for core, arrays in enumerate(cores):
            model.add_block(_block(arrays["bias"], cores[core - 1]))
        blocks = list(model.blocks)
        for core, block in enumerate(blocks):
            axons = Axon(COMPARTMENTS)
            axons.target = blocks[(core + 1) % len(blocks)].synapses[0]
            block.add_axon(axons)
        self.emulator = EmulatorInterface(model, seed=1)
        built = time.perf_counter()
        spikes = []
        for _ in range(job["compared"]):
            self.emulator.step()
            spikes.append(spike_sums(self.emulator.compartment.spiked))
        versions = f"nengo-loihi {nengo_loihi.__version__}, nengo {nengo.__version__}"
        return {
            "build": built - begin,
            "spikes": spikes,
            "versions": f"{versions}, numpy {np.__version__}",
        }

    def run(self, steps):
        self.emulator.run_steps(steps)

    def spikes(self):
        """Of all steps; as many entries as there have been spikes, without times."""
        count = int(self.emulator.compartment.spike_count.sum())
        return np.zeros(count), np.zeros(count, int), float(self.emulator.t)


def _block(bias: np.ndarray, sender: dict[str, np.ndarray]) -> LoihiBlock:
    """A core as it is after discretisation: all values are integers of the chip."""
    block = LoihiBlock(COMPARTMENTS)
    cells = block.compartment
    for name, value in {"decay_u": DECAY_U, "decay_v": DECAY_V, "vth": VTH}.items():
        setattr(cells, name, np.full(COMPARTMENTS, value, np.int32))
    cells.refract_delay = np.ones(COMPARTMENTS, np.int32)
    cells.bias, cells.vmin, cells.vmax = bias, VMIN, VMAX
    cells.scale_u = False
    synapse = Synapse(COMPARTMENTS)
    rows, targets = sender["weights"][:, None], sender["targets"][:, None]
    synapse.set_population_weights(list(rows), list(targets), None, None, pop_type=0)
    synapse.weights = list(rows)  # int32, as after discretisation
    block.add_synapse(synapse)
    return block


if __name__ == "__main__":
    serve(EmulatorContender())
