"""Graded messages of 64 bits into fixed-point connections: exact sums, of which 32 bits leave."""

import numpy as np
import pytest
from helpers.driven import FIXED
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from lavajit import (
    AbstractProcess,
    DelayDense,
    DelaySparse,
    Dense,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    SinkRingBuffer,
    Sparse,
    Var,
    implements,
)

pytestmark = pytest.mark.slow
LARGEST = 1 << 48  # sums and shifted sums keep within 64 bits


class WideSource(AbstractProcess):
    """Sends the rows of `data`, one per time step."""

    def __init__(self, data):
        super().__init__()
        self.data = Var(data.shape, init=data)
        self.s_out = OutPort(data.shape[1:])


@implements(proc=WideSource, protocol=LoihiProtocol)
class PyWideSourceModel(PyLoihiProcessModel):
    data: np.ndarray = LavaPyType(np.ndarray, np.int64)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.s_out.send(self.data[self.time_step - 1])


def low_32_bits(number: int) -> int:
    """The int32 of the same low 32 bits."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def expected(weights, message, exponent: int) -> list[int]:
    """Sums in Python's integers, shifted, of which the low 32 bits are kept."""
    sums = [sum(int(w) * int(x) for w, x in zip(row, message, strict=True)) for row in weights]
    return [
        low_32_bits(total << exponent if exponent >= 0 else total >> -exponent) for total in sums
    ]


@pytest.mark.parametrize("kind", [Dense, Sparse, DelayDense, DelaySparse])
@given(
    message=st.lists(st.integers(-LARGEST, LARGEST), min_size=3, max_size=3),
    weights=st.lists(st.integers(-127, 127), min_size=6, max_size=6),
    exponent=st.sampled_from([-40, -3, 0, 5]),
    native=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_sums_are_exact(kind, message, weights, exponent, native):
    matrix = 2 * np.array(weights).reshape(2, 3)  # even: truncation of mixed signs keeps them
    options = {"num_message_bits": 32, "weight_exp": exponent}
    if kind in (DelayDense, DelaySparse):
        options["delays"] = 1
    data = np.array([message, [0, 0, 0], [0, 0, 0]])
    given_weights = csr_matrix(matrix) if kind in (Sparse, DelaySparse) else matrix
    source, connection = WideSource(data), kind(weights=given_weights, **options)
    sink = SinkRingBuffer(shape=(2,), buffer=3)
    source.s_out.connect(connection.s_in)
    connection.a_out.connect(sink.a_in)
    source.run(RunSteps(3), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    arrives = 2 if "delays" in options else 1
    assert sink.data.get()[:, arrives].tolist() == expected(matrix, message, exponent)
    source.stop()
