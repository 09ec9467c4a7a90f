"""Functions to be called on the hardware host around a run.

Only the hardware run configs accept them. There is no hardware here, so that methods named below
are never called. An object with a method ``take_report(report)``, such as the profilers of
:mod:`lavajit.utils.loihi2_profiler`, is given the report of the network on modelled cores after
each run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any


class CallbackFx:
    """Base class of callbacks; the methods for passing data do nothing by default."""

    def get_data_from_runtime(self) -> None:
        """Take data from the runtime."""

    def send_data_to_runtime(self) -> None:
        """Give data to the runtime."""

    def get_data_from_runtime_service(self) -> None:
        """Take data from the runtime service."""

    def send_data_to_runtime_service(self) -> None:
        """Give data to the runtime service."""


class NxSdkCallbackFx(CallbackFx, ABC):
    """Callbacks before and after a run on a board."""

    @abstractmethod
    def pre_run_callback(self, board: Any, var_id_to_var_model_map: dict | None = None) -> None:
        """Act before the run."""

    @abstractmethod
    def post_run_callback(self, board: Any, var_id_to_var_model_map: dict | None = None) -> None:
        """Act after the run."""


class IterableCallBack(NxSdkCallbackFx):
    """Calls functions one after the other, each with the board.

    Parameters
    ----------
    pre_run_fxs, post_run_fxs : iterable of callable, optional
        Functions to be called before and after a run.
    """

    def __init__(
        self,
        pre_run_fxs: Iterable[Callable[[Any], Any]] | None = None,
        post_run_fxs: Iterable[Callable[[Any], Any]] | None = None,
    ) -> None:
        self.pre_run_fxs = list(pre_run_fxs or [])
        self.post_run_fxs = list(post_run_fxs or [])

    def pre_run_callback(self, board: Any, var_id_to_var_model_map: dict | None = None) -> None:
        """Call the functions meant for before the run."""
        for function in self.pre_run_fxs:
            function(board)

    def post_run_callback(self, board: Any, var_id_to_var_model_map: dict | None = None) -> None:
        """Call the functions meant for after the run."""
        for function in self.post_run_fxs:
            function(board)
