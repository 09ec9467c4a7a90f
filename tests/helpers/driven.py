"""A connection Process between a source and a sink."""

from __future__ import annotations

import numpy as np

from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.process.process import AbstractProcess

FLOAT, FIXED = "floating_pt", "fixed_pt"


def output(
    process: AbstractProcess, messages: np.ndarray, tag: str, native: bool = True, chunk: int = 0
) -> np.ndarray:
    """What a connection sends, one row per step.

    Parameters
    ----------
    process : AbstractProcess
        With the ports `s_in` and `a_out`.
    messages : ndarray, shape (T, *s_in.shape)
        What it receives.
    native : bool
        False runs every kernel as Python.
    chunk : int
        Steps per run; 0 for all at once.
    """
    steps = len(messages)
    SourceRingBuffer(data=np.moveaxis(messages, 0, -1)).s_out.connect(process.s_in)
    sink = SinkRingBuffer(shape=process.a_out.shape, buffer=steps)
    process.a_out.connect(sink.a_in)
    done = 0
    try:
        while done < steps:
            length = min(chunk or steps, steps - done)
            process.run(RunSteps(length), Loihi2SimCfg(select_tag=tag), {"native": native})
            done += length
        return np.moveaxis(sink.data.get(), -1, 0)
    finally:
        process.stop()
