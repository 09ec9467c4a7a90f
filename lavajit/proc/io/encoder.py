"""Delta encoding of dense input, with compressed messages.

A change is sent once it reaches the threshold, one step after it arrived (integers only)::

    send the previous result                        (zeros at t = 1)
    x = a_in << spike_exp
    d = x - act + residue
    s = d where |d| >= vth, else 0 ;  clipped to [a_min, a_max] if num_bits is given
    residue = d - s ;  act = x

`s` is sent as it is (DENSE) or as a sparse message (data, index) of the flattened s:

    SPARSE          the non-zero values and where they are
    PACKED_4        one byte per element, packed little-endian into int32 words: even and odd words
    DELTA_SPARSE_8  the non-zero values, and the gaps between them, a byte each, packed into words;
                    an entry (index 255, data n) moves the position on by 255 * n

What differs from Lava: the models also carry the tags ``fixed_pt`` and ``floating_pt`` (Lava's
cannot be selected by them) and the compression decides which of the two runs; a first index of
exactly 255 is encoded so that the decoder finds it (Lava's is off by one).
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io import packing
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Compression(Enum):
    """Forms of a message, see the module."""

    DENSE = 0
    SPARSE = 1
    PACKED_4 = 2
    DELTA_SPARSE_8 = 3


class DeltaEncoder(AbstractProcess):
    """Sends the changes of its input that reach a threshold.

    Parameters
    ----------
    shape : tuple of int
        Shape of the input.
    vth : int
        Threshold, before it is shifted by `spike_exp`.
    spike_exp : int, optional
        Fraction bits of the message: inputs and threshold are shifted left by as many.
    num_bits : int, optional
        Bits of a message value, sign included; values are clipped to them. No limit by default.
    compression : Compression, optional
        Form of the message.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    a_in : InPort, shape `shape`
    s_out : OutPort, shape `shape`
        int32; with a compression other than DENSE it sends (data, index).
    vth, spike_exp, a_min, a_max : Var, shape (1,)
        The shifted threshold, and the shifted limits of a message value (-1 for none).
    act, residue : Var, shape `shape`
        The last input, and what of the changes has not been sent.

    Raises
    ------
    TypeError
        If a parameter is of another kind.
    ValueError
        If `spike_exp` or `num_bits` is out of range.

    Examples
    --------
    >>> encoder = DeltaEncoder(shape=(2, 2), vth=3, spike_exp=2, num_bits=8)
    >>> int(encoder.vth.init), int(encoder.a_min.init), int(encoder.a_max.init)
    (12, -512, 508)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        vth: int,
        spike_exp: int = 0,
        num_bits: int | None = None,
        compression: Compression = Compression.DENSE,
        **params,
    ) -> None:
        if not isinstance(compression, Compression):
            raise TypeError(f"compression of DeltaEncoder is a Compression, got {compression!r}.")
        spike_exp = _checked(spike_exp, 0, 31, "spike_exp")
        a_min = a_max = -1
        if num_bits is not None:
            num_bits = _checked(num_bits, 1, 32, "num_bits")
            a_min = -(1 << (num_bits - 1)) << spike_exp
            a_max = ((1 << (num_bits - 1)) - 1) << spike_exp
        vth = _checked(vth, -(1 << 31), (1 << 31) - 1, "vth")
        super().__init__(
            shape=shape,
            vth=vth,
            spike_exp=spike_exp,
            num_bits=num_bits,
            compression=compression,
            **params,
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.vth = Var(shape=(1,), init=vth << spike_exp)
        self.act = Var(shape=shape, init=0)
        self.residue = Var(shape=shape, init=0)
        self.spike_exp = Var(shape=(1,), init=spike_exp)
        self.a_min = Var(shape=(1,), init=a_min)
        self.a_max = Var(shape=(1,), init=a_max)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the input."""
        return self.a_in.shape


def _checked(value: int, low: int, high: int, name: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} of DeltaEncoder is an int, got {value!r}.")
    if not low <= value <= high:
        raise ValueError(f"{name} of DeltaEncoder is {value}; it must be from {low} to {high}.")
    return value.__index__()


class AbstractPyDeltaEncoderModel(PyLoihiProcessModel):
    """The delta dynamics, in 64 bits."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int64, precision=24)
    act: np.ndarray = LavaPyType(np.ndarray, np.int64, precision=24)
    residue: np.ndarray = LavaPyType(np.ndarray, np.int64, precision=24)
    spike_exp: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=3)
    a_min: np.ndarray = LavaPyType(np.ndarray, np.int64, precision=24)
    a_max: np.ndarray = LavaPyType(np.ndarray, np.int64, precision=24)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        _check_compression(type(self), proc_params.get("compression", Compression.DENSE))
        # Sent in the next step; the low 32 bits, as the channel holds them.
        self.s_next = np.zeros(int(np.prod(proc_params.get("shape", (1,)))), np.int32)

    @classmethod
    def _runs(cls, compression: Compression) -> bool:
        raise NotImplementedError

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return cls._runs(process.proc_params["compression"])

    def encode_delta(self, a_in):
        """The changes that reach the threshold go to `s_next`; `a_in` is flat."""
        act, residue, s_next = self.act.ravel(), self.residue.ravel(), self.s_next
        vth, a_min, a_max = self.vth[0], self.a_min[0], self.a_max[0]
        exponent = np.int64(self.spike_exp[0])
        for i in range(s_next.size):
            x = np.int64(a_in[i]) << exponent
            delta = x - act[i] + residue[i]
            s = delta if abs(delta) >= vth else np.int64(0)
            if a_max > 0:
                s = min(max(s, a_min), a_max)
            residue[i] = delta - s
            act[i] = x
            s_next[i] = np.int32(s)


def _check_compression(model: type[AbstractPyDeltaEncoderModel], compression: Compression) -> None:
    if not model._runs(compression):
        others = [c.name for c in Compression if model._runs(c)]
        raise RuntimeError(
            f"{model.__name__} sends {' or '.join(others)}, not {compression.name}; leave the "
            f"choice of the model to the run config."
        )


@implements(proc=DeltaEncoder, protocol=LoihiProtocol)
@requires(CPU)
@tag("dense_out", "fixed_pt", "floating_pt")
class PyDeltaEncoderModelDense(AbstractPyDeltaEncoderModel):
    """Sends dense messages."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)

    @classmethod
    def _runs(cls, compression: Compression) -> bool:
        return compression is Compression.DENSE

    def run_spk(self):
        out = self.s_out.buffer().ravel()
        for i in range(out.size):
            out[i] = self.s_next[i]
        self.s_out.send(self.s_out.buffer())
        self.encode_delta(self.a_in.recv().ravel())


@implements(proc=DeltaEncoder, protocol=LoihiProtocol)
@requires(CPU)
@tag("sparse_out", "fixed_pt", "floating_pt")
class PyDeltaEncoderModelSparse(AbstractPyDeltaEncoderModel):
    """Sends sparse messages."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_SPARSE, np.int32, precision=24)

    def __init__(self, proc_params=None):
        super().__init__(
            {"compression": Compression.SPARSE} if proc_params is None else proc_params
        )
        self.compression = self.proc_params.get("compression").value
        self.data = np.zeros(packing.room(self.s_next.size), np.int32)
        self.index = np.zeros(packing.room(self.s_next.size), np.int64)
        self.length = 1  # the first message is one zero at index 0

    @classmethod
    def _runs(cls, compression: Compression) -> bool:
        return compression is not Compression.DENSE

    def run_spk(self):
        self.s_out.send(self.data[: self.length], self.index[: self.length])
        self.encode_delta(self.a_in.recv().ravel())
        if self.compression == 1:
            self.length = packing.list_non_zeros(self.s_next, self.data, self.index)
        elif self.compression == 2:
            self.length = packing.pack_dense(self.s_next, self.data, self.index)
        else:
            self.length = packing.pack_gaps(self.s_next, self.data, self.index)

    # -- for users: arrays in, arrays out ----------------------------------------------------------

    def encode_sparse(self, s_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Non-zero values and their flat indices, of shape (k, 1); ([0], [0]) if there is none."""
        data, index = _encoded(packing.list_non_zeros, s_out)
        if not data.any():
            return data, index
        return data[:, np.newaxis], index[:, np.newaxis]

    def encode_packed_4(self, s_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Low bytes of all elements: words 0, 2, ... and words 1, 3, ..."""
        even, odd = _encoded(packing.pack_dense, s_out)
        return even, odd.astype(np.int32)

    def encode_delta_sparse_8(self, s_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Low bytes of the non-zero values and gaps between them, in words."""
        data, index = _encoded(packing.pack_gaps, s_out)
        return data, index.astype(np.int32)

    def decode_encode_delta_sparse_8(
        self, packed_data: np.ndarray, packed_index: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Values (signed bytes) and flat indices behind what `encode_delta_sparse_8` gave."""
        return packing.unpack_gaps(packed_data, packed_index)


def _encoded(encoder, s_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    flat = np.asarray(s_out).astype(np.int32).ravel()
    data = np.zeros(packing.room(flat.size), np.int32)
    index = np.zeros(packing.room(flat.size), np.int64)
    length = encoder(flat, data, index)
    return data[:length], index[:length]
