"""Records Vars and OutPorts while the network runs.

A Monitor is a hierarchical Process: every probe gets a recorder of its own, with one kernel for
Vars and one for OutPorts. So any number of probes of any shapes run natively.
"""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from lavajit.model.decorators import implements
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.proc.recorder import OutPortRecorder, VarRecorder, is_complex
from lavajit.process.ports import InPort, OutPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class _Probe(NamedTuple):
    """One recorded Var or OutPort: the Monitor's port to it and the Var that keeps the record."""

    target: Var | OutPort
    port: RefPort | InPort
    record: Var

    @property
    def recorder_name(self) -> str:
        """Name of the recorder, for messages: which Monitor, which target."""
        return f"{self.record.process.name}.{self.record.name} ({self.target.full_name})"


class Monitor(AbstractProcess):
    """Records any number of Vars and OutPorts, in every time step.

    Each probe adds two members: ``ref_port_<i>`` and ``var_read_<i>`` for the i-th Var,
    ``in_port_<i>`` and ``out_read_<i>`` for the i-th OutPort.

    Parameters
    ----------
    **kwargs
        As for every Process: `name`, `log_config`.

    Examples
    --------
    >>> class Counter(AbstractProcess):
    ...     def __init__(self):
    ...         super().__init__(name="counter")
    ...         self.count = Var((3,), init=0)
    ...         self.s_out = OutPort((3,))
    >>> counter, monitor = Counter(), Monitor()
    >>> monitor.probe(counter.count, num_steps=100)
    >>> monitor.probe(counter.s_out, num_steps=100)
    >>> monitor.get_data()["counter"]["count"].shape
    (100, 3)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.probes: list[_Probe] = []

    def probe(self, target: Var | OutPort, num_steps: int) -> None:
        """Record `target` in the first `num_steps` time steps.

        Parameters
        ----------
        target : Var or OutPort
            Of a Var, the value at the end of each time step is recorded; of an OutPort, the
            message sent in it.
        num_steps : int
            Number of time steps of all runs together. Running longer raises IndexError.

        Raises
        ------
        TypeError
            If `target` is something else, or `num_steps` is not an int.
        ValueError
            If `num_steps` is less than 1, or the Monitor has a probe of that name already.
        RuntimeError
            If the network has been compiled.
        """
        num_steps = _checked_num_steps(num_steps, self.name)
        self._check_target(target)
        is_var = isinstance(target, Var)
        index = sum(isinstance(probe.target, Var) == is_var for probe in self.probes)
        record = Var((num_steps, *target.shape), init=0)
        port = RefPort(target.shape) if is_var else InPort(target.shape)
        if is_var:
            port.connect_var(target)
        else:
            target.connect(port)
        setattr(self, f"ref_port_{index}" if is_var else f"in_port_{index}", port)
        setattr(self, f"var_read_{index}" if is_var else f"out_read_{index}", record)
        self._post_init()
        self.probes.append(_Probe(target, port, record))

    def _check_target(self, target: Var | OutPort) -> None:
        if not isinstance(target, (Var, OutPort)):
            raise TypeError(
                f"Monitor '{self.name}' can probe a Var or an OutPort, got {target!r}. For what "
                f"an InPort receives, probe the OutPorts it is connected to."
            )
        if target.process is None:
            raise ValueError(
                f"Monitor '{self.name}' cannot probe {target.full_name}, which belongs to no "
                f"Process; probe the attribute of a Process."
            )
        if self.is_compiled or target.process.is_compiled:
            raise RuntimeError(
                f"Monitor '{self.name}' cannot probe {target.full_name}: the network has been "
                f"compiled. Call probe() before the first run()."
            )
        names = [(probe.target.process.name, probe.target.name) for probe in self.probes]
        if (target.process.name, target.name) in names:
            raise ValueError(
                f"Monitor '{self.name}' has a probe of {target.full_name} already. Probe it once; "
                f"give different Processes different names, or use a Monitor for each."
            )

    def get_data(self) -> dict[str, dict[str, np.ndarray]]:
        """Return what has been recorded so far.

        Returns
        -------
        dict
            ``data[process name][Var or port name]`` is an ndarray of float64 (complex128 for
            complex targets; float32 and complex64 in a float32 network, where these hold the
            values) and of shape ``(num_steps,) + target.shape``; row t - 1 belongs to time step t,
            rows of steps not run yet are zeros.
        """
        data: dict[str, dict[str, np.ndarray]] = {}
        for probe in self.probes:
            of_process = data.setdefault(probe.target.process.name, {})
            of_process[probe.target.name] = self._recorded(probe)
        return data

    def _recorded(self, probe: _Probe) -> np.ndarray:
        record = probe.record.get()
        if np.ndim(record):
            return record
        return np.full(probe.record.shape, record, complex if is_complex(probe.target) else float)

    def plot(self, ax: Any, target: Var | OutPort, *args: Any, **kwargs: Any) -> None:
        """Plot what has been recorded of `target`, one line per element.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            Where to plot; its title and labels are set.
        target : Var or OutPort
            Something this Monitor probes.
        *args, **kwargs
            Handed to ``ax.plot`` after the data.

        Raises
        ------
        ValueError
            If the Monitor does not probe `target`.
        """
        probe = next((probe for probe in self.probes if probe.target is target), None)
        if probe is None:
            known = ", ".join(probe.target.full_name for probe in self.probes) or "nothing"
            name = getattr(target, "full_name", repr(target))
            raise ValueError(
                f"Monitor '{self.name}' does not probe {name}; it probes {known}. Call "
                f"probe(target, num_steps) before the first run()."
            )
        record = self._recorded(probe)
        ax.set_title(target.full_name)
        ax.set_xlabel("Time step")
        ax.set_ylabel(target.name)
        ax.plot(record.reshape(len(record), -1), *args, **kwargs)


def _checked_num_steps(num_steps: int, monitor: str) -> int:
    try:
        number = operator.index(num_steps)
    except TypeError:
        raise TypeError(
            f"num_steps of a probe of Monitor '{monitor}' must be an int, got {num_steps!r}."
        ) from None
    if number < 1:
        raise ValueError(
            f"num_steps of a probe of Monitor '{monitor}' must be at least 1, got {number}."
        )
    return number


@implements(proc=Monitor, protocol=LoihiProtocol)
class PyMonitorModel(AbstractSubProcessModel):
    """A recorder for every probe."""

    def __init__(self, proc: Monitor) -> None:
        self.recorders = [_recorder(probe) for probe in proc.probes]
        for probe, recorder in zip(proc.probes, self.recorders, strict=True):
            if isinstance(recorder, VarRecorder):
                recorder.target.connect(probe.port)
            else:
                probe.port.connect(recorder.target)
            probe.record.alias(recorder.record)


def _recorder(probe: _Probe) -> VarRecorder | OutPortRecorder:
    kind = VarRecorder if isinstance(probe.target, Var) else OutPortRecorder
    steps = probe.record.shape[0]
    return kind(probe.target.shape, steps, probe.recorder_name, is_complex(probe.target))
