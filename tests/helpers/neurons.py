"""Neurons between sources and sinks."""

from __future__ import annotations

import numpy as np
from helpers.driven import FLOAT
from helpers.tiers import python_rows

from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.process.process import AbstractProcess


def respond(
    process: AbstractProcess,
    inputs: dict[str, np.ndarray],
    tag: str = FLOAT,
    native: bool = True,
    chunk: int = 0,
    model: type | None = None,
) -> dict[str, np.ndarray]:
    """What a neuron Process does with its inputs.

    Parameters
    ----------
    process : AbstractProcess
        Not connected yet.
    inputs : dict of str to ndarray, shape (T, *port shape)
        What each InPort receives; all of the same T.
    native : bool
        False runs every kernel as Python.
    chunk : int
        Steps per run; 0 for all at once.
    model : type, optional
        The model of the Process, if not the one of the tag.

    Returns
    -------
    dict of str to ndarray
        What each OutPort sends, shape (T, *port shape), and the final value of each Var
        that is an array.
    """
    steps = len(next(iter(inputs.values())))
    for name, messages in inputs.items():
        source = SourceRingBuffer(data=np.moveaxis(messages, 0, -1))
        source.s_out.connect(getattr(process, name))
    sinks = {
        port.name: SinkRingBuffer(shape=port.shape, buffer=steps) for port in process.out_ports
    }
    for name, sink in sinks.items():
        getattr(process, name).connect(sink.a_in)
    run_cfg = Loihi2SimCfg(
        select_tag=tag, exception_proc_model_map={process: model} if model else None
    )
    done = 0
    try:
        while done < steps:
            length = min(chunk or steps, steps - done)
            process.run(RunSteps(length), run_cfg, {"native": native})
            done += length
        assert not native or python_rows(process) == []
        sent = {name: np.moveaxis(sink.data.get(), -1, 0) for name, sink in sinks.items()}
        values = {var.name: var.get() for var in process.vars}
        return sent | {name: v for name, v in values.items() if isinstance(v, np.ndarray)}
    finally:
        process.stop()


def assert_same(got: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Equal to the last bit, name by name."""
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(got[name], value, err_msg=name)
