"""RefPorts in kernels: they read and write Vars natively as in Python."""

import numpy as np
import pytest
from kernel_networks import PYTHON, assert_same, model_class, run_config

from lavajit import AbstractProcess, LavaPyType, PyRefPort, RefPort, RunSteps, Var


class Keeper(AbstractProcess):
    """Owns the Var that others refer to."""

    def __init__(self, state):
        super().__init__()
        self.state = Var(np.shape(state), init=state)


class Visitor(AbstractProcess):
    """Reads and writes through a RefPort; `seen` keeps what it has read."""

    def __init__(self, shape, seen):
        super().__init__()
        self.ref = RefPort(shape)
        self.seen = Var(np.shape(seen), init=seen)


def idle(self):
    pass


def run_reference(visit, state, *, kind="VEC_DENSE", write_type=float, native=True, steps=3):
    """(state, seen) after `visit` was run in every POST phase."""
    state = np.asarray(state)
    seen = np.zeros(state.shape)
    keeper, visitor = Keeper(state), Visitor(state.shape, seen)
    visitor.ref.connect_var(keeper.state)
    methods = {
        "run_spk": idle,
        "post_guard": always,
        "run_post_mgmt": visit,
        "ref": LavaPyType(getattr(PyRefPort, kind), write_type),
    }
    config = run_config(
        model_class(Keeper, {"run_spk": idle}, {"state": state}),
        model_class(Visitor, methods, {"seen": seen}),
    )
    try:
        keeper.run(RunSteps(num_steps=steps), config, compile_config=None if native else PYTHON)
        assert not keeper.runtime.executable.network.tiers.refusals
        return keeper.state.get(), visitor.seen.get()
    finally:
        keeper.stop()


def always(self):
    return True


def read_and_write(self):
    values = self.ref.read()
    self.seen[...] = values
    self.ref.write(values + 1.75)
    self.ref.wait()


def look(self):
    self.seen[...] = self.ref.view() * 2


def write_shape(self):
    self.ref.write(np.ones(self.ref.shape) * self.time_step)


def read_scalar(self):
    self.seen[0] = self.ref.read()
    self.ref.write(self.seen[0] + 1)


@pytest.mark.parametrize("visit", [read_and_write, look, write_shape])
@pytest.mark.parametrize("state", [[1, 2, 3], [[0.5, 1.5], [2.5, 3.5]]])
@pytest.mark.parametrize("write_type", [float, np.int16])
def test_references(visit, state, write_type):
    native = run_reference(visit, state, write_type=write_type)
    python = run_reference(visit, state, write_type=write_type, native=False)
    for a, b in zip(native, python, strict=True):
        assert_same(a, b)


def test_scalar_references():
    native = run_reference(read_scalar, [1.5], kind="SCALAR_DENSE")
    python = run_reference(read_scalar, [1.5], kind="SCALAR_DENSE", native=False)
    assert native == python == ([4.5], [3.5])


def test_a_written_message_of_the_wrong_shape():
    def visit(self):
        self.ref.write(np.zeros(7))

    for native in (True, False):
        with pytest.raises(AssertionError, match="shape"):
            run_reference(visit, [1.0, 2.0], native=native)
