"""LIFReset: LIF neurons that start anew at regular intervals.

Before the update of time step t (from 1)::

    u = v = 0   if t % reset_interval == reset_offset % reset_interval

The input of that step is then added as usual.
"""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import CPU
from lavajit.proc.lif.bases import (
    AbstractPyLifModel,
    AbstractPyLifModelFixed,
    AbstractPyLifModelFloat,
    check_names,
)
from lavajit.proc.lif.lif import (
    LIF,
    AbstractPyThresholdModelFixed,
    AbstractPyThresholdModelFloat,
)
from lavajit.proc.parameters import per_neuron_or_one


class LIFReset(LIF):
    """LIF neurons whose current and voltage are reset periodically.

    Parameters
    ----------
    shape, u, v, du, dv, bias_mant, bias_exp, vth
        As in LIF.
    reset_interval : int or array_like of int
        Time steps between two resets, at least 1.
    reset_offset : int or array_like of int
        The first reset is in time step ``reset_offset % reset_interval`` (or one interval later,
        if that is 0).

    Raises
    ------
    ValueError
        `reset_interval` is less than 1 or `reset_offset` negative.

    Examples
    --------
    >>> from lavajit import LIFReset, Loihi2SimCfg, RunSteps
    >>> lif = LIFReset(shape=(1,), bias_mant=3, vth=100, reset_interval=4)
    >>> lif.run(RunSteps(5), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> lif.v.get()
    array([6.])
    >>> lif.stop()
    """

    def __init__(self, *, shape, reset_interval=1, reset_offset=0, **parameters) -> None:
        check_names("LIFReset", parameters, ("vth",))
        interval = per_neuron_or_one("LIFReset", "reset_interval", reset_interval, shape, 1)
        offset = per_neuron_or_one("LIFReset", "reset_offset", reset_offset, shape, 0)
        super().__init__(shape=shape, reset_interval=interval, reset_offset=offset, **parameters)


def reset_where_due(u, v, step, interval, offset):
    """u = v = 0 of the neurons that start anew in this time step."""
    for i in range(u.size):
        if (step - element(offset, i)) % element(interval, i) == 0:
            u[i] = 0
            v[i] = 0


class AbstractPyLifResetModel(AbstractPyLifModel):
    """When to start anew; to be named before a model of LIF, whose step follows."""

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.reset_interval = proc_params["reset_interval"]
        self.reset_offset = proc_params["reset_offset"]

    def reset_state(self):
        """Start anew, if it is time."""
        u, v, step = self.u.ravel(), self.v.ravel(), self.time_step
        reset_where_due(u, v, step, self.reset_interval, self.reset_offset)


@implements(proc=LIFReset, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLifResetModelFloat(AbstractPyLifResetModel, AbstractPyThresholdModelFloat):
    """LIFReset in float64."""

    elementwise = True

    def run_pieces(self):
        """Reset, then the pieces of LIF."""
        self.reset_state()
        AbstractPyLifModelFloat.run_pieces(self)

    def run_spk(self):
        """Reset, then the step of LIF."""
        self.reset_state()
        AbstractPyThresholdModelFloat.run_spk(self)


@implements(proc=LIFReset, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyLifResetModelBitAcc(AbstractPyLifResetModel, AbstractPyThresholdModelFixed):
    """LIFReset bit-accurate to Loihi's fixed-point arithmetic."""

    elementwise = True

    def run_pieces(self):
        """Reset, then the pieces of LIF."""
        self.reset_state()
        AbstractPyLifModelFixed.run_pieces(self)

    def run_spk(self):
        """Reset, then the step of LIF."""
        self.reset_state()
        AbstractPyThresholdModelFixed.run_spk(self)
