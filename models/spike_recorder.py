"""Records spikes as (time step, neuron) pairs: memory follows the spikes, no Python per step."""

from __future__ import annotations

import warnings

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    LoihiProtocol,
    PyInPort,
    PyLoihiProcessModel,
    Var,
    implements,
    requires,
)


class SpikeRecorder(AbstractProcess):
    """Keeps the first `capacity` spikes it receives and counts all of them.

    Parameters
    ----------
    shape : tuple of int
        Shape of the neurons that are recorded.
    capacity : int
        Number of spikes to keep.
    name : str, optional
        Name of the Process.

    Attributes
    ----------
    s_in : InPort, shape `shape`
        Spikes; any value but 0 is one.
    n_spikes : Var, shape (1,), int64
        Number of spikes received so far, kept or not.
    spikes_of : Var, shape `shape`, int64
        The same for every neuron.
    steps, neurons : Var, shape (capacity,), int32
        When, and who (index into the flattened neurons).
    """

    def __init__(self, shape: tuple[int, ...], capacity: int, name: str | None = None) -> None:
        super().__init__(shape=shape, capacity=capacity, name=name)
        self.s_in = InPort(shape)
        self.n_spikes = Var((1,), init=0)
        self.spikes_of = Var(shape, init=0)
        self.steps = Var((capacity,), init=0)
        self.neurons = Var((capacity,), init=0)

    def spikes(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ``(steps, neurons)`` of the spikes kept so far, in the order of time.

        Warns if there were more spikes than the recorder could keep.
        """
        total, capacity = int(self.n_spikes.get()[0]), self.steps.shape[0]
        if total > capacity:
            warnings.warn(
                f"SpikeRecorder {self.name!r} keeps {capacity} spikes; the last {total - capacity} "
                f"of {total} are counted but not kept. Give it a larger capacity.",
                stacklevel=2,
            )
        kept = slice(0, min(total, capacity))
        return self.steps.get(kept), self.neurons.get(kept)


@implements(proc=SpikeRecorder, protocol=LoihiProtocol)
@requires(CPU)
class PySpikeRecorderModel(PyLoihiProcessModel):
    """Follows the spikes: the work of a step is the number of spikes in it."""

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    n_spikes: np.ndarray = LavaPyType(np.ndarray, np.int64)
    spikes_of: np.ndarray = LavaPyType(np.ndarray, np.int64)
    steps: np.ndarray = LavaPyType(np.ndarray, np.int32)
    neurons: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        self.s_in.recv()
        total = self.n_spikes[0]
        counts = self.spikes_of.ravel()
        for i in self.s_in.events():
            counts[i] += 1
            if total < self.steps.size:
                self.steps[total] = self.time_step
                self.neurons[total] = i
            total += 1
        self.n_spikes[0] = total
