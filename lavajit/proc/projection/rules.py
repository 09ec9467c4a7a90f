"""Who is connected with whom, and how weights and delays are distributed: what users write.

The names of the rules are those of NEST. Each says how many synapses there are and, where that is
random, how they are divided among the sources; :mod:`lavajit.proc.projection.wiring` does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

# How targets are found, in kernels.
REPEATED, DISTINCT, BY_TARGET, GIVEN = range(4)
# Distributions, in kernels.
CONSTANT, NORMAL, UNIFORM = range(3)
#: No standard normal number made of 32 random bits is larger: sqrt(2 ln 2**32).
LARGEST_NORMAL = 6.661


@dataclass(frozen=True)
class PairwiseBernoulli:
    """Every pair of a source and a target is connected with probability `p`, independently.

    Examples
    --------
    >>> PairwiseBernoulli(p=0.1)
    PairwiseBernoulli(p=0.1)
    """

    p: float
    how: ClassVar[int] = DISTINCT

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(f"PairwiseBernoulli: p is a probability, from 0 to 1; got {self.p!r}")

    def counts(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """Number of synapses of each source; shape (M, N)."""
        return rng.binomial(shape[0], self.p, shape[1])


@dataclass(frozen=True)
class FixedIndegree:
    """Every target draws `k` sources, each with equal probability, the same one again or not.

    Examples
    --------
    >>> FixedIndegree(k=1000)
    FixedIndegree(k=1000)
    """

    k: int
    how: ClassVar[int] = BY_TARGET

    def __post_init__(self) -> None:
        _check_count("FixedIndegree", "k", self.k)

    def counts(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """All synapses with the first source: who has how many turns out when they are made."""
        counts = np.zeros(shape[1], np.int64)
        counts[0] = shape[0] * self.k
        return counts


@dataclass(frozen=True)
class FixedOutdegree:
    """Every source draws `k` targets, each with equal probability, the same one again or not.

    Examples
    --------
    >>> FixedOutdegree(k=1000)
    FixedOutdegree(k=1000)
    """

    k: int
    how: ClassVar[int] = REPEATED

    def __post_init__(self) -> None:
        _check_count("FixedOutdegree", "k", self.k)

    def counts(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """Number of synapses of each source; shape (M, N)."""
        return np.full(shape[1], self.k, np.int64)


@dataclass(frozen=True)
class FixedTotal:
    """`n` synapses, each with a source and a target drawn with equal probability.

    Examples
    --------
    >>> FixedTotal(n=10_000)
    FixedTotal(n=10000)
    """

    n: int
    how: ClassVar[int] = REPEATED

    def __post_init__(self) -> None:
        _check_count("FixedTotal", "n", self.n)

    def counts(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """Number of synapses of each source; shape (M, N)."""
        return rng.multinomial(self.n, np.full(shape[1], 1 / shape[1]))


@dataclass(frozen=True, eq=False)
class Synapses:
    """Synapses given one by one.

    Parameters
    ----------
    pre, post : array_like of int, shape (n,)
        Numbers of the source and of the target of each synapse; pairs may occur several times.

    Raises
    ------
    ValueError
        If they are no one-dimensional arrays of integers of the same length.

    Examples
    --------
    >>> Synapses(pre=[0, 0, 1], post=[2, 1, 0]).pre
    array([0, 0, 1])
    """

    pre: ArrayLike
    post: ArrayLike
    how: ClassVar[int] = GIVEN

    def __post_init__(self) -> None:
        for name in ("pre", "post"):
            index = np.asarray(getattr(self, name))
            index = index.astype(np.int64) if index.size == 0 else index
            if index.ndim != 1 or index.dtype.kind not in "iu":
                raise ValueError(
                    f"Synapses: {name} needs one whole number per synapse, got an array of shape "
                    f"{index.shape} and type {index.dtype}"
                )
            object.__setattr__(self, name, index)
        if self.pre.shape != self.post.shape:
            raise ValueError(
                f"Synapses: {self.pre.size} sources (pre) and {self.post.size} targets (post); "
                "give one of each per synapse"
            )

    def check(self, shape: tuple[int, int]) -> None:
        """Raise ValueError if a neuron is outside shape (M, N)."""
        for name, index, size in (("pre", self.pre, shape[1]), ("post", self.post, shape[0])):
            if index.size and (index.min() < 0 or index.max() >= size):
                raise ValueError(
                    f"Synapses: {name} has neurons from {index.min()} to {index.max()}, "
                    f"shape={shape} has room for 0 to {size - 1}"
                )

    def counts(self, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """Number of synapses of each source; shape (M, N)."""
        return np.bincount(self.pre, minlength=shape[1])


@dataclass(frozen=True)
class Normal:
    """Normally distributed; numbers outside `low` to `high` are drawn again.

    Parameters
    ----------
    mean, std : float
        Mean and standard deviation before the limits take effect.
    low, high : float, optional
        Limits, with `mean` between them and at least one `std` apart.

    Examples
    --------
    >>> Normal(mean=15.0, std=7.5, low=1)
    Normal(mean=15.0, std=7.5, low=1, high=inf)
    """

    mean: float
    std: float
    low: float = -np.inf
    high: float = np.inf

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and np.isfinite(self.std) and self.std >= 0):
            raise ValueError(
                f"Normal: mean must be finite, std finite and not negative; got {self}"
            )
        if not self.low <= self.mean <= self.high or self.high - self.low < self.std:
            raise ValueError(
                f"Normal: mean must lie between low and high, which are at least one std apart, or "
                f"numbers would be drawn again too often; got {self}"
            )


@dataclass(frozen=True)
class Uniform:
    """Every number from `low` to `high` with equal probability; as delay, every whole number.

    Examples
    --------
    >>> Uniform(low=1, high=15)
    Uniform(low=1, high=15)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"Uniform: low and high must be finite, low <= high; got {self}")


RULES = (PairwiseBernoulli, FixedIndegree, FixedOutdegree, FixedTotal, Synapses)
Rule = PairwiseBernoulli | FixedIndegree | FixedOutdegree | FixedTotal | Synapses
Distribution = float | Normal | Uniform | ArrayLike


def _check_count(rule: str, name: str, count: int) -> None:
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
        raise ValueError(f"{rule}: {name} is a whole number from 0; got {count!r}")
