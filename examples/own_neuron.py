# %% [markdown]
"""
A neuron of one's own, written for speed: loops over neurons, work that follows the spikes, noise.

A ring of excitable cells. A cell fires by itself now and then, excites its two neighbours, and
rests for some time; so waves start, travel and die where they meet. Three additions to Lava's model
interface are used: `buffer()` to write a message in place, `events()` to learn who has spiked, and
`self.rng`, whose numbers depend on seed, Process, element and time step only.
"""

# %%
import numpy as np

import lavajit as lj


class Ring(lj.AbstractProcess):
    def __init__(self, cells, noise=2e-4, transmission=0.995, rest=25):
        super().__init__()
        self.s_in = lj.InPort(shape=(cells,))
        self.s_out = lj.OutPort(shape=(cells,))
        self.excited = lj.Var(shape=(cells,), init=0)
        self.resting = lj.Var(shape=(cells,), init=0)
        self.noise = lj.Var(shape=(1,), init=noise)
        self.transmission = lj.Var(shape=(1,), init=transmission)
        self.rest = lj.Var(shape=(1,), init=rest)


# %%
@lj.implements(proc=Ring, protocol=lj.LoihiProtocol)
@lj.requires(lj.CPU)
class PyRingModel(lj.PyLoihiProcessModel):
    s_in: lj.PyInPort = lj.LavaPyType(lj.PyInPort.VEC_DENSE, bool)
    s_out: lj.PyOutPort = lj.LavaPyType(lj.PyOutPort.VEC_DENSE, bool)
    excited: np.ndarray = lj.LavaPyType(np.ndarray, bool)
    resting: np.ndarray = lj.LavaPyType(np.ndarray, np.int32)
    noise: float = lj.LavaPyType(float, float)  # chance to fire without input
    transmission: float = lj.LavaPyType(float, float)  # and with it
    rest: int = lj.LavaPyType(int, int)

    def run_spk(self):
        excited, resting = self.excited, self.resting
        spikes = self.s_out.buffer()
        for i in range(spikes.size):
            chance = self.transmission if excited[i] else self.noise
            spikes[i] = resting[i] == 0 and self.rng.uniform(i) < chance
            resting[i] = self.rest if spikes[i] else max(resting[i] - 1, 0)
            excited[i] = False
        self.s_out.send(spikes)

        # What was sent comes back in the same step: it excites the neighbours in the next one. The
        # network is a loop, so the method is cut here in two, and local names end.
        self.s_in.recv()
        for i in self.s_in.events():
            self.excited[i - 1] = True
            self.excited[(i + 1) % self.excited.size] = True


# %%
ring = Ring(cells=300)
ring.s_out.connect(ring.s_in)
with ring:
    result = ring.run(lj.RunSteps(600), lj.Loihi2SimCfg(), record=ring.s_out)
print(f"300 cells, {len(result.spikes())} spikes in 600 time steps")
lj.plots.raster(result).figure.savefig("own_neuron.png", dpi=150)
