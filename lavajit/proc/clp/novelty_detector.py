"""Detects inputs that no prototype answers.

Per time step::

    input arrives           begin to wait, n = 0
    output arrives          stop waiting
    n > t_wait              novelty detected, stop waiting
    still waiting           n = n + 1

An input of step t without an answer is reported in step t + t_wait + 1.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class NoveltyDetector(AbstractProcess):
    """Reports an input that is not followed by an output.

    Parameters
    ----------
    t_wait : int
        Time steps that the prototypes have for their answer.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    input_aval_in, output_aval_in : InPort, shape (1,)
        Non-zero when there is an input, and when a prototype answers.
    novelty_detected_out : OutPort, shape (1,)
        1 when novelty is detected.
    t_wait : Var, shape (1,)

    Raises
    ------
    ValueError
        If `t_wait` is not an int >= 0.

    Examples
    --------
    >>> NoveltyDetector(t_wait=5).t_wait.init
    5
    """

    def __init__(self, *, t_wait: int, **params) -> None:
        if isinstance(t_wait, bool) or not hasattr(t_wait, "__index__") or t_wait < 0:
            raise ValueError(
                f"t_wait of NoveltyDetector is a number of time steps, an int >= 0; got {t_wait!r}."
            )
        super().__init__(t_wait=t_wait, **params)
        self.t_wait = Var((1,), init=t_wait)
        self.input_aval_in = InPort(shape=(1,))
        self.output_aval_in = InPort(shape=(1,))
        self.novelty_detected_out = OutPort(shape=(1,))


@implements(proc=NoveltyDetector, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "bit_accurate_loihi", "floating_pt")
class PyNoveltyDetectorModel(PyLoihiProcessModel):
    """NoveltyDetector in integers."""

    boundscheck = False

    t_wait: np.ndarray = LavaPyType(np.ndarray, np.int32)
    input_aval_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    output_aval_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    novelty_detected_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.waiting = False
        self.n_waited = 0

    def run_spk(self):
        arrived = self.input_aval_in.recv()[0] != 0
        answered = self.output_aval_in.recv()[0] != 0
        if arrived:
            self.waiting = True
            self.n_waited = 0
        is_late = not answered and self.n_waited > self.t_wait[0]
        if answered or is_late:
            self.waiting = False
            self.n_waited = 0
        if self.waiting:
            self.n_waited += 1
        out = self.novelty_detected_out.buffer()
        out[0] = 1 if is_late else 0
        self.novelty_detected_out.send(out)
