"""Adapters between the CPU and cores: numbers as without them, packed messages, state."""

import doctest

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    AbstractProcess,
    Compression,
    DeltaEncoder,
    Dense,
    InPort,
    LavaPyType,
    Loihi2HwCfg,
    Loihi2SimCfg,
    LoihiProtocol,
    NxToPyAdapter,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyToN3ConvAdapter,
    PyToNxAdapter,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    StateReader,
    Var,
    implements,
)
from lavajit.as_lava.table import load_table
from lavajit.proc.io import adapters, conv_adapter, packing, state_reader

FIXED, FLOAT = "fixed_pt", "floating_pt"
STEPS = 9


# --- handing on -----------------------------------------------------------------------


def through(sender: OutPort, receiver: InPort, adapter: AbstractProcess | None) -> None:
    """Connect, by way of an adapter if there is one."""
    if adapter is None:
        sender.connect(receiver)
        return
    sender.connect(adapter.inp)
    adapter.out.connect(receiver)


def spikes(config, adapted: bool, python: bool = False) -> np.ndarray:
    """What neurons answer to graded input."""
    rng = np.random.default_rng(4)
    source = SourceRingBuffer(data=rng.integers(-3, 4, (6, STEPS)))
    dense = Dense(weights=2 * rng.integers(-60, 60, (5, 6)), num_message_bits=8)
    lif = LIF(shape=(5,), vth=40, du=0, dv=0)
    sink = SinkRingBuffer(shape=(5,), buffer=STEPS)
    to_cores = PyToNxAdapter(shape=(6,), num_message_bits=8) if adapted else None
    from_cores = NxToPyAdapter(shape=(5,)) if adapted else None
    through(source.s_out, dense.s_in, to_cores)
    dense.a_out.connect(lif.a_in)
    through(lif.s_out, sink.a_in, from_cores)
    lif.run(RunSteps(STEPS), config, {"native": not python})
    assert python or python_rows(lif) == []
    result = sink.data.get()
    lif.stop()
    return result


@pytest.mark.parametrize(
    "config",
    [
        Loihi2SimCfg(select_tag=FIXED),
        pytest.param(Loihi2SimCfg(select_tag=FLOAT), marks=pytest.mark.slow),
        Loihi2HwCfg(arith="lava"),
    ],
    ids=["fixed", "float", "cores"],
)
def test_numbers_are_those_without_adapters(config):
    without = spikes(config, adapted=False)
    assert without.any()
    np.testing.assert_array_equal(spikes(config, adapted=True), without)


def test_cores_give_the_numbers_of_a_simulation():
    simulated = spikes(Loihi2SimCfg(select_tag=FIXED), adapted=True, python=True)
    np.testing.assert_array_equal(spikes(Loihi2HwCfg(arith="lava"), adapted=True), simulated)


# --- packed messages ------------------------------------------------------------------


def changes(form: Compression, on_adapter: bool, native: bool = True) -> np.ndarray:
    """Changes of an input, shifted by the adapter, or by an encoder that sends dense messages."""
    shape, exponent = (3, 7), 6
    messages = np.random.default_rng(3).integers(-40, 40, (*shape, STEPS))
    source = SourceRingBuffer(data=messages)
    encoder = DeltaEncoder(
        shape=shape,
        vth=20,
        num_bits=8,
        spike_exp=0 if on_adapter else exponent,
        compression=form if on_adapter else Compression.DENSE,
    )
    adapter = None
    if on_adapter:
        adapter = PyToN3ConvAdapter(
            shape=shape, num_message_bits=16, spike_exp=exponent, compression=form
        )
    sink = SinkRingBuffer(shape=shape, buffer=STEPS)
    source.s_out.connect(encoder.a_in)
    through(encoder.s_out, sink.a_in, adapter)
    sink.run(RunSteps(STEPS), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    assert not native or python_rows(sink) == []
    result = sink.data.get()
    sink.stop()
    return result


@pytest.mark.slow
@pytest.mark.parametrize("form", Compression, ids=lambda form: form.name)
def test_every_compression_arrives_as_dense_messages(form):
    expected = changes(form, on_adapter=False)
    assert (np.count_nonzero(expected, axis=(0, 1))[1:] > 1).all()
    for native in (True, False):
        np.testing.assert_array_equal(changes(form, on_adapter=True, native=native), expected)


@pytest.mark.slow
def test_float_messages_are_multiplied():
    source = SourceRingBuffer(data=np.array([[0.5, -1.25]]))
    adapter, sink = PyToN3ConvAdapter(shape=(1,), spike_exp=2), SinkRingBuffer(shape=(1,), buffer=2)
    through(source.s_out, sink.a_in, adapter)
    sink.run(RunSteps(2), Loihi2SimCfg(select_tag=FLOAT))
    assert sink.data.get().tolist() == [[2.0, -5.0]]
    sink.stop()


@settings(max_examples=50, deadline=None)
@example(size=600, entries={255: -128})
@example(size=70000, entries={0: 1, 255: 2, 510: 3, 69999: 127})
@given(
    size=st.sampled_from([1, 3, 4, 8, 9, 257, 600]),
    entries=st.dictionaries(st.integers(0, 599), st.integers(-128, 127), max_size=8),
)
def test_placing_undoes_packing(size, entries):
    values = np.zeros(size, np.int32)
    for place, value in entries.items():
        values[place % size] = value
    pairs = [
        (packing.list_non_zeros, packing.place_non_zeros),
        (packing.pack_dense, packing.place_dense),
        (packing.pack_gaps, packing.place_gaps),
    ]
    for pack, place in pairs:
        data, index = np.zeros(packing.room(size), np.int32), np.zeros(packing.room(size), np.int64)
        found = np.full(size, 99, np.int32)
        n = pack(values, data, index)
        place(data[:n], index[:n], found)
        np.testing.assert_array_equal(found, values)


def test_encoder_and_adapter_have_to_agree():
    encoder = DeltaEncoder(shape=(2,), vth=1, compression=Compression.SPARSE, name="changes")
    adapter = PyToN3ConvAdapter(shape=(2,), compression=Compression.PACKED_4, name="in")
    encoder.s_out.connect(adapter.inp)
    text = "PyToN3ConvAdapter 'in' expects PACKED_4, but DeltaEncoder 'changes' sends SPARSE"
    with pytest.raises(ValueError, match=text):
        adapter.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED))


# --- arguments ------------------------------------------------------------------------


@pytest.mark.parametrize("adapter", [PyToNxAdapter, NxToPyAdapter, PyToN3ConvAdapter])
def test_message_bits(adapter):
    assert adapter(shape=(2,)).num_message_bits == 0
    kept = adapter(shape=(2, 3), num_message_bits=np.int8(24))
    assert kept.num_message_bits == 24 and kept.shape == (2, 3)
    for wrong in (-1, 33):
        with pytest.raises(ValueError, match=f"num_message_bits of {adapter.__name__} is {wrong}"):
            adapter(shape=(2,), num_message_bits=wrong)
    for wrong in (1.5, True, None):
        with pytest.raises(TypeError, match="is an int from 0 to 32, got"):
            adapter(shape=(2,), num_message_bits=wrong)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="spike_exp of PyToN3ConvAdapter is 32"):
        PyToN3ConvAdapter(shape=(2,), spike_exp=32)
    with pytest.raises(TypeError, match="compression of PyToN3ConvAdapter is a Compression, got 1"):
        PyToN3ConvAdapter(shape=(2,), compression=1)
    with pytest.raises(ValueError, match=r"sends messages of shape \(3,\), but .* give shape=\(2"):
        StateReader(shape=(3,)).connect_var(LIF(shape=(2,)).v)
    with pytest.raises(ValueError, match="interval of StateReader"):
        StateReader(shape=(3,), interval=0)


# --- state ----------------------------------------------------------------------------


def ramp(**schedule) -> tuple[LIF, StateReader]:
    """Neurons whose voltage grows by 1 and 2 in every step, and what reads it."""
    lif, reader = LIF(shape=(2,), bias_mant=[1, 2], vth=1000), StateReader(shape=(2,), **schedule)
    reader.connect_var(lif.v)
    return lif, reader


@pytest.mark.parametrize("tag", [FIXED, pytest.param(FLOAT, marks=pytest.mark.slow)])
def test_state_is_sent_one_step_later(tag):
    lif, reader = ramp()
    sink = SinkRingBuffer(shape=(2,), buffer=5)
    reader.out.connect(sink.a_in)
    for steps in (2, 3):
        lif.run(RunSteps(steps), Loihi2SimCfg(select_tag=tag))
    assert python_rows(lif) == []
    assert sink.data.get().tolist() == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8]]
    lif.stop()


class Seldom(AbstractProcess):
    """Receives in the steps t with (t - 1) % 4 == 2."""

    def __init__(self):
        super().__init__()
        self.inp = InPort((2,))
        self.seen = Var((2, 12), init=-1)


@implements(proc=Seldom, protocol=LoihiProtocol)
class PySeldomModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    seen: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        if (self.time_step - 1) % 4 == 2:
            self.seen[:, self.time_step - 1] = self.inp.recv()


def test_state_at_intervals_meets_a_receiver_of_the_same_interval():
    lif, reader = ramp(interval=4, offset=5)
    seldom = Seldom()
    reader.out.connect(seldom.inp)
    lif.run(RunSteps(12), Loihi2SimCfg(select_tag=FIXED))
    expected = np.full((2, 12), -1)
    expected[:, [2, 6, 10]] = [[2, 6, 10], [4, 12, 20]]
    np.testing.assert_array_equal(seldom.seen.get(), expected)
    lif.stop()


# --- names of Lava --------------------------------------------------------------------


def test_names_of_lava(use_table):
    use_table(load_table())
    from lava.proc import embedded_io as eio
    from lava.proc.embedded_io.spike import PyToNxAdapter as same
    from lava.proc.embedded_io.state import Read

    assert same is eio.spike.PyToNxAdapter is PyToNxAdapter
    assert eio.spike.NxToPyAdapter is NxToPyAdapter
    assert eio.spike.PyToN3ConvAdapter is PyToN3ConvAdapter
    assert Read is eio.state.ReadConv is StateReader


@pytest.mark.slow
@pytest.mark.parametrize("module", [adapters, conv_adapter, state_reader])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
