"""Whole networks: everything connected, saved, loaded, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lavajit import EventSink, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.proc.io.encoder import Compression
from lavajit.process.process import AbstractProcess
from lavajit.process.snapshot import Snapshot
from lavajit.process.state_file import named_vars


class SavedNetwork:
    """A network around a Process, with a source for every free InPort, a sink for every OutPort.

    Only one that sends compressed messages, which a sink does not understand, has none.

    Parameters
    ----------
    make : callable
        Makes the Process.
    tag : str or None
        What models are selected by.
    steps : int
        Time steps the sinks have room for.
    threads : int
        Number of threads.
    """

    def __init__(
        self,
        make: Callable[[], AbstractProcess],
        tag: str | None,
        steps: int,
        threads: int = 1,
    ) -> None:
        self.process = make()
        self.config = Loihi2SimCfg(select_tag=tag, threads=threads)
        rng = np.random.default_rng(2)
        for port in self.process.in_ports:
            if not port.in_connections and not getattr(port, "external_pipe_flag", False):
                data = rng.choice([0, 0, 1, 2], size=(*port.shape, steps))
                SourceRingBuffer(data=data).s_out.connect(port)
        compression = self.process.proc_params.get("compression", Compression.DENSE)
        for port in self.process.out_ports if compression is Compression.DENSE else ():
            if not getattr(port, "external_pipe_flag", False):
                port.connect(SinkRingBuffer(shape=port.shape, buffer=steps).a_in)

    def run(self, steps: int) -> SavedNetwork:
        """Run some steps, or compile only."""
        self.process.run(RunSteps(steps), self.config)
        return self

    @property
    def members(self) -> list[AbstractProcess]:
        """All Processes that are not inside another one; the same order in equal networks."""
        processes = self.process.runtime.executable.network.graph.processes
        return [process for process in processes if process.parent_proc is None]

    def save(self, folder: Path) -> None:
        """One file per Process."""
        for k, process in enumerate(self.members):
            process.save(folder / f"{k}.npz")

    def load(self, folder: Path) -> SavedNetwork:
        """Load what an equal network has saved."""
        for k, process in enumerate(self.members):
            process.load(folder / f"{k}.npz")
        return self

    def restore(self, state: Any) -> SavedNetwork:
        """Restore a Snapshot, or a file of one."""
        self.process.restore(state)
        return self

    def var_values(self) -> dict[str, Any]:
        """All Vars."""
        return {
            f"{k}.{name}": var.get()
            for k, process in enumerate(self.members)
            for name, var in named_vars(process).items()
        }

    def state(self) -> dict[str, Any]:
        """All Vars, all attributes of models, all events, and the time step."""
        found = {"time step": self.process.runtime.time_step} | self.var_values()
        for k, process in enumerate(self.members):
            if isinstance(process, EventSink):
                found |= {f"{k} events {i}": part for i, part in enumerate(process.get_data())}
        for instance in self.process.runtime.executable.network.instances:
            arrays: list[np.ndarray] = []
            name = f"{instance.node.index} model"
            found[name] = self.process.runtime.states.get(instance.node.process, arrays)
            found |= {f"{name} {i}": array for i, array in enumerate(arrays)}
        return found

    def stop(self) -> dict[str, Any]:
        """Stop; the last state."""
        state = self.state()
        self.process.stop()
        return state


def assert_equal_snapshots(got: Snapshot, expected: Snapshot) -> None:
    """Equal to the last bit."""
    assert got.header == expected.header
    for one, other in zip(got.arrays, expected.arrays, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def assert_equal_states(got: dict[str, Any], expected: dict[str, Any]) -> None:
    """Equal to the last bit and in dtype, name by name."""
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        if hasattr(value, "toarray"):
            value, other = value.toarray(), got[name].toarray()
        else:
            other = got[name]
        np.testing.assert_array_equal(other, value, err_msg=name)
        assert np.asarray(other).dtype == np.asarray(value).dtype, name
