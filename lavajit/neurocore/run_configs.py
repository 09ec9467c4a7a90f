"""Run configs that put Processes on the cores of Loihi chips, as lavajit models them."""

from __future__ import annotations

import logging
from enum import IntEnum
from typing import Any, ClassVar

from lavajit.model.model import AbstractProcessModel
from lavajit.model.nc_model import is_nc_model
from lavajit.model.precision import FLOAT64, has_tag
from lavajit.model.registry import models_of
from lavajit.model.resources import Loihi1NeuroCore, Loihi2NeuroCore, NeuroCore
from lavajit.model.run_config import Models
from lavajit.model.run_configs import AbstractLoihiRunCfg
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.model.sync_domain import SyncDomain
from lavajit.neurocore.costs.model import TIME_MODES, Costs
from lavajit.neurocore.errors import NcFeatureError
from lavajit.neurocore.plan.parameters import check_parameters, why_not_on_cores
from lavajit.neurocore.plan.placement import ALLOCATORS, PACKINGS
from lavajit.process.callback_fx import CallbackFx
from lavajit.process.process import AbstractProcess

ARITHMETICS = ("loihi", "lava")
ACTIVITIES = (None, "sum", "per_step")
#: What a core computes with.
FIXED_POINT = "fixed_pt"


class EMBEDDED_ALLOCATION_ORDER(IntEnum):  # noqa: N801 (name as in Lava)
    """Order in which embedded CPUs are used; for hardware only."""

    NORMAL = 1
    REVERSED = -1


class AbstractLoihiHWRunCfg(AbstractLoihiRunCfg):
    """Puts Processes on neurocores, where there is a model for that; the others run on the CPU.

    The cores are those of lavajit's own model of the chip: nothing is sent to hardware.

    Parameters
    ----------
    custom_sync_domains, select_tag, select_sub_proc_model, exception_proc_model_map, loglevel
        As in AbstractLoihiRunCfg. `select_tag` is for the Processes on the CPU.
    callback_fxs : list of CallbackFx, optional
        Profilers of ``lavajit.utils.loihi2_profiler`` are filled in after a run; others are kept.
    embedded_allocation_order : EMBEDDED_ALLOCATION_ORDER, optional
        Kept, without effect.
    arith : str
        "loihi": the arithmetic of the chip, with its wraps. "lava": that of Lava's fixed-point
        models, so that results equal those of a Sim config.
    board : str, optional
        A system of the chip's table, such as "nahuku"; it limits the number of chips.
    n_chips : int, optional
        Chips that may be used; default: those of `board`, or as many as are needed.
    allocator : str
        "greedy_interchip", "greedy" or "round_robin"; see
        :func:`~lavajit.neurocore.plan.placement.place`.
    packing : str
        "one_per_core", or "first_fit" to put several groups on a core.
    block_shapes : dict, optional
        By Process or its name: shape of the blocks that its neurons are cut into.
    energy : str or Costs
        Coefficients for time and energy: a preset, "auto" for the chip's own, or what
        :func:`~lavajit.neurocore.costs.preset` returns (with its own `time_mode` and `dt_us`).
    time_mode : str
        "free" runs as fast as the cores do, "real_time" takes at least `dt_us` a step.
    dt_us : float
        Microseconds of a step in real time.
    activity : str or None
        "sum" counts the activity of each core over a run, "per_step" keeps every step, None counts
        nothing, which is faster.
    strict : bool
        True: an assumption that is not published is an error where it decides whether a network
        fits.
    seed, float_precision, threads, debug
        As in RunConfig.

    Raises
    ------
    ValueError
        An option is none of those named.

    Examples
    --------
    >>> from lavajit import LIF, Dense, Loihi2HwCfg, RunSteps
    >>> import numpy as np
    >>> source, target = LIF(shape=(2,), bias_mant=20), LIF(shape=(3,), vth=100)
    >>> dense = Dense(weights=np.full((3, 2), 64))
    >>> source.s_out.connect(dense.s_in)
    >>> dense.a_out.connect(target.a_in)
    >>> source.run(RunSteps(100), run_cfg=Loihi2HwCfg())
    >>> report = source.runtime.nc_report
    >>> report.cores_used
    2
    >>> source.stop()
    """

    chip_name: ClassVar[str] = ""
    core_resource: ClassVar[type[NeuroCore]] = NeuroCore

    def __init__(
        self,
        custom_sync_domains: list[SyncDomain] | None = None,
        select_tag: str | None = None,
        select_sub_proc_model: bool = False,
        exception_proc_model_map: dict[Any, type[AbstractProcessModel]] | None = None,
        loglevel: int = logging.WARNING,
        callback_fxs: list[CallbackFx] | None = None,
        embedded_allocation_order: int = EMBEDDED_ALLOCATION_ORDER.NORMAL,
        *,
        arith: str = "loihi",
        board: str | None = None,
        n_chips: int | None = None,
        allocator: str = "greedy_interchip",
        packing: str = "one_per_core",
        block_shapes: dict[Any, Any] | None = None,
        energy: str | Costs = "auto",
        time_mode: str = "free",
        dt_us: float = 1000.0,
        activity: str | None = "sum",
        strict: bool = False,
        seed: int = 0,
        float_precision: str = FLOAT64,
        threads: int | None = None,
        debug: bool = False,
    ) -> None:
        super().__init__(
            custom_sync_domains,
            select_tag,
            select_sub_proc_model,
            exception_proc_model_map,
            loglevel,
            seed=seed,
            float_precision=float_precision,
            threads=threads,
            debug=debug,
        )
        self.callback_fxs = callback_fxs or []
        self.embedded_allocation_order = embedded_allocation_order
        choices = {
            "arith": (arith, ARITHMETICS),
            "allocator": (allocator, ALLOCATORS),
            "packing": (packing, PACKINGS),
            "time_mode": (time_mode, TIME_MODES),
            "activity": (activity, ACTIVITIES),
        }
        for name, (value, known) in choices.items():
            if value not in known:
                raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, known))}")
        self.arith, self.allocator, self.packing = arith, allocator, packing
        self.time_mode, self.dt_us, self.activity = time_mode, dt_us, activity
        self.board, self.n_chips, self.energy, self.strict = board, n_chips, energy, strict
        self.block_shapes = dict(block_shapes or {})
        import lavajit.neurocore.models  # noqa: F401 (registers the models of the library)

    # --- which model ------------------------------------------------------------------

    def select(self, process: AbstractProcess, proc_models: Models) -> type[AbstractProcessModel]:
        """Return the model for `process`: one for the chip's cores, else one for the CPU.

        Raises
        ------
        AssertionError
            There is no model, or none that fits.
        NotImplementedError
            The only model cannot be run.
        NcFeatureError
            All models are for cores, and none of them for these.
        NcValueError
            The model is for cores, which compute in integers, and a Var begins with a fraction.
        """
        model = self._selected(process, proc_models)
        if is_nc_model(model):
            check_parameters(process, model)
        return model

    def _selected(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel]:
        if not proc_models:
            raise self._error(process, proc_models, "there is no model for it")
        for key in (process, type(process)):
            if key in self.exception_proc_model_map:
                return self.exception_proc_model_map[key]
        subs = [model for model in proc_models if issubclass(model, AbstractSubProcessModel)]
        if not (self.select_sub_proc_model and subs):
            model = self._model_for_cores(process, proc_models)
            if model is not None and self._is_heard_on_cores(process):
                return model
        return self._select_for_cpu(process, proc_models)

    def _model_for_cores(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel] | None:
        for model in proc_models:
            fits = is_nc_model(model) and model.accepts(process)
            if fits and self._is_for_this_chip(model):
                if getattr(model, "arithmetic", None) in (None, self.arith):
                    return model
        return None

    def _is_for_this_chip(self, model: type[AbstractProcessModel]) -> bool:
        needed = model.required_resources
        return not needed or any(r in needed for r in (NeuroCore, self.core_resource))

    def _is_heard_on_cores(self, process: AbstractProcess) -> bool:
        """False for synapses whose sums somebody on the CPU reads: cores keep them to themselves.

        What other neurons send can be read by the CPU as well.
        """
        if "a_out" not in process.out_ports.member_names:
            return True
        readers = [port.process for port in process.a_out.get_dst_ports()]
        return bool(readers) and all(
            reader in self.exception_proc_model_map
            or self._model_for_cores(reader, models_of(type(reader))) is not None
            for reader in readers
        )

    def _select_for_cpu(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel]:
        """Beside cores the CPU computes in integers, too, where it can."""
        if proc_models and all(map(is_nc_model, proc_models)):
            raise self._only_for_other_cores(process, proc_models)
        if self.select_tag is not None:
            return super()._select_for_cpu(process, proc_models)
        on_cpu = [model for model in proc_models if not is_nc_model(model)]
        fixed = [model for model in on_cpu if has_tag(model, FIXED_POINT)]
        return super()._select_for_cpu(process, fixed or proc_models)

    def _only_for_other_cores(
        self, process: AbstractProcess, proc_models: Models
    ) -> NcFeatureError:
        if any(map(self._is_for_this_chip, proc_models)):
            reason = (
                "nobody on cores reads its sums"
                if self._model_for_cores(process, proc_models)
                else f"with arith={self.arith!r} none of them takes this Process"
            )
        else:
            reason = "none of them is for it"
        config, core = type(self).__name__, self.core_resource.__name__
        return NcFeatureError(why_not_on_cores(process, proc_models, config, core, reason))

    # --- where it goes ----------------------------------------------------------------

    def plan_resources(self, graph: Any, instances: list[Any]) -> Any:
        """Put the network on cores; see :mod:`lavajit.neurocore.metering.planning`."""
        from lavajit.neurocore.metering.planning import plan

        return plan(self, graph, instances)


class Loihi1HwCfg(AbstractLoihiHWRunCfg):
    """Puts Processes on the neurocores of Loihi 1."""

    chip_name = "loihi1"
    core_resource = Loihi1NeuroCore


class Loihi2HwCfg(AbstractLoihiHWRunCfg):
    """Puts Processes on the neurocores of Loihi 2."""

    chip_name = "loihi2"
    core_resource = Loihi2NeuroCore
