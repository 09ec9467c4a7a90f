"""Processes of a user's own whose models describe compartments and synapses, and run neither."""

import numpy as np

from lavajit import AbstractProcess, InPort, LoihiProtocol, OutPort, Var, implements, requires
from lavajit.model.nc_type import LavaNcType, NcInPort, NcOutPort, NcVar
from lavajit.model.resources import NeuroCore
from lavajit.neurocore.models.described import NcCompartmentModel, NcSynapseModel
from lavajit.neurocore.models.synapses import sign_mode


class Cells(AbstractProcess):
    """LIF neurons whose parameters have names of their own; `gain` scales the bias."""

    def __init__(self, *, shape, bias=0, gain=1, fall=0, leak=0, level=10, hold=1, **params):
        super().__init__(shape=shape, **params)
        self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)
        self.u, self.v = Var(shape=shape), Var(shape=shape)
        self.bias, self.gain = Var(shape=shape, init=bias), Var(shape=(1,), init=gain)
        self.fall, self.leak = Var(shape=(1,), init=fall), Var(shape=shape, init=leak)
        self.level, self.hold = Var(shape=(1,), init=level), Var(shape=(1,), init=hold)


@implements(proc=Cells, protocol=LoihiProtocol)
@requires(NeuroCore)
class NcCells(NcCompartmentModel):
    a_in: NcInPort = LavaNcType(NcInPort, np.int32, precision=16)
    s_out: NcOutPort = LavaNcType(NcOutPort, np.int32, precision=1)
    u: NcVar = LavaNcType(NcVar, np.int32, precision=24)
    v: NcVar = LavaNcType(NcVar, np.int32, precision=24)
    bias: NcVar = LavaNcType(NcVar, np.int32, precision=13)
    gain: int = LavaNcType(int, np.int32)
    fall: int = LavaNcType(int, np.int32, precision=12)
    leak: NcVar = LavaNcType(NcVar, np.int32, precision=12)
    level: int = LavaNcType(int, np.int32, precision=17)
    hold: int = LavaNcType(int, np.int32, precision=6)

    elementwise = True

    def allocate(self, net):
        net.compartments(
            vth=net.value("level") << 6,
            decay_u=net.value("fall"),
            decay_v=net.value("leak"),
            bias=net.value("bias") * net.value("gain"),
            refract=net.value("hold"),
        )


class Wires(AbstractProcess):
    """Weights from all to all."""

    def __init__(self, weights, exponent=0, bits=0, **params):
        super().__init__(exponent=exponent, bits=bits, **params)
        n_out, n_in = np.shape(weights)
        self.s_in, self.a_out = InPort(shape=(n_in,)), OutPort(shape=(n_out,))
        self.weights = Var(shape=(n_out, n_in), init=weights)


@implements(proc=Wires, protocol=LoihiProtocol)
@requires(NeuroCore)
class NcWires(NcSynapseModel):
    s_in: NcInPort = LavaNcType(NcInPort, np.int32, precision=24)
    a_out: NcOutPort = LavaNcType(NcOutPort, np.int32, precision=24)
    weights: NcVar = LavaNcType(NcVar, np.int32, precision=8)

    def allocate(self, net):
        pointers, targets, weights = net.columns("weights")
        net.synapses(
            pointers=pointers,
            targets=targets,
            weights=weights,
            weight_exponent=self.proc_params["exponent"],
            sign_mode=sign_mode(1, weights),
            message_bits=self.proc_params["bits"],
        )
