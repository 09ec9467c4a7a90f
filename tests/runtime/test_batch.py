"""Copies of a network, each with values of its own, against networks that are built for each."""

import doctest
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from small_networks import Ramp, Store

from lavajit import (
    LIF,
    Dense,
    LearningDense,
    Loihi2SimCfg,
    Monitor,
    Normal,
    PairwiseBernoulli,
    PoissonSource,
    Projection,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    STDPLoihi,
    Uniform,
    run_batch,
)
from lavajit.runtime import batch

FLOAT, FIXED = Loihi2SimCfg(select_tag="floating_pt"), Loihi2SimCfg(select_tag="fixed_pt")
STEPS = 40
WEIGHTS = np.random.default_rng(1).integers(-8, 12, (6, 4)) * 2


class Layers:
    """LIF - Dense - LIF with a record of all spikes."""

    def __init__(self, first=None, second=None):
        self.first = first or LIF(shape=(4,), vth=3, du=0.2, dv=0.1)
        self.dense = Dense(weights=WEIGHTS)
        self.second = second or LIF(shape=(6,), vth=20, du=0.3, dv=0.05)
        self.sink = SinkRingBuffer(shape=(6,), buffer=STEPS)
        self.first.s_out.connect(self.dense.s_in)
        self.dense.a_out.connect(self.second.a_in)
        self.second.s_out.connect(self.sink.a_in)

    def results(self):
        return [self.second.v, self.sink.data]


class Integers(Layers):
    """The same in fixed point; the exponent of the bias is applied by a hook of the model."""

    def __init__(self):
        super().__init__(
            LIF(shape=(4,), vth=3, du=800, dv=400, bias_exp=6),
            LIF(shape=(6,), vth=2, du=1200, dv=200),
        )


class Plastic:
    """Random spikes, a plastic connection, a neuron."""

    def __init__(self):
        rule = STDPLoihi(
            learning_rate=1, A_plus=2, A_minus=-2, tau_plus=5, tau_minus=5, t_epoch=2, rng_seed=3
        )
        self.source = PoissonSource((20,), rates=0.3)
        self.dense = LearningDense(weights=np.full((3, 20), 20), learning_rule=rule)
        self.neuron = LIF(shape=(3,), du=4095, dv=4095, vth=2)
        self.source.s_out.connect(self.dense.s_in)
        self.dense.a_out.connect(self.neuron.a_in)
        self.neuron.s_out.connect(self.dense.s_in_bap)
        self.first = self.source

    def results(self):
        return [self.dense.weights, self.dense.y1, self.neuron.v]


def alone(make, config, point, steps=STEPS):
    """Results of a network of its own; `point` has (Process, Var) as keys."""
    network = make()
    network.first.run(RunSteps(0), config)
    for (process, var), value in point.items():
        getattr(getattr(network, process), var).set(value)
    network.first.run(RunSteps(steps))
    values = [var.get() for var in network.results()]
    network.first.stop()
    return values


def together(make, config, points, steps=STEPS, **options):
    """The same, as copies of one network."""
    network = make()
    mine = [
        {getattr(getattr(network, process), var): value for (process, var), value in point.items()}
        for point in points
    ]
    results = network.results()
    found = run_batch(
        network.first, RunSteps(steps), config, points=mine, record=results, **options
    )
    network.first.stop()
    return [[found[var][k] for var in results] for k in range(len(points))]


CASES = {
    "float": (
        Layers,
        FLOAT,
        [
            {("first", "bias_mant"): 1.0},
            {("first", "bias_mant"): [0, 1, 2, 3], ("first", "vth"): 2.5},
            {("dense", "weights"): 2.0 * WEIGHTS, ("first", "bias_mant"): 2},
            {},
        ],
    ),
    "fixed": (
        Integers,
        FIXED,
        [{("first", "bias_mant"): b, ("first", "bias_exp"): e} for b in (1, 2) for e in (4, 6)],
    ),
    "plastic, float": (
        Plastic,
        FLOAT,
        [
            {("source", "rates"): 0.1},
            {("dense", "dw"): "2^-2*x1*y0"},
            {("dense", "weights"): np.full((3, 20), 10.0), ("dense", "x1_tau"): 9},
            {},
        ],
    ),
    "plastic, fixed": (Plastic, FIXED, [{("source", "rates"): 0.1}, {("dense", "dw"): "x0*2^3"}]),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if n.startswith("plastic") else []) for n in CASES],
)
def test_copies_equal_networks_of_their_own(name):
    make, config, points = CASES[name]
    found = together(make, config, points, threads=2)
    expected = [alone(make, config, point) for point in points]
    for values, wanted in zip(found, expected, strict=True):
        for value, other in zip(values, wanted, strict=True):
            np.testing.assert_array_equal(value, other, strict=True)
    distinct = {b"".join(np.asarray(value).tobytes() for value in values) for values in found}
    assert len(distinct) == len(points), "the points make no difference"


def test_seeds():
    def rates(seed):
        return alone(Plastic, Loihi2SimCfg(select_tag="floating_pt", seed=seed), {})

    network = Plastic()
    points = {"seed": [3, np.int64(4), 3]}
    found = run_batch(
        network.first, RunSteps(STEPS), FLOAT, points=points, record=network.results()
    )
    for k, seed in enumerate((3, 4, 3)):
        for var, other in zip(network.results(), rates(seed), strict=True):
            np.testing.assert_array_equal(found[var][k], other)
    assert (found[network.dense.weights][0] != found[network.dense.weights][1]).any()
    network.first.stop()


def test_synapses_that_the_first_step_makes():
    def drawn():
        source = SourceRingBuffer(data=np.tile(np.eye(3), 3))
        projection = Projection((4, 3), PairwiseBernoulli(0.6), Normal(5, 1), delay=Uniform(0, 3))
        sink = SinkRingBuffer(shape=(4,), buffer=STEPS)
        source.s_out.connect(projection.s_in)
        projection.a_out.connect(sink.a_in)
        return source, projection, sink

    source, _, sink = drawn()
    points = {source.data: [np.tile(np.eye(3), 3), np.ones((3, 9))]}
    found = run_batch(source, RunSteps(STEPS), FLOAT, points=points, record=[sink.data])[sink.data]
    for k, data in enumerate(points[source.data]):
        other, projection, wanted = drawn()
        other.run(RunSteps(0), FLOAT)
        other.data.set(data)
        other.run(RunSteps(STEPS))
        np.testing.assert_array_equal(found[k], wanted.data.get())
        assert found[k].any() and projection.synapses()[0].size
        other.stop()
    source.stop()


def test_inputs_and_probes():
    source = SourceRingBuffer(data=np.zeros((3, 5)))
    neuron, dense = LIF(shape=(3,), vth=100), Dense(weights=np.eye(3))
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(neuron.a_in)
    monitor = Monitor()
    monitor.probe(neuron.v, 5)
    inputs = np.random.default_rng(0).integers(0, 2, (4, 3, 5)) * 1.0
    record = monitor.probes[0].record
    found = run_batch(neuron, RunSteps(5), FLOAT, points={source.data: inputs}, record=[record])
    integral = np.cumsum(np.cumsum(np.moveaxis(inputs, 2, 1), axis=1), axis=1)
    np.testing.assert_array_equal(found[record][:, 1:], integral[:, :-1])  # Dense takes a step
    assert found[record].shape == (4, 5, 3)
    neuron.stop()


def test_the_network_stays_as_it_is():
    network = Layers()
    network.first.run(RunSteps(7), FLOAT)
    network.first.bias_mant.set([1, 2, 3, 4])
    before = [var.get() for var in (network.first.v, *network.results())]
    points = [{network.first.bias_mant: 9, network.dense.weights: 0}, {network.first.v: -1}, {}]
    record = network.results()
    found = run_batch(network.first, RunSteps(30), points=points, record=record)
    after = [var.get() for var in (network.first.v, *network.results())]
    for value, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(value, other)
    assert network.first.runtime.time_step == 7
    network.first.run(RunSteps(30))
    for var in record:  # the last copy was the network itself
        np.testing.assert_array_equal(found[var][2], var.get())
    assert found[record[1]][2].any()
    network.first.stop()


def test_sums_of_several_sources():
    ramps, store = [Ramp((2,), slope) for slope in (1, 10, 100, 1000, 10_000)], Store((2,), 3)
    for ramp in ramps:
        ramp.out.connect(store.inp)
    points = {ramps[1].slope: [20, 30, 40]}
    found = run_batch(store, RunSteps(3), Loihi2SimCfg(), points=points, record=[store.data])
    for value, slope in zip(found[store.data], points[ramps[1].slope], strict=True):
        np.testing.assert_array_equal(value[:, 0], (11_101 + slope) * np.arange(1, 4))
    store.stop()


def test_a_network_that_was_not_run():
    ramp, store = Ramp((2,)), Store((2,), 5)
    ramp.out.connect(store.inp)
    found = run_batch(ramp, RunSteps(5), Loihi2SimCfg(), points=[{}], record=[store.data])
    ramp.run(RunSteps(5))
    np.testing.assert_array_equal(found[store.data][0], store.data.get())
    none = run_batch(ramp, RunSteps(0), points=[{}, {}], record=[store.data])
    np.testing.assert_array_equal(none[store.data], [store.data.get()] * 2)
    ramp.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_does_not_change_exists_once():
    """64 copies of a network with 8 MB of weights take less than 8 MB."""
    program = """
        import numpy as np
        from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps
        from lavajit.runtime.batch import _network_of
        from lavajit.runtime.image import NetworkImage
        first, dense = LIF(shape=(1000,), vth=3, bias_mant=1), Dense(weights=np.ones((1000, 1000)))
        first.s_out.connect(dense.s_in)
        image, copies = NetworkImage(_network_of(first, Loihi2SimCfg(), None)), []
        for _ in range(64):
            copies.append(image.copy())
            image.run(copies[-1], 20)
        private, mapped = 0, False
        for line in open("/proc/self/smaps"):
            mapped = "lavajit" in line if "-" in line.split()[0] else mapped
            private += int(line.split()[1]) if mapped and line.startswith("Private_Dirty") else 0
        print(private * 1024)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert 64 * 8_000 < int(done.stdout) < 8_000_000  # their neurons, one matrix


def test_example_of_the_docstring():
    results = doctest.testmod(batch)
    assert results.attempted > 0 and results.failed == 0
