"""Trees of compartments: how a parent joins what its children pass, and what a threshold does.

Compartments compute in ascending order. A child passes its voltage, the one of the same step, after
the limits and before refractory time and reset; its flag is set where it spikes in this step. A
parent joins both with its own ``x = wrap(u + bias, 23)`` before the voltage is made. The chip's
encodings are not public; names and meanings are those of the join operations of Loihi 1 as far as
they are known, the arithmetic is ours.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

#: Voltages that a compartment can take from its children.
MOST_CHILDREN = 2


class Join(IntEnum):
    """What a parent takes as x; s1 and s2 are voltages of its children, in ascending order.

    SKIP leaves x; ADD is x + s1 + s2; MAX and MIN are those of x, s1 and s2. PASS is s2 if the flag
    of the other child is set, else 0; with one child its own flag decides. BLOCK is x unless a flag
    is set, OR is x if one is set, AND is x if all are set; otherwise they are 0. So with a bias
    above its threshold a parent spikes as the logical function of its children's spikes.
    """

    SKIP = 0
    ADD = 1
    MAX = 2
    MIN = 3
    PASS = 4
    BLOCK = 5
    OR = 6
    AND = 7


class OnThreshold(IntEnum):
    """What a compartment does where its voltage is above the threshold.

    SPIKE_AND_RESET: the usual neuron. PASS: never spike, the voltage stays. SPIKE_AND_PASS: spike,
    the voltage stays. SATURATE: never spike, the threshold is one more upper limit.
    """

    SPIKE_AND_RESET = 0
    PASS = 1
    SPIKE_AND_PASS = 2
    SATURATE = 3


def children_of(parents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and second child of each compartment, -1 for none; arrays of int32, shape (n,).

    Parameters
    ----------
    parents : array of int, shape (n,)
        Parent of each compartment, -1 for none.

    Examples
    --------
    >>> [children.tolist() for children in children_of(np.array([2, 2, 3, -1]))]
    [[-1, -1, 0, 2], [-1, -1, 1, -1]]
    """
    first, second = (np.full(parents.size, -1, np.int32) for _ in range(2))
    for child in np.flatnonzero(parents >= 0):
        into = second if first[parents[child]] >= 0 else first
        into[parents[child]] = child
    return first, second


def check_tree(parents: np.ndarray) -> None:
    """Children come before their parents, and no parent has more than two.

    Raises
    ------
    ValueError
        They do not, or one has.
    """
    late = np.flatnonzero((parents >= 0) & (parents <= np.arange(parents.size)))
    if late.size:
        child = late[0]
        raise ValueError(
            f"parents[{child}]: {parents[child]} does not come after {child}; compartments compute "
            "in ascending order, so give a child a lower number than its parent"
        )
    count = np.bincount(parents[parents >= 0], minlength=1)
    if count.max() > MOST_CHILDREN:
        parent = int(np.argmax(count))
        raise ValueError(
            f"parents: compartment {parent} has {count[parent]} children, at most {MOST_CHILDREN} "
            "are possible; put compartments in between"
        )
