"""Dataloaders: samples of a data set enter the network at regular intervals.

A data set is anything with ``dataset[i] -> (array, label)`` and ``len(dataset)``. Samples are
taken in order, over and over, in the post-management phase of the steps t with ``(t - 1) %
interval == offset % interval``. Only that, one call per interval, runs as Python.

    SpikeDataloader   sends the sample, one time point per step, from the step after it was taken
    StateDataloader   writes the sample into a Var, in effect from the step after

Both send the label of the sample taken last (zeros before the first one) through ``ground_truth``.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort, PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import HostCPU
from lavajit.proc.remote import AbstractScheduledProcess, connected_reference, is_due
from lavajit.process.ports import OutPort, RefPort
from lavajit.process.variable import Var


class AbstractDataloader(AbstractScheduledProcess):
    """Base class of dataloaders.

    Its OutPort ``ground_truth``, of shape `gt_shape`, sends the label of the sample taken last.
    """

    def __init__(
        self,
        gt_shape: tuple[int, ...],
        dataset: Any,
        interval: int = 1,
        offset: int = 0,
        **params: Any,
    ) -> None:
        super().__init__(
            interval=interval, offset=offset, dataset=dataset, gt_shape=gt_shape, **params
        )
        self.ground_truth = OutPort(shape=gt_shape)


def _first_sample(dataset: Any, loader: str) -> tuple[np.ndarray, tuple[int, ...]]:
    """The first sample as an array, and the shape of its label."""
    if not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
        raise TypeError(
            f"dataset of {loader} needs len(dataset) and dataset[i] -> (array, label), got "
            f"{type(dataset).__name__}."
        )
    if len(dataset) == 0:
        raise ValueError(f"dataset of {loader} is empty; it needs at least one sample.")
    sample = dataset[0]
    try:
        data, label = sample
    except (TypeError, ValueError):
        raise ValueError(
            f"dataset[0] of {loader} must be a pair (array, label), got {type(sample).__name__}."
        ) from None
    return np.asarray(data), np.shape(label) or (1,)


class SpikeDataloader(AbstractDataloader):
    """Sends the time points of samples, one per time step.

    Parameters
    ----------
    dataset : sequence of pairs
        ``dataset[i]`` is ``(array, label)``; the last axis of the array is time.
    interval : int, optional
        Number of time steps from one sample to the next. Shorter samples are followed by zeros,
        longer ones are cut.
    offset : int, optional
        The first time point of the first sample is sent in step ``offset % interval + 2``.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    s_out : OutPort, shape of the data without their last axis
        int32 with the tag ``fixed_pt``, float64 with ``floating_pt``.
    ground_truth : OutPort, shape of a label, (1,) for a number
        float64.
    data : Var, shape ``s_out.shape + (interval,)``
        The sample being sent.
    interval, offset : Var, shape (1,)
        When a sample is taken.

    Raises
    ------
    TypeError, ValueError
        If `dataset` is not as described.
    ValueError
        If `interval` is not an int >= 1, or `offset` not an int >= 0.

    Examples
    --------
    >>> import numpy as np
    >>> loader = SpikeDataloader(dataset=[(np.eye(3), 5), (np.ones((3, 2)), 6)], interval=4)
    >>> loader.s_out.shape, loader.ground_truth.shape, loader.data.shape
    ((3,), (1,), (3, 4))
    """

    def __init__(self, *, dataset: Any, interval: int = 1, offset: int = 0, **params: Any) -> None:
        data, gt_shape = _first_sample(dataset, "SpikeDataloader")
        if data.ndim == 0:
            raise ValueError(
                "dataset[0] of SpikeDataloader holds a single number; its last axis must be time."
            )
        super().__init__(gt_shape, dataset, interval, offset, **params)
        self.s_out = OutPort(shape=data.shape[:-1])
        self.data = Var(shape=(*data.shape[:-1], self.interval.init), init=0)


class StateDataloader(AbstractDataloader):
    """Writes samples into a Var.

    Parameters
    ----------
    dataset : sequence of pairs
        ``dataset[i]`` is ``(array, label)``; the array has the shape of the Var.
    interval : int, optional
        Number of time steps from one sample to the next.
    offset : int, optional
        The first sample is in effect from step ``offset % interval + 2``.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    state : RefPort, shape of a sample
        Refers to the Var, which keeps its own dtype.
    ground_truth : OutPort, shape of a label, (1,) for a number
        float64.
    interval, offset : Var, shape (1,)
        When a sample is taken.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LIF
    >>> lif, loader = LIF(shape=(2,)), StateDataloader(dataset=[(np.ones(2), 1)], interval=10)
    >>> loader.connect_var(lif.bias_mant)
    """

    def __init__(self, *, dataset: Any, interval: int = 1, offset: int = 0, **params: Any) -> None:
        data, gt_shape = _first_sample(dataset, "StateDataloader")
        super().__init__(gt_shape, dataset, interval, offset, **params)
        self.state = RefPort(data.shape)

    def connect_var(self, var: Var) -> None:
        """Choose the Var; call it once, before the first run.

        Raises
        ------
        TypeError
            If `var` is not a Var.
        ValueError
            If samples do not have the shape of `var`.
        RuntimeError
            If there is a Var already, or the network has been compiled.
        """
        if isinstance(var, Var) and var.shape != self.state.shape:
            raise ValueError(
                f"samples of StateDataloader '{self.name}' have shape {self.state.shape}, "
                f"{var.full_name} has {var.shape}; they must be equal."
            )
        self.state = connected_reference(self, var)
        self._post_init()


# --- models -----------------------------------------------------------------------------------


class AbstractPyDataloaderModel(PyLoihiProcessModel):
    """Takes samples and sends labels."""

    boundscheck = False
    host_methods: ClassVar[tuple[str, ...]] = ("run_post_mgmt",)

    ground_truth: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    interval: np.ndarray = LavaPyType(np.ndarray, int)
    offset: np.ndarray = LavaPyType(np.ndarray, int)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.ground_truth_array = np.zeros(proc_params["gt_shape"])
        self.sample_id = 0

    def post_guard(self):
        return is_due(self.time_step, self.interval[0], self.offset[0])

    def next_sample(self) -> np.ndarray:
        """The next sample as an array; its label becomes the ground truth."""
        dataset = self.proc_params["dataset"]  # no attribute: it is not state of the network
        data, label = dataset[self.sample_id % len(dataset)]
        self.sample_id += 1
        self.ground_truth_array[...] = label
        return np.asarray(data)


class AbstractPySpikeDataloaderModel(AbstractPyDataloaderModel):
    """Sends one column of `data` per time step."""

    column_major = ("data",)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.replayed = 0

    def run_spk(self):
        data = self.data
        out = self.s_out.buffer()
        column = self.replayed % data.shape[-1]
        for i in np.ndindex(out.shape):
            out[i] = data[i + (column,)]
        self.replayed += 1
        self.s_out.send(out)
        self.ground_truth.send(self.ground_truth_array)

    def run_post_mgmt(self):
        sample = self.next_sample()
        if sample.shape[:-1] != self.data.shape[:-1]:
            raise ValueError(
                f"sample {self.sample_id - 1} of the dataset has shape {sample.shape}, the first "
                f"one {self.data.shape[:-1]} and time; all need the same"
            )
        length = min(sample.shape[-1], self.data.shape[-1])
        self.data[..., :length] = sample[..., :length]
        self.data[..., length:] = 0
        self.replayed = 0


@implements(proc=SpikeDataloader, protocol=LoihiProtocol)
@requires(HostCPU)
@tag("fixed_pt")
class PySpikeModelFixed(AbstractPySpikeDataloaderModel):
    """Sends int32."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    data: np.ndarray = LavaPyType(np.ndarray, np.int32)


@implements(proc=SpikeDataloader, protocol=LoihiProtocol)
@requires(HostCPU)
@tag("floating_pt")
class PySpikeModelFloat(AbstractPySpikeDataloaderModel):
    """Sends float64."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    data: np.ndarray = LavaPyType(np.ndarray, float)


class AbstractPyStateDataloaderModel(AbstractPyDataloaderModel):
    """Writes samples to the Var."""

    def run_spk(self):
        self.ground_truth.send(self.ground_truth_array)

    def run_post_mgmt(self):
        self.state.write(self.next_sample())


@implements(proc=StateDataloader, protocol=LoihiProtocol)
@requires(HostCPU)
@tag("fixed_pt")
class PyStateModelFixed(AbstractPyStateDataloaderModel):
    """Writes int32."""

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, np.int32)


@implements(proc=StateDataloader, protocol=LoihiProtocol)
@requires(HostCPU)
@tag("floating_pt")
class PyStateModelFloat(AbstractPyStateDataloaderModel):
    """Writes float64."""

    precision_port = "state"

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
