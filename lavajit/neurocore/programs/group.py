"""A group of neurons that runs a program by itself, without network and engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.checks import INT32, whole_numbers
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.programs.arithmetic import first_random_state
from lavajit.neurocore.programs.program import NeuronProgram
from lavajit.neurocore.programs.source import KernelText

#: State variables and parameters are words of 32 bit.
_WORD = 32


class ProgramGroup:
    """Neurons that run one program, step by step, natively.

    Parameters
    ----------
    program : NeuronProgram
    n : int
        Number of neurons.
    par : mapping of str to array-like of int
        Parameters, one number for all or one per neuron, and tables.
    state : mapping of str to array-like of int
        State before the first step; 0 if not given.
    seed : int
        Of the generator behind ``rnd``, which is ours: the chip's is not public.

    Attributes
    ----------
    state : dict of str to ndarray of int32, shape (n,)
        State variables; writing to them sets the state.
    traces : dict of int to ndarray of int32, shape (n,)
        Traces that the program writes.
    time_step : int
        Steps done.
    ops_executed : int
        Operations that all neurons have executed.

    Raises
    ------
    NcValueError
        A parameter is missing, or does not fit its bits.

    Examples
    --------
    >>> from lavajit.neurocore.programs import NeuronProgram, ProgramGroup
    >>> text = "ld r0,v ; add r0,q ; st r0,v ; spike r0"
    >>> group = ProgramGroup(NeuronProgram("sum", text, state={"v": 24}), 2)
    >>> group.step([3, -4]).tolist(), group.step([1, 1]).tolist(), group.ops_executed
    ([3, -4], [4, -3], 16)
    """

    def __init__(
        self,
        program: NeuronProgram,
        n: int,
        par: Mapping[str, ArrayLike] | None = None,
        state: Mapping[str, ArrayLike] | None = None,
        seed: int = 1,
    ):
        self.program = program
        self.n = n
        self.state = {name: np.zeros(n, np.int32) for name in program.state}
        self.traces = {k: np.zeros(n, np.int32) for k in sorted(program.body.traces)}
        self._payload = [np.zeros(n, np.int32) for _ in range(program.outputs)]
        self._inputs = [np.zeros(n, np.int32) for _ in range(program.inputs)]
        self._step = np.zeros(1, np.int64)
        self._random = np.array([first_random_state(seed)], np.int64)
        self._executed = np.zeros(1, np.int64)
        given = dict(par or {})
        self._par = {name: self._parameter(name, given) for name in [*program.par, *program.tables]}
        self._refuse(given, "par")
        started = dict(state or {})
        for name, values in self.state.items():
            bits = program.state[name]
            values[:] = _fitting(self._what(name), started.pop(name, 0), n, bits, signed=True)
        self._refuse(started, "state")
        self._call = self._bind()

    def step(self, q: ArrayLike, q2: ArrayLike | None = None) -> np.ndarray:
        """One time step.

        Parameters
        ----------
        q, q2 : array-like of int, shape (n,) or ()
            What the accumulators hold; `q2` where the program reads it.

        Returns
        -------
        ndarray of int32, shape (n,)
            Payloads; 0 sends nothing. With a second output, shape (2, n).

        Raises
        ------
        TypeError, ValueError
            Inputs are no whole numbers, or of another shape.
        """
        for name, held, values in zip(("q", "q2"), self._inputs, (q, q2), strict=False):
            held[:] = whole_numbers(name, 0 if values is None else values, self.n)
        self._step[0] += 1
        self._call()
        return np.array(self._payload if len(self._payload) > 1 else self._payload[0])

    @property
    def time_step(self) -> int:
        return int(self._step[0])

    @property
    def ops_executed(self) -> int:
        return int(self._executed[0])

    def _what(self, name: str) -> str:
        return f"{self.program.name!r}.{name}"

    def _parameter(self, name: str, given: dict) -> np.ndarray:
        if name not in given:
            raise NcValueError(f"{self._what(name)}: no value; give it in par=")
        size = None if name in self.program.tables else self.n
        bits = self.program.par.get(name, _WORD)
        values = _fitting(self._what(name), given.pop(name), size, bits)
        return np.ascontiguousarray(values)

    def _refuse(self, left: dict, where: str) -> None:
        if left:
            known = self._par if where == "par" else self.state
            raise NcValueError(
                f"{self._what(next(iter(left)))}: not declared; {where}= takes "
                f"{', '.join(known) or 'nothing'}"
            )

    def _bind(self):
        from lavajit.compiler.arena import CONTROL_WORDS, STEPS_LEFT
        from lavajit.compiler.work import CALL, END
        from lavajit.runtime.assemble import builtin_kernel
        from lavajit.runtime.loop import native_loop
        from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, new_table

        run = KernelText(self.program, counted=True).group()
        kernel, block = builtin_kernel(type("ProgramStep", (), {"run": run}), self._arrays())
        table = new_table(2)
        table[:, OPERATION] = CALL, END
        table[0, ADDRESS], table[0, BLOCK] = kernel.address, block.ctypes.data
        control = np.zeros(CONTROL_WORDS + 1, np.int64)
        loop = native_loop()
        self._keep = kernel, block

        def call() -> None:
            control[STEPS_LEFT] = 1
            loop(control.ctypes.data, table.ctypes.data)

        return call

    def _arrays(self) -> dict[str, np.ndarray]:
        arrays = dict(zip(("q", "q2"), self._inputs, strict=False))
        arrays |= dict(zip(("s1", "s2"), self._payload, strict=False))
        arrays |= {f"state_{name}": values for name, values in self.state.items()}
        arrays |= {f"trace_{k}": values for k, values in self.traces.items()}
        kinds = {name: "table" if name in self.program.tables else "par" for name in self._par}
        arrays |= {f"{kinds[name]}_{name}": values for name, values in self._par.items()}
        return arrays | {"step": self._step, "random": self._random, "executed": self._executed}


def _fitting(
    what: str, values: ArrayLike, size: int | None, bits: int, signed: bool = False
) -> np.ndarray:
    """Whole numbers of `bits` bits, with or without a sign unless `signed`."""
    high = (1 << (bits - 1 if signed else bits)) - 1
    if np.size(values) == 1 and size is not None:
        values = np.reshape(values, ())
    try:
        return whole_numbers(what, values, size, -(1 << (bits - 1)), min(high, INT32[1]))
    except (TypeError, ValueError) as error:
        raise NcValueError(str(error)) from error
