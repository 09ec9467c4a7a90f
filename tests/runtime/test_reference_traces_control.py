"""What Lava was measured to do: requests of models, asynchronous models, domains, pipes."""

import numpy as np
import pytest
from small_networks import Clock, Ramp, Store, chain, run
from trace_models import AsyncCounter, Phases, PhasesLinked

from lavajit import Loihi2SimCfg, LoihiProtocol, RunSteps, SyncDomain


@pytest.fixture(params=[False, True], ids=["python", "native"])
def native(request) -> bool:
    """Both tiers give the same numbers."""
    return request.param


# --- requests of models ---------------------------------------------------------------


def flags(process):
    runtime = process.runtime
    return runtime._is_running, runtime._is_started


def test_pause_from_the_model(native):
    p = Phases(pause_at=3)
    run(p, 5, native)
    assert p.last.get(0) == 3
    assert flags(p) == (False, True)
    run(p, 2, native)
    assert p.last.get(0) == 5


def test_stop_from_the_model(native):
    p = Phases(stop_at=3)
    run(p, 5, native)
    assert flags(p) == (False, False)
    with pytest.raises(RuntimeError, match="Runtime has not started"):
        p.last.get()


def test_pause_skips_the_phases_of_the_requester(native):
    p = Phases(pause_at=2, post=1)
    run(p, 5, native)
    assert p.count.get().tolist() == [2, 0, 0, 1]


def test_pause_lets_phases_of_others_finish(native):
    a, b = PhasesLinked(pause_at=2, post=1), PhasesLinked(lrn=1)
    a.out.connect(b.inp)
    run(a, 5, native)
    assert a.count.get().tolist() == [2, 0, 0, 2]
    assert b.count.get().tolist() == [2, 0, 2, 0]


# --- asynchronous models, domains, pipes ----------------------------------------------


def test_async_model():
    p = AsyncCounter()
    run(p, 5)
    assert p.n.get().tolist() == [5]
    with pytest.raises(RuntimeError, match="Set is not supported"):
        p.n.set(np.array([1]))
    run(p, 2)
    assert p.n.get().tolist() == [7]


def test_async_source_with_loihi_sink(native):
    source, sink = AsyncCounter(), Store((1,))
    source.out.connect(sink.inp)
    run(source, 5, native)
    assert sink.received(5) == [1, 2, 3, 4, 5]
    run(source, 2, native)
    assert sink.received(7) == [1, 2, 3, 4, 5, 1, 2]


def test_two_loihi_domains(native):
    source, sink = Ramp(), Store()
    chain(source, sink)
    domains = [
        SyncDomain("fast", LoihiProtocol(), [source]),
        SyncDomain("slow", LoihiProtocol(), [sink]),
    ]
    source.run(RunSteps(5), Loihi2SimCfg(custom_sync_domains=domains), {"native": native})
    assert sink.received(5) == [1, 2, 3, 4, 5]


def test_external_pipes(native):
    ramp, store = Ramp((2,), slope=3), Store((2,))
    store.inp.flag_external_pipe(buffer_size=3)
    ramp.out.flag_external_pipe()
    with pytest.raises(AttributeError):
        _ = store.inp.external_pipe_csp_send_port
    for p in (store, ramp):
        p.create_runtime(Loihi2SimCfg(), compile_config={"native": native})
    send, receive = store.inp.external_pipe_csp_send_port, ramp.out.external_pipe_csp_recv_port
    assert (send.size, receive.size) == (3, 64)
    assert send.probe() and not receive.probe()
    for t in range(3):
        send.send(np.array([t + 0.7, t]))
    assert not send.probe()
    run(store, 3)
    run(ramp, 2)
    assert store.data.get()[:3].tolist() == [[0, 0], [1, 1], [2, 2]]
    assert receive.probe()
    assert receive.peek().tolist() == [3, 3]
    assert [receive.recv().tolist() for _ in range(2)] == [[3, 3], [6, 6]]
    assert not receive.probe()


def test_unconnected_process_is_not_part_of_the_network():
    a, b = Clock(), Clock()
    run(a, 2)
    assert (a.ticks.get(0), b.runtime) == (2, None)
