"""RefPorts: storage shared through virtual ports, order of reads and writes."""

import numpy as np
import pytest
from port_models import PostUser, SpikeWriter, Target
from small_networks import run
from trace_models import Outer

from lavajit import (
    LIF,
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    Monitor,
    PyLoihiProcessModel,
    PyRefPort,
    PyVarPort,
    RefPort,
    RunSteps,
    SyncDomain,
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


# --- across sync domains --------------------------------------------------------------


def in_domains(*processes) -> Loihi2SimCfg:
    """Every Process in a sync domain of its own."""
    domains = [SyncDomain(str(k), LoihiProtocol(), [p]) for k, p in enumerate(processes)]
    return Loihi2SimCfg(custom_sync_domains=domains)


@pytest.mark.parametrize("reader_first", [True, False])
def test_reads_in_another_domain_come_after_its_phases(native, reader_first):
    user, target = PostUser(), Target(spk=1, post=100)
    user.ref.connect_var(target.v)
    config = in_domains(*((user, target) if reader_first else (target, user)))
    for expected in ([101, 1010], [1111, 11110]):
        user.run(RunSteps(1), config, {"native": native})
        assert user.seen.get()[:2].tolist() == expected
    assert target.v.get().tolist() == [11110, 11110]


@pytest.mark.parametrize("post", [0, 100])
def test_kept_writes_wait_for_the_phases_of_the_domain_of_the_var(native, post):
    """As in one domain; without a phase there, until the run ends."""
    found = []
    for divided in (False, True):
        writer, target = SpikeWriter(), Target(post=post)
        writer.ref.connect_var(target.v)
        config = in_domains(target) if divided else Loihi2SimCfg()
        writer.run(RunSteps(4), config, {"native": native})
        found.append((target.seen.get()[:4].tolist(), target.v.get().tolist()))
        writer.stop()
    assert found[0] == found[1]
    assert found[0] == (([0, 1, 2, 3] if post else [0, 0, 0, 0]), [4, 10])


@pytest.mark.parametrize("monitored_first", [True, False])
def test_monitor_of_another_domain(monitored_first):
    lif, other, monitor = LIF(shape=(1,), bias_mant=4, vth=10), LIF(shape=(1,)), Monitor()
    lif.s_out.connect(other.a_in)
    monitor.probe(lif.v, 5)
    config = in_domains(lif if monitored_first else other)
    lif.run(RunSteps(5), config, {"native": False})
    assert monitor.get_data()[lif.name]["v"].ravel().tolist() == [4, 8, 0, 4, 8]
    lif.stop()
