"""A neuron written for speed: loops over neurons, work that follows the spikes, noise of its own.

A ring of excitable cells. A cell fires by itself now and then, excites its two neighbours, and
rests for some time; so waves start, travel and die where they meet. Three additions of lavajit to
Lava's model interface are used: ``buffer()`` to write a message in place, ``events()`` to learn who
has spiked, and ``self.rng``, whose numbers depend on seed, Process, element and time step only.
"""

import sys

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    SinkRingBuffer,
    Var,
    implements,
    plots,
    requires,
)


class Ring(AbstractProcess):
    """Cells on a ring; `noise` is the probability to fire without input in one time step."""

    def __init__(self, cells, noise=2e-4, transmission=0.995, rest=25):
        super().__init__()
        self.s_in = InPort(shape=(cells,))
        self.s_out = OutPort(shape=(cells,))
        self.excited = Var(shape=(cells,), init=0)
        self.resting = Var(shape=(cells,), init=0)
        self.noise = Var(shape=(1,), init=noise)
        self.transmission = Var(shape=(1,), init=transmission)
        self.rest = Var(shape=(1,), init=rest)


@implements(proc=Ring, protocol=LoihiProtocol)
@requires(CPU)
class PyRingModel(PyLoihiProcessModel):
    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)
    excited: np.ndarray = LavaPyType(np.ndarray, bool)
    resting: np.ndarray = LavaPyType(np.ndarray, np.int32)
    noise: float = LavaPyType(float, float)
    transmission: float = LavaPyType(float, float)
    rest: int = LavaPyType(int, int)

    def run_spk(self):
        excited, resting = self.excited, self.resting
        spikes = self.s_out.buffer()
        for i in range(spikes.size):
            chance = self.transmission if excited[i] else self.noise
            spikes[i] = resting[i] == 0 and self.rng.uniform(i) < chance
            resting[i] = self.rest if spikes[i] else max(resting[i] - 1, 0)
            excited[i] = False
        self.s_out.send(spikes)

        # What was sent comes back in the same step: it excites the neighbours in the next one.
        self.s_in.recv()
        for i in self.s_in.events():
            excited[i - 1] = True
            excited[(i + 1) % excited.size] = True


if __name__ == "__main__":
    ring = Ring(cells=300)
    sink = SinkRingBuffer(shape=(300,), buffer=600)
    ring.s_out.connect(ring.s_in)
    ring.s_out.connect(sink.a_in)
    ring.run(condition=RunSteps(num_steps=600), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    print(f"{ring.s_out.shape[0]} cells, {int(sink.data.get().sum())} spikes in 600 time steps")
    axes = plots.raster(sink.data.get(), neuron_first=True)
    axes.figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "own_neuron.png", dpi=150)
    ring.stop()
