"""A Process that watches whether a Var stays inside a number of bits.

At the end of every time step: overflow if any value v differs from ``(v << (32 - bits)) >> (32 -
bits)`` in 32 bits. Once overflowed, always overflowed.

What differs from Lava: the flag is one number (Lava's Var has the shape of the watched Var, of
which only the first element is used), and `layerid` may be left out.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.remote import connected_reference
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: The chip's registers have 32 bits; a check is about fewer.
REGISTER_BITS = 32


class BitCheck(AbstractProcess):
    """Notes whether a Var ever leaves the range of signed integers of `bits` bits.

    Parameters
    ----------
    layerid : int, optional
        Number that diagnostics show.
    debug : int, optional
        1 prints the range of the Var in each step in which it overflows.
    bits : int, optional
        Number of bits, sign included; from 1 to 31.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.
    **kwargs
        Kept in `proc_params`.

    Attributes
    ----------
    state : RefPort
        Refers to the Var.
    layerid, debug, bits : Var, shape (1,)
        As given.

    Raises
    ------
    ValueError
        If `bits` is not an int from 1 to 31.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif, check = LIF(shape=(2,), bias_mant=100, vth=1000), BitCheck(bits=10)
    >>> check.connect_var(lif.v)
    >>> lif.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> bool(check.overflowed)
    False
    >>> lif.run(RunSteps(3))
    >>> bool(check.overflowed)
    True
    >>> lif.stop()
    """

    def __init__(
        self,
        *,
        layerid: int | None = None,
        debug: int = 0,
        bits: int = 24,
        name: str | None = None,
        log_config: LogConfig | None = None,
        **kwargs,
    ) -> None:
        whole = hasattr(bits, "__index__") and not isinstance(bits, bool)
        if not whole or not 1 <= bits < REGISTER_BITS:
            raise ValueError(f"bits of BitCheck must be an int from 1 to 31, got {bits!r}.")
        super().__init__(
            layerid=layerid, debug=debug, bits=bits, name=name, log_config=log_config, **kwargs
        )
        self.state = RefPort((1,))
        self.layerid = Var((1,), init=0 if layerid is None else layerid)
        self.debug = Var((1,), init=debug)
        self.bits = Var((1,), init=bits)
        self._overflowed = Var((1,), init=0)

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
        self.proc_params.overwrite("var_shape", var.shape)
        self._post_init()

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the Var; (1,) before there is one."""
        return self.state.shape

    @property
    def overflowed(self) -> np.ndarray:
        """1 if the Var has ever left the range, else 0; shape (1,)."""
        return np.reshape(self._overflowed.get(), (1,))


class AbstractPyBitCheckModel(PyLoihiProcessModel):
    """Vars and port of all models."""

    boundscheck = False
    transient = ("seen",)

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)
    bits: int = LavaPyType(int, int)
    layerid: int = LavaPyType(int, int)
    debug: int = LavaPyType(int, int)
    _overflowed: int = LavaPyType(int, int)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.seen = np.zeros(math.prod(proc_params.get("var_shape", (1,))), np.int64)


class AbstractBitCheckModel(AbstractPyBitCheckModel):
    """Checks in the post-management phase of every step."""

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.state.read_into(self.seen)
        if self.check_bit_overflow(self.seen):
            self._overflowed = 1

    def check_bit_overflow(self, values):
        """True if one of the values, a vector, needs more than `bits` bits."""
        low, high = self.min_signed_int_per_bits(), self.max_signed_int_per_bits()
        for i in range(values.size):
            value = np.int32(np.int64(values[i]))
            if value < low or value > high:
                return True
        return False

    def max_unsigned_int_per_bits(self):
        """Largest unsigned integer of `bits` bits."""
        return (1 << self.bits) - 1

    def min_signed_int_per_bits(self):
        """Least signed integer of `bits` bits."""
        return -(1 << (self.bits - 1))

    def max_signed_int_per_bits(self):
        """Largest signed integer of `bits` bits."""
        return (1 << (self.bits - 1)) - 1


@implements(proc=BitCheck, protocol=LoihiProtocol)
@requires(CPU)
class LoihiBitCheckModel(AbstractBitCheckModel):
    """Checks silently."""

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return process.debug.init != 1


@implements(proc=BitCheck, protocol=LoihiProtocol)
@requires(CPU)
class LoihiBitCheckPrintModel(AbstractBitCheckModel):
    """Checks and prints diagnostics; as Python."""

    host_methods: ClassVar[tuple[str, ...]] = ("run_post_mgmt",)

    @classmethod
    def accepts(cls, process: AbstractProcess) -> bool:
        return process.debug.init == 1

    def run_post_mgmt(self):
        values = self.state.read().ravel()
        if self.check_bit_overflow(values):
            self._overflowed = 1
            low, high = self.min_signed_int_per_bits(), self.max_signed_int_per_bits()
            print(
                f"BitCheck of layer {self.layerid}, time step {self.time_step}: values from "
                f"{values.min()} to {values.max()} need more than {self.bits} bits "
                f"({low} to {high})"
            )
