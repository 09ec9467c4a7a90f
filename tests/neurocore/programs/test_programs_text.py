"""The text form of neuron programs: errors, paths, widths, and what operations compute."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_by_hand import by_hand

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs import LIMITS, NeuronProgram, library
from lavajit.neurocore.programs.grammar import JUMPS


@pytest.mark.parametrize(
    "text, expected",
    [
        ("ld r0,0\naddd r0,q", "line 2: 'addd r0,q': unknown operation 'addd'; did you mean 'add'"),
        ("add r0", "line 1: 'add r0': expected 2 operands (a register, a value), got 1"),
        ("ld r9,q", "expected a register, got 'r9'; registers are r0..r7"),
        ("ld r0,v ; add r0,v", "expected a value, got 'v'; load it first: 'ld r0,v'"),
        ("ld r0,w", "got 'w'; values are registers, 32-bit numbers, parentheses and vth, q"),
        ("ld r0,q ; st r0,w", "expected a state variable, got 'w'; declared: v"),
        ("ld r0,(vth/2)", "parentheses hold whole numbers and parameters with + - * << >> %"),
        ("ld r0,4294967296", "expected a value or a state variable, got '4294967296'"),
        ("add r0,q", "reads r0, which is not written on every path to here; write 'ld r0,0'"),
        ("jle END ; END:", "no cmp on some path to here"),
        ("A: ld r0,q ; cmp r0,0 ; jle A", "jumps backward to 'A'; programs have no loops"),
        ("cmp q,0 ; jle B ; A:", "no label 'B', labels: A; write 'B:' after the jump"),
        ("A: A: spike q", "label 'A' stands twice"),
        ("jmp END ; spike q ; END: ld r0,q", "'spike q': is never reached; delete it"),
        ("sat ld r0,q", "'sat' stands before 'st' only"),
        ("trace 4,q", "expected the number of a trace, got '4'; traces are 1..3"),
        ("ld r0,q ; mul r0,q ; shr r0,1", "r0 may hold a 64-bit product; shift it with asr"),
        ("", "no operations"),
        (65 * "spike q\n", "65 operations > 64 per program"),
    ],
)
def test_errors_say_line_operation_and_fix(text, expected):
    with pytest.raises(NcProgramError) as error:
        NeuronProgram("cell", text, state={"v": 24}, par=["vth"])
    assert str(error.value).startswith("program 'cell'")
    assert expected in str(error.value)


@pytest.mark.parametrize(
    "state, par, expected",
    [
        ({"q": 24}, (), "'q' cannot be a name here"),
        ({"v": 24}, ("v",), "'v' is declared twice"),
        ({"v": 33}, (), "'v' has 33 bits, expected 1..32"),
        ({f"s{k}": 32 for k in range(33)}, (), "17 words of state > 16 per neuron"),
    ],
)
def test_declarations_are_checked(state, par, expected):
    with pytest.raises(NcProgramError, match=expected):
        NeuronProgram("cell", "spike q", state=state, par=par)


def test_traces_have_names_of_their_own():
    with pytest.raises(NcProgramError, match="'y2' is the trace that it writes; rename"):
        NeuronProgram("cell", "trace 2,q", state={"y2": 24})


def test_operations_are_counted_on_every_path():
    text = (
        "cmp q,0 ; jle LOW ; spike 1 ; jmp END ; LOW: spike 2 ; spike 3 ; jeq END ; ld r0,q\nEND:"
    )
    program = NeuronProgram("paths", text)
    assert program.ops == 8
    assert program.path_lengths == {4: 1, 5: 1, 6: 1}
    assert (program.shortest_path, program.longest_path) == (4, 6)
    group = by_hand(program, [1, 0, -1])
    assert group.sent == [1, 3, 3]
    assert group.executed[0] == 4 + 5 + 6


def test_words_follow_from_declared_bits():
    words = [NeuronProgram("cell", "spike q", state={"v": 24, "w": b}).words for b in (32, 1)]
    assert words == [1, 1]
    wide = NeuronProgram("cell", "spike q", state={"u": 24, "v": 24, "w": 24}, par={"vth": 24})
    assert (wide.words, wide.state_bits) == (2, 72)
    assert NeuronProgram("cell", "spike q").words == 1


def test_stores_wrap_or_saturate_to_declared_bits():
    program = NeuronProgram("cell", "ld r0,q ; st r0,a ; sat st r0,b", state={"a": 8, "b": 8})
    expected = {127: (127, 127), 128: (-128, 127), -128: (-128, -127), -129: (127, -127)}
    for q, values in expected.items():
        group = by_hand(program, [q])
        assert (group.at("state_a"), group.at("state_b")) == values


@pytest.mark.parametrize(
    "text, q, expected",
    [
        ("ld r0,0x7fffffff ; add r0,q", 1, -(2**31)),
        ("ld r0,-2147483648 ; sub r0,q", 1, 2**31 - 1),
        ("ld r0,q ; mul r0,0x10000 ; mul r0,3", 2**16, 0),
        ("ld r0,q ; mul r0,0x10000 ; asr r0,16", 2**16, 2**16),
        ("ld r0,q ; mulsr r0,3,1", -3, -4),
        ("ld r0,q ; mul r0,3 ; asr r0,1", -3, -5),
        ("ld r0,q ; shr r0,28", -1, 15),
        ("ld r0,q ; shl r0,31", 3, -(2**31)),
        ("ld r0,q ; abs r0 ; neg r0 ; min r0,-5 ; max r0,-6", 3, -5),
        ("ld r0,q ; sgn r0", -7, -1),
        ("ld r0,q ; and r0,12 ; or r0,3 ; xor r0,1 ; not r0", 10, ~((10 & 12 | 3) ^ 1)),
        ("clz r0,q", 1 << 13, 10),
        ("clz r0,0", 0, 24),
        ("lut r0,list,q", 1, 7),
        ("lut r0,list,q", 9, 8),
        ("ld r0,((p-1)%4+(2<<p)+(64>>p))", 0, 2 + 16 + 8),
        ("ld r0,(p<<(0-1))", 0, 1),
        ("ld r0,t", 0, 1),
        ("ld r0,q2", (1, -(2**23) - 1), 2**23 - 1),
    ],
)
def test_operations(text, q, expected):
    program = NeuronProgram("op", f"{text} ; spike r0", par=["p"], tables=["list"])
    assert by_hand(program, [q], {"p": 3}, tables={"list": [6, 7, 8]}).sent == [expected]


def test_random_numbers_traces_and_second_output():
    program = NeuronProgram("noise", "rnd r0 ; spike r0 ; spike2 q ; trace 2,200 ; trace 3,-1")
    assert (program.outputs, program.inputs) == (2, 1)
    group = by_hand(program, 12 * [5], seed=0x12345678)
    assert group.sent == [-44, -76, -93, 79, -16, 127, -86, 93, 1, 11, 105, 73]
    assert (group.s2[0], group.at("trace_2"), group.at("trace_3")) == (5, 127, 0)


@st.composite
def listings(draw):
    """Random operations with random forward jumps."""
    count = draw(st.integers(1, 14))
    lines = []
    for k in range(count):
        op = draw(st.sampled_from(["add", "sub", "min", "max", "cmp", "st", *JUMPS]))
        place = f"L{draw(st.integers(k + 1, count))}"
        value = draw(st.sampled_from(["q", "r0", "r1", "-3", "5"]))
        target = draw(st.sampled_from(["r0", "r1"]))
        operands = place if op in JUMPS else f"{value},v" if op == "st" else f"{target},{value}"
        lines.append((op, operands))
    return lines


def interpreted(lines, q):
    """v after one step, and the number of operations, instruction by instruction."""
    values, compared, at, done = {"r0": 1, "r1": 2, "q": q, "v": 0}, (0, 0), 0, 0
    while at < len(lines):
        op, operands = lines[at]
        first, _, second = operands.partition(",")
        at, done = at + 1, done + 1
        if op in JUMPS:
            if eval(f"{compared[0]} {JUMPS[op]} {compared[1]}"):
                at = int(first[1:])
            continue
        x = values[first] if first in values else int(first)
        y = values[second] if second in values else int(second)
        if op == "cmp":
            compared = x, y
        elif op == "st":
            values["v"] = x
        else:
            rules = {"add": x + y, "sub": x - y, "min": min(x, y), "max": max(x, y)}
            values[first] = rules[op]
    return values["v"], done


@settings(max_examples=60, deadline=None)
@given(listings(), st.integers(-9, 9))
def test_jumps_lead_where_they_say(lines, q):
    start = "ld r0,1 ; ld r1,2 ; cmp 0,0\n"
    body = "\n".join(f"L{k}: {op} {operands}" for k, (op, operands) in enumerate(lines))
    program = NeuronProgram("any", f"{start}{body}\nL{len(lines)}:", state={"v": 32})
    group = by_hand(program, [q])
    v, done = interpreted(lines, q)
    assert (group.at("state_v"), group.executed[0]) == (v, done + 3)
    assert done + 3 in program.path_lengths


def test_limits_are_marked_as_ours():
    assert {LIMITS[name].quality for name in ("operations", "registers", "state_words")} == {
        "assumed"
    }
    assert all(program.ops <= 64 and program.words <= 2 for program in library().values())
