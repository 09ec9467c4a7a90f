"""Registers of a core and of its compartments.

What holds of one chip only (widths of bias and threshold, say) is checked by what places a network
on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.arithmetic.scalars import DECAY_BITS
from lavajit.neurocore.checks import INT32, whole_number, whole_numbers
from lavajit.neurocore.cores.trees import Join, OnThreshold, check_tree

#: Decays are in units of 2**-12.
DECAY_UNITY = 1 << DECAY_BITS
#: Magnitude bits, beside the sign, at which the input of a step and the current wrap.
INPUT_BITS = 21
CURRENT_BITS = 23
#: Magnitude bits of the largest register modelled.
MOST_BITS = 31


@dataclass(frozen=True, eq=False)
class CoreRegisters:
    """Registers that all compartments of a core share.

    Attributes
    ----------
    vmin, vmax : int
        Limits of the voltage; :func:`vmin_of_register` gives those a chip has.
    noise_exponent : int
        Noise is ``(raw + 64 * noise_offset) * 2**(noise_exponent - 7)``, 0..23.
    noise_offset : int
    noise_at_membrane : bool
        Noise is added to the voltage, not to the current.
    current_offset, voltage_offset : int
        Added to the decays of all compartments; 1 and 0 on Loihi.
    input_bits, current_bits : int
        Magnitude bits at which the input and the current wrap. 31 stands for a model without
        wrapping, as Brian2Loihi's. For Loihi 2 the width of accumulators is not published; 23 (24
        bits with the sign) is an assumption of ours.

    Raises
    ------
    TypeError, ValueError
        A value is no whole number or out of range.
    """

    vmin: int = -(2**23) + 1
    vmax: int = 2**23 - 1
    noise_exponent: int = 7
    noise_offset: int = 0
    noise_at_membrane: bool = False
    current_offset: int = 1
    voltage_offset: int = 0
    input_bits: int = INPUT_BITS
    current_bits: int = CURRENT_BITS

    def __post_init__(self):
        limits = {
            "vmin": (INT32[0], 0),
            "vmax": (0, INT32[1]),
            "noise_exponent": (0, 23),
            "noise_offset": (-(2**15), 2**15),
            "current_offset": (0, DECAY_UNITY),
            "voltage_offset": (0, DECAY_UNITY),
            "input_bits": (1, MOST_BITS),
            "current_bits": (1, MOST_BITS),
        }
        for name, (low, high) in limits.items():
            object.__setattr__(self, name, whole_number(name, getattr(self, name), low, high))


def of_chip(name: str) -> CoreRegisters:
    """Registers of a core that nothing else is said of.

    On Loihi 1 the input of a step wraps at 21 bits of magnitude; on Loihi 2 it has as many as the
    current, 23, which is an assumption.

    Examples
    --------
    >>> of_chip("loihi1").input_bits, of_chip("loihi2").input_bits
    (21, 23)
    """
    return CoreRegisters(input_bits=CURRENT_BITS) if name == "loihi2" else CoreRegisters()


def vmin_of_register(exponent: int) -> int:
    """Least voltage for a value 0..31 of the register ``negVmLimit``.

    Examples
    --------
    >>> vmin_of_register(9)
    -511
    """
    return -(1 << whole_number("negVmLimit", exponent, 0, 31)) + 1


def vmax_of_register(exponent: int) -> int:
    """Greatest voltage for a value 0..7 of the register ``posVmLimit``.

    Examples
    --------
    >>> vmax_of_register(0)
    511
    """
    return (1 << (9 + 2 * whole_number("posVmLimit", exponent, 0, 7))) - 1


@dataclass(frozen=True, eq=False)
class Compartments:
    """Registers of each compartment; one number stands for all of them.

    Attributes
    ----------
    n : int
        Number of compartments.
    vth : array of int32, shape (n,)
        Threshold with its shift by 6 done; a voltage above it is a spike.
    decay_u, decay_v : array of int32, shape (n,)
        Decays of current and voltage in units of 2**-12, 0..4096.
    bias : array of int32, shape (n,)
        With its exponent applied.
    refract : array of int32, shape (n,)
        r >= 1: the voltage stays 0 for r - 1 steps after the step of the spike.
    noise : array of bool, shape (n,)
        Which compartments have noise.
    u, v : array of int32, shape (n,)
        State before the first step.
    parents : array of int32, shape (n,)
        Compartment that each one passes its voltage to, which comes after it, -1 for none; at most
        two pass theirs to the same one.
    join : array of int32, shape (n,)
        How a compartment with children joins what they pass, :class:`~.trees.Join`.
    on_threshold : array of int32, shape (n,)
        What happens above the threshold, :class:`~.trees.OnThreshold`.

    Raises
    ------
    TypeError, ValueError
        A register is no whole number, out of range, or of another length; `parents` are no trees.

    Examples
    --------
    A dendrite that never spikes adds its voltage to the input of a soma.

    >>> cells = Compartments(2, vth=6400, parents=[1, -1], on_threshold=[OnThreshold.PASS, 0])
    >>> cells.has_trees
    True
    """

    n: int
    vth: ArrayLike
    decay_u: ArrayLike = 0
    decay_v: ArrayLike = 0
    bias: ArrayLike = 0
    refract: ArrayLike = 1
    noise: ArrayLike = False
    u: ArrayLike = 0
    v: ArrayLike = 0
    parents: ArrayLike = -1
    join: ArrayLike = Join.ADD
    on_threshold: ArrayLike = OnThreshold.SPIKE_AND_RESET

    def __post_init__(self):
        n = whole_number("n", self.n, 1, INT32[1])
        object.__setattr__(self, "n", n)
        limits = {
            "vth": INT32,
            "decay_u": (0, DECAY_UNITY),
            "decay_v": (0, DECAY_UNITY),
            "bias": INT32,
            "refract": (1, INT32[1]),
            "u": INT32,
            "v": INT32,
            "parents": (-1, n - 1),
            "join": (min(Join), max(Join)),
            "on_threshold": (min(OnThreshold), max(OnThreshold)),
        }
        for name, (low, high) in limits.items():
            array = whole_numbers(name, getattr(self, name), n, low, high)
            object.__setattr__(self, name, array)
        check_tree(self.parents)
        noise = whole_numbers("noise", np.asarray(self.noise, np.bool_).astype(int), n)
        noise = noise.astype(np.bool_)
        noise.setflags(write=False)
        object.__setattr__(self, "noise", noise)

    @property
    def has_trees(self) -> bool:
        """True if a compartment has a parent, or does something special above its threshold."""
        return bool((self.parents >= 0).any() or self.on_threshold.any())
