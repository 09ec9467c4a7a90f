"""InvSqrt: 1 / sqrt(x), in float or in integers with a fixed binary point.

In fixed point x and the result have f = fp_base fraction bits: y = 2^f / sqrt(x / 2^f). A table
indexed by the number of leading zeros (of 24 bits) gives a first guess Y, five Newton steps
improve it, all in 64-bit integers (``>>`` is floor)::

    y = Y // 2 ;  b = x
    five times:  b = ((b * Y >> (f + 1)) * Y) >> (f + 1)
                 Y = (3 << f) - b ;  y = (y * Y) >> (f + 1)
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.parameters import one_integer
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Values have 24 bits.
VALUE_BITS = 24
LARGEST_VALUE = (1 << VALUE_BITS) - 1
#: The table holds the inverse root of a number inside each octave: its lower bound times the
#: square of this.
_CENTRE = 1.238982962
_ITERATIONS = 5
#: Neurons whose first guesses are looked up together.
_BLOCK = 64
#: Products of more fraction bits would not fit in 64 bits.
_MOST_FRACTION_BITS = 30


class InvSqrt(AbstractProcess):
    """Neurons that send 1 / sqrt(a_in).

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    fp_base : int
        Fixed point: fraction bits of input and output, 0 to 30.

    Raises
    ------
    ValueError
        `fp_base` is out of range.

    Notes
    -----
    Ports: ``a_in``, ``s_out``. For 0 the float model sends infinity, the fixed-point
    model 0; a negative input raises ValueError in fixed point, and gives NaN in float.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import InvSqrt, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.array([[4 << 12]]))
    >>> inverse, sink = InvSqrt(shape=(1,), fp_base=12), SinkRingBuffer(shape=(1,), buffer=1)
    >>> source.s_out.connect(inverse.a_in)
    >>> inverse.s_out.connect(sink.a_in)
    >>> inverse.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> float(sink.data.get()[0, 0]) / (1 << 12)
    0.499755859375
    >>> inverse.stop()
    """

    def __init__(self, shape, fp_base=12) -> None:
        super().__init__(shape=shape, fp_base=fp_base)
        one_integer("InvSqrt", "fp_base", fp_base, 0, _MOST_FRACTION_BITS)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.fp_base = Var(shape=(1,), init=fp_base)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


def make_fpinv_table(fp_base: int) -> np.ndarray:
    """First guesses of twice the inverse square root, by number of leading zeros.

    Parameters
    ----------
    fp_base : int
        Fraction bits.

    Returns
    -------
    ndarray of int64, shape (24,)

    Examples
    --------
    >>> make_fpinv_table(12)[[0, 23]]
    array([   146, 423158])
    """
    guesses = [
        2 * int(2**fp_base / (2 ** ((bits - fp_base) / 2) * _CENTRE)) for bits in range(VALUE_BITS)
    ]
    return np.array(guesses[::-1])


def clz(val: int) -> int:
    """Leading zeros of a positive number of 24 bits.

    Examples
    --------
    >>> clz(1), clz(1 << 23)
    (23, 0)
    """
    return VALUE_BITS - (int(np.log2(val)) + 1)


def inv_sqrt(s_fp: int, n_iters: int = 5, b_fraction: int = 12) -> int:
    """1 / sqrt(s_fp) with fraction bits.

    Parameters
    ----------
    s_fp : int
        A positive number of at most 24 bits, `b_fraction` of them fraction bits.
    n_iters : int
        Newton steps.
    b_fraction : int
        Fraction bits of argument and result.

    Examples
    --------
    >>> inv_sqrt(4 << 12)
    2047
    """
    return int(improved(make_fpinv_table(b_fraction)[clz(s_fp)], int(s_fp), n_iters, b_fraction))


def improved(guess, x, n_iters, fraction):
    """The inverse square root of x after some Newton steps from a table's value."""
    factor = np.int64(guess)
    y = factor >> 1
    b = np.int64(x)
    shift = np.int64(fraction) + 1
    three = np.int64(3) << np.int64(fraction)
    for _ in range(n_iters):
        b = (((b * factor) >> shift) * factor) >> shift
        factor = three - b
        y = (y * factor) >> shift
    return y


def leading_zeros(x):
    """Leading zeros of 24 bits, by halves and without a branch; 0 for numbers that have more."""
    rest = min(np.int64(x), np.int64(LARGEST_VALUE))
    half = np.int64(rest > 0xFFFF) << 4
    bits, rest = half, rest >> half
    half = np.int64(rest > 0xFF) << 3
    bits, rest = bits + half, rest >> half
    half = np.int64(rest > 0xF) << 2
    bits, rest = bits + half, rest >> half
    half = np.int64(rest > 3) << 1
    bits, rest = bits + half, rest >> half
    # What is left are the numbers 0 to 3, of 0, 1, 2 and 2 bits.
    return VALUE_BITS - (bits + min(rest, np.int64(2)))


@implements(proc=InvSqrt, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class InvSqrtModelFloat(PyLoihiProcessModel):
    """InvSqrt in float64."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    fp_base: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        """Receive, compute, send."""
        a_in, roots = self.a_in.recv().ravel(), self.s_out.buffer().ravel()
        for i in range(roots.size):
            x = 1.0 * a_in[i]
            if x > 0.0:
                roots[i] = 1.0 / np.sqrt(x)
            else:
                roots[i] = np.inf if x == 0.0 else np.nan
        self.s_out.send(self.s_out.buffer())


@implements(proc=InvSqrt, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class InvSqrtModelFP(PyLoihiProcessModel):
    """InvSqrt in 64-bit integers."""

    boundscheck = False
    integer_inputs = ("a_in",)
    transient = ("block",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    fp_base: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.guesses = make_fpinv_table(proc_params["fp_base"])
        self.block = np.zeros(_BLOCK, np.int64)

    def on_var_update(self):
        """The table belongs to a number of fraction bits."""
        self.guesses[:] = make_fpinv_table(int(self.fp_base[0]))

    def run_spk(self):
        """Receive, compute, send."""
        a_in, roots = self.a_in.recv().ravel(), self.s_out.buffer().ravel()
        least = np.int64(0)
        for i in range(roots.size):
            least = min(least, np.int64(a_in[i]))
        if least < 0:
            raise ValueError("InvSqrt received a negative number, which has no square root")
        for start in range(0, roots.size, _BLOCK):
            stop = min(start + _BLOCK, roots.size)
            self.compute(a_in[start:stop], roots[start:stop])
        self.s_out.send(self.s_out.buffer())

    def compute(self, a_in, roots):
        """A block of neurons, in loops that are simple enough to run in vector registers."""
        fraction, guesses, block = self.fp_base[0], self.guesses, self.block
        for i in range(roots.size):
            block[i] = min(leading_zeros(np.int64(a_in[i])), VALUE_BITS - 1)
        for i in range(roots.size):
            block[i] = guesses[block[i]]
        for i in range(roots.size):
            x = np.int64(a_in[i])
            root = improved(block[i], x, _ITERATIONS, fraction)
            roots[i] = np.int32(root if x > 0 else np.int64(0))
