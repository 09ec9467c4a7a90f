"""Sending data from user code into a running network."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import AsyncProtocol, LoihiProtocol
from lavajit.model.py_model import PyAsyncProcessModel, PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io import utils
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess


class Injector(AbstractProcess):
    """Forwards one item per time step from user code to the network.

    Parameters
    ----------
    shape : tuple of int
        Shape of an item.
    buffer_size : int, optional
        Number of items that may wait.
    channel_config : ChannelConfig, optional
        ``send_full`` is about `send`; ``receive_empty`` and ``receive_not_empty`` are about the
        network's end. By default both wait, and every item is forwarded on its own.
    **kwargs
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    out_port : OutPort, shape `shape`
        float64; int32 with the tag ``fixed_pt``.
    in_port : InPort, shape `shape`
        The network's end of the channel to user code; not to be connected.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer
    >>> injector, sink = Injector(shape=(2,)), SinkRingBuffer(shape=(2,), buffer=3)
    >>> injector.out_port.connect(sink.a_in)
    >>> injector.create_runtime(Loihi2SimCfg(select_tag="floating_pt"))
    >>> for k in range(3):
    ...     injector.send(np.array([k, 0.5]))
    >>> injector.run(RunSteps(3))
    >>> sink.data.get()
    array([[0. , 1. , 2. ],
           [0.5, 0.5, 0.5]])
    >>> injector.stop()
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        buffer_size: int = 50,
        channel_config: utils.ChannelConfig | None = None,
        **kwargs,
    ) -> None:
        utils.validate_shape(shape)
        config = utils.checked_channel(buffer_size, channel_config)
        super().__init__(shape=shape, buffer_size=buffer_size, channel_config=config, **kwargs)
        self.in_port = InPort(shape=shape)
        self.in_port.flag_external_pipe(buffer_size)
        self.out_port = OutPort(shape=shape)
        self._send = config.get_send_full_function()

    def send(self, data: np.ndarray) -> None:
        """Send an item; the network forwards it in the next time step that finds it.

        Parameters
        ----------
        data : ndarray, shape `shape`
            The item.

        Raises
        ------
        AssertionError
            If there is no runtime yet.
        ValueError
            If `data` has another shape.
        RuntimeError
            If the channel is full and the network is not running, so that waiting is in vain.
        """
        if self.runtime is None:
            raise AssertionError(
                f"Injector '{self.name}' cannot send before there is a runtime; call "
                f"create_runtime(run_cfg=...), or run(RunSteps(n, blocking=False), ...)."
            )
        self._send(self.in_port.external_pipe_csp_send_port, data)


class _Receiver:
    """The network's end; `take` keeps to the channel config."""

    boundscheck = False

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.config = proc_params["channel_config"]
        self.limit = int(proc_params["buffer_size"])

    def take(self):
        return utils.take(self.in_port, self.config, self.out_port.shape, self.limit)


class AbstractPyInjectorModel(_Receiver, PyLoihiProcessModel):
    """Forwards in the spiking phase."""

    in_port: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)

    def run_spk(self):
        self.out_port.send(self.take())


@implements(proc=Injector, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLoihiInjectorModel(AbstractPyInjectorModel):
    """Sends float64."""

    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)


@implements(proc=Injector, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyLoihiInjectorModelFixed(AbstractPyInjectorModel):
    """Sends int32: what Lava lacks to feed fixed-point models."""

    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)


@implements(proc=Injector, protocol=AsyncProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLoihiInjectorModelAsync(_Receiver, PyAsyncProcessModel):
    """Forwards as many items as the run has time steps."""

    in_port: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_async(self):
        for _ in range(self.num_steps):
            if self.check_for_stop_cmd() or self.check_for_pause_cmd():
                return
            self.out_port.send(self.take())
