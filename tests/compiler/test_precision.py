"""float32 instances: which models are, and what becomes of their Vars, ports and attributes."""

import numpy as np
import pytest
from plans import plan

from lavajit import (
    ATRLIF,
    LIF,
    AbstractProcess,
    Dense,
    EventSink,
    Extractor,
    InPort,
    LavaPyType,
    LIFRefractory,
    Loihi2SimCfg,
    LoihiProtocol,
    Monitor,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    Reset,
    RunSteps,
    S4d,
    SigmaS4dDeltaLayer,
    SinkRingBuffer,
    SourceRingBuffer,
    Sparse,
    Var,
    implements,
    tag,
)
from lavajit.compiler.exceptions import ModelError, NumericLossWarning
from lavajit.proc.lif import PyLifModelBitAcc, PyLifModelFloat

SINGLE = Loihi2SimCfg(select_tag="float32")


class Kinds(AbstractProcess):
    """One of each kind of declaration."""

    def __init__(self, scalar=0.5):
        super().__init__()
        self.real = Var((2,), init=0.1)
        self.named = Var((2,), init=0.1)
        self.single = Var((2,), init=0.1)
        self.whole = Var((2,), init=1)
        self.cplx = Var((2,), init=0.1j)
        self.scalar = Var((1,), init=scalar)
        self.count = Var((1,), init=3)
        self.kept = Var((2,), init=0.1)
        self.a_in = InPort((2,))
        self.s_out = OutPort((2,))


@implements(proc=Kinds, protocol=LoihiProtocol)
@tag("floating_pt")
class KindsModel(PyLoihiProcessModel):
    float64_vars = ("kept",)
    gain = 0.1

    real: np.ndarray = LavaPyType(np.ndarray, float)
    named: np.ndarray = LavaPyType(np.ndarray, "float64")
    single: np.ndarray = LavaPyType(np.ndarray, np.float32)
    whole: np.ndarray = LavaPyType(np.ndarray, np.int16)
    cplx: np.ndarray = LavaPyType(np.ndarray, complex)
    scalar: float = LavaPyType(float, float)
    count: int = LavaPyType(int, int)
    kept: np.ndarray = LavaPyType(np.ndarray, float)
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.float64)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.table, self.integers = np.linspace(0, 1, 3), np.arange(3)
        self.ratio, self.number = np.float64(0.3), 7


@implements(proc=Kinds, protocol=LoihiProtocol)
class DoubleKindsModel(KindsModel):
    float_precision = "float64"


def instance_of(process, run_cfg=SINGLE):
    found = plan(process, run_cfg)
    return found.instances[found.index(process)]


def dtypes(process, run_cfg=SINGLE) -> dict[str, str]:
    instance = instance_of(process, run_cfg)
    fields = {name: getattr(field, "dtype", "") for name, field in instance.state.items()}
    return fields | {name: spec.dtype.name for name, spec in instance.ports.items()}


def test_declarations():
    assert dtypes(Kinds()) == {
        "real": "float32",
        "named": "float32",
        "single": "float32",
        "whole": "int16",
        "cplx": "complex64",
        "scalar": "float32",
        "count": "int64",
        "kept": "float64",
        "gain": "float32",
        "table": "float32",
        "integers": "int64",
        "ratio": "float32",
        "number": "int64",
        "phase": "int64",
        "a_in": "float32",
        "s_out": "float32",
    }


def test_double_is_the_default():
    changed = {"real", "named", "scalar", "gain", "table", "ratio", "a_in", "s_out"}
    single, double = dtypes(Kinds()), dtypes(Kinds(), Loihi2SimCfg())
    assert {name for name in single if single[name] != double[name]} == changed | {"cplx"}
    assert {double[name] for name in changed} == {"float64"}


def test_model_says_itself():
    process = Kinds()
    config = Loihi2SimCfg(
        exception_proc_model_map={process: DoubleKindsModel}, float_precision="float32"
    )
    assert dtypes(process, config)["real"] == "float64"


def test_model_says_nonsense(monkeypatch):
    monkeypatch.setattr(KindsModel, "float_precision", "half")
    with pytest.raises(ModelError, match="KindsModel .for Kinds .*must be 'float64' or 'float32'"):
        plan(Kinds(), SINGLE)


def test_integer_models_are_left_alone():
    config = Loihi2SimCfg(select_tag="fixed_pt", float_precision="float32")
    assert dtypes(ATRLIF(shape=(2,)), config)["delta_i"] == "float64"
    for tag_, expected in (("fixed_pt", "float64"), ("floating_pt", "float32")):
        config = Loihi2SimCfg(select_tag=tag_, float_precision="float32")
        assert dtypes(Extractor((2,)), config)["in_port"] == expected


def test_library_models():
    assert dtypes(S4d(shape=(2,), a=0.5j, b=1, c=1))["s4_state"] == "complex64"
    assert dtypes(Sparse(weights=np.eye(2)))["weights_data"] == "float32"
    assert dtypes(LIFRefractory(shape=(2,)))["refractory_period_end"] == "float64"
    layer = SigmaS4dDeltaLayer(shape=(2,), vth=1, a=0.5, b=1, c=1, d_states=2)
    assert {i.precision for i in plan(layer, SINGLE).instances} == {"float32"}


@pytest.mark.parametrize(("model", "expected"), [(None, "float32"), (PyLifModelBitAcc, "float64")])
def test_keepers_hold_what_they_see(model, expected):
    """int32 has more digits than float32, so who keeps it stays in float64."""
    lif, monitor, sink = LIF(shape=(2,)), Monitor(), SinkRingBuffer(shape=(2,), buffer=2)
    events, reset, again = EventSink(shape=(2,)), Reset(), Monitor()
    monitor.probe(lif.v, 3), monitor.probe(lif.s_out, 3), again.probe(sink.data, 3)
    lif.s_out.connect([sink.a_in, events.a_in])
    reset.connect_var(lif.u)
    config = Loihi2SimCfg(
        select_tag="float32", exception_proc_model_map={lif: model} if model else None
    )
    found = plan(lif, config).instances
    keepers = [i for i in found if i.node.process is not lif]
    assert len(keepers) == 6
    assert {i.precision for i in keepers} == {expected}


def test_memory_is_half():
    def network():
        lif, dense = LIF(shape=(200,)), Dense(weights=np.ones((200, 200)))
        lif.s_out.connect(dense.s_in)
        return lif

    double = plan(network(), Loihi2SimCfg(select_tag="floating_pt")).layout.memory_of
    single = plan(network(), SINGLE).layout.memory_of
    assert single["state"] == pytest.approx(double["state"] / 2, rel=0.01)


def test_too_large_for_float32():
    with pytest.warns(NumericLossWarning, match=r"Var 'v' of LIF .*infinite in float32.*3.4e\+38"):
        plan(LIF(shape=(2,), v=[1e39, 0]), SINGLE)
    with pytest.warns(NumericLossWarning, match=r"Var 'scalar' of Kinds .*infinite in float32"):
        plan(Kinds(scalar=-1e300), SINGLE)
    assert dtypes(LIF(shape=(2,), v=[np.inf, np.nan]))["v"] == "float32"


def test_set_rounds_and_refuses_overflow():
    lif = LIF(shape=(2,), du=0.1)
    lif.run(RunSteps(0), SINGLE)
    lif.v.set(np.array([0.1, np.inf]))
    lif.du.set(0.3)
    np.testing.assert_array_equal(lif.v.get(), np.array([0.1, np.inf], np.float32))
    assert lif.v.get().dtype == lif.du.get().dtype == np.float32
    assert lif.du.get() == np.float32(0.3)
    for var in (lif.v, lif.du):
        with pytest.raises(ValueError, match=r"float32 \(up to 3.4e\+38\), got values beyond"):
            var.set(1e39)
    np.testing.assert_array_equal(lif.v.get(), np.array([0.1, np.inf], np.float32))
    lif.stop()


class DoubleLif(PyLifModelFloat):
    """A LIF that stays in float64."""

    float_precision = "float64"


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("double_first", [True, False])
def test_both_precisions_in_one_network(native, double_first):
    source = SourceRingBuffer(data=[[0.1, 0.2, 0.3]])
    one, two, other = (LIF(shape=(1,), vth=10, bias_mant=0.1) for _ in range(3))
    dense = Dense(weights=[[0.1]], num_message_bits=8)
    source.s_out.connect(one.a_in)
    source.s_out.connect(other.a_in)
    other.s_out.connect(one.a_in)  # float32 and float64 add up
    one.s_out.connect(dense.s_in)
    dense.a_out.connect(two.a_in)
    double, single = (one, two) if double_first else (two, one)
    config = Loihi2SimCfg(select_tag="float32", exception_proc_model_map={double: DoubleLif})
    source.run(RunSteps(3), config, {"native": native})
    assert double.v.get().dtype == np.float64 and single.v.get().dtype == np.float32
    np.testing.assert_allclose(one.v.get(), [0.1 * 3 + 0.1 * 3 + 0.2 * 2 + 0.3], rtol=1e-6)
    source.stop()
