"""The instructions of one step."""

import pytest
from hurt_models import Occasional, SpikeReader
from plans import Plan, plan
from port_models import PostUser, Target
from small_networks import Clock, ClockModel, Delay, Ramp, Relay, Store, chain
from trace_models import AsyncCounter, Phases, PhasesLinked, PhasesModel

from lavajit import Loihi2SimCfg, LoihiProtocol, SyncDomain
from lavajit.compiler.work import (
    END,
    JUMP,
    JUMP_ZERO,
    OPERATION_NAMES,
    FlushWork,
    MethodWork,
    RouteWork,
    may_request,
    overrides,
)


def works(made: Plan, kind: type = object) -> list:
    return [i.work for i in made.program.instructions if i.work and isinstance(i.work, kind)]


def operations(made: Plan) -> list[str]:
    return [OPERATION_NAMES[i.operation] for i in made.program.instructions]


def test_step_without_guards_is_the_calls_in_order():
    ramp, store = Ramp(name="ramp"), Store(name="store")
    chain(ramp, store)
    made = plan(ramp)
    assert operations(made) == ["call", "call", "end"]
    assert [w.label for w in works(made)] == ["Ramp 'ramp'.run_spk", "Store 'store'.run_spk"]


def test_cut_process_appears_in_parts():
    relay, delay = Relay(), Delay()
    chain(relay, delay, relay)
    segments = [(w.instance.node.process, w.segment) for w in works(plan(relay), MethodWork)]
    assert segments == [(delay, (0, 1)), (relay, None), (delay, (1, 2))]


@pytest.mark.parametrize(("sources", "passes"), [(2, [2]), (4, [4]), (6, [4, 1, 1])])
def test_fan_in_is_summed_in_few_passes_just_before_the_receiver(sources, passes):
    store = Store()
    for _ in range(sources):
        Ramp().out.connect(store.inp)
    found = works(plan(store))[sources:]
    assert [len(w.routes) for w in found[:-1]] == passes
    assert [w.first for w in found[:-1]] == [True] + [False] * (len(passes) - 1)
    assert isinstance(found[-1], MethodWork)


def test_sources_that_are_mapped_or_converted_come_one_by_one():
    one, two, store = Ramp((2, 3)), Ramp((3, 2)), Store((2, 3))
    one.out.connect(store.inp)
    two.out.transpose((1, 0)).connect(store.inp)
    routes = [w for w in works(plan(store)) if isinstance(w, RouteWork)]
    assert [len(w.routes) for w in routes] == [1, 1]


def test_jumps_lead_into_the_program():
    a, b = PhasesLinked(pre=1, lrn=1, post=1), PhasesLinked(post=1)
    chain(a, b)
    program = plan(a).program
    assert program.instructions[-1].operation == END
    for place, instruction in enumerate(program.instructions):
        assert 0 <= instruction.flag < program.flags
        if instruction.operation in (JUMP, JUMP_ZERO):
            assert place < instruction.target.at < len(program.instructions)


def test_every_domain_has_its_own_management():
    a, b = PhasesLinked(post=1), PhasesLinked(post=1)
    chain(a, b)
    one = operations(plan(a)).count("phase")
    a, b = PhasesLinked(post=1), PhasesLinked(post=1)
    chain(a, b)
    domains = [SyncDomain(n, LoihiProtocol(), [p]) for n, p in (("x", a), ("y", b))]
    assert operations(plan(a, Loihi2SimCfg(custom_sync_domains=domains))).count("phase") == 2 * one


def test_requests_are_taken_only_where_models_make_them():
    assert "requests" not in operations(plan(Clock()))
    assert "requests" in operations(plan(Phases()))
    assert (may_request(ClockModel), may_request(PhasesModel)) == (False, True)


def test_overrides():
    assert overrides(ClockModel, "run_spk")
    assert not overrides(ClockModel, "post_guard")


def test_kept_writes_are_applied_in_the_management_phase():
    writer, target = SpikeReader(), Target(post=1)
    writer.ref.connect_var(target.v)
    assert len(works(plan(writer), FlushWork)) == 1
    user, target = PostUser(), Target(post=1)
    user.ref.connect_var(target.v)
    assert works(plan(user), FlushWork) == []


def test_management_methods_follow_what_they_read():
    user, target = PostUser(), Target(post=1)
    user.ref.connect_var(target.v)
    posts = [
        w.instance.node.process for w in works(plan(user)) if w.label.endswith("run_post_mgmt")
    ]
    assert posts == [target, user]


def test_coroutines_are_started_in_turn_and_awaited():
    sender, store = Occasional(name="sender"), Store(name="store")
    chain(sender, store)
    labels = [w.label for w in works(plan(sender))]
    assert labels[0] == "coroutines Occasional 'sender'.run_spk"
    assert labels[1].startswith("take from queue Occasional 'sender'.out")
    assert labels[2:] == ["Store 'store'.run_spk", "finish coroutines of run_spk"]


def test_asynchronous_processes_are_not_in_the_step():
    source, store = AsyncCounter(), Store((1,), name="store")
    chain(source, store)
    labels = [w.label for w in works(plan(source), MethodWork)]
    assert labels == ["Store 'store'.run_spk"]
