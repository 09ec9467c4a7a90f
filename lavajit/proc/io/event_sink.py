"""A sink that keeps every non-zero element it receives; an addition to Lava.

Events are stored natively in a block of fixed size. A block that is nearly full is moved to a
list in Python, so the sink grows as long as there is memory, and Python is crossed into once per
block.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io.event_list import Events
from lavajit.process.ports import InPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class EventSink(AbstractProcess):
    """Keeps the non-zero elements of all messages, in all runs, as events.

    Parameters
    ----------
    shape : tuple of int
        Shape of a message.
    block : int, optional
        Number of events that are stored natively before they are moved to a list.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    a_in : InPort, shape `shape`
        Messages from several sources are added.
    times, indices, values : Var
        The present block; `get_data` returns all events.
    count : Var, shape (1,)
        Number of events in the present block.

    Raises
    ------
    ValueError
        If `block` is not an int >= 1.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif, sink = LIF(shape=(2,), bias_mant=[6, 0], vth=10), EventSink(shape=(2,))
    >>> lif.s_out.connect(sink.a_in)
    >>> lif.run(RunSteps(4), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> times, indices, values = sink.get_data()
    >>> times.tolist(), indices.tolist(), values.tolist()
    ([2, 4], [0, 0], [1.0, 1.0])
    >>> lif.stop()
    """

    def __init__(self, shape: tuple[int, ...], block: int = 1 << 14, **params) -> None:
        if isinstance(block, bool) or not hasattr(block, "__index__") or block < 1:
            raise ValueError(
                f"block of EventSink is a number of events, an int >= 1; got {block!r}."
            )
        self._full_blocks: list[Events] = []
        super().__init__(shape=shape, full_blocks=self._full_blocks, **params)
        self.a_in = InPort(shape=shape)
        # After every step there is room for a message without a zero.
        size = (max(block.__index__(), math.prod(shape), 1),)
        self.times = Var(shape=size, init=0)
        self.indices = Var(shape=size, init=0)
        self.values = Var(shape=size, init=0)
        self.count = Var(shape=(1,), init=0)

    def get_data(self) -> Events:
        """Return all events so far, in the order of their times.

        Raises
        ------
        RuntimeError
            If the network cannot be read, for example because it has been stopped.
        """
        n = int(np.ravel(self.count.get())[0])
        part = slice(0, n)
        present = Events(
            *(np.atleast_1d(v.get(part)) for v in (self.times, self.indices, self.values))
        )
        columns = zip(*self._full_blocks, present, strict=True)
        return Events(*(np.concatenate(column) for column in columns))


@implements(proc=EventSink, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt", "fixed_pt")
class PyEventSinkModel(PyLoihiProcessModel):
    """Stores events; int32 messages are exact in float64."""

    boundscheck = False
    precision_port = "a_in"
    host_methods: ClassVar[tuple[str, ...]] = ("run_post_mgmt",)

    # Zeros of type bool plus a message are of the type of the message: it is read in place.
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    times: np.ndarray = LavaPyType(np.ndarray, np.int64)
    indices: np.ndarray = LavaPyType(np.ndarray, np.int64)
    values: np.ndarray = LavaPyType(np.ndarray, float)
    count: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.full_blocks = proc_params["full_blocks"]
        self.message_size = math.prod(proc_params["shape"])

    def run_spk(self):
        message = self.a_in.recv().ravel()
        times, indices, values = self.times, self.indices, self.values
        n = self.count[0]
        for i in self.a_in.events():
            times[n], indices[n], values[n] = self.time_step, i, message[i]
            n += 1
        self.count[0] = n

    def post_guard(self):
        return self.count[0] + self.message_size > self.times.size

    def run_post_mgmt(self):
        n = int(self.count[0])
        parts = (self.times[:n].copy(), self.indices[:n].copy(), self.values[:n].copy())
        self.full_blocks.append(Events(*parts))
        self.count[0] = 0
