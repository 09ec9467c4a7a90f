"""Processes of a user's own whose neurons run a program, on cores and on the CPU."""

import numpy as np
import pytest
from neurocore_examples import SOFT_RESET_INPUTS, SOFT_RESET_PAR, SOFT_RESET_PAYLOADS

from lavajit import (
    AbstractProcess,
    InPort,
    Loihi1HwCfg,
    Loihi2HwCfg,
    Loihi2SimCfg,
    OutPort,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    Var,
)
from lavajit.model.nc_model import is_nc_model
from lavajit.model.registry import models_of
from lavajit.model.resources import CPU, Loihi2NeuroCore
from lavajit.neurocore.errors import NcFeatureError, NcValueError
from lavajit.neurocore.programs import NeuronProgram, mulsr, nc_program, program_model

STEPS = len(SOFT_RESET_INPUTS)
TEXT = """
ld r0,v ; add r0,q ; cmp r0,vth ; jlt END
ld r1,r0 ; mulsr r1,reciprocal,bits ; spike r1 ; mul r1,vth ; sub r0,r1
END: st r0,v
"""


class Written(AbstractProcess):
    """Neurons that subtract what they send."""

    def __init__(self, shape, vth, reciprocal, bits):
        super().__init__(shape=shape, reciprocal=reciprocal, bits=bits)
        self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)
        self.v, self.vth = Var(shape=shape), Var(shape=(1,), init=vth)


class Function(Written):
    """The same as a function."""


class OnlyOnCores(Written):
    """Without a model for the CPU."""


@nc_program(state={"v": 24}, par=["vth", "reciprocal", "bits"])
def soft_reset(q, state, par, out):
    v = state.v + q
    if v >= par.vth:
        times = mulsr(v, par.reciprocal, par.bits)
        out.spike(times)
        v = v - times * par.vth
    state.v = v


written = NeuronProgram("soft reset", TEXT, {"v": 24}, ["vth", "reciprocal", "bits"])
KEPT = ["v", "vth"]
program_model(written, Written, variables=KEPT)
program_model(soft_reset, Function, variables=KEPT, message_bits=16)
program_model(written, OnlyOnCores, variables=KEPT, resource=Loihi2NeuroCore)


def driven(process):
    neurons = process(shape=(1,), **SOFT_RESET_PAR)
    source = SourceRingBuffer(data=np.array([SOFT_RESET_INPUTS]))
    sink = SinkRingBuffer(shape=(1,), buffer=STEPS)
    source.s_out.connect(neurons.a_in)
    neurons.s_out.connect(sink.a_in)
    return neurons, sink


@pytest.mark.parametrize("process", [Written, Function, OnlyOnCores])
def test_on_cores(process):
    neurons, sink = driven(process)
    neurons.run(RunSteps(STEPS), Loihi2HwCfg())
    np.testing.assert_array_equal(sink.data.get()[0], SOFT_RESET_PAYLOADS)
    report = neurons.runtime.nc_report
    program = soft_reset if process is Function else written
    assert report.activity.program_ops.sum() == STEPS * program.longest_path
    assert report.activity.spikes.sum() == np.count_nonzero(SOFT_RESET_PAYLOADS)
    (group,) = report.board.net.groups
    assert (group.kind, group.words, group.state) == (process.__name__, 1, ("v",))
    assert group.message_bits == (16 if process is Function else 24)
    assert report.cores_used == 1 and process.__name__ in str(report)
    with pytest.raises(NcValueError, match="vth cannot be set to 0.5"):
        neurons.vth.set(0.5)
    neurons.stop()


@pytest.mark.filterwarnings("ignore:Loihi1HwCfg. no Process of this network:UserWarning")
@pytest.mark.parametrize("config", [Loihi1HwCfg(), Loihi2SimCfg(select_tag="fixed_pt")])
def test_on_the_cpu(config):
    """Loihi 1 runs no programs, so neurons stay beside its cores: the numbers are the same."""
    neurons, sink = driven(Written)
    neurons.run(RunSteps(STEPS), config)
    np.testing.assert_array_equal(sink.data.get()[0], SOFT_RESET_PAYLOADS)
    assert not is_nc_model(type(neurons.runtime.executable.network.instances[0].model))
    neurons.stop()


def test_models_and_what_they_need():
    on_cpu, on_cores = models_of(Written)
    assert (on_cpu.__name__, on_cores.__name__) == (
        "WrittenProgramModel",
        "NcWrittenProgramModel",
    )
    assert (on_cpu.required_resources, on_cores.required_resources) == ([CPU], [Loihi2NeuroCore])
    assert [is_nc_model(model) for model in models_of(OnlyOnCores)] == [True]


def test_cores_that_run_no_programs():
    neurons = OnlyOnCores(shape=(1,), **SOFT_RESET_PAR)
    text = (
        r"OnlyOnCores .* models for neurocores only: NcOnlyOnCoresProgramModel \(Loihi2NeuroCore\)."
        r" Loihi1HwCfg offers Loihi1NeuroCore; none of them is for it. .*@requires\(CPU\)"
    )
    with pytest.raises(NcFeatureError, match=text):
        neurons.run(RunSteps(1), Loihi1HwCfg())
    with pytest.raises(NotImplementedError, match="Run it with Loihi2HwCfg"):
        neurons.run(RunSteps(1), Loihi2SimCfg())


def test_ports_by_other_names_stay_on_the_cpu():
    class Named(AbstractProcess):
        def __init__(self):
            super().__init__(shape=(1,))
            self.x, self.y = InPort(shape=(1,)), OutPort(shape=(1,))

    program_model(NeuronProgram("pass", "spike q"), Named, inputs=("x",), outputs=("y",))
    assert [is_nc_model(model) for model in models_of(Named)] == [False]
