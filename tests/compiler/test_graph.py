"""From one Process to the flat network."""

import pytest
from hurt_models import Listed, Passive, SpikeReader
from small_networks import Clock, ClockModel, Ramp, Relay, Store, chain
from trace_models import AsyncCounter, Outer

from lavajit import (
    AbstractProcess,
    AbstractSubProcessModel,
    InPort,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    RefPort,
    RunConfig,
    SyncDomain,
    Var,
    implements,
)
from lavajit.compiler.domains import assign_domains
from lavajit.compiler.exceptions import ModelError, NoProcessModelFound, ProcessAlreadyCompiled
from lavajit.compiler.graph import collect_graph, connected_processes


def graph_of(process: AbstractProcess, run_cfg: RunConfig | None = None):
    return collect_graph(process, run_cfg or Loihi2SimCfg())


def links(graph) -> set[tuple]:
    return {(c.source.process, c.target.process) for c in graph.connections}


# --- discovery ------------------------------------------------------------------------


def test_processes_are_found_in_both_directions():
    ramp, relay, store, other = Ramp(), Relay(), Store(), Store()
    chain(ramp, relay, store)
    relay.out.reshape((2,)).connect(other.inp)
    for start in (ramp, relay, store, other):
        assert connected_processes([start]) == [ramp, relay, store, other]
    assert connected_processes([Clock()]) != [ramp]


def test_processes_are_found_over_references():
    reader, clock, target, second = SpikeReader(), Clock(), Passive(), SpikeReader()
    reader.ref.connect_var(clock.ticks)
    second.ref.connect(target.port)
    assert connected_processes([clock]) == [reader, clock]
    graph = graph_of(target)
    (reference,) = graph.references
    assert (reference.node.process, reference.var) == (second, target.array)
    assert graph.references_of(reference.node) == [reference]


def test_paths_of_virtual_ports_are_kept():
    ramp, store = Ramp((2, 3)), Store((3, 2))
    ramp.out.flatten().reshape((3, 2)).connect(store.inp)
    (connection,) = graph_of(ramp).connections
    assert [port.shape for port in connection.path] == [(6,), (3, 2)]
    assert repr(connection).startswith("Ramp 'Process_")


# --- hierarchy ------------------------------------------------------------------------


class Box(AbstractProcess):
    """Around an Outer, that is around an Inner."""

    def __init__(self):
        super().__init__()
        self.w = Var((1,))
        self.out = OutPort((1,))


@implements(proc=Box)
class BoxModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.outer = Outer()
        self.outer.out.connect(proc.out)
        proc.w.alias(self.outer.u)


class Reader(AbstractProcess):
    """A hierarchical reader: its RefPort is that of a sub process."""

    def __init__(self):
        super().__init__()
        self.ref = RefPort((1,))


@implements(proc=Reader)
class ReaderModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.inner = SpikeReader((1,))
        self.inner.ref.connect(proc.ref)


def test_hierarchies_are_flattened_to_leaves():
    box, store = Box(), Store((1,))
    box.out.connect(store.inp)
    graph = graph_of(store)
    assert [type(n.process).__name__ for n in graph.nodes] == ["Inner", "Store"]
    assert [type(p).__name__ for p in graph.processes] == ["Box", "Outer", "Inner", "Store"]
    inner = graph.nodes[0].process
    assert links(graph) == {(inner, store)}
    assert inner.is_sub_proc_of(box)
    assert box.w.resolved is inner.v
    assert (box.model_class, store.model_class.__name__) == (BoxModel, "StoreModel")


def test_reference_through_two_hierarchies():
    reader, box = Reader(), Box()
    reader.ref.connect_var(box.w)
    graph = graph_of(reader)
    (reference,) = graph.references
    assert type(reference.node.process) is SpikeReader
    assert type(reference.target.process).__name__ == "Inner"
    assert reference.var.name == "v"


def test_reference_to_a_var_without_storage():
    reader, outer = Reader(), Outer()
    reader.ref.connect_var(outer.loose)
    with pytest.raises(ModelError, match="Var 'loose', which belongs to no Process .* alias it"):
        graph_of(reader)
    assert not reader.is_compiled and not outer.is_compiled


def test_processes_in_lists_are_found():
    ramp, listed, store = Ramp(), Listed(depth=4), Store()
    chain(ramp, listed, store)
    graph = graph_of(ramp)
    assert [type(n.process).__name__ for n in graph.nodes] == ["Ramp", *["Relay"] * 4, "Store"]
    assert listed.procs.member_names == [f"relays_{k}" for k in range(4)]
    assert len(graph.connections) == 5


class Hidden(AbstractProcess):
    """Its sub process is only connected, never held."""

    def __init__(self):
        super().__init__()
        self.inp, self.out = InPort((2,)), OutPort((2,))


@implements(proc=Hidden)
class HiddenModel(AbstractSubProcessModel):
    def __init__(self, proc):
        relay = Relay()
        proc.inp.connect(relay.inp)
        relay.out.connect(proc.out)


def test_processes_that_are_only_connected_are_found():
    ramp, hidden, store = Ramp(), Hidden(), Store()
    chain(ramp, hidden, store)
    graph = graph_of(ramp)
    assert [type(n.process).__name__ for n in graph.nodes] == ["Ramp", "Relay", "Store"]
    assert graph.nodes[1].process.is_sub_proc_of(hidden)


def test_dangling_ports_of_a_hierarchy_are_dropped():
    listed, store = Listed(depth=1), Store()
    listed.out.connect(store.inp)
    graph = graph_of(store)
    assert len(graph.connections) == 1


# --- choosing models ------------------------------------------------------------------


class QuietClockModel(ClockModel):
    def run_spk(self):
        pass


class NoModel(AbstractProcess):
    pass


class NoModelModel(PyLoihiProcessModel):
    implements_protocol = LoihiProtocol


def test_exception_map_by_class_and_by_process():
    one, two = Clock(), Clock()
    by_class = Loihi2SimCfg(exception_proc_model_map={Clock: QuietClockModel})
    by_process = Loihi2SimCfg(exception_proc_model_map={two: QuietClockModel})
    assert graph_of(one, by_class).nodes[0].model_class is QuietClockModel
    assert graph_of(two, by_process).nodes[0].model_class is QuietClockModel
    assert graph_of(Clock(), by_process).nodes[0].model_class is ClockModel


def test_only_the_process_form_rescues_a_process_without_models():
    process = NoModel()
    config = Loihi2SimCfg(exception_proc_model_map={NoModel: NoModelModel})
    with pytest.raises(NoProcessModelFound):
        graph_of(process, config)
    config = Loihi2SimCfg(exception_proc_model_map={process: NoModelModel})
    assert graph_of(process, config).nodes[0].model_class is NoModelModel


def test_released_graph_can_be_collected_again():
    box, store = Box(), Store((1,))
    box.out.connect(store.inp)
    for _ in range(3):
        graph = graph_of(box)
        with pytest.raises(ProcessAlreadyCompiled):
            graph_of(store)
        assert len(graph.connections) == 1
        assert len(box.procs) == 1
        graph.release()
        assert (box.out.in_connections, box.w.aliased_var, len(box.procs)) == ([], None, 0)


# --- domains --------------------------------------------------------------------------


def test_automatic_and_custom_domains():
    ramp, relay, store = Ramp(), Relay(), Store()
    chain(ramp, relay, store)
    mine = SyncDomain("mine", LoihiProtocol(), [relay])
    domains = assign_domains(graph_of(ramp, Loihi2SimCfg(custom_sync_domains=[mine])))
    assert [(d.name, members) for d, members in domains] == [
        ("mine", [1]),
        ("LoihiProtocol_SyncDomain", [0, 2]),
    ]


def test_domains_of_mixed_protocols():
    source, sink = AsyncCounter(), Store((1,))
    source.out.connect(sink.inp)
    domains = assign_domains(graph_of(sink))
    assert [(d.name, [p.name for p in d.processes]) for d, _ in domains] == [
        ("AsyncProtocol_SyncDomain", [source.name]),
        ("LoihiProtocol_SyncDomain", [sink.name]),
    ]
