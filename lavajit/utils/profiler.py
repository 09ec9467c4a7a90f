"""The profiler that fits a run config.

>>> from lavajit import Loihi2HwCfg
>>> from lavajit.utils.profiler import Profiler
>>> profiler = Profiler.init(Loihi2HwCfg())
>>> profiler.execution_time_probe(num_steps=100)
"""

from __future__ import annotations

from lavajit.model.run_config import RunConfig
from lavajit.neurocore.run_configs import Loihi1HwCfg, Loihi2HwCfg
from lavajit.utils.loihi2_profiler_api import Loihi2HWProfiler

#: Profiler by class of the run config; one's own may be added.
run_cfg_dict: dict[type[RunConfig], type] = {
    Loihi2HwCfg: Loihi2HWProfiler,
    Loihi1HwCfg: Loihi2HWProfiler,
}


class Profiler:
    """Chooses a profiler."""

    @staticmethod
    def init(run_cfg: RunConfig) -> Loihi2HWProfiler:
        """The profiler for a run config, or for the class it is derived from.

        Raises
        ------
        TypeError
            It is no run config.
        NotImplementedError
            There is no profiler for it: nothing is modelled in runs on the CPU.
        """
        if not isinstance(run_cfg, RunConfig):
            raise TypeError(f"run_cfg must be a RunConfig, got {run_cfg!r}")
        for kind in type(run_cfg).__mro__:
            if kind in run_cfg_dict:
                return run_cfg_dict[kind](run_cfg)
        raise NotImplementedError(
            f"there is no profiler for {type(run_cfg).__name__}; use Loihi2HwCfg, which models "
            "neurocores, or run(..., profile=True) for the time that the simulation itself takes"
        )
