"""Conv and its models; equations in :mod:`lavajit.proc.conv`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.conv.kernels import convolve
from lavajit.proc.conv.utils import Pair, make_tuple, output_shape
from lavajit.proc.delivery import float_messages, integer_messages
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Bits of a fixed-point activation.
ACTIVATION_BITS = 24

_HALF = 1 << (ACTIVATION_BITS - 1)
_MASK = (1 << ACTIVATION_BITS) - 1


class Conv(AbstractProcess):
    """Convolution of an image.

    Parameters
    ----------
    weight : ndarray, shape (C_out, Kx, Ky, C_in / groups)
        Kernel.
    weight_exp, num_weight_bits : int
        Without effect, as in Lava.
    input_shape : (X, Y, C_in)
        Shape of the image.
    padding, stride, dilation : int or (x, y)
        Zeros around the image, step between outputs, distance between the pixels of a kernel.
    groups : int
        Groups of channels; output channels of a group see the input channels of that group.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    output_shape : (X', Y', C_out)
        With X' = (X + 2 padding - dilation (Kx - 1) - 1) // stride + 1.
    s_in : InPort, shape `input_shape`
    a_out : OutPort, shape `output_shape`

    Raises
    ------
    ValueError
        Shapes and channels do not fit together, the kernel does not fit into the image, or a
        parameter is not a number or pair in its range.

    Examples
    --------
    >>> import numpy as np
    >>> conv = Conv(weight=np.ones((8, 3, 3, 2)), input_shape=(32, 32, 2), padding=1, stride=2)
    >>> conv.a_out.shape
    (16, 16, 8)
    """

    def __init__(
        self,
        *,
        weight: np.ndarray,
        weight_exp: int = 0,
        input_shape: Sequence[int] = (1, 1, 1),
        padding: Pair = 0,
        stride: Pair = 1,
        dilation: Pair = 1,
        groups: int = 1,
        num_weight_bits: int = 8,
        num_message_bits: int = 0,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        super().__init__(
            weight=weight,
            weight_exp=weight_exp,
            input_shape=input_shape,
            padding=padding,
            stride=stride,
            dilation=dilation,
            groups=groups,
            num_weight_bits=num_weight_bits,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
        )
        padding = _pair("padding", padding, 0)
        stride, dilation = _pair("stride", stride, 1), _pair("dilation", dilation, 1)
        _check_channels(weight, input_shape, groups)
        kernel_size = weight.shape[1:3]
        self.input_shape = tuple(int(n) for n in input_shape)
        self.output_shape = output_shape(
            self.input_shape, weight.shape[0], kernel_size, stride, padding, dilation
        )
        self.s_in = InPort(shape=self.input_shape)
        self.a_out = OutPort(shape=self.output_shape)
        self.weight = Var(shape=weight.shape, init=weight)
        self.weight_exp = Var(shape=(1,), init=weight_exp)
        self.num_weight_bits = Var(shape=(1,), init=num_weight_bits)
        self.kernel_size = Var(shape=(2,), init=np.array(kernel_size))
        self.padding = Var(shape=(2,), init=np.array(padding))
        self.stride = Var(shape=(2,), init=np.array(stride))
        self.dilation = Var(shape=(2,), init=np.array(dilation))
        self.groups = Var(shape=(1,), init=groups)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)
        self.a_buf = Var(shape=self.output_shape, init=0)


def _pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    try:
        pair = make_tuple(value)
    except ValueError as error:
        raise ValueError(f"Conv: {name}: {error}") from None
    if np.asarray(value).dtype.kind not in "iub" or min(pair) < least:
        raise ValueError(f"Conv: {name} must be at least {least} and whole, got {value!r}")
    return pair


def _check_channels(weight: np.ndarray, input_shape: Sequence[int], groups: int) -> None:
    if np.ndim(weight) != 4:
        raise ValueError(
            "Conv needs weight of shape (C_out, Kx, Ky, C_in / groups), got an array of shape "
            f"{np.shape(weight)}"
        )
    if len(input_shape) != 3:
        raise ValueError(f"Conv needs input_shape (X, Y, C_in), got {input_shape!r}")
    if np.ndim(groups) != 0 or groups < 1:
        raise ValueError(f"Conv: groups must be an int >= 1, got {groups!r}")
    c_out, c_in, c_group = weight.shape[0], input_shape[2], weight.shape[3]
    if c_in % groups or c_out % groups:
        raise ValueError(
            f"Conv: {c_in} input and {c_out} output channels cannot be divided into {groups} groups"
        )
    if c_group * groups != c_in:
        raise ValueError(
            f"Conv: weight of shape {weight.shape} takes {c_group} input channels per group, "
            f"input_shape={tuple(input_shape)} with groups={groups} has {c_in // groups}"
        )


class AbstractPyConvModel(PyLoihiProcessModel):
    """What both Conv models have."""

    boundscheck = False
    column_major = ("weight",)

    weight_exp: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    num_weight_bits: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=5)
    kernel_size: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    padding: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    stride: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    dilation: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    groups: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=5)

    def grid(self):
        """Stride, padding and dilation in one tuple."""
        s, p, d = self.stride, self.padding, self.dilation
        return (
            np.int64(s[0]),
            np.int64(s[1]),
            np.int64(p[0]),
            np.int64(p[1]),
            np.int64(d[0]),
            np.int64(d[1]),
        )


@implements(proc=Conv, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyConvModelFloat(AbstractPyConvModel):
    """Conv in float64."""

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buf: np.ndarray = LavaPyType(np.ndarray, float)
    weight: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(int(np.prod(proc_params.get("input_shape"))))

    def run_spk(self):
        """Send last step's activation, receive, convolve."""
        self.a_out.send(self.a_buf)
        x = self.s_in.recv().ravel()
        events = self.s_in.events()
        out, values = self.a_buf, self.values
        out[...] = 0.0
        float_messages(values, x, events, self.num_message_bits[0] > 0)
        groups = np.int64(self.groups[0])
        convolve(out, self.weight, self.s_in.shape, groups, self.grid(), x, events, values)


@implements(proc=Conv, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyConvModelFixed(AbstractPyConvModel):
    """Conv in integers, wrapped to 24 bits."""

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    a_buf: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    weight: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(int(np.prod(proc_params.get("input_shape"))), np.int64)

    def run_spk(self):
        """Send last step's activation, receive, convolve, wrap."""
        self.a_out.send(self.a_buf)
        x = self.s_in.recv().ravel()
        events = self.s_in.events()
        out, values = self.a_buf, self.values
        out[...] = 0
        integer_messages(values, x, events, self.num_message_bits[0] > 0)
        groups = np.int64(self.groups[0])
        # Sums keep their low 32 bits on the way, which leaves the low 24 of the result right.
        convolve(out, self.weight, self.s_in.shape, groups, self.grid(), x, events, values)
        activation = self.a_buf.ravel()
        for i in range(activation.size):
            activation[i] = np.int32(((np.int64(activation[i]) + _HALF) & _MASK) - _HALF)
