"""Plastic connections driven by rasters, for tests."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, issparse

from lavajit import (
    LearningDense,
    LearningSparse,
    Loihi2FLearningRule,
    Loihi2SimCfg,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)

FLOAT, FIXED = "floating_pt", "fixed_pt"
MATRICES = ("weights", "tag_1", "tag_2")
TRACES = ("x1", "x2", "y1", "y2", "y3")
#: Parameters under which all traces of a rule live.
LIVELY = {
    "x1_impulse": 16,
    "x1_tau": 8,
    "x2_impulse": 20.5,
    "x2_tau": 15,
    "y1_impulse": 16,
    "y1_tau": 6,
    "y2_impulse": 11.25,
    "y2_tau": 20,
    "y3_impulse": 9,
    "y3_tau": 3,
}


def rule_of(epoch=1, seed=5, rng="lava", **strings) -> Loihi2FLearningRule:
    return Loihi2FLearningRule(**strings, **LIVELY, t_epoch=epoch, rng_seed=seed, rng=rng)


def raster(shape, rate, seed) -> np.ndarray:
    """Spikes of shape (neurons, steps)."""
    return (np.random.default_rng(seed).random(shape) < rate).astype(float)


class Plastic:
    """A connection between two rasters, and a sink for what it sends.

    Parameters
    ----------
    connection : AbstractProcess
        Built, not connected.
    pre, post : ndarray, shapes (N, steps) and (M, steps)
        What it receives.
    """

    def __init__(self, connection, pre, post, tag, native):
        self.connection = connection
        self.steps = pre.shape[1]
        SourceRingBuffer(data=pre).s_out.connect(connection.s_in)
        SourceRingBuffer(data=post).s_out.connect(connection.s_in_bap)
        self.sink = SinkRingBuffer(shape=connection.a_out.shape, buffer=self.steps)
        connection.a_out.connect(self.sink.a_in)
        self.config = Loihi2SimCfg(select_tag=tag)
        connection.create_runtime(run_cfg=self.config, compile_config={"native": native})

    @property
    def model(self):
        instances = self.connection.runtime.executable.network.instances
        return next(i.model for i in instances if i.node.process is self.connection)

    def run(self, steps) -> None:
        self.connection.run(RunSteps(steps), run_cfg=self.config)

    def state(self) -> dict[str, np.ndarray]:
        """Every Var, matrices in full."""
        found = {name: getattr(self.connection, name).get() for name in (*MATRICES, *TRACES)}
        found["sent"] = self.sink.data.get()
        return {n: v.toarray() if issparse(v) else v for n, v in found.items()}

    def stop(self) -> None:
        self.connection.stop()


def outcome(connection, pre, post, tag, native=False, chunks=None, each_step=None):
    """State after a run, in chunks of so many steps."""
    plastic = Plastic(connection, pre, post, tag, native)
    try:
        for steps in chunks or [pre.shape[1]]:
            plastic.run(steps)
            if each_step is not None:
                each_step(plastic)
        return plastic.state()
    finally:
        plastic.stop()


def same(first, second) -> None:
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def dense(weights, rule, tag_1=None, tag_2=None, **options):
    return LearningDense(weights=weights, learning_rule=rule, tag_1=tag_1, tag_2=tag_2, **options)


def sparse(weights, rule, tag_1=None, tag_2=None, **options):
    """All elements of the matrices are synapses, zeros too."""
    full = np.indices(weights.shape).reshape(2, -1)

    def stored(values):
        return None if values is None else csr_matrix((values.ravel(), full), shape=weights.shape)

    return LearningSparse(
        weights=stored(weights),
        learning_rule=rule,
        tag_1=stored(tag_1),
        tag_2=stored(tag_2),
        **options,
    )
