"""How connection models describe their synapses to cores, and deliver in a core's arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.neurocore.arithmetic.arrays import STATE_BITS
from lavajit.neurocore.arithmetic.scalars import wrap
from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.cores.synapses import MOST_DELAY_BITS
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.models.base import CoreModel, first
from lavajit.neurocore.models.delivery import spike_values
from lavajit.neurocore.plan.groups import LearningNeeds
from lavajit.utils import weightutils

#: Beyond what any format holds.
MOST_GIVEN = 1 << 16
#: Columns of a matrix of synapses: pointers, targets, weights.
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


# --- description ----------------------------------------------------------------------


class MatrixDescription(CoreModel):
    """Synapses of a weight matrix, listed by input."""

    def allocate(self, net: Any) -> None:
        """All synapses whose stored weight is not 0."""
        pointers, targets, weights = self.columns(net)
        mode = sign_mode(self.sign_mode, weights)
        stored = self.stored(weights, weightutils.SignMode(int(mode)))
        delays = self.delays_of(net, pointers, targets)
        learning = self.learning_needs()
        if learning is None:
            (pointers, targets), (stored, delays) = _kept(
                stored != 0, pointers, targets, stored, delays
            )
        net.synapses(
            pointers=pointers,
            targets=targets,
            weights=stored,
            delays=delays,
            bits=SynapseBits(self.num_weight_bits, self.delay_bits(), self.tag_bits()),
            weight_exponent=self.weight_exp,
            sign_mode=mode,
            message_bits=first(net.value("num_message_bits")),
            learning=learning,
        )

    def columns(self, net: Any) -> Columns:
        """All synapses."""
        return net.columns("weights")

    def stored(self, weights: np.ndarray, mode: weightutils.SignMode) -> np.ndarray:
        """Weights without what their format has no room for."""
        clipped = weightutils.clip_weights(weights, mode, weightutils.WEIGHT_BITS)
        return weightutils.truncate_weights(clipped, mode, self.num_weight_bits)

    def as_held(self, name: str, value: np.ndarray, described: Any) -> np.ndarray:
        """Weights as their format holds them; in Lava's arithmetic as they are, as in Lava."""
        is_cut = name == "weights" and described.learning is None and self.arithmetic != "lava"
        if not is_cut:
            return value
        # What a format has no room for is clipped, as before the first step.
        inside = np.clip(value, -MOST_GIVEN, MOST_GIVEN)
        return self.stored(inside, weightutils.SignMode(int(described.sign_mode)))

    def delays_of(self, net: Any, pointers: np.ndarray, targets: np.ndarray) -> np.ndarray | None:
        """Delay of each synapse; None: there are none."""

    def delay_bits(self) -> int:
        """Bits of a delay."""
        return 0

    def tag_bits(self) -> int:
        """Bits of a tag."""
        return 0

    def learning_needs(self) -> LearningNeeds | None:
        """What learning takes; None: the synapses do not learn."""


class DelayDescription(MatrixDescription):
    """Synapses with delays."""

    def as_held(self, name: str, value: np.ndarray, described: Any) -> np.ndarray:
        """Weights as their format holds them, and delays that there are slots for."""
        most = self.proc_params["max_delay"]
        if name == "delays" and value.size and not (value.min() >= 0 and value.max() <= most):
            raise NcValueError(
                f"{described.kind} {described.name!r}: delays cannot be set to values from "
                f"{value.min()} to {value.max()}: they are in 0..{most}, its max_delay"
            )
        return super().as_held(name, value, described)

    def delay_bits(self) -> int:
        """Bits of the longest delay there is room for."""
        return bits_of_delay(self.proc_params["max_delay"])


def sign_mode(number: int, weights: np.ndarray) -> SignMode:
    """The sign mode that a connection was given, or the one that fits its weights.

    Models treat NULL as EXCITATORY: without weights it makes no difference.
    """
    if number in (SignMode.MIXED, SignMode.EXCITATORY, SignMode.INHIBITORY):
        return SignMode(number)
    if number == SignMode.NULL or weights.min(initial=0) >= 0:
        return SignMode.EXCITATORY
    return SignMode.INHIBITORY if weights.max(initial=0) <= 0 else SignMode.MIXED


def bits_of_delay(longest: int) -> int:
    """Bits with which both chips hold a delay: Loihi 1 keeps one value, so 2^b - 2 is its most.

    Examples
    --------
    >>> [bits_of_delay(longest) for longest in (0, 1, 2, 3, 62, 63)]
    [0, 2, 2, 3, 6, 6]
    """
    if longest <= 0:
        return 0
    return max(min(int(longest + 1).bit_length(), MOST_DELAY_BITS), int(longest).bit_length())


def sources_of(pointers: np.ndarray) -> np.ndarray:
    """Input of each synapse."""
    return np.repeat(np.arange(pointers.size - 1), np.diff(pointers))


def _kept(keep, pointers, targets, stored, delays):
    """The synapses of a mask."""
    before = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
    delays = None if delays is None else delays[keep]
    return (before[pointers], targets[keep]), (stored[keep], delays)


# --- arithmetic of a core -------------------------------------------------------------


class DirectEffects(MatrixDescription):
    """Step of a connection without delays; a subclass supplies ``add``."""

    arithmetic = "loihi"

    def deliver(self):
        """Receive and compute the next activation; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        self.prepare()
        total, values = self.total, self.values
        for i in range(total.size):
            total[i] = 0
        spike_values(values, x, events, self.num_message_bits[0])
        self.add(total, events, values)
        for i in range(total.size):
            self.a_buff[i] = wrap(total[i], STATE_BITS)
        return x


class DelayedEffects(DelayDescription):
    """Step of a connection with delays; a subclass supplies ``add``."""

    arithmetic = "loihi"

    def __init__(self, proc_params):
        super().__init__(proc_params)
        # Nothing is summed before it is shifted.
        self.sums = np.zeros((0, 0), np.int64)

    def send_first(self):
        """Send what arrives in this step."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = wrap(np.int64(self.a_buff[i, self.a_buff_first]), STATE_BITS)
        self.a_out.send(out)

    def deliver(self):
        """Receive and add to the slots; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        self.prepare()
        start = self.turn()
        spike_values(self.values, x, events, self.num_message_bits[0])
        self.add(self.a_buff, start, events, self.values)
        return x
