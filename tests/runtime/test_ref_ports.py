"""RefPorts: storage shared through virtual ports, order of reads and writes."""

import numpy as np
import pytest
from small_networks import run
from trace_models import Outer

from lavajit import (
    AbstractProcess,
    LavaPyType,
    LoihiProtocol,
    PyLoihiProcessModel,
    PyRefPort,
    PyVarPort,
    RefPort,
    Var,
    VarPort,
    implements,
)


@pytest.fixture(params=[False, True], ids=["python", "native"])
def native(request) -> bool:
    return request.param


class Grid(AbstractProcess):
    """Holds a matrix; adds one to it in each step."""

    def __init__(self, value):
        super().__init__()
        value = np.asarray(value)
        self.matrix = Var(value.shape, init=value)
        self.port = VarPort(self.matrix)


@implements(proc=Grid, protocol=LoihiProtocol)
class GridModel(PyLoihiProcessModel):
    matrix: np.ndarray = LavaPyType(np.ndarray, np.int32)
    port: PyVarPort = LavaPyType(PyVarPort.VEC_DENSE, np.int32)

    def run_spk(self):
        self.matrix += 1


SPIKING, LEARNING, POST = range(3)


class Scribe(AbstractProcess):
    """Reads the matrix in run_post_mgmt, and writes `value` in one of the phases of step 1."""

    def __init__(self, shape, value=0.0, phase=POST):
        super().__init__()
        self.value = Var(shape, init=value)
        self.seen = Var(shape)
        self.phase_of_write = Var((1,), init=phase)
        self.ref = RefPort(shape)


@implements(proc=Scribe, protocol=LoihiProtocol)
class ScribeModel(PyLoihiProcessModel):
    value: np.ndarray = LavaPyType(np.ndarray, float)
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)
    phase_of_write: np.ndarray = LavaPyType(np.ndarray, np.int64)
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)

    def write(self, phase):
        if self.phase_of_write[0] == phase and self.time_step == 1:
            self.ref.write(self.value)

    def run_spk(self):
        self.write(SPIKING)

    def lrn_guard(self):
        return True

    def run_lrn(self):
        self.write(LEARNING)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.seen = self.ref.read().astype(np.int64)
        self.write(POST)


def test_read_and_write_through_virtual_ports(native):
    start = np.arange(6).reshape(2, 3)
    value = np.array([[10, 20], [30, 40], [50, 60]]) + 0.9
    scribe, grid = Scribe((3, 2), value), Grid(start)
    scribe.ref.transpose().connect(grid.port)
    run(scribe, 1, native)
    assert scribe.seen.get().tolist() == (start.T + 1).tolist()
    assert grid.matrix.get().tolist() == value.astype(int).T.tolist()
    run(scribe, 1, native)
    assert scribe.seen.get().tolist() == (value.astype(int) + 1).tolist()


def test_reshaped_reference(native):
    scribe, grid = Scribe((6,), np.arange(6.0)), Grid(np.zeros((2, 3)))
    scribe.ref.reshape((2, 3)).connect(grid.port)
    run(scribe, 1, native)
    assert grid.matrix.get().tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("phase", [SPIKING, LEARNING])
def test_early_writes_are_applied_in_the_next_management_phase(phase, native):
    scribe, grid = Scribe((2,), 100.0, phase), Grid([0, 0])
    scribe.ref.connect(grid.port)
    run(scribe, 1, native)
    assert scribe.seen.get().tolist() == [100, 100]
    assert grid.matrix.get().tolist() == [100, 100]


def test_the_last_of_several_writers_counts(native):
    grid = Grid([0, 0])
    scribes = [Scribe((2,), 10.0 * k) for k in range(1, 4)]
    for scribe in scribes:
        scribe.ref.connect_var(grid.matrix)
    run(grid, 1, native)
    assert [s.seen.get(0) for s in scribes] == [1, 10, 20]
    assert grid.matrix.get().tolist() == [30, 30]


def test_var_of_hierarchical_process_is_shared(native):
    outer, scribe = Outer(), Scribe((1,), 70.0)
    scribe.ref.connect_var(outer.u)
    run(scribe, 1, native)
    assert scribe.seen.get().tolist() == [6]
    assert outer.u.get().tolist() == [70]


class Copier(AbstractProcess):
    """Copies a Var into a flat array of its own, every step."""

    def __init__(self, shape, room):
        super().__init__()
        self.ref = RefPort(shape)
        self.seen = Var((room,), init=0)


@implements(proc=Copier, protocol=LoihiProtocol)
class CopierModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    seen: np.ndarray = LavaPyType(np.ndarray, float)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.ref.read_into(self.seen)


@pytest.mark.parametrize("transposed", [False, True], ids=["straight", "transposed"])
def test_read_into_copies_in_the_order_of_the_port(native, transposed):
    grid = Grid([[1, 2, 3], [4, 5, 6]])
    copier = Copier((3, 2) if transposed else (2, 3), room=6)
    source = copier.ref.transpose() if transposed else copier.ref
    source.connect(grid.port)
    run(copier, 1, native=native)
    after = np.array([[2, 3, 4], [5, 6, 7]])
    np.testing.assert_array_equal(copier.seen.get(), (after.T if transposed else after).ravel())
    copier.stop()


def test_read_into_refuses_an_array_of_another_size(native):
    grid, copier = Grid([[1, 2, 3], [4, 5, 6]]), Copier((2, 3), room=5)
    copier.ref.connect(grid.port)
    with pytest.raises(ValueError, match="read_into"):
        run(copier, 1, native=native)
