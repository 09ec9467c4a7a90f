"""Processes: the building blocks of a network.

A Process subclass describes what there is (Vars and ports, assigned as attributes in its
``__init__``); its behaviour is in ProcessModels. After the outermost ``__init__`` a metaclass
gives every member its name and owner and sorts it into the Collections.
"""

from __future__ import annotations

import logging
import weakref
from typing import Any

from lavajit.process.collection import Collection
from lavajit.process.log_config import LogConfig, make_process_logger
from lavajit.process.member import AbstractProcessMember, IdGeneratorSingleton
from lavajit.process.notebook import Shown
from lavajit.process.parameters import ProcessParameters
from lavajit.process.ports import InPort, OutPort, RefPort, VarPort
from lavajit.process.runnable import Runnable
from lavajit.process.stateful import Stateful
from lavajit.process.variable import Var

__all__ = [
    "AbstractProcess",
    "Collection",
    "LogConfig",
    "ProcessParameters",
    "ProcessPostInitCaller",
    "ProcessServer",
]


class ProcessPostInitCaller(type):
    """Metaclass that registers the members of a Process after its outermost ``__init__``."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        process = super().__call__(*args, **kwargs)
        process._post_init()
        return process


class AbstractProcess(Runnable, Stateful, Shown, metaclass=ProcessPostInitCaller):
    """Base class of all Processes.

    Subclasses assign Vars and ports as attributes in their ``__init__``.

    Parameters
    ----------
    name : str, optional
        Name of the Process; ``"Process_<id>"`` by default.
    log_config : LogConfig, optional
        Logging of this Process.
    **proc_params
        Anything the ProcessModel needs to know; kept, with the above, in `proc_params`.

    Attributes
    ----------
    in_ports, out_ports, ref_ports, var_ports, vars, procs : Collection
        Members in definition order; `procs` holds the sub processes.
    proc_params : ProcessParameters
        Handed to the constructor of the ProcessModel.

    Examples
    --------
    >>> class Counter(AbstractProcess):
    ...     def __init__(self, shape, **kwargs):
    ...         super().__init__(shape=shape, **kwargs)
    ...         self.count = Var(shape, init=0)
    ...         self.s_out = OutPort(shape)
    >>> counter = Counter((3,), name="counter")
    >>> counter.vars.member_names, counter.s_out.full_name
    (['count'], 'counter.s_out')
    """

    def __init__(self, **proc_params: Any) -> None:
        self.proc_params: Any = ProcessParameters(proc_params)
        self.id: int = ProcessServer().register(self)
        self.name: str = proc_params.get("name") or self._default_name
        self._log_config = proc_params.get("log_config") or LogConfig(file="lava.log")
        self._has_log_config = bool(proc_params.get("log_config"))
        self._log: logging.Logger | None = None
        self.in_ports = Collection(self, "InPort")
        self.out_ports = Collection(self, "OutPort")
        self.ref_ports = Collection(self, "RefPort")
        self.var_ports = Collection(self, "VarPort")
        self.vars = Collection(self, "Var")
        self.procs = Collection(self, "SubProcess")
        self.parent_proc: AbstractProcess | None = None
        self._model = None
        self._model_class = None
        self._runtime = None
        self._is_compiled = False
        self.folded_view: Any = None
        self.folded_view_inst_id = -1

    # -- members ---------------------------------------------------------------------------

    def _post_init(self) -> None:
        """Name and collect the members. May be called again after attributes were added."""
        if "procs" not in vars(self):
            raise AttributeError(
                f"{type(self).__name__}.__init__ must call super().__init__(**kwargs)."
            )
        kinds = (OutPort, InPort, RefPort, VarPort, Var, AbstractProcess)
        collections = (
            self.out_ports, self.in_ports, self.ref_ports, self.var_ports, self.vars, self.procs,
        )  # fmt: skip
        for kind, collection in zip(kinds, collections, strict=True):
            attrs = self._find_attr_by_type(kind)
            new = {n: a for n, a in attrs.items() if a not in collection}
            self._init_proc_member_obj(new)
            collection.add_members(new)

    def _find_attr_by_type(self, cls: type) -> dict[str, Any]:
        """Return the attributes of type `cls` that are not part of another Process, by name.

        An object under two names is listed under the first one.
        """
        found: dict[str, Any] = {}
        seen: set[int] = set()
        for name, attr in vars(self).items():
            if isinstance(attr, cls) and id(attr) not in seen and self._may_own(attr):
                seen.add(id(attr))
                found[name] = attr
        return found

    def _may_own(self, attr: Any) -> bool:
        if isinstance(attr, AbstractProcess):
            # The attribute `parent_proc` makes every sub process refer to its parent.
            is_kin = attr is self or attr is self.parent_proc
            return not is_kin and (attr.parent_proc is None or attr.parent_proc is self)
        return attr.process is None or attr.process is self

    def _init_proc_member_obj(self, attributes: dict[str, Any]) -> None:
        """Give members their name and this Process as owner.

        A Process keeps the name it was given; only a default name is replaced.
        """
        for name, attr in attributes.items():
            if isinstance(attr, AbstractProcess):
                attr.name = name if attr.name == attr._default_name else attr.name
            elif isinstance(attr, AbstractProcessMember):
                attr.name = name
                attr.process = self
            if isinstance(attr, Var):
                while attr._orphan_ports:
                    attr._orphan_ports.pop(0).join_process(self)

    @property
    def _default_name(self) -> str:
        return f"Process_{self.id}"

    # -- hierarchy -------------------------------------------------------------------------

    def register_sub_procs(self, procs: dict[str, AbstractProcess]) -> None:
        """Make `procs` the sub processes of this Process.

        Raises
        ------
        AssertionError
            If a value is not a Process, or is this Process or one that contains it.
        """
        for name, proc in procs.items():
            if not isinstance(proc, AbstractProcess):
                raise AssertionError(f"sub process '{name}' of '{self.name}' is {proc!r}.")
            if proc is self or self.is_sub_proc_of(proc):
                raise AssertionError(f"'{proc.name}' cannot be a sub process of itself ('{name}').")
        for proc in procs.values():
            proc.parent_proc = self
        self.procs.add_members(procs)

    def is_sub_proc_of(self, proc: AbstractProcess) -> bool:
        """Return True if this Process is inside `proc`, at any depth."""
        parent = self.parent_proc
        while parent is not None and parent is not proc:
            parent = parent.parent_proc
        return parent is not None

    def validate_var_aliases(self) -> None:
        """Check that all aliases of Vars refer to Vars of sub processes."""
        for var in self.vars:
            var.validate_alias()

    def propagate_folded_views(self) -> None:
        """Copy the folded view of this Process to all Processes inside."""
        stack = [self]
        while stack:
            parent = stack.pop()
            for proc in parent.procs:
                proc.folded_view = parent.folded_view
                proc.folded_view_inst_id = parent.folded_view_inst_id
                stack.append(proc)

    @property
    def log(self) -> logging.Logger:
        """Logger of this Process: below ``lavajit.<ClassName>``."""
        if self._log is None:
            own_config = self._log_config if self._has_log_config else None
            self._log = make_process_logger(type(self).__name__, own_config)
        return self._log

    @log.setter
    def log(self, logger: logging.Logger) -> None:
        self._log = logger

    def __getstate__(self) -> dict[str, Any]:
        # A logger with handlers cannot be pickled; it is made again when it is needed.
        return {**vars(self), "_log": None}


class ProcessServer(IdGeneratorSingleton):
    """Gives every Process its id and knows those that are alive."""

    def __init__(self) -> None:
        if self.is_not_initialized:
            self._processes: weakref.WeakValueDictionary[int, AbstractProcess] = (
                weakref.WeakValueDictionary()
            )
        super().__init__()

    @property
    def processes(self) -> list[AbstractProcess]:
        """All Processes that are alive, in creation order."""
        return list(self._processes.values())

    @property
    def num_processes(self) -> int:
        """Number of Processes that are alive."""
        return len(self.processes)

    def register(self, process: AbstractProcess) -> int:
        """Remember `process` (without keeping it alive) and return its id."""
        if not isinstance(process, AbstractProcess):
            raise AssertionError(f"ProcessServer registers Processes. Got {process!r}.")
        process_id = self.get_next_id()
        self._processes[process_id] = process
        return process_id

    def reset_server(self) -> None:
        """Forget all Processes; ids start at 0 again."""
        self._processes.clear()
        self._next_id = 0
