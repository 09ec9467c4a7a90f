"""Saving and restoring: one Process in a file, or the whole network in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from lavajit.process import state_file
from lavajit.process.loaded_models import LoadedModels
from lavajit.process.snapshot import Snapshot

if TYPE_CHECKING:
    from lavajit.process.engine import RuntimeInterface
    from lavajit.process.process import AbstractProcess


class Stateful:
    """The part of AbstractProcess that saves and restores states.

    `save` and `load` are about this Process, to take, for example, what it has learned to another
    network. `snapshot` and `restore` are about the whole network it is connected to, to go on from
    exactly there.
    """

    name: str
    runtime: RuntimeInterface | None
    _loaded_models: LoadedModels | None = None
    _wanted_state: tuple[Snapshot, int | None] | None = None

    def save(self, path: str | os.PathLike) -> None:
        """Write the state of this Process, that of sub processes included, to a file.

        These are the values of all Vars and, if there is a runtime, the time step and what the
        models hold besides: numbers, arrays, and plain data (text, lists, tuples, dicts). See
        `snapshot` for a whole network.

        Raises
        ------
        StateFileError
            If a Var cannot be saved, an attribute of a model has changed that is no plain data
            and not listed in its ``transient``, or a message waits in a FIFO.

        Examples
        --------
        >>> lif.save("lif.npz")  # doctest: +SKIP
        """
        state_file.save(cast("AbstractProcess", self), path)

    def load(self, path: str | os.PathLike, *, time_step: bool = True) -> None:
        """Set the state of this Process to that in a file written by `save`.

        Before there is a runtime the values become the initial values.

        Parameters
        ----------
        path : path-like
            The file.
        time_step : bool, optional
            True: the whole network goes on from the time step at which the file was saved, so
            that what depends on it (sources, intervals, random numbers) goes on as well. False:
            its time step stays.

        Raises
        ------
        StateFileError
            If the file is not a state file, is damaged, or is of another kind of Process. No
            Var has been changed then.
        """
        state_file.load(cast("AbstractProcess", self), path, time_step)

    def snapshot(self) -> Snapshot:
        """Return the state of the whole network between two steps; also while it is running.

        It holds Vars, attributes of models, messages on their way, random streams and the time
        step, of all Processes of the network; taking it is about as fast as copying that memory.

        Returns
        -------
        Snapshot
            For `restore`, any number of times; ``snapshot.save(path)`` writes it to a file.

        Raises
        ------
        RuntimeError
            If the network has not been compiled, or was stopped.
        StateFileError
            If an attribute of a model has changed that is no plain data and not listed in its
            ``transient``, or an asynchronous Process is in the middle of its work.

        Examples
        --------
        >>> state = lif.snapshot()  # doctest: +SKIP
        >>> state.save("after_training.npz")  # doctest: +SKIP
        """
        if self.runtime is None:
            raise RuntimeError(
                f"the network of '{self.name}' has no state yet: run it, or call "
                f"create_runtime(run_cfg=...), before snapshot()."
            )
        with state_file.boundary(cast("AbstractProcess", self), "saved") as runtime:
            return cast("RuntimeInterface", runtime).states.snapshot()

    def restore(self, state: Snapshot | str | os.PathLike, *, seed: int | None = None) -> None:
        """Set the whole network to a state; the next run continues from there, to the last bit.

        Before there is a runtime, the state is set when the network is compiled.

        Parameters
        ----------
        state : Snapshot or path-like
            From `snapshot`, or a file written by ``Snapshot.save``, of this network or one built
            in the same way, in any process, with any number of threads, natively or in Python.
        seed : int, optional
            Other random numbers from here on, those of a run config with this seed. By default
            they go on as they would have.

        Raises
        ------
        RuntimeError
            If the network is running or was stopped.
        StateFileError
            If the state is that of another network, whose differences are named, or the file is
            damaged. Nothing has been changed then.

        Examples
        --------
        >>> for bias in range(20):  # doctest: +SKIP
        ...     lif.restore(state)
        ...     lif.bias_mant.set(bias)
        ...     lif.run(RunSteps(100))
        """
        snapshot = state if isinstance(state, Snapshot) else Snapshot.load(state)
        seed = None if seed is None else _checked_seed(seed)
        runtime = self.runtime
        if runtime is None:
            self._wanted_state = snapshot, seed
            return
        if runtime._is_running:
            raise RuntimeError(
                f"the network of '{self.name}' is running; pause() or wait() before restore()"
            )
        with state_file.boundary(cast("AbstractProcess", self), "restored"):
            runtime.states.restore(snapshot, seed)


def _checked_seed(seed: Any) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"seed of restore() must be an int, got {seed!r}")
    return seed.__index__()
