"""Running neuron programs natively: by themselves, and as models in the engine."""

import numpy as np
import pytest
from neurocore_examples import (
    LIF_CURRENTS,
    LIF_INPUTS,
    LIF_SPIKES,
    LIF_VOLTAGES,
    SOFT_RESET_INPUTS,
    SOFT_RESET_PAR,
    SOFT_RESET_PAYLOADS,
    SOFT_RESET_VOLTAGES,
)
from numpy.testing import assert_array_equal
from program_by_hand import by_hand

from lavajit import (
    LIF,
    InPort,
    Loihi2SimCfg,
    OutPort,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    Var,
)
from lavajit.neurocore.errors import NcProgramError, NcValueError
from lavajit.neurocore.programs import (
    NeuronProgram,
    ProgramGroup,
    mulsr,
    nc_program,
    of,
    program_model,
)
from lavajit.process.process import AbstractProcess

#: The program that the LIF neuron of the library is made of, in its shortest form.
REFERENCE = """
ld r0,u ; mulsr r0,(4095-du),12 ; add r0,q ; st r0,u
ld r1,v ; mulsr r1,(4096-dv),12 ; add r1,r0 ; add r1,bias ; sat st r1,v
cmp r1,vth ; jle END ; st 0,v ; spike 1
END:
"""


@nc_program(state={"v": 24}, par=["vth", "reciprocal", "bits"])
def soft_reset(q, state, par, out):
    """Sends how many times the threshold fits into v, and subtracts as much."""
    v = state.v + q
    if v >= par.vth:
        times = mulsr(v, par.reciprocal, par.bits)
        out.spike(times)
        v = v - times * par.vth
    state.v = v


class SoftReset(AbstractProcess):
    """Neurons that subtract what they send."""

    def __init__(self, shape, vth, reciprocal, bits):
        super().__init__(shape=shape, reciprocal=reciprocal, bits=bits)
        self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)
        self.v = Var(shape=shape, init=0)
        self.vth = Var(shape=(1,), init=vth)


def test_reference_program_of_lif():
    program = NeuronProgram("LIF", REFERENCE, {"u": 24, "v": 24}, ["du", "dv", "bias", "vth"])
    assert (program.ops, program.longest_path, program.shortest_path) == (13, 13, 11)
    par = {"du": 511, "dv": [127, 4096], "bias": 0, "vth": [6400, 10**6]}
    group = ProgramGroup(program, 2, par)
    rows = []
    for q in LIF_INPUTS:
        spikes = group.step(q)
        assert spikes[1] == 0 and group.state["v"][1] == group.state["u"][1]
        rows.append([group.state["u"][0], group.state["v"][0], spikes[0]])
    u, v, s = np.transpose(rows)
    assert_array_equal([u, v, s], [LIF_CURRENTS, LIF_VOLTAGES, LIF_SPIKES])
    assert group.time_step == 8
    assert group.ops_executed == 16 * 11 + 3 * 2


def test_program_runs_as_model_of_a_process():
    kept = ["v", "vth"]
    model = program_model(soft_reset, SoftReset, variables=kept)
    assert model.program is soft_reset and model.elementwise
    neurons = SoftReset(shape=(2,), **SOFT_RESET_PAR)
    source = SourceRingBuffer(data=np.array([SOFT_RESET_INPUTS, SOFT_RESET_INPUTS[::-1]]))
    sink = SinkRingBuffer(shape=(2,), buffer=len(SOFT_RESET_INPUTS))
    source.s_out.connect(neurons.a_in)
    neurons.s_out.connect(sink.a_in)
    voltages = []
    for _ in SOFT_RESET_INPUTS:
        neurons.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
        voltages.append(neurons.v.get()[0])
    methods = neurons.runtime.executable.network.tiers.kernels
    assert_array_equal(sink.data.get()[0], SOFT_RESET_PAYLOADS)
    assert_array_equal(voltages, SOFT_RESET_VOLTAGES)
    assert any(method == "run_spk" for _, method, _ in methods)
    neurons.stop()


@pytest.mark.slow
def test_native_code_of_other_operations():
    text = """
    rnd r0 ; ld r1,q ; abs r1 ; sgn r0 ; shr r1,1 ; xor r0,r1 ; not r0 ; or r0,64 ; neg r0
    clz r2,q ; lut r3,list,r2 ; and r3,0xff ; mul r3,q2 ; shl r3,3 ; add r3,t
    max r3,(p<<2) ; cmp r3,r0 ; jne END ; spike2 r2
    END: trace 1,r1 ; trace 3,r3 ; spike r0
    """
    program = NeuronProgram("all", text, par=["p"], tables=["list"])
    tables, rng = {"list": np.arange(300, 0, -12)}, np.random.default_rng(3)
    inputs = [tuple(each) for each in rng.integers(-(2**22), 2**22, (50, 2)).tolist()]
    group = ProgramGroup(program, 1, {"p": 2, **tables})
    expected = by_hand(program, inputs, {"p": 2}, tables=tables)
    assert [group.step(*each)[0][0] for each in inputs] == expected.sent
    assert group.traces[1][0] == expected.at("trace_1")
    assert group.traces[3][0] == expected.at("trace_3")


def test_program_of_the_library_runs_as_model():
    class Neurons(LIF):
        pass

    model = program_model(of(LIF), Neurons, tags=("fixed_pt", "programmed"))
    assert model.__name__ == "NeuronsProgramModel"
    neurons = Neurons(shape=(2, 3), du=9, dv=[[1], [2]] * np.ones((2, 3), int), bias_mant=99, vth=9)
    neurons.run(RunSteps(30), run_cfg=Loihi2SimCfg(select_tag="programmed"))
    plain = LIF(shape=(2, 3), du=9, dv=[[1], [2]] * np.ones((2, 3), int), bias_mant=99, vth=9)
    plain.run(RunSteps(30), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    assert_array_equal(neurons.v.get(), plain.v.get())
    assert_array_equal(neurons.u.get(), plain.u.get())
    neurons.stop()
    plain.stop()


@pytest.mark.parametrize(
    "par, state, expected",
    [
        ({}, {}, "'clock'.rate: no value; give it in par="),
        ({"rate": 256}, {}, "'clock'.rate\\[0\\]: 256 is not in -128..255"),
        ({"rate": 0.5}, {}, "'clock'.rate: whole numbers expected, got float64"),
        ({"rate": 1, "speed": 2}, {}, "'clock'.speed: not declared; par= takes rate"),
        ({"rate": 1}, {"v": 8}, "'clock'.v\\[0\\]: 8 is not in -8..7"),
        ({"rate": 1}, {"w": 8}, "'clock'.w: not declared; state= takes v"),
    ],
)
def test_groups_check_their_values(par, state, expected):
    program = NeuronProgram("clock", "spike rate", state={"v": 4}, par={"rate": 8})
    with pytest.raises(NcValueError, match=expected):
        ProgramGroup(program, 2, par, state)


def test_models_need_as_many_ports_as_programs():
    program = NeuronProgram("two", "ld r0,q ; add r0,q2 ; spike r0")
    with pytest.raises(NcProgramError, match="names 1 ports, the program uses 2; name as many"):
        program_model(program, SoftReset, inputs=("a_in",))
