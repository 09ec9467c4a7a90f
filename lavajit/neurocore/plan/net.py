"""What the models of a network describe to neurocores, and how it is connected.

Entering: a planned graph of Processes and the instances of their models. Leaving: a :class:`NcNet`
of what :mod:`lavajit.neurocore.plan.groups` has. It says nothing of cores yet:
:mod:`lavajit.neurocore.plan.compile` splits and places it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.errors import NcCompileError, NcValueError
from lavajit.neurocore.plan.groups import Link, NeuronGroup, Synapses


class NcNet:
    """A network as its models describe it.

    A model's ``allocate(net)`` calls one of `compartments`, `program` and `synapses`.

    Parameters
    ----------
    core : CoreRegisters, optional
        Registers of cores that a model says nothing of; by default those of Loihi 1.

    Attributes
    ----------
    groups : list of NeuronGroup
    connections : list of Synapses
    links : list of Link
    host_outputs : list of (NeuronGroup, str)
        Groups whose spikes a Process on the CPU reads, and its name.
    notes : list of str
        What is not as it would be on a chip.
    """

    def __init__(self, core: CoreRegisters | None = None) -> None:
        self.core = core or CoreRegisters()
        self.groups: list[NeuronGroup] = []
        self.connections: list[Synapses] = []
        self.links: list[Link] = []
        self.host_outputs: list[tuple[NeuronGroup, str]] = []
        self.notes: list[str] = []
        self._instance: Any = None
        self._names: set[str] = set()
        self._made: NeuronGroup | Synapses | None = None
        self._read: set[str] = set()
        #: Names of the Vars and attributes that each description was made of.
        self.sources: dict[NeuronGroup | Synapses, frozenset[str]] = {}

    # --- for models -------------------------------------------------------------------

    def value(self, name: str) -> np.ndarray:
        """Initial value of a Var, or of an array or number that the model holds.

        Raises
        ------
        NcCompileError
            There is none of that name.
        """
        self._read.add(name)
        values = self._instance.values
        if name not in values:
            raise NcCompileError(
                f"{self._who()}: net.value({name!r}) is neither a Var nor a number or array of "
                f"{type(self._instance.model).__name__}; there are {', '.join(sorted(values))}"
            )
        return values[name]

    def columns(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A matrix Var of shape (n_out, n_in) by columns: pointers, rows and values.

        Of a dense matrix the elements that are not zero, of a sparse one those that are stored.
        """
        if name in self._instance.sparse:
            self._read.add(name)
            data, rows, pointers = (
                self._instance.values[each] for each in self._instance.sparse[name].fields
            )
            return pointers.astype(np.int64), rows.astype(np.int32), data
        matrix = np.asarray(self.value(name)).T
        inputs, rows = np.nonzero(matrix)
        pointers = np.searchsorted(inputs, np.arange(matrix.shape[0] + 1))
        return pointers.astype(np.int64), rows.astype(np.int32), matrix[inputs, rows]

    def compartments(
        self,
        *,
        vth: ArrayLike,
        decay_u: ArrayLike = 0,
        decay_v: ArrayLike = 0,
        bias: ArrayLike = 0,
        refract: ArrayLike = 1,
        noise: ArrayLike = False,
        core: CoreRegisters | None = None,
        per_neuron: int = 1,
        words: int = 1,
        program: Any = None,
        state: Sequence[str] | None = None,
    ) -> NeuronGroup:
        """Describe the neurons of the Process as current-based LIF compartments.

        Parameters
        ----------
        vth, decay_u, decay_v, bias, refract, noise
            See :class:`~lavajit.neurocore.cores.registers.Compartments`; numbers, or arrays in the
            shape of the Process. Initial values of ``u`` and ``v`` are those of the Vars.
        core : CoreRegisters, optional
            By default what the model has as `registers`, or those of the chip.
        per_neuron, words, program
            See `NeuronGroup`.
        state : sequence of str, optional
            See `NeuronGroup`; by default what the model has as `active_state`, or "u" and "v".
        """
        model = self._instance.model
        core = core or getattr(model, "registers", None) or self.core
        state = getattr(model, "active_state", ("u", "v")) if state is None else state
        shape = self._shape("s_out")
        flat = {
            name: np.broadcast_to(np.asarray(value), shape).ravel()
            for name, value in {
                "vth": vth,
                "decay_u": decay_u,
                "decay_v": decay_v,
                "bias": bias,
                "refract": refract,
                "noise": noise,
                "u": self.value("u"),
                "v": self.value("v"),
            }.items()
        }
        registers = Compartments(prod(shape), **flat)
        return self._add_group(
            compartments=registers,
            core=core,
            per_neuron=per_neuron,
            words=words,
            program=program,
            state=tuple(state),
        )

    def program(
        self, program: Any, *, words: int = 1, message_bits: int = 0, state: Sequence[str] = ()
    ) -> NeuronGroup:
        """Describe the neurons of the Process as a program of Loihi 2.

        Parameters
        ----------
        program : object
            Has ``longest_path``, the number of operations on it.
        words, message_bits, state
            See `NeuronGroup`.
        """
        return self._add_group(
            program=program, words=words, message_bits=message_bits, state=tuple(state)
        )

    def synapses(self, **description: Any) -> Synapses:
        """Describe the Process as synapses; see `Synapses` for what is described."""
        name, kind = self._label()
        ports = self._instance.ports
        made = Synapses(
            name,
            kind,
            n_in=prod(ports["s_in"].shape),
            n_out=prod(ports["a_out"].shape),
            **description,
        )
        self._take(made)
        self.connections.append(made)
        return made

    def _add_group(self, **description: Any) -> NeuronGroup:
        name, kind = self._label()
        group = NeuronGroup(name, kind, self._shape("s_out"), **description)
        self._take(group)
        self.groups.append(group)
        return group

    def _take(self, made: NeuronGroup | Synapses) -> None:
        if self._made is not None:
            raise NcCompileError(
                f"{made.kind} {made.name!r} is described twice; allocate() of "
                f"{type(self._instance.model).__name__} must describe either neurons or synapses, "
                "once"
            )
        self._made = made

    def _who(self) -> str:
        process = self._instance.node.process
        return f"{type(process).__name__} {process.name!r}"

    def _shape(self, port: str) -> tuple[int, ...]:
        return tuple(self._instance.ports[port].shape)

    def _label(self) -> tuple[str, str]:
        process = self._instance.node.process
        name, number = process.name, 2
        while name in self._names:
            name = f"{process.name}_{number}"
            number += 1
        self._names.add(name)
        return name, type(process).__name__

    # --- for the compiler -------------------------------------------------------------

    def describe(self, instance: Any) -> NeuronGroup | Synapses:
        """What the model of one Process describes.

        Raises
        ------
        NcValueError
            A value cannot be in the register that it is for; the message begins with class and
            name of the Process.
        NcCompileError
            Nothing is described, or it is described twice.
        """
        self._instance, self._made, self._read = instance, None, set()
        model = instance.model
        try:
            model.allocate(self)
        except (TypeError, ValueError) as error:
            if isinstance(error, NcCompileError):
                raise
            raise NcValueError(f"{self._who()}: {error}") from error
        made = self._made
        if made is None:
            raise NcCompileError(
                f"{type(model).__name__}.allocate() has described nothing of "
                f"{instance.node.name}; call net.compartments(), net.program() or net.synapses()"
            )
        if type(model).run_spk is PyLoihiProcessModel.run_spk:
            raise NcCompileError(
                f"{type(model).__name__} describes {instance.node.name} but computes nothing: "
                "derive it from NcCompartmentModel or NcSynapseModel of "
                "lavajit.neurocore.models.described, or write run_spk"
            )
        self.sources[made] = frozenset(self._read)
        self._instance = self._made = None
        return made
