"""Native loops take denormal numbers for zero; nothing else in the process does."""

import platform

import numpy as np
import pytest
from small_networks import PYTHON

from lavajit import (
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Var,
    implements,
)

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64", "aarch64", "arm64"),
    reason="other processors are left alone",
)

SMALLEST_NORMAL = np.finfo(np.float64).tiny


class Decay(AbstractProcess):
    """Halves numbers; fails where it is told to."""

    def __init__(self, fails_at: int = 0):
        super().__init__()
        self.x = Var((8,), init=4 * SMALLEST_NORMAL)
        self.fails_at = Var((1,), init=fails_at)
        self.out = OutPort((8,))


@implements(proc=Decay, protocol=LoihiProtocol)
class DecayModel(PyLoihiProcessModel):
    elementwise = True

    x: np.ndarray = LavaPyType(np.ndarray, float)
    fails_at: int = LavaPyType(int, int)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_spk(self):
        for i in range(self.x.size):
            self.x[i] *= 0.5
            if self.time_step == self.fails_at:
                raise ValueError("told to")
        self.out.send(self.x)


def halved(steps: int, threads: int = 1, config: dict | None = None) -> np.ndarray:
    decay = Decay()
    decay.run(RunSteps(steps), Loihi2SimCfg(threads=threads), config)
    value = decay.x.get()
    decay.stop()
    return value


def denormals_exist() -> bool:
    """True if this thread computes with denormal numbers, in NumPy and in Python."""
    return bool(np.array([SMALLEST_NORMAL])[0] * 0.5) and SMALLEST_NORMAL.item() * 0.5 != 0.0


@pytest.mark.parametrize("threads", [1, 2])
def test_native_decay_ends_at_zero(threads):
    assert (halved(2, threads) == SMALLEST_NORMAL).all()  # 2^-1022 is still a normal number
    assert (halved(3, threads) == 0.0).all()
    assert denormals_exist()


def test_python_tier_computes_with_denormals():
    assert (halved(3, config=dict(PYTHON)) == 0.5 * SMALLEST_NORMAL).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_leaves_the_mode_as_it_was(threads):
    decay = Decay(fails_at=2)
    with pytest.raises(ValueError, match="told to"):
        decay.run(RunSteps(5), Loihi2SimCfg(threads=threads))
    assert denormals_exist()
