"""Base class of all ProcessModels."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from lavajit.model.protocols import AbstractSyncProtocol
from lavajit.model.resources import AbstractResource
from lavajit.process.process import AbstractProcess


class AbstractProcessModel:
    """Behaviour of one Process class.

    The class attributes are set by the decorators ``@implements``, ``@requires``, ``@tag``.

    Parameters
    ----------
    proc_params : ProcessParameters
        The `proc_params` of the Process.
    loglevel : int, optional
        Accepted as in Lava; the level is that of the logger ``lavajit.model.model``.

    Attributes
    ----------
    implements_process : type or None
        The Process class.
    implements_protocol : type or None
        The sync protocol class; None means asynchronous.
    required_resources : list
        Resource classes; a list within the list means "one of".
    tags : list of str
        Free labels that run configs select by.
    """

    implements_process: ClassVar[type[AbstractProcess] | None] = None
    implements_protocol: ClassVar[type[AbstractSyncProtocol] | None] = None
    required_resources: ClassVar[list[type[AbstractResource] | list]] = []
    tags: ClassVar[list[str]] = []

    def __init__(self, proc_params: Any, loglevel: int = logging.WARNING) -> None:
        self.proc_params = proc_params
        self.log = logging.getLogger(__name__)

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        """Return True if this model can run `process`; overridden where that depends on it.

        Run configs prefer models that can. An addition to Lava.
        """
        return True

    def __repr__(self) -> str:
        process = self.implements_process
        resources = [getattr(r, "__name__", str(r)) for r in self.required_resources]
        return (
            f"{type(self).__name__} implements {process.__name__ if process else None}\n"
            f"    supports: {', '.join(resources) or 'none'}\n"
            f"    has tags: {', '.join(self.tags) or 'none'}"
        )
