"""Adapter that unpacks the messages of a DeltaEncoder in front of neurons on cores.

In the same time step, all in 32 bits::

    x = the values received, by DENSE, SPARSE, PACKED_4 or DELTA_SPARSE_8     (see `encoder`)
    out = x << spike_exp
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io import packing
from lavajit.proc.io.adapters import AbstractAdapter, FixedPorts, FloatPorts
from lavajit.proc.io.encoder import Compression, DeltaEncoder
from lavajit.process.process import AbstractProcess

MOST_SPIKE_EXP = 31


class PyToN3ConvAdapter(AbstractAdapter):
    """Unpacks the messages of a DeltaEncoder for a network on cores, in the same time step.

    Values of the packed forms PACKED_4 and DELTA_SPARSE_8 are signed bytes; therefore the encoder
    takes ``num_bits=8`` and no `spike_exp`, and the adapter shifts: the numbers are those of an
    encoder that shifts by `spike_exp` itself and sends dense messages.

    Parameters
    ----------
    shape : tuple of int
        Shape of a message, unpacked.
    num_message_bits : int, optional
        Bits of a message on the chip, 0 to 32; 0 is for binary spikes. Values are not cut to them.
    spike_exp : int, optional
        What is sent is shifted left by as many bits, 0 to 31.
    compression : Compression, optional
        Form of the messages received: that of the encoder.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    inp : InPort, shape `shape`
        With a compression other than DENSE it receives (data, index), int32.
    out : OutPort, shape `shape`
        Dense messages: int32; float64 with the tag ``floating_pt`` if `compression` is DENSE.

    Raises
    ------
    TypeError
        If a parameter is of another kind.
    ValueError
        If `num_message_bits` or `spike_exp` is out of range; before the first step, if a
        DeltaEncoder sends in another form than `compression`.

    Examples
    --------
    >>> from lavajit import DeltaEncoder, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> import numpy as np
    >>> source = SourceRingBuffer(data=np.array([[5, 5, 5], [0, -3, -3]]))
    >>> packed = Compression.DELTA_SPARSE_8
    >>> encoder = DeltaEncoder(shape=(2,), vth=1, num_bits=8, compression=packed)
    >>> adapter = PyToN3ConvAdapter(shape=(2,), spike_exp=6, compression=packed)
    >>> sink = SinkRingBuffer(shape=(2,), buffer=3)
    >>> source.s_out.connect(encoder.a_in)
    >>> encoder.s_out.connect(adapter.inp)
    >>> adapter.out.connect(sink.a_in)
    >>> sink.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[   0,  320,    0],
           [   0,    0, -192]], dtype=int32)
    >>> sink.stop()
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        num_message_bits: int = 0,
        spike_exp: int = 0,
        compression: Compression = Compression.DENSE,
        **params,
    ) -> None:
        if not isinstance(compression, Compression):
            kind = type(self).__name__
            raise TypeError(f"compression of {kind} is a Compression, got {compression!r}.")
        spike_exp = self._checked(spike_exp, MOST_SPIKE_EXP, "spike_exp", "bits of a shift")
        super().__init__(
            shape, num_message_bits, spike_exp=spike_exp, compression=compression, **params
        )

    @property
    def spike_exp(self) -> int:
        """Bits that a message is shifted by."""
        return self.proc_params["spike_exp"]


# --- models -----------------------------------------------------------------------------------


def _agreed_compression(process: AbstractProcess) -> Compression:
    """Form of the messages, after a look at the encoders in front: bytes do not tell theirs."""
    expected = process.proc_params["compression"]
    for port in process.inp.get_src_ports():
        encoder = port.process
        if not isinstance(encoder, DeltaEncoder):
            continue
        sent = encoder.proc_params["compression"]
        if sent is not expected:
            raise ValueError(
                f"PyToN3ConvAdapter '{process.name}' expects {expected.name}, but DeltaEncoder "
                f"'{encoder.name}' sends {sent.name}; give both the same compression."
            )
    return expected


class _DenseModel(PyLoihiProcessModel):
    """Shifts dense messages."""

    boundscheck = False

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return _agreed_compression(process) is Compression.DENSE


@implements(proc=PyToN3ConvAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyToN3ConvAdapterModelFloat(FloatPorts, _DenseModel):
    """Multiplies dense messages, float64."""

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.factor = 2.0 ** proc_params["spike_exp"]

    def run_spk(self):
        received, out = self.inp.recv().ravel(), self.out.buffer().ravel()
        for i in range(out.size):
            out[i] = received[i] * self.factor
        self.out.send(self.out.buffer())


@implements(proc=PyToN3ConvAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyToN3ConvAdapterModelFixed(FixedPorts, _DenseModel):
    """Shifts dense messages, int32."""

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.exponent = int(proc_params["spike_exp"])

    def run_spk(self):
        received, out = self.inp.recv().ravel(), self.out.buffer().ravel()
        for i in range(out.size):
            out[i] = np.int32(np.int64(received[i]) << self.exponent)
        self.out.send(self.out.buffer())


@implements(proc=PyToN3ConvAdapter, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "floating_pt")
class PyToN3ConvAdapterModelSparse(PyLoihiProcessModel):
    """Unpacks sparse messages; indices are checked."""

    inp: PyInPort = LavaPyType(PyInPort.VEC_SPARSE, np.int32, precision=24)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.compression = int(proc_params["compression"].value)
        self.exponent = int(proc_params["spike_exp"])

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return _agreed_compression(process) is not Compression.DENSE

    def run_spk(self):
        data, index = self.inp.recv()
        out = self.out.buffer().ravel()
        if self.compression == 1:
            packing.place_non_zeros(data, index, out)
        elif self.compression == 2:
            packing.place_dense(data, index, out)
        else:
            packing.place_gaps(data, index, out)
        for i in range(out.size):
            out[i] = np.int32(np.int64(out[i]) << self.exponent)
        self.out.send(self.out.buffer())
