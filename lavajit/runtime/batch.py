"""Many copies of one network, over the cores of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy as shallow_copy
from dataclasses import replace
from typing import Any

import numpy as np

from lavajit.compiler.arena import INTERRUPT, STOP, TIME_STEP
from lavajit.compiler.work import MethodWork
from lavajit.model.threads import checked_threads, usable_cores
from lavajit.process.process import AbstractProcess
from lavajit.process.run_conditions import RunSteps
from lavajit.process.variable import Var
from lavajit.runtime.batch_points import Changes, PointSetter, checked_points, name_of
from lavajit.runtime.failures import failure_notes
from lavajit.runtime.image import NetworkImage


def run_batch(
    process: AbstractProcess,
    condition: RunSteps,
    run_cfg: Any = None,
    *,
    points: Iterable[Mapping[Var | str, Any]] | Mapping[Var | str, Sequence],
    record: Sequence[Var],
    threads: int | None = None,
    compile_config: dict[str, Any] | None = None,
) -> dict[Var, np.ndarray]:
    """Run one copy of a network for every point, with values of its own, and collect Vars.

    The network is planned and compiled once. Copies share memory until they write to it: what no
    copy changes, such as weights that do not learn, exists once. Each copy runs on one thread.

    Parameters
    ----------
    process : AbstractProcess
        Any Process of the network. If it has run before, the copies begin where it is now.
    condition : RunSteps
        How many time steps each copy runs.
    run_cfg : RunConfig, optional
        How models are selected; needed unless the network has been compiled.
    points : list of dict, or dict of list
        What each copy has of its own: values of Vars, as for :meth:`Var.set` before the first
        step, and ``"seed"``, as in the run config. Either one dict per copy, or, for each Var, an
        array of shape (B, ...) or a list of B values.
    record : list of Var
        Vars that are read at the end of each copy's run; for more than the last values, take the
        data of a sink or the record of a probe (``monitor.probes[0].record``).
    threads : int, optional
        How many copies run at the same time; if not given, as many as there are cores.
    compile_config : dict, optional
        Options of the compiler.

    Returns
    -------
    dict of Var to ndarray, shape (B, *shape of the Var)
        Values in the order of the points, of the Var's dtype.

    Raises
    ------
    ValueError, TypeError
        A point or a recorded Var does not fit. Raised before the first step.
    RuntimeError
        The network has a part that runs in Python, is divided among threads, is running or was
        stopped.

    Notes
    -----
    What a copy computes is, bit by bit, what the network would compute after the same values had
    been set. The network itself stays as it is and can be run afterwards.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps, run_batch
    >>> lif = LIF(shape=(2,), vth=100)
    >>> points = {lif.bias_mant: [1, 2, 3]}
    >>> final = run_batch(lif, RunSteps(10), Loihi2SimCfg(), points=points, record=[lif.v])
    >>> final[lif.v].tolist()
    [[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]]
    """
    if not isinstance(condition, RunSteps):
        raise ValueError(f"condition of run_batch must be RunSteps, got {condition!r}")
    points = checked_points(points)
    _check_record(record)
    threads = usable_cores() if threads is None else checked_threads(threads, "threads")
    network = _network_of(process, run_cfg, compile_config)
    _check_native(network)
    _make_once(network)
    image = NetworkImage(network)
    setter = PointSetter(network, image)
    setter.check_vars({key for point in points for key in point if isinstance(key, Var)})
    setter.check_vars(record)
    batch = _Batch(setter, points, condition.num_steps, list(record))
    rows = batch.run(min(threads, len(points)))
    return {var: _stacked([row[k] for row in rows]) for k, var in enumerate(record)}


def _check_record(record: Sequence[Var]) -> None:
    if isinstance(record, Var) or not all(isinstance(var, Var) for var in record):
        raise TypeError(f"record must be a list of Vars, got {record!r}; write record=[lif.v]")


def _network_of(process: AbstractProcess, run_cfg: Any, compile_config: dict | None):
    if process.runtime is None:
        if run_cfg is None:
            raise ValueError("run_batch needs a run config; write run_batch(..., Loihi2SimCfg())")
        run_cfg = shallow_copy(run_cfg)
        run_cfg.threads = 1
        process.create_runtime(run_cfg=run_cfg, compile_config=compile_config)
    runtime = process.runtime
    if not runtime._is_initialized or runtime._is_running:
        state = "is running; wait() for it" if runtime._is_initialized else "was stopped"
        raise RuntimeError(f"the network of '{process.name}' {state}")
    return runtime.executable.network


def _check_native(network) -> None:
    """Raise RuntimeError if copies could not run without Python."""
    remedy = "sweep() builds a network for each point and takes any"
    for instance in network.instances:
        if instance.is_async:
            raise RuntimeError(
                f"run_batch cannot copy {instance.node.name}, which is asynchronous; {remedy}"
            )
    for row in network.bound.hosts:
        work = network.program.instructions[row].work
        reason = ""
        if isinstance(work, MethodWork):
            key = work.instance.node.index, work.method, work.segment
            refusal = network.tiers.refusals.get(key)
            reason = f", because {refusal.reason}" if refusal else ""
        raise RuntimeError(
            f"run_batch cannot copy {work.label}, which runs as Python{reason}; {remedy}"
        )
    if network.layout.shards:
        raise RuntimeError(
            "run_batch cannot copy a network that is divided among threads; create its run config "
            "with threads=1"
        )


def _make_once(network) -> None:
    """Let a copy run the first step, and take from it what is the same in all copies."""
    views = network.layout.views
    names = [(i.node.index, n) for i in network.instances for n in i.model.made_once]
    shared = [views[name] for name in names if name in views and views[name].size]
    # After a state has been restored, steps have run, but not here.
    done = [bool(array.all()) for array in shared if array.dtype == np.bool_]
    if not shared or (network.layout.control[TIME_STEP] and all(done)):
        return
    image = NetworkImage(network)
    copy, places = image.copy(), [image.place(array) for array in shared]
    try:
        image.run(copy, 1)
    except Exception:
        return  # it may depend on the point; then a copy says so
    for array, place in zip(shared, places, strict=True):
        array[...] = copy.view(place)


def _all_changes(setter: PointSetter, points: list[dict]) -> list[Changes]:
    found = []
    for k, point in enumerate(points):
        try:
            found.append(setter.changes(point))
        except Exception as error:
            error.add_note(f"at point {k} of the batch: {_text_of(point)}")
            raise
    return found


def _text_of(point: Mapping[Var | str, Any]) -> str:
    return ", ".join(f"{name_of(key)}={value!r:.60}" for key, value in point.items()) or "{}"


def _stacked(values: list[Any]) -> np.ndarray:
    """One array; of objects, if the values are no numbers."""
    if all(isinstance(value, (np.ndarray, np.generic)) for value in values):
        return np.stack(values)
    column = np.empty(len(values), object)
    column[:] = values
    return column


class _Batch:
    """Runs the copies."""

    def __init__(
        self, setter: PointSetter, points: list[dict], steps: int, record: list[Var]
    ) -> None:
        self.setter, self.points, self.steps = setter, points, steps
        self.changes = _all_changes(setter, points)
        self._read = setter.reader(record)
        self._running: dict[int, np.ndarray] = {}  # control words by point
        self._lock = threading.Lock()
        self._ended = False

    def run(self, threads: int) -> list[list[Any]]:
        """Values of the recorded Vars, by point."""
        pool = ThreadPoolExecutor(threads, thread_name_prefix="lavajit batch")
        try:
            futures = [pool.submit(self._run_copy, k) for k in range(len(self.changes))]
            return [future.result() for future in futures]
        finally:
            # Also after Ctrl-C or an error of one copy: the others end after their present step.
            self._end_all()
            pool.shutdown(cancel_futures=True)

    def _run_copy(self, k: int) -> list[Any]:
        copy = self.setter.image.copy()
        self.changes[k].apply(copy)
        control = copy.view(self.setter.image.control)
        with self._lock:
            self._running[k] = control
        try:
            if not self._ended:
                self.setter.image.run(copy, self.steps)
        except Exception as error:
            for note in self._notes(k, control, error):
                error.add_note(note)
            raise
        finally:
            with self._lock:
                del self._running[k]
        return self._read(copy)

    def _end_all(self) -> None:
        with self._lock:
            self._ended = True
            for control in self._running.values():
                control[INTERRUPT] = control[STOP] = 1

    def _notes(self, k: int, control: np.ndarray, error: Exception) -> Iterator[str]:
        """Where a copy has failed."""
        yield f"at point {k} of the batch: {_text_of(self.points[k])}"
        network = self.setter.network
        bound = replace(network.bound, layout=replace(network.layout, control=control))
        yield from failure_notes(replace(network, bound=bound), error)
