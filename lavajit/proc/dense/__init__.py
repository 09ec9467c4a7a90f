"""Dense connections.

Each step sends the activation of the previous step, then receives and computes the next one, so
that a spike reaches the neuron behind a Dense one step later and loops can run::

    send a_buff
    x = recv()
    acc = weights . x                      graded (num_message_bits > 0)
        = sum of the columns j with x_j != 0     binary
    a_buff = acc                           float
           = acc << weight_exp             fixed point (floor for a negative exponent)

:class:`DelayDense` has one delay per synapse, and a buffer with one column per time step to come::

    send a_buff[:, 0]
    drop column 0 of a_buff, append a column of zeros
    a_buff[:, d] += (weights where delays == d) . x        fixed point: << weight_exp first

A message received in step t with delay d is part of what is sent in step t + 1 + d. Delays longer
than `max_delay`, which ``delays.set`` can make, deliver nothing.

The work follows the spikes, see :mod:`lavajit.proc.delivery`. Fixed point prepares the weights
once, in the first step: clipped to 8 bits and sign, then truncated to ``num_weight_bits``; weights
set later are used as they are. Nothing saturates: sums of binary inputs have 64 bits, those of
graded ones as many as their source (32 or 64), and what is stored and sent are the low 32 bits.
Different from Lava: `max_delay` may not be negative.
"""

from lavajit.proc.dense.delay import (
    AbstractPyDelayDenseModel,
    DelayDense,
    PyDelayDenseModelBitAcc,
    PyDelayDenseModelFloat,
)
from lavajit.proc.dense.dense import (
    AbstractPyDenseModelBitAcc,
    AbstractPyDenseModelFloat,
    Dense,
    PyDenseModelBitAcc,
    PyDenseModelFloat,
)
from lavajit.proc.dense.learning import (
    LearningDense,
    PyLearningDenseModelBitApproximate,
    PyLearningDenseModelFloat,
)

__all__ = [
    "AbstractPyDelayDenseModel",
    "AbstractPyDenseModelBitAcc",
    "AbstractPyDenseModelFloat",
    "DelayDense",
    "Dense",
    "LearningDense",
    "PyDelayDenseModelBitAcc",
    "PyDelayDenseModelFloat",
    "PyDenseModelBitAcc",
    "PyDenseModelFloat",
    "PyLearningDenseModelBitApproximate",
    "PyLearningDenseModelFloat",
]
