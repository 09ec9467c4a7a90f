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
) -> type:
    """A native ProcessModel whose neurons run a program.

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
        Base classes of the model, (PyLoihiProcessModel,) by default.
    resource : type, optional
        What it requires; CPU by default.
    tags : tuple of str
        Tags of the model.

    Returns
    -------
    type
        The model, registered for `process`. Its attribute `program` is the program.

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
    from lavajit.model.py_model import PyLoihiProcessModel
    from lavajit.model.resources import CPU

    inputs = inputs or (("a_in",) if program.inputs == 1 else ("a_in1", "a_in2"))
    outputs = outputs or ("s_out", "s2_out")[: program.outputs]
    _check_ports(program, inputs, outputs)
    names = [*program.state, *program.par, *program.tables]
    kept = set(names if variables is None else variables)
    members = _members(program, kept, inputs, outputs)
    members["run_spk"] = KernelText(program, counted=False).model(inputs, outputs)
    members["__module__"] = process.__module__
    bases = (ProgramFields, *(bases or (PyLoihiProcessModel,)))
    model = type(f"{process.__name__}ProgramModel", bases, members)
    implement: Callable = implements(proc=process, protocol=LoihiProtocol)
    return implement(requires(resource or CPU)(tag(*tags)(model)))


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
