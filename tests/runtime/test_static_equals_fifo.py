"""A static schedule gives the numbers of the message queues that it replaces.

Random networks run three ways: scheduled statically (in Python and natively), with every
Process as a coroutine over FIFOs (Lava's way, by construction), and mixed.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import (
    Delay,
    DelayModel,
    Ramp,
    RampModel,
    Relay,
    RelayModel,
    Store,
    StoreModel,
)

from lavajit import Loihi2SimCfg, RunSteps
from lavajit.compiler.exceptions import DeadlockError

STEPS = 6


class LivelyRampModel(RampModel):
    def run_spk(self):
        for _ in range(1):
            self.out.send(self.slope * self.time_step)


class LivelyRelayModel(RelayModel):
    def run_spk(self):
        for _ in range(1):
            self.out.send(self.inp.recv() + self.gain)


class LivelyDelayModel(DelayModel):
    def run_spk(self):
        for _ in range(1):
            self.out.send(self.last)
            self.last = self.inp.recv() + 1


class LivelyStoreModel(StoreModel):
    def run_spk(self):
        for _ in range(1):
            self.data[self.time_step - 1] = self.inp.recv()


LIVELY = {
    Ramp: LivelyRampModel,
    Relay: LivelyRelayModel,
    Delay: LivelyDelayModel,
    Store: LivelyStoreModel,
}


@st.composite
def descriptions(draw):
    """(kinds, connections): connections may form loops; everyone is reachable from number 0."""
    kinds = draw(st.lists(st.sampled_from([Relay, Delay, Store]), min_size=1, max_size=6))
    kinds = [Ramp, *kinds, Store]
    senders = [k for k, kind in enumerate(kinds) if kind is not Store]
    connections = set()
    for target in range(1, len(kinds)):
        earlier = [k for k in senders if k < target]
        connections.add((draw(st.sampled_from(earlier)), target))
    backward = st.tuples(st.sampled_from(senders), st.integers(1, len(kinds) - 1))
    connections |= set(draw(st.lists(backward, max_size=4)))
    return kinds, sorted(connections)


def results(description, lively: set[int], native: bool) -> list | str:
    """The final value of every Var, or "deadlock"."""
    kinds, connections = description
    processes = [kind() for kind in kinds]
    processes[0].slope.init = [1, 10]
    for k, process in enumerate(processes):
        if isinstance(process, Relay):
            process.gain.init = k
    for a, b in connections:
        processes[a].out.connect(processes[b].inp)
    config = Loihi2SimCfg(exception_proc_model_map={processes[k]: LIVELY[kinds[k]] for k in lively})
    try:
        processes[0].run(RunSteps(2), config, {"native": native})
        processes[0].run(RunSteps(STEPS - 2))
    except DeadlockError:
        return "deadlock"
    return [[var.get().tolist() for var in process.vars] for process in processes]


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
@settings(max_examples=80, deadline=None)
@given(descriptions(), st.data())
def test_static_equals_fifo(native, description, data):
    everyone = set(range(len(description[0])))
    some = data.draw(st.sets(st.sampled_from(sorted(everyone))))
    queued = results(description, everyone, False)
    assert results(description, set(), native) == queued
    assert results(description, some, native) == queued


def test_deadlock_is_found_both_ways():
    ring = ([Ramp, Relay, Relay, Store], [(0, 1), (1, 2), (2, 1), (2, 3)])
    assert results(ring, set(), False) == results(ring, {0, 1, 2, 3}, False) == "deadlock"
    loop = ([Ramp, Relay, Delay, Store], [(0, 1), (1, 2), (2, 1), (2, 3)])
    stored = results(loop, set(), False)[3][0]
    # The loop adds the ramp and 1 (Relay's gain) and 1 (Delay) in every step, one step late.
    expected = np.cumsum([0, *(t + 2 for t in range(1, STEPS))])
    assert [message[0] for message in stored[:STEPS]] == expected.tolist()
