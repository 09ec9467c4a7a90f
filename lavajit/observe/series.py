"""Records of one Var or OutPort: dense samples, or events."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lavajit.observe import statistics
from lavajit.observe.chunk import Chunk, Form
from lavajit.observe.exports.methods import EventsExports, SamplesExports


@dataclass(frozen=True, eq=False)
class Samples(SamplesExports):
    """Values of a Var (or messages of an OutPort), time first.

    An ndarray can be made of it (``np.asarray(samples)``), and it is indexed like one.

    Attributes
    ----------
    name : str
        Process and member, as in "lif.v".
    steps : ndarray of int64, shape (T,)
        The recorded time steps; the first step of a network is 1.
    values : ndarray, shape (T, *shape), or (T, n) where some elements were chosen
        In the dtype of the source.
    chosen : ndarray of int64, shape (n,), or None
        The chosen elements, as indices into the flattened shape; None for all.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit.observe.series import Samples
    >>> v = Samples("lif.v", np.array([1, 2]), np.array([[0.5, 0.0], [0.7, 0.1]]))
    >>> v
    <Samples lif.v: 2 x 2 float64, steps 1 to 2>
    >>> v[:, 0]
    array([0.5, 0.7])
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    chosen: np.ndarray | None = None

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.array(self.values, dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index):
        return self.values[index]

    @property
    def form(self) -> Form:
        """Element type and shape, with the chosen elements."""
        shape = self.values.shape[1:]
        return Form(self.name, self.values.dtype, shape, self.chosen, False)

    @property
    def chunk(self) -> Chunk:
        """All of it, to be stored."""
        return Chunk(self.steps, self.values.reshape(len(self.steps), self.form.size))

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return self.steps.nbytes + self.values.nbytes

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.values.shape))
        return f"<Samples {self.name}: {shape} {self.values.dtype}{_span(self.steps)}>"


@dataclass(frozen=True, eq=False)
class Events(EventsExports):
    """Elements of messages that were not zero: spikes, with a value each if they are graded.

    Attributes
    ----------
    name : str
        Process and port, as in "lif.s_out".
    shape : tuple of int
        Of the port, or (n,) where some elements were chosen.
    dtype : dtype
        Of the port.
    recorded : ndarray of int64, shape (T,)
        All recorded time steps, with events and without; the first step of a network is 1.
    counts : ndarray of int32, shape (T,)
        Number of events in each of them.
    neurons : ndarray of int32, shape (N,)
        Elements of the events in the order of time: indices into the flattened shape, or places
        among the chosen ones.
    values : ndarray, shape (N,), or None
        Their values in the dtype of the port; None if all are 1.
    chosen : ndarray of int64, shape (n,), or None
        The chosen elements, as indices into the flattened shape of the port; None for all.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit.observe.series import Events
    >>> spikes = Events.from_dense("lif.s_out", np.array([[0, 1], [0, 0], [1, 1]], bool))
    >>> spikes
    <Events lif.s_out: 3 events of 2, steps 1 to 3>
    >>> spikes.steps, spikes.neurons
    (array([1, 3, 3]), array([1, 0, 1], dtype=int32))
    >>> spikes.rate(dt=1e-3)  # per second, where a step is a millisecond
    array([333.33333333, 666.66666667])
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    recorded: np.ndarray
    counts: np.ndarray
    neurons: np.ndarray
    values: np.ndarray | None = None
    chosen: np.ndarray | None = None

    @classmethod
    def from_dense(cls, name: str, messages: np.ndarray, first: int = 1) -> Events:
        """Events of dense messages.

        Parameters
        ----------
        messages : array_like, shape (T, *shape)
            Time first.
        first : int
            Time step of the first row.
        """
        messages = np.asarray(messages)
        rows = messages.reshape(len(messages), math.prod(messages.shape[1:]))
        row, neurons = np.nonzero(rows)
        counts = np.bincount(row, minlength=len(rows)).astype(np.int32)
        values = rows[row, neurons]
        steps = np.arange(first, first + len(rows), dtype=np.int64)
        kept = None if (values == 1).all() else values
        shape, kind = messages.shape[1:], messages.dtype
        return cls(name, shape, kind, steps, counts, neurons.astype(np.int32), kept)

    @classmethod
    def of(cls, form: Form, whole: Chunk) -> Events:
        """Events of one chunk that holds all of them."""
        parts = (whole.steps, whole.counts, whole.neurons, whole.values)
        return cls(form.name, form.kept_shape, form.dtype, *parts, form.chosen)

    def __len__(self) -> int:
        return len(self.neurons)

    @property
    def steps(self) -> np.ndarray:
        """Time step of every event; shape (N,), int64."""
        return np.repeat(self.recorded, self.counts)

    @property
    def size(self) -> int:
        """Number of elements that could have events."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def form(self) -> Form:
        """Element type and shape, with the chosen elements."""
        return Form(self.name, self.dtype, self.shape, self.chosen, True)

    @property
    def chunk(self) -> Chunk:
        """All of it, to be stored."""
        return Chunk(self.recorded, None, self.counts, self.neurons, self.values)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        parts = (self.recorded, self.counts, self.neurons, self.values)
        return sum(part.nbytes for part in parts if part is not None)

    def dense(self) -> np.ndarray:
        """All messages, zeros included; shape (T, *shape), in the dtype of the port."""
        out = np.zeros((len(self.recorded), self.size), self.dtype)
        row = np.repeat(np.arange(len(self.recorded)), self.counts)
        out[row, self.neurons] = 1 if self.values is None else self.values
        return out.reshape(len(self.recorded), *self.shape)

    def samples(self) -> Samples:
        """The same as Samples, zeros included."""
        return Samples(self.name, self.recorded, self.dense(), self.chosen)

    def per_neuron(self) -> np.ndarray:
        """Number of events of every element; shape (n,), int64."""
        return np.bincount(self.neurons, minlength=self.size)

    def trains(self) -> list[np.ndarray]:
        """Time steps of the events of every element, one array each."""
        order = np.argsort(self.neurons, kind="stable")
        ends = np.cumsum(self.per_neuron())
        return np.split(self.steps[order], ends)[: self.size]

    def rate(self, dt: float = 1.0) -> np.ndarray:
        """Mean rate of every element.

        Parameters
        ----------
        dt : float
            Duration of a time step; with seconds the rates are in Hz.

        Returns
        -------
        ndarray of float64, shape (n,)
            Events divided by the recorded time; NaN if no step was recorded.
        """
        return statistics.rate(self.per_neuron(), len(self.recorded), dt)

    def rate_over_time(self, window: int = 1, dt: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Rate of the population, averaged over its elements.

        Parameters
        ----------
        window : int
            Number of recorded steps that are counted together; a rest at the end that is shorter
            is left out.
        dt : float
            Duration of a time step.

        Returns
        -------
        steps : ndarray of int64, shape (T // window,)
            First step of each window.
        rates : ndarray of float64, shape (T // window,)
            Events per element and unit of `dt`.
        """
        first, rates = statistics.rate_over_time(self.counts, self.size, window, dt)
        return self.recorded[first], rates

    def isi(self, dt: float = 1.0) -> list[np.ndarray]:
        """Intervals between the successive events of every element, one array each.

        Parameters
        ----------
        dt : float
            Duration of a time step.
        """
        return [np.diff(train) * dt for train in self.trains()]

    def cv(self) -> np.ndarray:
        """Coefficient of variation of the inter-spike intervals of every element.

        Standard deviation over mean of the intervals, 1 for a Poisson process, 0 for a regular
        one (Softky and Koch 1993); NaN for elements with fewer than two intervals.

        Returns
        -------
        ndarray of float64, shape (n,)
        """
        return statistics.cv(self.steps, self.neurons, self.size)

    def __repr__(self) -> str:
        kind = "events" if self.values is None else f"{self.dtype} events"
        where = " x ".join(map(str, self.shape)) or "1"
        return f"<Events {self.name}: {len(self):,} {kind} of {where}{_span(self.recorded)}>"


Series = Samples | Events


def _span(steps: np.ndarray) -> str:
    if not len(steps):
        return ", no step"
    every = int(steps[1] - steps[0]) if len(steps) > 1 else 1
    stride = f", every {every}" if every > 1 else ""
    return f", steps {steps[0]} to {steps[-1]}{stride}"
