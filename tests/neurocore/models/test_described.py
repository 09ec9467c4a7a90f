"""Models of a user's own that only describe run as the core does."""

import numpy as np
import pytest
from helpers.flat_route import run_flat, run_steps
from helpers.tiers import python_rows
from nc_models import NcPulse, Pulse, PyPulse
from own_nc_models import Cells, Wires
from port_models import SpikeWriter

from lavajit import (
    LIF,
    AbstractProcess,
    Dense,
    InPort,
    LIFRefractory,
    Loihi1HwCfg,
    Loihi2HwCfg,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    RunSteps,
    Var,
    implements,
    requires,
)
from lavajit.model.nc_model import NcProcessModel
from lavajit.model.nc_type import LavaNcType, NcInPort, NcOutPort, NcVar
from lavajit.model.registry import models_of
from lavajit.model.resources import NeuroCore
from lavajit.neurocore.errors import NcCompileError, NcFeatureError, NcValueError
from lavajit.neurocore.models.described import NcCompartmentModel

STEPS = 30
WEIGHTS = np.array([[200, -100, 60], [40, 255, 0]])
CHIPS = [Loihi1HwCfg, Loihi2HwCfg]


def layers(first, wires, second):
    first.s_out.connect(wires.s_in)
    wires.a_out.connect(second.a_in)
    return second


def own(**options):
    first = Cells(shape=(3,), bias=[300, 400, 500], fall=4095)
    second = Cells(shape=(2,), fall=900, leak=[100, 4], level=300, hold=4)
    return layers(first, Wires(WEIGHTS, **options), second)


@pytest.mark.parametrize("config", CHIPS)
@pytest.mark.parametrize("exponent", [0, -3, 7])
def test_the_same_as_the_library(config, exponent):
    first = LIF(shape=(3,), bias_mant=np.array([300, 400, 500]), du=4095)
    second = LIFRefractory(shape=(2,), du=900, dv=np.array([100, 4]), vth=300, refractory_period=3)
    # Excitatory and inhibitory weights have eight bits, mixed ones seven.
    dense = Dense(weights=np.where(WEIGHTS == 255, 254, WEIGHTS), weight_exp=exponent)
    expected = run_steps(layers(first, dense, second), config(), STEPS, "uv")
    cells = own(exponent=exponent)
    cells.in_ports.a_in.get_src_ports()[0].process.weights.init = dense.weights.init
    found = run_steps(cells, config(), STEPS, "uv")
    for name in "uv":
        np.testing.assert_array_equal(found[name], expected[name])


@pytest.mark.parametrize("config", CHIPS)
def test_the_same_as_flat_cores(config):
    rows = run_steps(own(), config(), STEPS, "uv")
    trace = run_flat(own(), config(), STEPS)
    np.testing.assert_array_equal(rows["u"], trace.u[:, 3:])
    np.testing.assert_array_equal(rows["v"], trace.v[:, 3:])
    assert rows["v"].any()


def test_runs_natively_and_is_counted():
    cells = own()
    cells.run(RunSteps(STEPS), Loihi2HwCfg(seed=1))
    assert python_rows(cells) == []
    report = cells.runtime.nc_report
    assert report.cores_used == 2
    assert report.activity.spikes.sum() > 0 and report.activity.syn_ops.sum() > 0
    cells.stop()


def test_threads_and_snapshots():
    rows = []
    for threads in (1, 2):
        cells = Cells(shape=(4, 5), bias=np.arange(20).reshape(4, 5), leak=7, level=1, hold=9)
        cells.run(RunSteps(10), Loihi2HwCfg(threads=threads))
        snapshot = cells.snapshot()
        cells.bias.set(3)
        cells.run(RunSteps(10))
        changed = cells.v.get()
        cells.restore(snapshot)
        assert cells.bias.get()[3, 4] == 19
        cells.run(RunSteps(10))
        rows.append(cells.v.get())
        assert (changed != rows[-1]).any()
        cells.stop()
    np.testing.assert_array_equal(*rows)


def test_registers_follow_vars():
    cells = Cells(shape=(2,), bias=[64, 32], level=3)
    cells.run(RunSteps(1), Loihi1HwCfg())
    assert cells.v.get().tolist() == [64, 32]
    cells.gain.set(2)
    cells.run(RunSteps(1))
    assert cells.v.get().tolist() == [192, 96]
    cells.level.set(1)
    cells.run(RunSteps(1))
    assert cells.v.get().tolist() == [0, 0]
    with pytest.raises(NcValueError, match="Cells 'Process.*': gain cannot be set to 999999 on"):
        cells.gain.set(999_999)
    with pytest.raises(NcValueError, match=r"hold cannot be set to 64 .*refract: 64 > 63"):
        cells.hold.set(64)
    cells.run(RunSteps(1))
    assert cells.v.get().tolist() == [0, 64] and cells.gain.get() == 2
    cells.stop()


def test_graded_spikes_and_weights_that_are_set():
    cells = own(bits=16)
    wires = cells.in_ports.a_in.get_src_ports()[0].process
    with pytest.raises(NcFeatureError, match="graded spikes"):
        cells.run(RunSteps(1), Loihi1HwCfg())
    cells.run(RunSteps(5), Loihi2HwCfg())
    wires.weights.set(-WEIGHTS)
    cells.u.set(0), cells.v.set(0)
    cells.run(RunSteps(5))
    assert (cells.v.get() < 0).any()
    with pytest.raises(NcValueError, match="1 of 5 synapses become 0 and 1 come in"):
        wires.weights.set(WEIGHTS[:, [0, 2, 1]])
    with pytest.raises(NcValueError, match=r"weights: 256 > 255"):
        wires.weights.set(256, (0, 0))
    np.testing.assert_array_equal(wires.weights.get(), -WEIGHTS)
    cells.stop()


def test_ref_ports_change_vars_not_registers():
    """They write without asking: to u and v, which are Vars, and past registers."""
    writer, cells = SpikeWriter(), Cells(shape=(2,), bias=64)
    writer.ref.connect_var(cells.bias)
    cells.run(RunSteps(3), Loihi1HwCfg())
    assert cells.bias.get().tolist() != [64, 64]
    assert cells.v.get().tolist() == [192, 192]
    cells.stop()


# --- what models may not do ---------------------------------------------------------------


def test_simulation_selects_no_model_for_cores():
    pulse, models = Pulse(2), models_of(Pulse)
    for config, model in ((Loihi2SimCfg(), PyPulse), (Loihi2HwCfg(), NcPulse)):
        assert config.select(pulse, models) is model
    pulse.run(RunSteps(3), Loihi2HwCfg())
    assert pulse.runtime.nc_report.cores_used == 1
    pulse.stop()


def test_only_for_cores():
    cells = Cells(shape=(1,))
    with pytest.raises(NotImplementedError, match="neurocores only: NcCells. Run it with Loihi2"):
        cells.run(RunSteps(1), Loihi2SimCfg())


class Quiet(AbstractProcess):
    def __init__(self, kind, **params):
        super().__init__(kind=kind, **params)
        self.a_in, self.s_out = InPort(shape=(2,)), OutPort(shape=(2,))
        self.u, self.v = Var(shape=(2,)), Var(shape=(2,), init=3)


class QuietFields:
    a_in: NcInPort = LavaNcType(NcInPort, np.int32)
    s_out: NcOutPort = LavaNcType(NcOutPort, np.int32)
    u: NcVar = LavaNcType(NcVar, np.int32)
    v: NcVar = LavaNcType(NcVar, np.int32)

    def allocate(self, net):
        if self.proc_params["kind"] == "program":
            net.program(None)
        elif self.proc_params["kind"] == "unknown":
            net.value("bias")
        else:
            net.compartments(vth=640, noise=True)


@implements(proc=Quiet, protocol=LoihiProtocol)
@requires(NeuroCore)
class NcQuiet(QuietFields, NcProcessModel):
    pass


class NcDescribed(QuietFields, NcCompartmentModel):
    pass


@pytest.mark.parametrize(
    ("kind", "model", "error", "text"),
    [
        ("noise", NcQuiet, NcCompileError, "NcQuiet describes .* but computes nothing"),
        ("unknown", NcQuiet, NcCompileError, r"Quiet 'q': net.value\('bias'\) is neither a Var"),
        ("noise", NcDescribed, NcFeatureError, "NcDescribed describes compartments with noise"),
        ("program", NcDescribed, NcFeatureError, "NcDescribed describes no compartments"),
    ],
)
def test_models_that_cannot_run(kind, model, error, text):
    quiet = Quiet(kind, name="q")
    config = Loihi1HwCfg(exception_proc_model_map={Quiet: model})
    with pytest.raises(error, match=text):
        quiet.run(RunSteps(1), config)
