"""What constructors of the library refuse, and what is refused before the first step."""

import numpy as np
import pytest
from helpers.driven import FIXED

from lavajit import (
    LIF,
    RF,
    AbstractProcess,
    BitCheck,
    Conv,
    ConvInTime,
    DelayDense,
    DelaySparse,
    Delta,
    Dense,
    Extractor,
    Injector,
    InvSqrt,
    LearningLIF,
    LIFRefractory,
    LIFReset,
    Loihi2SimCfg,
    Monitor,
    Read,
    Reset,
    RunSteps,
    S4d,
    SigmaDelta,
    Sparse,
    SpikeDataloader,
    Spiker32bit,
    StateDataloader,
    TernaryLIF,
    Var,
)
from lavajit.compiler.exceptions import NoProcessModelFound
from lavajit.process.port_exceptions import DuplicateConnectionError, ReshapeError

ONES = np.ones((2, 2))
KERNEL, IMAGE = np.ones((1, 3, 3, 1)), (5, 5, 1)
SAMPLES = [(np.ones((1, 1)), 1)]
LOW = -(1 << 31)


def conv(**arguments):
    return Conv(**{"weight": KERNEL, "input_shape": IMAGE} | arguments)


def delayed(delays):
    return [
        lambda: DelayDense(weights=ONES, delays=delays),
        lambda: DelaySparse(weights=ONES, delays=delays),
    ]


CONSTRUCTORS = [
    (TypeError, "shape", lambda: LIF()),
    (TypeError, "weights", lambda: Sparse()),
    (TypeError, "positional", lambda: LIF((1,))),
    (TypeError, "positional", lambda: Dense(ONES)),
    (TypeError, "unexpected .*'foo'", lambda: TernaryLIF(shape=(1,), foo=1)),
    (TypeError, "unexpected .*'foo'", lambda: LIFReset(shape=(1,), foo=1)),
    (TypeError, "unexpected .*'foo'", lambda: LIFRefractory(shape=(1,), foo=1)),
    (TypeError, "unexpected .*'foo'", lambda: conv(foo=1)),
    (AssertionError, r"'shape' must be a tuple.* \[2\]", lambda: Var([2])),
    (AssertionError, r"'shape' must be a tuple.* \[2\]", lambda: LIF(shape=[2])),
    (ValueError, "vth_lo=3, vth_hi=2", lambda: TernaryLIF(shape=(1,), vth_lo=3, vth_hi=2)),
    (ValueError, "reset_interval .* 0", lambda: LIFReset(shape=(1,), reset_interval=0)),
    (ValueError, "reset_offset .* -1", lambda: LIFReset(shape=(1,), reset_offset=-1)),
    (ValueError, "refractory_period", lambda: LIFRefractory(shape=(1,), refractory_period=0)),
    (ValueError, r"shape \(3,\)", lambda: Dense(weights=np.ones(3))),
    (ValueError, r"shape \(2, 2\)", lambda: ConvInTime(weights=ONES)),
    (AttributeError, "scipy sparse matrix or an ndarray, got list", lambda: Sparse(weights=[[1]])),
    *[(ValueError, "from 0, got -1", make) for make in delayed(-1)],
    *[(ValueError, "from 0, got -1", make) for make in delayed(np.full((2, 2), -1))],
    *[(ValueError, r"\(2, 2\), got \(1, 2\)", f) for f in delayed(np.zeros((1, 2), np.int64))],
    *[(ValueError, "of int32; use", make) for make in delayed(np.zeros((2, 2), np.int32))],
    *[(ValueError, r"got np.int64\(1\)", make) for make in delayed(np.int64(1))],
    *[(ValueError, "got 1.0", make) for make in delayed(1.0)],
    (ValueError, r"input_shape .*\(5, 5\)", lambda: conv(input_shape=(5, 5))),
    (ValueError, r"groups .* \(1, 1\)", lambda: conv(groups=(1, 1))),
    (ValueError, "2 groups", lambda: conv(groups=2)),
    (ValueError, "padding: .*pair", lambda: conv(padding=(1, 1, 1))),
    (ValueError, "stride: .*pair", lambda: conv(stride=(1, 1, 1))),
    (ValueError, "dilation: .*pair", lambda: conv(dilation=(1, 1, 1))),
    (ValueError, "padding .* whole, got 0.5", lambda: conv(padding=0.5)),
    (ValueError, "covers 3 pixels", lambda: conv(input_shape=(2, 2, 1))),
    (ValueError, "negative shift count", lambda: SigmaDelta(shape=(1,), vth=1, spike_exp=-1)),
    (ValueError, "negative shift count", lambda: Delta(shape=(1,), vth=1, state_exp=-1)),
    (NotImplementedError, "got 7", lambda: SigmaDelta(shape=(1,), vth=1, act_mode=7)),
    (ZeroDivisionError, "period", lambda: RF(shape=(1,), period=0, alpha=0.1)),
    (ValueError, "32 bits", lambda: Spiker32bit(shape=(1,), payload=LOW - 1)),
    (ValueError, "32 bits", lambda: Spiker32bit(shape=(1,), payload=1 << 32)),
    (ValueError, "32 bits", lambda: Spiker32bit(shape=(2,), payload=[-1, 1 << 31])),
    (ValueError, "1 to 31, got 0", lambda: BitCheck(bits=0)),
    (ValueError, "1 to 31, got 32", lambda: BitCheck(bits=32)),
    (ZeroDivisionError, "interval of Reset", lambda: Reset(reset_value=0, interval=0)),
    (ZeroDivisionError, "interval of Read", lambda: Read(buffer=1, interval=0)),
    (ZeroDivisionError, "interval of Spike", lambda: SpikeDataloader(dataset=SAMPLES, interval=0)),
    (ZeroDivisionError, "interval of State", lambda: StateDataloader(dataset=SAMPLES, interval=0)),
    *[
        case
        for kind in (Injector, Extractor)
        for case in (
            (TypeError, r"<shape> .* \[1\]", lambda kind=kind: kind([1])),
            (TypeError, "1.0", lambda kind=kind: kind((1.0,))),
            (TypeError, "<buffer_size>", lambda kind=kind: kind((1,), buffer_size=1.5)),
            (TypeError, "<channel_config>", lambda kind=kind: kind((1,), channel_config=1)),
            (ValueError, "<shape>", lambda kind=kind: kind((0,))),
            (ValueError, "<buffer_size>", lambda kind=kind: kind((1,), buffer_size=0)),
        )
    ],
    (AssertionError, "before there is a runtime", lambda: Injector((1,)).send(np.ones(1))),
    (AssertionError, "before there is a runtime", lambda: Extractor((1,)).receive()),
    (TypeError, "can probe a Var or an OutPort", lambda: Monitor().probe(LIF(shape=(1,)).a_in, 1)),
    (AssertionError, "incompatible", lambda: connect(LIF(shape=(2,)), LIF(shape=(3,)))),
    (DuplicateConnectionError, "once", lambda: connect(*[LIF(shape=(2,))] * 2, times=2)),
    (ReshapeError, r"\(2,\) to \(3,\)", lambda: LIF(shape=(2,)).s_out.reshape((3,))),
    (ValueError, "fp_base must be one integer from 0 to 30", lambda: InvSqrt((1,), fp_base=31)),
]


def connect(source, target, times=1):
    for _ in range(times):
        source.s_out.connect(target.a_in)


@pytest.mark.parametrize(("error", "text", "make"), CONSTRUCTORS)
def test_constructors(error, text, make):
    with pytest.raises(error, match=text):
        make()


def test_limits_are_accepted():
    TernaryLIF(shape=(1,), vth_lo=2, vth_hi=2)
    for payload in (LOW, [-1, (1 << 31) - 1], (1 << 32) - 1):
        Spiker32bit(shape=(2,), payload=payload)
    for bits in (1, 31):
        BitCheck(bits=bits)
    for make in (LIF, LearningLIF):
        make(shape=(1,), anything=1)
    for make in (Dense, Sparse):
        make(weights=ONES, anything=1)
    SigmaDelta(shape=(1,), vth=1, anything=1)
    BitCheck(anything=1)


class Nothing(AbstractProcess):
    """A Process without a model."""


@pytest.mark.parametrize(
    ("error", "text", "make"),
    [
        (TypeError, "du=0.5: the fixed-point LIF", lambda: LIF(shape=(1,), du=0.5)),
        (TypeError, "dv=0.5: the fixed-point LIF", lambda: LIF(shape=(1,), dv=0.5)),
        (TypeError, "vth=0.5: the fixed-point LIF", lambda: LIF(shape=(1,), vth=0.5)),
        (TypeError, "decay_bits=0", lambda: RF(shape=(1,), period=5, alpha=0.1)),
        (ValueError, r"\(2,\) does not broadcast", lambda: LIF(shape=(3,), v=[1, 2])),
        *[(ValueError, "at most 63 time steps, got 64", make) for make in delayed(64)],
        (ValueError, "num_weight_bits .* 0 to 8", lambda: Dense(weights=ONES, num_weight_bits=9)),
        (ValueError, "weight_exp must be one int", lambda: Sparse(weights=ONES, weight_exp=0.5)),
        (ValueError, "SignMode.MIXED.* got 'x'", lambda: Dense(weights=ONES, sign_mode="x")),
        (AssertionError, "No ProcessModels found with tag", lambda: S4d(shape=(1,), a=1, b=1, c=1)),
        (NoProcessModelFound, "implements Nothing", lambda: Nothing()),
    ],
)
def test_first_run(error, text, make):
    process = make()
    with pytest.raises(error, match=text):
        process.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED))
