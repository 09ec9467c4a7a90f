"""Delta encoder: dynamics, packed forms, selection of the model."""

import doctest

import numpy as np
import pytest
from helpers import golden
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    AbstractProcess,
    Compression,
    DeltaEncoder,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyInPort,
    PyLoihiProcessModel,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    Var,
    implements,
)
from lavajit.proc.io import encoder, packing

FUNCTIONS = [c for c in golden.cases("function") if c["function"].startswith("DeltaEncoder")]


class SparseStore(AbstractProcess):
    """Keeps the sparse message of every step."""

    def __init__(self, shape, steps):
        super().__init__()
        self.a_in = InPort(shape)
        size = int(np.prod(shape))
        self.data = Var((steps, size), init=0)
        self.index = Var((steps, size), init=0)
        self.length = Var((steps,), init=0)


@implements(proc=SparseStore, protocol=LoihiProtocol)
class PySparseStoreModel(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_SPARSE, np.int32)
    data: np.ndarray = LavaPyType(np.ndarray, np.int64)
    index: np.ndarray = LavaPyType(np.ndarray, np.int64)
    length: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        data, index = self.a_in.recv()
        step = self.time_step - 1
        self.length[step] = len(data)
        for i in range(len(data)):
            self.data[step, i] = data[i]
            self.index[step, i] = index[i]


@pytest.mark.parametrize("case", FUNCTIONS, ids=golden.name_of)
def test_encodings(case):
    data, arguments = golden.load(case)
    method = case["function"].rpartition(".")[2]
    got = getattr(encoder.PyDeltaEncoderModelSparse(), method)(**arguments)
    for array, key in zip(got, case["returns"], strict=True):
        assert array.shape == data[key].shape
        np.testing.assert_array_equal(array, data[key])


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_gaps_decode_to_what_was_encoded(data):
    size = data.draw(st.sampled_from([1, 3, 254, 255, 256, 257, 600, 70000]))
    places = data.draw(st.lists(st.integers(0, size - 1), max_size=6, unique=True))
    values = np.zeros(size, int)
    for place in places:
        values[place] = data.draw(st.integers(-128, 127).filter(bool))
    model = encoder.PyDeltaEncoderModelSparse()
    found, index = model.decode_encode_delta_sparse_8(*model.encode_delta_sparse_8(values))
    assert index.tolist() == sorted(places)
    assert found.tolist() == values[sorted(places)].tolist()


@pytest.mark.parametrize("first", [253, 254, 255, 256, 510, 511])
def test_far_first_index(first):
    """Lava's encoding of a first index of 255 decodes to 256."""
    values = np.eye(1, 600, first, dtype=int)[0]
    model = encoder.PyDeltaEncoderModelSparse()
    _, index = model.decode_encode_delta_sparse_8(*model.encode_delta_sparse_8(values))
    assert index.tolist() == [first]


def encoded(messages: np.ndarray, vth: int, exponent: int, bits: int | None) -> np.ndarray:
    """The delta dynamics in NumPy, step by step; time last."""
    shape, out = messages.shape[:-1], []
    act, residue, previous = (np.zeros(shape, np.int64) for _ in range(3))
    for t in range(messages.shape[-1]):
        out.append(previous)
        x = messages[..., t].astype(np.int64) << exponent
        delta = x - act + residue
        previous = np.where(np.abs(delta) >= vth << exponent, delta, 0)
        if bits is not None and bits > 1:
            limit = (1 << (bits - 1)) << exponent
            previous = np.clip(previous, -limit, limit - (1 << exponent))
        residue, act = delta - previous, x
    return np.stack(out, -1)


def source(messages: np.ndarray, target: DeltaEncoder) -> None:
    SourceRingBuffer(data=messages).s_out.connect(target.a_in)


@settings(max_examples=8, deadline=None)
@given(
    exponent=st.integers(0, 3),
    bits=st.sampled_from([None, 1, 4, 8]),
    tag=st.sampled_from(["fixed_pt", "floating_pt", "dense_out", None]),
    native=st.booleans(),
)
def test_dense(exponent, bits, tag, native):
    messages = np.random.default_rng(2).integers(-40, 40, (2, 3, 9))
    delta = DeltaEncoder(shape=(2, 3), vth=6, spike_exp=exponent, num_bits=bits)
    sink = SinkRingBuffer(shape=(2, 3), buffer=9)
    source(messages, delta)
    delta.s_out.connect(sink.a_in)
    others = {None: sink.run, "dense_out": sink.run}.get(tag)
    if others is not None:  # the ring buffers have no such tag
        models = {DeltaEncoder: encoder.PyDeltaEncoderModelDense}
        config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=models)
    else:
        config = Loihi2SimCfg(select_tag=tag)
    for steps in (2, 3, 4):
        delta.run(RunSteps(steps), config, {"native": native})
    np.testing.assert_array_equal(sink.data.get(), encoded(messages, 6, exponent, bits))
    assert not native or python_rows(delta) == []
    delta.stop()


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("kind", ["SPARSE", "PACKED_4", "DELTA_SPARSE_8"])
def test_sparse_messages(kind, native):
    steps, shape = 5, (3, 7)
    messages = np.random.default_rng(3).integers(-40, 40, (*shape, steps))
    delta = DeltaEncoder(shape=shape, vth=20, num_bits=8, compression=Compression[kind])
    store = SparseStore(shape, steps)
    source(messages, delta)
    delta.s_out.connect(store.a_in)
    delta.run(RunSteps(steps), Loihi2SimCfg(select_tag="fixed_pt"), {"native": native})
    assert not native or python_rows(delta) == []
    model = encoder.PyDeltaEncoderModelSparse()
    encode = getattr(model, f"encode_{kind.lower()}")
    for step, s in enumerate(np.moveaxis(encoded(messages, 20, 0, 8), -1, 0)):
        data, index = encode(s) if step else ([0], [0])
        length = store.length.get(step)
        assert store.data.get((step, slice(0, length))).tolist() == np.ravel(data).tolist()
        assert store.index.get((step, slice(0, length))).tolist() == np.ravel(index).tolist()


def test_a_model_refuses_the_other_compression():
    for model, compression in (
        (encoder.PyDeltaEncoderModelDense, Compression.SPARSE),
        (encoder.PyDeltaEncoderModelSparse, Compression.DENSE),
    ):
        delta = DeltaEncoder(shape=(1,), vth=1, compression=compression)
        config = Loihi2SimCfg(exception_proc_model_map={DeltaEncoder: model})
        with pytest.raises(
            RuntimeError, match=f"{model.__name__} sends .*, not {compression.name}"
        ):
            delta.run(RunSteps(1), config)
    delta = DeltaEncoder(shape=(1,), vth=1, compression=Compression.SPARSE)
    with pytest.raises(RuntimeError, match="not SPARSE"):
        delta.run(RunSteps(1), Loihi2SimCfg(select_tag="dense_out"))


def test_wrong_arguments():
    with pytest.raises(TypeError, match="vth of DeltaEncoder is an int, got 1.5"):
        DeltaEncoder(shape=(1,), vth=1.5)
    with pytest.raises(ValueError, match="num_bits of DeltaEncoder is 0; it must be from 1 to 32"):
        DeltaEncoder(shape=(1,), vth=1, num_bits=0)
    with pytest.raises(ValueError, match="spike_exp of DeltaEncoder is -1"):
        DeltaEncoder(shape=(1,), vth=1, spike_exp=-1)
    with pytest.raises(TypeError, match="compression of DeltaEncoder is a Compression, got 1"):
        DeltaEncoder(shape=(1,), vth=1, compression=1)


@pytest.mark.parametrize("module", [encoder, packing])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
