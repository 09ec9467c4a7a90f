"""Neural state machine of continual learning: allocation of prototypes, and their labels.

Allocator, per time step: a non-zero trigger sends `next_alloc_id` and increments it, else 0 is
sent.

Readout, per time step, with ``w`` the first prototype whose inference is not zero::

    last_winner_id = w ;  inferred = proto_labels[w]
    if inferred == 0:  proto_labels[w] = inferred = -(w + 1)         a pseudo-label
    if the user gives a label:  known = proto_labels[last_winner_id]
        known > 0:   feedback = 1 if known == label, else -1 and a new prototype is asked for
        known < 0:   proto_labels[last_winner_id] = inferred = label
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Readout(AbstractProcess):
    """Translates the prototype that won into the user's label, and learns labels.

    Parameters
    ----------
    n_protos : int
        Number of prototypes.
    proto_labels : array_like of int, shape (n_protos,), optional
        Labels known at first; 0 for none.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    inference_in : InPort, shape (n_protos,)
        Non-zero for a prototype that answers.
    label_in : InPort, shape (1,)
        The user's label, 0 for none.
    user_output : OutPort, shape (1,)
        Label of the prototype that won, 0 for none; negative for a pseudo-label.
    feedback : OutPort, shape (1,)
        1 if the user's label is the known one, -1 if it is another, else 0.
    trigger_alloc : OutPort, shape (1,)
        1 to have a new prototype allocated.
    proto_labels : Var, shape (n_protos,)
    last_winner_id : Var, shape (1,)

    Raises
    ------
    ValueError
        If `n_protos` is not an int >= 1, or `proto_labels` has another shape.

    Examples
    --------
    >>> Readout(n_protos=4).proto_labels.init.tolist()
    [0, 0, 0, 0]
    """

    def __init__(self, *, n_protos: int, proto_labels: ArrayLike | None = None, **params) -> None:
        n_protos = _checked_count(n_protos, "Readout")
        labels = np.zeros(n_protos, np.int32) if proto_labels is None else np.asarray(proto_labels)
        if labels.shape != (n_protos,):
            raise ValueError(
                f"proto_labels of Readout has shape {labels.shape}, expected ({n_protos},): one "
                f"label for each prototype."
            )
        super().__init__(n_protos=n_protos, proto_labels=labels, **params)
        self.inference_in = InPort(shape=(n_protos,))
        self.label_in = InPort(shape=(1,))
        self.user_output = OutPort(shape=(1,))
        self.trigger_alloc = OutPort(shape=(1,))
        self.feedback = OutPort(shape=(1,))
        self.proto_labels = Var(shape=(n_protos,), init=labels)
        self.last_winner_id = Var(shape=(1,), init=0)


class Allocator(AbstractProcess):
    """Hands out ids of prototypes.

    Parameters
    ----------
    n_protos : int
        Number of prototypes; not a limit, as in Lava.
    next_alloc_id : int, optional
        First id to hand out; ids begin at 1.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    trigger_in : InPort, shape (1,)
        Non-zero to ask for an id.
    allocate_out : OutPort, shape (1,)
        The id, or 0.
    next_alloc_id, n_protos : Var, shape (1,)

    Raises
    ------
    ValueError
        If `n_protos` or `next_alloc_id` is not an int >= 1.

    Examples
    --------
    >>> Allocator(n_protos=8).next_alloc_id.init
    1
    """

    def __init__(self, *, n_protos: int, next_alloc_id: int = 1, **params) -> None:
        n_protos = _checked_count(n_protos, "Allocator")
        next_alloc_id = _checked_count(next_alloc_id, "Allocator", "next_alloc_id")
        super().__init__(n_protos=n_protos, next_alloc_id=next_alloc_id, **params)
        self.trigger_in = InPort(shape=(1,))
        self.allocate_out = OutPort(shape=(1,))
        self.next_alloc_id = Var(shape=(1,), init=next_alloc_id)
        self.n_protos = Var(shape=(1,), init=n_protos)


def _checked_count(value: int, process: str, name: str = "n_protos") -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise ValueError(f"{name} of {process} must be an int >= 1, got {value!r}.")
    return value.__index__()


@implements(proc=Readout, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "floating_pt")
class PyReadoutModel(PyLoihiProcessModel):
    """Readout in 32-bit integers."""

    boundscheck = False

    inference_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    label_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    user_output: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    trigger_alloc: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    feedback: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    proto_labels: np.ndarray = LavaPyType(np.ndarray, np.int32)
    last_winner_id: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        inference = self.inference_in.recv()
        user_label = np.int32(self.label_in.recv()[0])
        output, feedback = self.user_output.buffer(), self.feedback.buffer()
        trigger = self.trigger_alloc.buffer()
        labels, last = self.proto_labels, self.last_winner_id
        output[0], feedback[0], trigger[0] = 0, 0, 0
        for winner in range(labels.size):
            if inference[winner] != 0:
                if labels[winner] == 0:
                    labels[winner] = -(winner + 1)
                last[0] = winner
                output[0] = labels[winner]
                break
        if user_label != 0:
            known = labels[last[0]]
            if known > 0:
                feedback[0] = 1 if known == user_label else -1
                trigger[0] = 0 if known == user_label else 1
            elif known < 0:
                labels[last[0]] = user_label
                output[0] = user_label
        self.user_output.send(output)
        self.feedback.send(feedback)
        self.trigger_alloc.send(trigger)


@implements(proc=Allocator, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "floating_pt")
class PyAllocatorModel(PyLoihiProcessModel):
    """Allocator in 32-bit integers."""

    boundscheck = False

    trigger_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    allocate_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    next_alloc_id: np.ndarray = LavaPyType(np.ndarray, np.int32)
    n_protos: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        triggered = self.trigger_in.recv()[0] != 0
        out = self.allocate_out.buffer()
        out[0] = self.next_alloc_id[0] if triggered else 0
        if triggered:
            self.next_alloc_id[0] += 1
        self.allocate_out.send(out)
