"""A Process that resets a Var of another Process at regular intervals.

What differs from Lava: the Var keeps the dtype its own model gives it (Lava turns it into int64 or
float64), and fractional reset values are kept (Lava truncates them).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.remote import AbstractScheduledProcess, connected_reference, is_due
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import RefPort
from lavajit.process.variable import Var


class Reset(AbstractScheduledProcess):
    """Overwrites a Var at the end of the steps t with ``(t - 1) % interval == offset % interval``.

    Parameters
    ----------
    reset_value : int, float or array_like, optional
        The new value; broadcast to the shape of the Var.
    interval : int, optional
        Number of time steps from one reset to the next.
    offset : int, optional
        Number of time steps before the first reset.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    state : RefPort
        Refers to the Var.
    reset_value : Var, shape of the Var
        float64: exact for all fractions and for integers up to 2**53. An integer Var takes it
        truncated toward zero.
    interval, offset : Var, shape (1,)
        When the Var is reset.

    Raises
    ------
    ValueError
        If `interval` is not an int >= 1, or `offset` not an int >= 0.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif, reset = LIF(shape=(2,), bias_mant=1), Reset(reset_value=0.5, interval=3)
    >>> reset.connect_var(lif.v)
    >>> lif.run(RunSteps(5), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> lif.v.get()  # reset in steps 1 and 4
    array([1.5, 1.5])
    >>> lif.stop()
    """

    def __init__(
        self,
        *,
        reset_value: ArrayLike = 0,
        interval: int = 1,
        offset: int = 0,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        if np.asarray(reset_value).dtype.kind not in "biuf":
            raise TypeError(f"reset_value of Reset must be a real number, got {reset_value!r}.")
        super().__init__(
            interval=interval,
            offset=offset,
            reset_value=reset_value,
            name=name,
            log_config=log_config,
        )
        self.state = RefPort((1,))
        self.reset_value = Var((1,), init=reset_value)

    def connect_var(self, var: Var) -> None:
        """Choose the Var; call it once, before the first run.

        Raises
        ------
        TypeError
            If `var` is not a Var.
        ValueError
            If the reset value does not broadcast to the shape of `var`.
        RuntimeError
            If there is a Var already, or the network has been compiled.
        """
        value = self.reset_value.init
        if isinstance(var, Var):
            _check_broadcast(value, var)
        self.state = connected_reference(self, var)
        self.reset_value = Var(var.shape, init=value)
        self._post_init()


def _check_broadcast(value: ArrayLike, var: Var) -> None:
    try:
        np.broadcast_to(value, var.shape)
    except ValueError:
        raise ValueError(
            f"reset_value of shape {np.shape(value)} does not fit {var.full_name} of shape "
            f"{var.shape}; give one number, or one for each element."
        ) from None


class AbstractPyReset(PyLoihiProcessModel):
    """Writes `reset_value` to the Var."""

    boundscheck = False
    precision_port = "state"

    # A float message holds fractions and all integers of 53 bits; the Var keeps its own dtype.
    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    reset_value: np.ndarray = LavaPyType(np.ndarray, float)
    interval: np.ndarray = LavaPyType(np.ndarray, int)
    offset: np.ndarray = LavaPyType(np.ndarray, int)

    def post_guard(self):
        return is_due(self.time_step, self.interval[0], self.offset[0])

    def run_post_mgmt(self):
        self.state.write(self.reset_value)


@implements(proc=Reset, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyResetFixed(AbstractPyReset):
    """Resets a Var of a fixed-point model."""


@implements(proc=Reset, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyResetFloat(AbstractPyReset):
    """Resets a Var of a floating-point model."""
