"""Running a Process, which is running the network it is connected to."""

from __future__ import annotations

from typing import Any, Self

from lavajit.process import engine
from lavajit.process.run_conditions import AbstractRunCondition


class Runnable:
    """The part of AbstractProcess that compiles, runs and stops.

    All Processes of a network share one Runtime, so it does not matter which one is asked.
    """

    name: str
    _model: Any = None
    _model_class: type | None = None
    _runtime: engine.RuntimeInterface | None = None
    _is_compiled: bool = False

    def run(
        self,
        condition: AbstractRunCondition,
        run_cfg: Any = None,
        compile_config: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Run the network this Process is connected to; compile it first if necessary.

        Parameters
        ----------
        condition : AbstractRunCondition
            How long: ``RunSteps(n)`` or ``RunContinuous()``.
        run_cfg : RunConfig, optional
            How models are selected. Needed for the first run, ignored later.
        compile_config : dict, optional
            Options of the compiler, for the first run.
        **options
            Options of this run: ``record=[lif.v, lif.s_out]`` with ``every=``, ``neurons=``,
            ``start=``, ``stop=`` and ``to="folder"``; ``progress=True``; ``limit=`` in seconds;
            ``profile=True``, which puts a profile into the result.

        Returns
        -------
        Result or None
            What was recorded; None without ``record=`` and ``profile=``. Ctrl-C ends a run that
            records after the current step and returns what there is; the next ``run`` goes on from
            there.

        Raises
        ------
        ValueError
            If `condition` is not a run condition, `run_cfg` is missing, or an option is out of
            range.
        TypeError
            If there is no such option.
        RuntimeError
            If the network has been stopped, is running, or fails.
        """
        if not isinstance(condition, AbstractRunCondition):
            raise ValueError(
                f"run condition of '{self.name}' must be RunSteps or RunContinuous. "
                f"Got {condition!r}; write run(RunSteps(100), run_cfg=...)."
            )
        if self._runtime is None:
            if run_cfg is None:
                raise ValueError(
                    f"the first run of '{self.name}' needs a run config; "
                    f"write run(..., run_cfg=Loihi2SimCfg())."
                )
            self.create_runtime(run_cfg=run_cfg, compile_config=compile_config)
        elif not self._runtime._is_initialized:
            raise RuntimeError(
                f"the network of '{self.name}' has been stopped and cannot be run again. Create "
                f"new Processes, or use pause() instead of stop() to continue later."
            )
        return self._runtime.start(condition, **options)

    def create_runtime(
        self,
        run_cfg: Any = None,
        executable: Any = None,
        compile_config: dict[str, Any] | None = None,
    ) -> None:
        """Build the models of the network without running a step.

        Parameters
        ----------
        run_cfg : RunConfig, optional
            How models are selected; needed if there is no `executable`.
        executable : Executable, optional
            Result of `compile`.
        compile_config : dict, optional
            Options of the compiler.
        """
        if executable is None:
            if run_cfg is None:
                raise ValueError(
                    f"create_runtime of '{self.name}' needs run_cfg or executable; "
                    f"write create_runtime(run_cfg=Loihi2SimCfg())."
                )
            executable = self.compile(run_cfg, compile_config)
        self._runtime = engine.create_runtime(executable, self)

    def compile(self, run_cfg: Any, compile_config: dict[str, Any] | None = None) -> Any:
        """Compile the network this Process is connected to and return its Executable.

        Raises
        ------
        ProcessAlreadyCompiled
            If a Process of the network has been compiled before.
        """
        return engine.compile(self, run_cfg, compile_config)

    def explain(self, run_cfg: Any = None) -> str:
        """Return the plan of the network: order, tier and reason, channels, memory.

        Parameters
        ----------
        run_cfg : RunConfig, optional
            Needed if the network has not been compiled yet; it is compiled with it.

        Returns
        -------
        str
            Tables for reading; prints as it is.
        """
        if self._runtime is None:
            self.create_runtime(run_cfg=run_cfg)
        return engine.explain(self._runtime)

    def wait(self) -> None:
        """Wait for the end of a run that was started without blocking."""
        if self._runtime is not None:
            self._runtime.wait()

    def pause(self) -> None:
        """End the current run after the current time step; ``run`` continues it."""
        if self._runtime is not None:
            self._runtime.pause()

    def stop(self) -> None:
        """End execution for good; may be called twice."""
        if self._runtime is not None:
            self._runtime.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def runtime(self) -> engine.RuntimeInterface | None:
        """The Runtime of the network; None before `create_runtime` or `run`."""
        return self._runtime

    @runtime.setter
    def runtime(self, runtime: engine.RuntimeInterface | None) -> None:
        self._runtime = runtime

    @property
    def model(self) -> Any:
        """The model of this Process, where there is one."""
        return self._model

    @model.setter
    def model(self, model: Any) -> None:
        self._model = model

    @property
    def model_class(self) -> type | None:
        """Class of the selected ProcessModel; None before compiling."""
        return self._model_class

    @property
    def is_compiled(self) -> bool:
        """Whether the network of this Process has been compiled."""
        return self._is_compiled
