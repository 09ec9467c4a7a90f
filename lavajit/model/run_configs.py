"""Run configs: which model is selected for a Process, and into which sync domain it goes."""

from __future__ import annotations

import logging
from typing import Any

from lavajit.model.model import AbstractProcessModel
from lavajit.model.nc_model import is_nc_model
from lavajit.model.precision import FLOAT32, FLOAT64, has_tag
from lavajit.model.py_model import AbstractPyProcessModel
from lavajit.model.run_config import Models, ModelSelectionError, RunConfig
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.model.sync_domain import SyncDomain
from lavajit.process.process import AbstractProcess


class AbstractLoihiRunCfg(RunConfig):
    """Selects models by kind and tag.

    Parameters
    ----------
    custom_sync_domains, loglevel, seed, float_precision, threads, debug
        As in RunConfig.
    select_tag : str, optional
        Select the first model with this tag. A Process with a single model without any tags
        gets that model. "float32" stands for "floating_pt" in that precision.
    select_sub_proc_model : bool, optional
        Prefer a SubProcessModel where there is one; otherwise leaf models are preferred.
    exception_proc_model_map : dict, optional
        Model classes for given Process classes, or for given Processes; not checked further.

    Examples
    --------
    >>> Loihi2SimCfg(select_tag="floating_pt", float_precision="float32").float_precision
    'float32'
    >>> Loihi2SimCfg(select_tag="float32").float_precision
    'float32'
    """

    def __init__(
        self,
        custom_sync_domains: list[SyncDomain] | None = None,
        select_tag: str | None = None,
        select_sub_proc_model: bool = False,
        exception_proc_model_map: dict[Any, type[AbstractProcessModel]] | None = None,
        loglevel: int = logging.WARNING,
        *,
        seed: int = 0,
        float_precision: str = FLOAT64,
        threads: int | None = None,
        debug: bool = False,
    ) -> None:
        precision = FLOAT32 if select_tag == FLOAT32 else float_precision
        options = {"seed": seed, "float_precision": precision, "threads": threads, "debug": debug}
        super().__init__(custom_sync_domains, loglevel, **options)
        self.select_tag = select_tag
        self.select_sub_proc_model = select_sub_proc_model
        self.exception_proc_model_map = exception_proc_model_map or {}

    def select(self, process: AbstractProcess, proc_models: Models) -> type[AbstractProcessModel]:
        """Return the model for `process`.

        Parameters
        ----------
        process : AbstractProcess
            The Process.
        proc_models : list of type
            Its models in discovery order.

        Raises
        ------
        AssertionError
            If there is no model, or none that fits.
        NotImplementedError
            If the only model cannot be run.
        """
        if not proc_models:
            raise self._error(process, proc_models, "there is no model for it")
        for key in (process, type(process)):
            if key in self.exception_proc_model_map:
                return self.exception_proc_model_map[key]
        return self._select_for_cpu(process, proc_models)

    def _select_for_cpu(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel]:
        """Models for neurocores are never selected here."""
        on_cores = [model.__name__ for model in proc_models if is_nc_model(model)]
        proc_models = [model for model in proc_models if not is_nc_model(model)]
        if on_cores and not proc_models:
            raise NotImplementedError(
                f"'{process.name}' ({type(process).__name__}) has models for neurocores only: "
                f"{', '.join(on_cores)}. Run it with Loihi2HwCfg or Loihi1HwCfg, or add a model "
                "with @requires(CPU)."
            )
        proc_models = self._accepting(process, proc_models)
        if len(proc_models) == 1:
            return self._accept_single(process, proc_models)
        sub_models = [m for m in proc_models if issubclass(m, AbstractSubProcessModel)]
        leaf_models = [m for m in proc_models if self._is_runnable(m)]
        if self.select_sub_proc_model and sub_models:
            if len(sub_models) == 1:
                return sub_models[0]
            return self._first_tagged(process, proc_models, sub_models)
        if not leaf_models:
            hint = "no leaf model; set select_sub_proc_model=True to use a SubProcessModel"
            raise self._error(process, proc_models, hint)
        return self._first_tagged(process, proc_models, leaf_models)

    def _accepting(self, process: AbstractProcess, proc_models: Models) -> Models:
        """The models that can run `process`; all if none of these has the requested tag."""
        accepting = [model for model in proc_models if model.accepts(process)]
        fitting = [m for m in accepting if has_tag(m, self.select_tag) or not m.tags]
        return accepting if fitting else proc_models

    def _is_runnable(self, model: type[AbstractProcessModel]) -> bool:
        return issubclass(model, AbstractPyProcessModel) and not is_nc_model(model)

    def _accept_single(
        self, process: AbstractProcess, proc_models: Models
    ) -> type[AbstractProcessModel]:
        model = proc_models[0]
        if not (issubclass(model, AbstractSubProcessModel) or self._is_runnable(model)):
            raise NotImplementedError(
                f"the only model of '{process.name}' ({type(process).__name__}) is "
                f"{model.__name__}, which is neither a SubProcessModel nor a Py model."
            )
        if model.tags and not has_tag(model, self.select_tag):
            raise self._no_tag(process, proc_models)
        return model

    def _first_tagged(
        self, process: AbstractProcess, proc_models: Models, candidates: Models
    ) -> type[AbstractProcessModel]:
        if self.select_tag is None:
            self.log.info("%s: first of %d models selected", process.name, len(candidates))
            return candidates[0]
        tagged = [model for model in candidates if has_tag(model, self.select_tag)]
        if tagged:
            return next((m for m in tagged if self.select_tag in m.tags), tagged[0])
        raise self._no_tag(process, proc_models)

    def _no_tag(self, process: AbstractProcess, proc_models: Models) -> ModelSelectionError:
        why = f"No ProcessModels found with tag '{self.select_tag}'; use a select_tag it has"
        return self._error(process, proc_models, why)

    def _error(
        self, process: AbstractProcess, proc_models: Models, why: str
    ) -> ModelSelectionError:
        candidates = ", ".join(f"{m.__name__} {m.tags}" for m in proc_models) or "none"
        return ModelSelectionError(
            f"{type(self).__name__} cannot select a model for '{process.name}' "
            f"({type(process).__name__}): {why}. Models and their tags: {candidates}. Requested: "
            f"select_tag={self.select_tag!r}, "
            f"select_sub_proc_model={self.select_sub_proc_model}."
        )


class AbstractLoihiSimRunCfg(AbstractLoihiRunCfg):
    """Selects models that simulate a Loihi chip."""


class Loihi1SimCfg(AbstractLoihiSimRunCfg):
    """Simulates Loihi 1."""


class Loihi2SimCfg(Loihi1SimCfg):
    """Simulates Loihi 2."""
