"""Receiving data from a running network in user code."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import AsyncProtocol, LoihiProtocol
from lavajit.model.py_model import PyAsyncProcessModel, PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort, PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io import utils
from lavajit.proc.remote import connected_reference
from lavajit.process.ports import InPort, OutPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class _ToUser(AbstractProcess):
    """A Process with a channel to user code.

    Attributes
    ----------
    out_port : OutPort
        The network's end of the channel; not to be connected.
    """

    def __init__(
        self, shape: tuple[int, ...], buffer_size: int, config: utils.ChannelConfig, **params
    ) -> None:
        super().__init__(shape=shape, buffer_size=buffer_size, channel_config=config, **params)
        self._open(shape)

    def _open(self, shape: tuple[int, ...]) -> None:
        self.out_port = OutPort(shape=shape)
        self.out_port.flag_external_pipe(self.proc_params["buffer_size"])

    def receive(self) -> np.ndarray:
        """Return the next item, as the channel config says.

        Returns
        -------
        ndarray of float64

        Raises
        ------
        AssertionError
            If there is no runtime yet.
        RuntimeError
            If there is no item and the network is not running, so that waiting is in vain.
        """
        if self.runtime is None:
            raise AssertionError(
                f"{type(self).__name__} '{self.name}' cannot receive before there is a runtime; "
                f"call create_runtime(run_cfg=...), or run(RunSteps(n, blocking=False), ...)."
            )
        params = self.proc_params
        port = self.out_port.external_pipe_csp_recv_port
        limit = params["buffer_size"]
        return utils.take(port, params["channel_config"], self.out_port.shape, limit)


class Extractor(_ToUser):
    """Forwards what it receives in each time step from the network to user code.

    Parameters
    ----------
    shape : tuple of int
        Shape of an item.
    buffer_size : int, optional
        Number of items that may wait.
    channel_config : ChannelConfig, optional
        ``send_full`` is about the network's end; ``receive_empty`` and ``receive_not_empty`` are
        about `receive`. By default both ends wait, and every item is received on its own.
    **kwargs
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    in_port : InPort, shape `shape`

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of range.

    Examples
    --------
    >>> from lavajit import Loihi2SimCfg, RunSteps, SourceRingBuffer
    >>> source, extractor = SourceRingBuffer(data=[[1, 2, 3]]), Extractor(shape=(1,))
    >>> source.s_out.connect(extractor.in_port)
    >>> extractor.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> extractor.receive(), extractor.receive()
    (array([1.]), array([2.]))
    >>> extractor.stop()
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
        super().__init__(shape, buffer_size, config, **kwargs)
        self.in_port = InPort(shape=shape)


class VarWire(_ToUser):
    """Forwards the value that a Var has at the end of each time step to user code.

    Parameters
    ----------
    buffer_size, channel_config
        As for Extractor.
    **kwargs
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    state : RefPort
        Refers to the Var.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif, wire = LIF(shape=(2,), bias_mant=1), VarWire()
    >>> wire.connect_var(lif.v)
    >>> lif.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> wire.receive(), wire.receive()
    (array([1., 1.]), array([2., 2.]))
    >>> lif.stop()
    """

    def __init__(
        self,
        buffer_size: int = 50,
        channel_config: utils.ChannelConfig | None = None,
        **kwargs,
    ) -> None:
        config = utils.checked_channel(buffer_size, channel_config)
        super().__init__((1,), buffer_size, config, **kwargs)
        self.state = RefPort((1,))

    def connect_var(self, var: Var) -> None:
        """Choose the Var; call it once, before the first run.

        Raises
        ------
        TypeError
            If `var` is not a Var.
        RuntimeError
            If there is a Var already, or the network has been compiled.
        """
        self.state = connected_reference(self, var)
        self._open(var.shape)
        self._post_init()


# --- models -----------------------------------------------------------------------------------


class _Sender:
    """The network's end; `give` keeps to the channel config."""

    boundscheck = False

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.config = proc_params["channel_config"]

    def give(self, data):
        self.config.get_send_full_function()(self.out_port, data)


@implements(proc=Extractor, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt", "fixed_pt")
class PyLoihiExtractorModel(_Sender, PyLoihiProcessModel):
    """Forwards in the spiking phase."""

    precision_port = "in_port"

    in_port: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_spk(self):
        self.give(self.in_port.recv())


@implements(proc=Extractor, protocol=AsyncProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLoihiExtractorModelAsync(_Sender, PyAsyncProcessModel):
    """Forwards as many items as the run has time steps."""

    precision_port = "in_port"

    in_port: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_async(self):
        for _ in range(self.num_steps):
            if self.check_for_stop_cmd() or self.check_for_pause_cmd():
                return
            self.give(self.in_port.recv())


@implements(proc=VarWire, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt", "fixed_pt")
class PyLoihiVarWireModel(_Sender, PyLoihiProcessModel):
    """Forwards in the post-management phase."""

    precision_port = "state"

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    out_port: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.give(self.state.read())
