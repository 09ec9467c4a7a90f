"""Dense connections.

Each step sends the activation of the previous step, then receives and computes the next one, so that a spike
reaches the neuron behind a Dense one step later and loops can run::

    send a_buff
    x = recv()
    acc = weights . x                      graded (num_message_bits > 0)
        = sum of the columns j with x_j != 0     binary
    a_buff = acc                           float
           = acc << weight_exp             fixed point (floor for a negative exponent)

The work follows the spikes: only columns of non-zero inputs are read, and weights are stored column by column.
Fixed point prepares the weights once, in the first step: clipped to 8 bits and sign, then truncated to
``num_weight_bits``; weights set later are used as they are.
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

#: Bits of a weight without its sign.
WEIGHT_BITS = 8

#: Sign modes as numbers for kernels, see SignMode; -1 determines the mode from the weights.
_DETERMINE, _MIXED, _INHIBITORY = -1, 1, 3
_EXCITATORY = 2


class Dense(AbstractProcess):
    """All-to-all connections.

    Parameters
    ----------
    weights : ndarray, shape (n_out, n_in)
        Connection weights.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded, their values
        are multiplied.
    weight_exp : int, optional
        Fixed point: the activation is shifted left by this many bits (right if negative).
    num_weight_bits : int, optional
        Fixed point: bits of a weight, 8 by default.
    sign_mode : SignMode, optional
        Fixed point: sign of the weights; found from the weights by default.

    Raises
    ------
    ValueError
        `weights` is not two-dimensional.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps
    >>> source, target = LIF(shape=(2,), bias_mant=11), LIF(shape=(3,), vth=100)
    >>> dense = Dense(weights=np.arange(6).reshape(3, 2))
    >>> source.s_out.connect(dense.s_in)
    >>> dense.a_out.connect(target.a_in)
    >>> source.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> target.u.get()
    array([1., 5., 9.])
    >>> source.stop()
    """

    def __init__(
        self, *, weights, name=None, num_message_bits=0, log_config=None, **kwargs
    ) -> None:
        super().__init__(
            weights=weights,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        shape = np.shape(weights)
        if len(shape) != 2:
            raise ValueError(
                f"Dense needs weights of shape (n_out, n_in), got an array with {len(shape)} "
                f"dimension(s), shape {shape}"
            )
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))
        self.weights = Var(shape=shape, init=weights)
        self.a_buff = Var(shape=(shape[0],), init=0)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)


class AbstractPyDenseModelFloat(PyLoihiProcessModel):
    """Dense in float64."""

    boundscheck = False
    column_major = ("weights",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)
    weights: np.ndarray = LavaPyType(np.ndarray, float)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        x = self.s_in.recv()
        events = self.s_in.events()
        weights, total = self.weights, self.a_buff
        graded = self.num_message_bits[0] > 0
        for i in range(total.size):
            total[i] = 0.0
        for j in events:
            value = 1.0 * x[j] if graded else 1.0
            for i in range(total.size):
                total[i] += weights[i, j] * value


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDenseModelFloat(AbstractPyDenseModelFloat):
    """Dense in float64."""


class AbstractPyDenseModelBitAcc(PyLoihiProcessModel):
    """Dense bit-accurate to Loihi: 8-bit weights, 32-bit activation."""

    boundscheck = False
    column_major = ("weights",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=16)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)
    weights: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.weights_prepared = False
        self.weight_exp = int(proc_params.get("weight_exp", 0))
        self.num_weight_bits = int(proc_params.get("num_weight_bits", WEIGHT_BITS))
        mode = proc_params.get("sign_mode", None)
        self.sign_mode = _DETERMINE if mode is None else int(getattr(mode, "value", mode))
        self.total = np.zeros(np.shape(proc_params.get("weights"))[0], np.int64)

    def determine_sign_mode(self):
        """The sign mode that the weights need."""
        least, most = 0, 0
        for j in range(self.weights.shape[1]):
            for i in range(self.weights.shape[0]):
                least = min(least, np.int64(self.weights[i, j]))
                most = max(most, np.int64(self.weights[i, j]))
        if least >= 0:
            return _EXCITATORY
        return _INHIBITORY if most <= 0 else _MIXED

    def prepare_weights(self):
        """Clip to 8 bits and sign, then truncate to the number of weight bits."""
        mode = self.sign_mode
        if mode == _DETERMINE:
            mode = self.determine_sign_mode()
        mixed = 1 if mode == _MIXED else 0
        sign = -1 if mode == _INHIBITORY else 1
        low, high = -(1 << WEIGHT_BITS) * mixed, (1 << WEIGHT_BITS) - 1
        drop = WEIGHT_BITS - self.num_weight_bits + mixed
        for j in range(self.weights.shape[1]):
            for i in range(self.weights.shape[0]):
                weight = min(max(sign * np.int64(self.weights[i, j]), low), high)
                kept = (weight >> drop) << drop if drop >= 0 else 0
                self.weights[i, j] = sign * kept

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        x = self.s_in.recv()
        events = self.s_in.events()
        if not self.weights_prepared:
            self.prepare_weights()
            self.weights_prepared = True
        weights, total = self.weights, self.total
        graded = self.num_message_bits[0] > 0
        for i in range(total.size):
            total[i] = 0
        for j in events:
            # Shifting by 0 bits refuses a float message, as Lava does.
            value = np.int64(x[j] << 0) if graded else np.int64(1)
            for i in range(total.size):
                total[i] += weights[i, j] * value
        if graded and x.itemsize <= 4:
            for i in range(total.size):
                total[i] = np.int32(total[i])
        self.shift_activation(total)

    def shift_activation(self, total):
        """a_buff = total * 2**weight_exp, floor for a negative exponent; the low 32 bits."""
        a_buff, exponent = self.a_buff, self.weight_exp
        if exponent > 0:
            for i in range(total.size):
                a_buff[i] = np.int32(total[i] << exponent)
        else:
            for i in range(total.size):
                a_buff[i] = np.int32(total[i] >> -exponent)


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDenseModelBitAcc(AbstractPyDenseModelBitAcc):
    """Dense bit-accurate to Loihi."""
