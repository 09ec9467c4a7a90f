"""ProcessModels that run a neuron program in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs.arithmetic import first_random_state
from lavajit.neurocore.programs.program import NeuronProgram
from lavajit.neurocore.programs.source import KernelText

_PORT_BITS = 24
_DEFAULT_SEED = 1


class ProgramFields:
    """What a program needs and its Process does not have as Var; named before a model's base."""

    #: Names of attributes, filled by `program_model`.
    own_states = ()
    own_parameters = ()
    draws = False

    def __init__(self, proc_params):
        super().__init__(proc_params)
        for name in self.own_states:
            setattr(self, name, np.zeros(proc_params["shape"], np.int32))
        for name in self.own_parameters:
            setattr(self, name, _own_parameter(name, proc_params))
        if self.draws:
            seed = first_random_state(proc_params.get("seed", _DEFAULT_SEED))
            self.random_state = np.array([seed], np.int64)


def _own_parameter(name: str, proc_params) -> int | np.ndarray:
    values = np.asarray(proc_params[name])
    if values.dtype.kind not in "iub":
        raise TypeError(f"{name}: a neuron program takes whole numbers, got {values.dtype}")
    return int(values) if values.ndim == 0 else values.astype(np.int32)


def program_model(
    program: NeuronProgram,
    process: type,
    *,
    variables: Iterable[str] | None = None,
    inputs: tuple[str, ...] | None = None,
    outputs: tuple[str, ...] | None = None,
    bases: tuple[type, ...] | None = None,
    resource: type | None = None,
    tags: tuple[str, ...] = ("fixed_pt",),
    message_bits: int | None = None,
    active_state: tuple[str, ...] | None = None,
) -> type:
    """Native ProcessModels whose neurons run a program: one for cores, one for the CPU.

    Both run the same kernel, so the numbers are the same. ``Loihi2HwCfg`` takes the one for cores;
    ``Loihi1HwCfg``, whose cores run no programs, and the configs that simulate on the CPU take the
    other one.

    Parameters
    ----------
    program : NeuronProgram
    process : type
        The Process that it implements. State variables and parameters are its Vars of the same
        name; what is no Var is kept by the model: state that begins as 0, parameters and tables
        from the Process's parameters.
    variables : iterable of str, optional
        Names of the Vars of the Process, with "y1" to "y3" if it has traces as Vars. By default all
        states, parameters and tables of the program.
    inputs, outputs : tuple of str, optional
        InPorts for ``q`` and ``q2``, OutPorts for ``spike`` and ``spike2``. By default ``a_in``, or
        ``a_in1`` and ``a_in2``; ``s_out`` and ``s2_out``.
    bases : tuple of type, optional
        Base classes of the model, (PyLoihiProcessModel,) by default on the CPU. Given without
        `resource`, there is only a model for the CPU.
    resource : type, optional
        What is required: CPU, or Loihi2NeuroCore, makes that model only. By default there are both,
        if the ports of the Process are called ``a_in...`` and ``s_out...``, as cores need it.
    tags : tuple of str
        Tags of the models.
    message_bits : int, optional
        Bits of the spikes that are sent, which decide what messages take on cores: 0 for binary
        ones. By default 0 if the program sends 1 only, 2 if also -1, else 24.
    active_state : tuple of str, optional
        At most six states or parameters: a neuron in which they are zero is counted as not active.
        By default the state variables, of which the first six count.

    Returns
    -------
    type
        The model, registered for `process`; where there are two, that for the CPU. Its attribute
        `program` is the program.

    Raises
    ------
    NcProgramError
        The program needs more ports than are given.

    Examples
    --------
    >>> from lavajit import InPort, Loihi2SimCfg, OutPort, RunSteps, Var
    >>> from lavajit.neurocore.programs import NeuronProgram, program_model
    >>> from lavajit.process.process import AbstractProcess
    >>> class Counter(AbstractProcess):
    ...     def __init__(self, shape):
    ...         super().__init__(shape=shape)
    ...         self.a_in, self.s_out = InPort(shape=shape), OutPort(shape=shape)
    ...         self.v = Var(shape=shape, init=0)
    >>> text = "ld r0,v ; add r0,q ; add r0,1 ; st r0,v ; spike r0"
    >>> _ = program_model(NeuronProgram("counter", text, state={"v": 24}), Counter)
    >>> counter = Counter(shape=(2,))
    >>> counter.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> counter.v.get()
    array([3, 3], dtype=int32)
    >>> counter.stop()
    """
    from lavajit.model.decorators import implements, requires, tag
    from lavajit.model.protocols import LoihiProtocol
    from lavajit.model.resources import CPU, Loihi2NeuroCore, NeuroCore

    inputs = inputs or (("a_in",) if program.inputs == 1 else ("a_in1", "a_in2"))
    outputs = outputs or ("s_out", "s2_out")[: program.outputs]
    _check_ports(program, inputs, outputs)
    names = [*program.state, *program.par, *program.tables]
    kept = set(names if variables is None else variables)
    members = _members(program, kept, inputs, outputs)
    members["run_spk"] = KernelText(program, counted=False).model(inputs, outputs)
    members["__module__"] = process.__module__
    wanted = [resource or CPU]
    if resource is None and bases is None and _are_heard_on_cores(inputs, outputs):
        wanted.append(Loihi2NeuroCore)
    models = []
    for each in wanted:
        on_cores = issubclass(each, NeuroCore)
        more = _core_members(program, message_bits, active_state) if on_cores else {}
        name = f"{'Nc' if on_cores else ''}{process.__name__}ProgramModel"
        parents = (ProgramFields, *(bases or _default_bases(on_cores)))
        model = type(name, parents, members | more)
        implement: Callable = implements(proc=process, protocol=LoihiProtocol)
        models.append(implement(requires(each)(tag(*tags)(model))))
    return models[0]


def _default_bases(on_cores: bool) -> tuple[type, ...]:
    if on_cores:
        from lavajit.neurocore.programs.core_model import CoreProgramModel

        return (CoreProgramModel,)
    from lavajit.model.py_model import PyLoihiProcessModel

    return (PyLoihiProcessModel,)


def _are_heard_on_cores(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> bool:
    """True if ports have the names by which cores know them."""
    return outputs[0] == "s_out" and all(name.startswith("a_in") for name in inputs)


def _core_members(
    program: NeuronProgram, message_bits: int | None, active_state: tuple[str, ...] | None
) -> dict:
    """What a model for cores says of its messages and its rest."""
    from lavajit.neurocore.metering.meters import STATES
    from lavajit.neurocore.programs.core_model import spike_bits_of

    state = tuple(program.state)[:STATES] if active_state is None else active_state
    bits = spike_bits_of(program) if message_bits is None else message_bits
    return {"spike_bits": bits, "active_state": state}


def _check_ports(program: NeuronProgram, inputs: tuple, outputs: tuple) -> None:
    for what, needed, ports in (
        ("inputs", program.inputs, inputs),
        ("outputs", program.outputs, outputs),
    ):
        if len(ports) != needed:
            raise NcProgramError(
                f"program {program.name!r}: {what}={ports!r} names {len(ports)} ports, the program "
                f"uses {needed}; name as many"
            )


def _members(
    program: NeuronProgram, kept: set[str], inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> dict:
    """Class attributes of the model: typed fields, and names of what it keeps itself."""
    from lavajit.model.py_ports import PyInPort, PyOutPort
    from lavajit.model.py_type import LavaPyType

    types: dict[str, tuple[type, LavaPyType]] = {}
    for name in inputs:
        types[name] = PyInPort, LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=_PORT_BITS)
    for name in outputs:
        types[name] = PyOutPort, LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=_PORT_BITS)
    for name, bits in program.state.items():
        types[name] = np.ndarray, LavaPyType(np.ndarray, np.int32, precision=bits)
    for name, bits in program.par.items():
        types[name] = int, LavaPyType(int, np.int32, precision=bits)
    for name in program.tables:
        types[name] = np.ndarray, LavaPyType(np.ndarray, np.int32)
    traces = tuple(f"y{k}" for k in sorted(program.body.traces))
    for name in traces:
        types[name] = np.ndarray, LavaPyType(np.ndarray, np.int32, precision=7)
    ports = {*inputs, *outputs}
    types = {name: each for name, each in types.items() if name in ports or name in kept}
    draws = "rnd" in program.body.uses
    return {
        "__annotations__": {name: kind for name, (kind, _) in types.items()},
        **{name: lava_type for name, (_, lava_type) in types.items()},
        "program": program,
        "boundscheck": False,
        # Numbers are drawn in the order of neurons, and a table may be as long as the ports.
        "elementwise": not draws and not program.tables,
        "integer_inputs": tuple(inputs),
        "own_states": tuple(n for n in (*program.state, *traces) if n not in kept),
        "own_parameters": tuple(n for n in (*program.par, *program.tables) if n not in kept),
        "draws": draws,
    }
