"""Base classes of leaf models: what a user overrides, with the defaults.

The methods are compiled unchanged where possible and run as Python otherwise; see the
classes for when each is called.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from lavajit.model.model import AbstractProcessModel
from lavajit.model.protocols import AsyncProtocol


class AbstractPyProcessModel(AbstractProcessModel):
    """Base class of models written in Python.

    Vars and ports of the Process are declared as class attributes with LavaPyType. In
    ``__init__`` they are not there yet; only `proc_params` is.

    Parameters
    ----------
    proc_params : ProcessParameters, optional
        The `proc_params` of the Process.
    loglevel : int, optional
        Accepted as in Lava.

    Attributes
    ----------
    boundscheck : bool
        Class attribute. True: native kernels check every index and raise IndexError, as
        Python does. False saves that time for a model whose indices are known to be right.
    float_precision : str or None
        Class attribute. "float64" or "float32": how this model keeps the Vars, ports and attributes
        that it declares as float64 or complex128; None: as the run config says.
    float64_vars : tuple of str
        Class attribute. Vars and attributes that float32 cannot hold, such as time steps: they
        stay float64.
    precision_port : str
        Class attribute. Name of an InPort or RefPort whose values the model keeps or hands on: in a
        float32 network the model stays float64 where that port sees numbers which float32 cannot
        hold, e.g. int32.
    column_major : tuple of str
        Class attribute. Array Vars whose first axis is stored contiguously, for kernels that
        walk along columns (weights followed from a spiking input).
    native_sparse : tuple of tuple of str
        Class attribute. Sparse matrix Vars that native kernels work on, in groups that share one
        pattern, e.g. ``(("weights", "delays"),)``. Kernels see compressed columns:
        ``for k in range(self.weights_columns[j], self.weights_columns[j + 1])`` are the elements
        ``self.weights_data[k]`` and ``self.delays_data[k]`` in row ``self.weights_rows[k]`` of
        column j. ``Var.get`` and ``Var.set`` give and take csr matrices.
    ring_vars : tuple of str
        Class attribute. Array Vars whose last axis is a ring, e.g. ``("a_buff",)``: kernels find
        the position of its first slot in ``self.a_buff_first`` and may move it on where
        ``self.a_buff_turns``; otherwise a RefPort reads the Var and the first slot stays at 0.
        ``Var.get`` and ``Var.set`` see the slots in order.
    integer_inputs : tuple of str
        Class attribute. InPorts whose messages must be integers; a float sender is an error
        when the network is compiled.
    host_methods : tuple of str
        Class attribute. Methods that are meant to run as Python, because they call user code
        or print: they are not compiled, and no warning says so.
    elementwise : bool
        Class attribute, not inherited. True promises that element i of what ``run_spk`` sends, and
        of every Var and attribute as long as the ports, depends on elements i only, and that what
        else it assigns comes out the same whichever elements there are, such as a counter of steps.
        Several threads may then run it, each for some of the elements.
    divided : tuple of str
        Class attribute, not inherited. The same for models of another kind: Vars, ports and array
        attributes that are divided among threads along their first axis; numbers are copied. All
        others are shared, so ``run_spk`` must not change them.
    made_once : tuple of str
        Class attribute. Arrays that the first step makes, always the same, and nothing changes
        afterwards, such as synapses that are drawn: the copies of ``run_batch`` share them. Those
        of type bool are True when that has been done.
    seed : int or None
        May be set in ``__init__``: ``self.rng`` depends on it, too.
    transient : tuple of str
        Class attribute. Attributes that are no state, e.g. an open file, or that `on_save` stands
        for: ``Process.save`` and ``Process.snapshot`` leave them out.
    """

    boundscheck: ClassVar[bool] = True
    float_precision: ClassVar[str | None] = None
    float64_vars: ClassVar[tuple[str, ...]] = ()
    precision_port: ClassVar[str] = ""
    column_major: ClassVar[tuple[str, ...]] = ()
    native_sparse: ClassVar[tuple[tuple[str, ...], ...]] = ()
    ring_vars: ClassVar[tuple[str, ...]] = ()
    integer_inputs: ClassVar[tuple[str, ...]] = ()
    host_methods: ClassVar[tuple[str, ...]] = ()
    transient: ClassVar[tuple[str, ...]] = ()
    elementwise: ClassVar[bool] = False
    divided: ClassVar[tuple[str, ...]] = ()
    made_once: ClassVar[tuple[str, ...]] = ()
    seed: int | None = None

    def __init__(self, proc_params: Any = None, loglevel: int = logging.WARNING) -> None:
        super().__init__(proc_params, loglevel=loglevel)
        self.model_id: int | None = None
        self._req_pause = False
        self._req_stop = False

    def check_var(self, name: str, value: Any) -> None:
        """Raise ValueError unless a Var may be set to `value`; called before each ``Var.set``.

        RefPorts write without asking, and so do ``restore`` and ``load``.

        Parameters
        ----------
        name : str
            Name of the Var.
        value : ndarray or csr_matrix or str
            What all of it would be, also where only a part is set. Not yet of the declared type.
        """

    def on_var_update(self) -> None:
        """Act on a Var that the user has set; called after each ``Var.set``."""

    def on_load(self) -> None:
        """Make again what is listed in `transient`; called after ``load`` and ``restore``."""

    def on_save(self) -> dict[str, Any]:
        """Plain data that is saved in the place of attributes in `transient`.

        For attributes whose form depends on the number of threads: give it in a form that does not.
        """
        return {}

    def check_saved(self, saved: dict[str, Any]) -> None:
        """Raise ValueError unless `saved`, from `on_save`, can be set; nothing is changed."""

    def set_saved(self, saved: dict[str, Any]) -> None:
        """Set what `on_save` has given, which has been checked."""

    def count_synapses(self) -> dict[str, Any]:
        """Number of synapses that each element of an InPort reaches, for profiles.

        Returns
        -------
        dict of str to int or ndarray
            By name of the port; one number for all elements, or an array of the shape of the port.
            Called after the first time step. Empty by default: the model is no connection, or does
            not know.
        """
        return {}

    def on_divide(self, shards: int) -> None:
        """Make arrays whose size depends on the number of shards; called once after ``__init__``.

        Parameters
        ----------
        shards : int
            Into how many parts the network is divided; 1 if it is not.
        """


class PyLoihiProcessModel(AbstractPyProcessModel):
    """Base class of models that follow the LoihiProtocol.

    In each time step: ``run_spk``; then, if a guard of any model of the sync domain asks for
    the phase, ``run_pre_mgmt``, ``run_lrn`` and ``run_post_mgmt`` of the models whose guard
    is True. The pre-management phase takes place only if a model has both `pre_guard` and
    `lrn_guard`. Guards may be evaluated several times in a step, so they should only look.

    Attributes
    ----------
    time_step : int
        Number of the current time step, from 1; 0 before the first one.
    phase : int
        The current phase, one of `Phase`.
    """

    class Phase:
        """Phases of a time step."""

        SPK = 1
        PRE_MGMT = 2
        LRN = 3
        POST_MGMT = 4
        HOST = 5

    def __init__(self, proc_params: Any = None) -> None:
        super().__init__(proc_params)
        self.time_step = 0
        self.phase = PyLoihiProcessModel.Phase.SPK

    def run_spk(self) -> None:
        """Spiking phase, in every time step."""

    def run_pre_mgmt(self) -> None:
        """Management phase before learning."""

    def run_lrn(self) -> None:
        """Learning phase."""

    def run_post_mgmt(self) -> None:
        """Management phase after learning."""

    def run_host_mgmt(self) -> None:
        """Host phase; never called on a CPU."""

    def pre_guard(self) -> bool | None:
        """Return True to have ``run_pre_mgmt`` called in this time step."""

    def lrn_guard(self) -> bool | None:
        """Return True to have ``run_lrn`` called in this time step."""

    def post_guard(self) -> bool | None:
        """Return True to have ``run_post_mgmt`` called in this time step."""

    def host_guard(self) -> bool | None:
        """Guard of the host phase; never called on a CPU."""


class PyAsyncProcessModel(AbstractPyProcessModel):
    """Base class of models that follow the AsyncProtocol: they run on their own.

    Attributes
    ----------
    num_steps : int
        Number of time steps of the current run (``sys.maxsize`` for RunContinuous).
    """

    def __init__(self, proc_params: Any = None) -> None:
        super().__init__(proc_params)
        self.num_steps = 0

    def run_async(self) -> None:
        """Do the work of a run; called once per ``run``.

        A model that runs for long asks `check_for_stop_cmd` and `check_for_pause_cmd` now
        and then, and returns if one is True.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement run_async(), which does the work of a run."
        )

    def check_for_stop_cmd(self) -> bool:
        """Return True if the user has called ``stop()``."""
        return False

    def check_for_pause_cmd(self) -> bool:
        """Return True if the user has called ``pause()``."""
        return False


def PyLoihiModelToPyAsyncModel(  # noqa: N802 (name as in Lava)
    py_loihi_model: type[PyLoihiProcessModel],
) -> type[PyAsyncProcessModel]:
    """Make an asynchronous model of a Loihi model.

    The result implements the same Process with the same phases, without learning. It is a
    subclass of both kinds of model; `implements_protocol` says which one it is. It is not
    registered, so it is only used where a run config names it.

    Parameters
    ----------
    py_loihi_model : type
        A subclass of PyLoihiProcessModel.

    Returns
    -------
    type
        A model class named ``<Name>Async``.

    Raises
    ------
    TypeError
        If `py_loihi_model` is not such a class.

    Examples
    --------
    >>> class Model(PyLoihiProcessModel):
    ...     def run_spk(self):
    ...         print("step", self.time_step)
    >>> model = PyLoihiModelToPyAsyncModel(Model)()
    >>> model.num_steps = 2
    >>> model.run_async()
    step 1
    step 2
    """
    if not (isinstance(py_loihi_model, type) and issubclass(py_loihi_model, PyLoihiProcessModel)):
        raise TypeError(f"expected a subclass of PyLoihiProcessModel, got {py_loihi_model!r}.")
    name = f"{py_loihi_model.__name__}Async"
    namespace = {
        "__module__": py_loihi_model.__module__,
        "__doc__": f"{py_loihi_model.__name__} under the AsyncProtocol.",
        "implements_protocol": AsyncProtocol,
        "run_async": _run_phases,
    }
    return type(name, (py_loihi_model, PyAsyncProcessModel), namespace)


def _run_phases(self: Any) -> None:
    """Run the phases of a Loihi model for the time steps of this run."""
    for _ in range(self.num_steps):
        if self.check_for_stop_cmd() or self.check_for_pause_cmd():
            return
        self.time_step += 1
        if self.pre_guard():
            self.run_pre_mgmt()
        self.run_spk()
        if self.post_guard():
            self.run_post_mgmt()
