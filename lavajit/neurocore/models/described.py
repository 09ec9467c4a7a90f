"""Base classes of models that describe a Process and leave the time step to the core.

A model of a user's own describes, in ``allocate(net)``, compartments or synapses; what a core does
with that is known, so there is no ``run_spk`` to be written::

    q = wrap(a << 6, input_bits)
    u = wrap(decay(u, decay_u + current_offset) + q, current_bits)
    x = wrap(u + bias, current_bits)
    v = clip(decay(v, decay_v + voltage_offset) + x, vmin, vmax);  v = 0 while refractory
    s = v > vth;  v = 0 where s

A synapse adds ``clip(weight * 2^exponent, +-(2^15 - 1))`` for a spike, and ``weight * payload``
times ``2^exponent`` for a graded one; sums wrap at 24 bits.

The registers are made of what `allocate` describes, when the network is planned and again with
each ``Var.set`` of a Var that it has read. A RefPort that writes to such a Var changes the Var
only, not the register; u and v are the Vars themselves.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lavajit.model.nc_model import NcProcessModel
from lavajit.neurocore.arithmetic.arrays import STATE_BITS
from lavajit.neurocore.arithmetic.scalars import decay, wrap
from lavajit.neurocore.arithmetic.weights import EFFECTIVE_SHIFT
from lavajit.neurocore.cores.registers import DECAY_UNITY, CoreRegisters
from lavajit.neurocore.errors import NcFeatureError
from lavajit.neurocore.models.delivery import effect, limit, spike_values
from lavajit.neurocore.plan.groups import NeuronGroup, Synapses

#: Places in ``register_limits``.
WIDTH_INPUT, WIDTH_CURRENT, LEAST, MOST = range(4)


class NcCompartmentModel(NcProcessModel):
    """Current-based LIF compartments; a subclass describes them.

    The Process has the ports ``a_in`` and ``s_out`` and the Vars ``u`` and ``v``, all of one shape;
    other Vars are whatever ``allocate(net)`` makes registers of, in a call of ``net.compartments``.

    Attributes
    ----------
    registers : CoreRegisters or None
        Class attribute: what all compartments of a core share, where ``net.compartments`` is not
        given it. None: those of the chip, see :func:`~lavajit.neurocore.cores.registers.of_chip`.
    active_state : tuple of str
        Class attribute: a neuron in which all of these are zero is counted as not active.

    Raises
    ------
    NcFeatureError
        Something else than compartments is described, or noise.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import InPort, Loihi2HwCfg, LoihiProtocol, OutPort, RunSteps, Var
    >>> from lavajit import implements, requires
    >>> from lavajit.model.nc_type import LavaNcType, NcInPort, NcOutPort, NcVar
    >>> from lavajit.model.resources import NeuroCore
    >>> from lavajit.process.process import AbstractProcess
    >>> class Cells(AbstractProcess):
    ...     def __init__(self, shape, bias):
    ...         super().__init__(shape=shape)
    ...         self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)
    ...         self.u, self.v = Var(shape=shape), Var(shape=shape)
    ...         self.bias = Var(shape=shape, init=bias)
    >>> @implements(proc=Cells, protocol=LoihiProtocol)
    ... @requires(NeuroCore)
    ... class NcCells(NcCompartmentModel):
    ...     a_in: NcInPort = LavaNcType(NcInPort, np.int32, precision=16)
    ...     s_out: NcOutPort = LavaNcType(NcOutPort, np.int32, precision=1)
    ...     u: NcVar = LavaNcType(NcVar, np.int32, precision=24)
    ...     v: NcVar = LavaNcType(NcVar, np.int32, precision=24)
    ...     bias: NcVar = LavaNcType(NcVar, np.int32, precision=13)
    ...
    ...     def allocate(self, net):
    ...         net.compartments(vth=10 << 6, decay_v=2048, bias=net.value("bias"), refract=3)
    >>> cells = Cells(shape=(2,), bias=[600, 300])
    >>> cells.run(RunSteps(2), run_cfg=Loihi2HwCfg())
    >>> cells.v.get()
    array([  0, 450], dtype=int32)
    >>> cells.stop()
    """

    registers: ClassVar[CoreRegisters | None] = None
    active_state: ClassVar[tuple[str, ...]] = ("u", "v", "register_bias", "register_left")

    boundscheck = False
    integer_inputs = ("a_in",)

    def counters_of(self, described: Any) -> dict[str, np.ndarray]:
        """Refractory steps that are left."""
        return {"register_left": np.zeros(described.shape, np.int32)}

    def registers_of(self, described: Any) -> dict[str, np.ndarray]:
        """Registers of each compartment, and what all share."""
        cells = described.compartments if isinstance(described, NeuronGroup) else None
        if cells is None or cells.noise.any():
            what = "no compartments" if cells is None else "compartments with noise"
            raise NcFeatureError(
                f"{type(self).__name__} describes {what}; NcCompartmentModel computes compartments "
                "without noise: derive from NcProcessModel and write run_spk"
            )
        core = described.core
        arrays = {
            "register_keep_u": DECAY_UNITY - core.current_offset - cells.decay_u,
            "register_keep_v": DECAY_UNITY - core.voltage_offset - cells.decay_v,
            "register_bias": cells.bias,
            "register_vth": cells.vth,
            "register_refract": cells.refract,
        }
        limits = (core.input_bits, core.current_bits, core.vmin, core.vmax)
        shaped = {name: np.array(each).reshape(described.shape) for name, each in arrays.items()}
        return shaped | {"register_limits": np.array(limits, np.int64)}

    def run_spk(self):
        """One fused pass over the compartments."""
        a_in = self.a_in.recv().ravel()
        spikes = self.s_out.buffer().ravel()
        u, v, left = self.u.ravel(), self.v.ravel(), self.register_left.ravel()
        keep_u, keep_v = self.register_keep_u.ravel(), self.register_keep_v.ravel()
        bias, vth = self.register_bias.ravel(), self.register_vth.ravel()
        refract, limits = self.register_refract.ravel(), self.register_limits
        input_bits, current_bits = limits[WIDTH_INPUT], limits[WIDTH_CURRENT]
        for i in range(u.size):
            q = wrap(np.int64(a_in[i]) << EFFECTIVE_SHIFT, input_bits)
            current = wrap(decay(np.int64(u[i]), keep_u[i]) + q, current_bits)
            x = wrap(current + bias[i], current_bits)
            voltage = min(max(decay(np.int64(v[i]), keep_v[i]) + x, limits[LEAST]), limits[MOST])
            voltage = voltage if left[i] == 0 else 0
            spike = voltage > vth[i]
            spikes[i] = spike
            left[i] = max((refract[i] if spike else left[i]) - 1, 0)
            u[i] = current
            v[i] = 0 if spike else voltage
        self.s_out.send(self.s_out.buffer())


class NcSynapseModel(NcProcessModel):
    """Synapses without delays that do not learn; a subclass describes them.

    The Process has the ports ``s_in`` and ``a_out``; ``allocate(net)`` calls ``net.synapses`` once,
    with ``net.columns("weights")`` for instance. What arrives in a step is sent in the next one.

    Raises
    ------
    NcFeatureError
        Something else than synapses is described, or delays or learning.
    """

    boundscheck = False

    def counters_of(self, described: Any) -> dict[str, np.ndarray]:
        """What is sent next, and room for payloads."""
        self._check(described)
        return {
            "register_sums": np.zeros(described.n_out, np.int64),
            "register_payloads": np.zeros(described.n_in, np.int64),
        }

    def registers_of(self, described: Any) -> dict[str, np.ndarray]:
        """Synapses by input, and how they scale."""
        self._check(described)
        scale = (described.weight_exponent, described.message_bits)
        return {
            "register_pointers": np.array(described.pointers, np.int64),
            "register_targets": np.array(described.targets, np.int32),
            "register_weights": np.array(described.weights, np.int32),
            "register_scale": np.array(scale, np.int64),
        }

    def _check(self, described: Any) -> None:
        what = None
        if not isinstance(described, Synapses):
            what = "no synapses"
        elif described.delays is not None or described.learning is not None:
            what = "synapses with delays or learning"
        if what is not None:
            raise NcFeatureError(
                f"{type(self).__name__} describes {what}; NcSynapseModel computes synapses without "
                "delays that do not learn: derive from NcProcessModel and write run_spk"
            )

    def run_spk(self):
        """Send what the last step has added up, follow the spikes of this one."""
        self.send_sums()
        self.add_up()

    def send_sums(self):
        """Send what the last step has added up."""
        out = self.a_out.buffer().ravel()
        for i in range(out.size):
            out[i] = self.register_sums[i]
        self.a_out.send(self.a_out.buffer())

    def add_up(self):
        """Effects of all synapses that spikes reach."""
        x = self.s_in.recv().ravel()
        events = self.s_in.events()
        total, values, scale = self.register_sums, self.register_payloads, self.register_scale
        pointers, targets = self.register_pointers, self.register_targets
        weights, exponent, message_bits = self.register_weights, scale[0], scale[1]
        spike_values(values, x, events, message_bits)
        most = limit(message_bits)
        for i in range(total.size):
            total[i] = 0
        for j in events:
            for k in range(pointers[j], pointers[j + 1]):
                total[targets[k]] += effect(weights[k], values[j], exponent, most)
        for i in range(total.size):
            total[i] = wrap(total[i], STATE_BITS)
