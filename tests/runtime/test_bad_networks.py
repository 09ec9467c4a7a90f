"""Mistakes in hierarchies and sync domains are reported before the first step."""

import pytest
from small_networks import Clock, Ramp, Relay, Store, chain, run

from lavajit import (
    AbstractProcess,
    AbstractSubProcessModel,
    AsyncProtocol,
    InPort,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    RunSteps,
    SyncDomain,
    Var,
    implements,
)

# --- hierarchies ----------------------------------------------------------------------


class Nest(AbstractProcess):
    def __init__(self, fails: list):
        super().__init__(fails=fails)
        self.inp, self.out, self.ticks = InPort((2,)), OutPort((2,)), Var((2,))


@implements(proc=Nest)
class NestModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.relay, self.clock = Relay(gain=3), Clock()
        proc.inp.connect(self.relay.inp)
        self.relay.out.connect(proc.out)
        proc.ticks.alias(self.clock.ticks)
        if proc.proc_params["fails"]:
            raise proc.proc_params["fails"].pop()


def test_failed_sub_process_model_leaves_no_connections():
    ramp, nest, store = Ramp(), Nest([LookupError("not yet"), LookupError("not yet")]), Store()
    chain(ramp, nest, store)
    for _ in range(2):
        with pytest.raises(LookupError, match="not yet"):
            run(ramp, 1)
        assert nest.inp.out_connections == []
        assert nest.ticks.aliased_var is None
    run(ramp, 2)
    assert store.received(2) == [4, 5]
    assert nest.ticks.get(0) == 2


# --- sync domains ---------------------------------------------------------------------


def domain_cases(a: Clock, b: Clock) -> dict:
    loihi = LoihiProtocol
    return {
        "same name": ([SyncDomain("x", loihi(), [a]), SyncDomain("x", loihi(), [])], "called 'x'"),
        "two domains": (
            [SyncDomain("x", loihi(), [a]), SyncDomain("y", loihi(), [a])],
            "Clock .* is in two sync domains, 'x' and 'y'",
        ),
        "foreign process": ([SyncDomain("x", loihi(), [b])], "not a leaf Process of the network"),
        "wrong protocol": ([SyncDomain("x", AsyncProtocol(), [a])], "implements LoihiProtocol"),
    }


@pytest.mark.parametrize("case", ["same name", "two domains", "foreign process", "wrong protocol"])
def test_bad_sync_domains(case):
    clock, other = Clock(), Clock()
    domains, message = domain_cases(clock, other)[case]
    with pytest.raises(AssertionError, match=message):
        clock.run(RunSteps(1), Loihi2SimCfg(custom_sync_domains=domains))
    run(clock, 1)
