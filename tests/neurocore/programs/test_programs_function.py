"""The function form of neuron programs."""

import numpy as np
import pytest
from program_by_hand import by_hand

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs import ProgramGroup, mulsr, nc_program, sat

LEAK = 3


@nc_program(state={"v": 8}, par=["vth"])
def leaky(q, state, par, out):
    """Leaks, and sends twice what exceeds the threshold."""
    v = mulsr(state.v, LEAK, 2) + q
    if v > par.vth and not q < 0:
        out.spike(2 * (v - par.vth))
        out.trace(1, v if v < 50 else 50)
        state.v = 0
        return
    elif v < -100:
        v = -100
    state.v = sat(v)


def test_function_computes_what_it_says():
    group = by_hand(leaky, [8, 8, 90, -120, -120], {"vth": 20})
    assert group.sent == [0, 0, 2 * (90 + 10 - 20), 0, 0]
    assert (group.at("state_v"), group.at("trace_1")) == (-100, 50)


def test_native_code_computes_the_same():
    inputs = np.random.default_rng(5).integers(-150, 150, 40)
    group, expected = ProgramGroup(leaky, 3, {"vth": 20}), by_hand(leaky, inputs, {"vth": 20})
    assert [int(group.step(q)[0]) for q in inputs] == expected.sent
    assert group.ops_executed == 3 * expected.executed[0]
    assert (group.state["v"] == expected.at("state_v")).all()
    assert (group.traces[1] == expected.at("trace_1")).all()


def test_operations_follow_from_the_syntax():
    # mulsr of a load and an addition; two comparisons, not, and, a jump.
    first = 3 + 5
    # Two operators and sending; comparing, choosing, writing a trace; store, return, jump over.
    spiking = 3 + 4 + 2 + 1
    assert leaky.path_lengths == {first + spiking: 1, first + 2 + 1 + 1: 1, first + 2 + 1: 1}
    group = by_hand(leaky, [8, 90, -120], {"vth": 20})
    assert group.executed[0] == sum(leaky.path_lengths)
    assert (leaky.ops, leaky.words) == (first + spiking + 2 + 1 + 1, 1)


def test_a_variable_has_32_bits_and_an_expression_64():
    @nc_program(state={"v": 32})
    def wide(q, state, out):
        x = q << 20
        out.spike((q << 20) >> 20)
        state.v = x >> 20

    group = by_hand(wide, [4097])
    assert (group.sent, group.at("state_v")) == ([4097], 1)


def looping(q, out):
    for _ in range(2):
        out.spike(q)


def dividing(q, par, out):
    out.spike(q // par.vth)


def calling(q, out):
    out.spike(sorted(q))


def undeclared(q, state, out):
    out.spike(state.w)


def sometimes(q, out):
    if q > 0:
        x = 1
    out.spike(x)


def unreachable(q, out):
    return
    out.spike(q)


def fractional(q, out):
    out.spike(q * 0.5)


def strange(q, weights):
    pass


def returning(q):
    return q


def crowded(q, out):
    a = b = 0
    out.spike(a + b)


@pytest.mark.parametrize(
    "function, expected",
    [
        (looping, "programs have no loops; write the steps one by one"),
        (dividing, "'q // par.vth': cores do not divide; multiply by a reciprocal"),
        (calling, "calls sorted; a program may call abs, min, max, sgn, clz, mulsr and sat"),
        (undeclared, "'state.w': not declared, state: v; add it to state="),
        (sometimes, "'x': is not assigned on every path to here"),
        (unreachable, "'out.spike(q)': is never reached; delete it"),
        (fractional, "'0.5': is 0.5; constants are whole numbers of 32 bits"),
        (strange, "arguments are q, weights, expected some of q, q2, t, state, par, out"),
        (returning, "returns a value; send with out.spike(x)"),
        (crowded, "assigns twice; write one assignment per line"),
    ],
)
def test_errors_say_line_and_fix(function, expected):
    with pytest.raises(NcProgramError) as error:
        nc_program(state={"v": 24}, par=["vth"])(function)
    assert expected in str(error.value)
    line = function.__code__.co_firstlineno
    assert "arguments" in expected or any(
        f"line {line + k}:" in str(error.value) for k in (1, 2, 3)
    )
