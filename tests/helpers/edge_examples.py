"""Small networks with Processes of io, clp and the small ones: for the tests of all Processes."""

import numpy as np

from lavajit import (
    LIF,
    Allocator,
    BitCheck,
    ChannelConfig,
    DeltaEncoder,
    EventSink,
    EventSource,
    Extractor,
    IdBroadcast,
    Injector,
    NoveltyDetector,
    NxToPyAdapter,
    PoissonInput,
    PoissonSource,
    PrototypeLIF,
    PyToN3ConvAdapter,
    PyToNxAdapter,
    Read,
    Readout,
    ReceiveEmpty,
    Receiver,
    Receiver32Bit,
    Reset,
    SpikeDataloader,
    Spiker,
    Spiker32bit,
    StateDataloader,
    StateReader,
    VarWire,
)

#: Processes that meet user code in every step: not native by nature.
USER_CODE = (Injector, Extractor, VarWire)

_SAMPLES = [(np.ones(2), 1)]
_NO_WAITING = ChannelConfig(receive_empty=ReceiveEmpty.NON_BLOCKING_ZEROS)


def watching(process):
    """A Process that is to be connected to a Var, connected to one."""
    process.connect_var(LIF(shape=(2,)).v)
    return process


EDGE_EXAMPLES = {
    Allocator: lambda: Allocator(n_protos=2),
    BitCheck: lambda: watching(BitCheck()),
    DeltaEncoder: lambda: DeltaEncoder(shape=(2,), vth=1),
    EventSink: lambda: EventSink((2,)),
    EventSource: lambda: EventSource((2,), times=[1], indices=[1]),
    Extractor: lambda: Extractor((2,)),
    IdBroadcast: lambda: IdBroadcast(shape=(2,)),
    Injector: lambda: Injector((2,), channel_config=_NO_WAITING),
    NoveltyDetector: lambda: NoveltyDetector(t_wait=1),
    NxToPyAdapter: lambda: NxToPyAdapter(shape=(2,)),
    PoissonInput: lambda: PoissonInput((2,), mean=2.0),
    PoissonSource: lambda: PoissonSource((2,), rates=[0.1, 0.2]),
    PrototypeLIF: lambda: PrototypeLIF(shape=(2,), vth=[1, 2]),
    PyToN3ConvAdapter: lambda: PyToN3ConvAdapter(shape=(2,), spike_exp=2),
    PyToNxAdapter: lambda: PyToNxAdapter(shape=(2,)),
    Read: lambda: watching(Read(buffer=2)),
    Readout: lambda: Readout(n_protos=2),
    Receiver32Bit: lambda: Receiver32Bit(shape=(2,)),
    Receiver: lambda: Receiver(shape=(2,)),
    Reset: lambda: watching(Reset(reset_value=[1, 2])),
    SpikeDataloader: lambda: SpikeDataloader(dataset=_SAMPLES),
    Spiker32bit: lambda: Spiker32bit(shape=(2,)),
    Spiker: lambda: Spiker(shape=(2,)),
    StateDataloader: lambda: watching(StateDataloader(dataset=_SAMPLES)),
    StateReader: lambda: watching(StateReader(shape=(2,))),
    VarWire: lambda: watching(VarWire()),
}
