"""Dense and its models; equations in :mod:`lavajit.proc.dense`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.connection_models import DirectFixedModel, DirectFloatModel
from lavajit.proc.delivery import add_columns
from lavajit.proc.fixed_weights import prepare_columns
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Dense(AbstractProcess):
    """All-to-all connections.

    Parameters
    ----------
    weights : ndarray, shape (n_out, n_in)
        Connection weights.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded, their
        values are multiplied.
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
        shape = matrix_shape("Dense", weights)
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))
        self.weights = Var(shape=shape, init=weights)
        self.a_buff = Var(shape=(shape[0],), init=0)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)


def matrix_shape(process: str, weights) -> tuple[int, int]:
    """Shape of weights; a ValueError that names the Process if they are no matrix."""
    shape = np.shape(weights)
    if len(shape) != 2:
        raise ValueError(
            f"{process} needs weights of shape (n_out, n_in), got an array with {len(shape)} "
            f"dimension(s), shape {shape}"
        )
    return shape


class AbstractPyDenseModelFloat(DirectFloatModel):
    """Dense in float64."""

    column_major = ("weights",)

    weights: np.ndarray = LavaPyType(np.ndarray, float)

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        add_columns(total, self.weights, events, values)


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDenseModelFloat(AbstractPyDenseModelFloat):
    """Dense in float64."""


class AbstractPyDenseModelBitAcc(DirectFixedModel):
    """Dense bit-accurate to Loihi: 8-bit weights, 32-bit activation."""

    column_major = ("weights",)

    weights: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)

    def prepare_weights(self):
        """Clip and truncate the weights."""
        prepare_columns(self.weights, self.sign_mode, self.num_weight_bits)

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        add_columns(total, self.weights, events, values)


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDenseModelBitAcc(AbstractPyDenseModelBitAcc):
    """Dense bit-accurate to Loihi."""
