"""Fields of a state block: what a kernel sees as ``self.<name>``, in 8-byte words.

A *state block* is the memory one model instance's kernels work on. Each field occupies a fixed
number of words that depends on its type only, never on sizes, so that one machine code serves every
network:

========================  =====================================================================
field                     words
========================  =====================================================================
:class:`ScalarField`      the value itself (two words for complex128)
:class:`SharedField`      address of a scalar that several blocks share (the time step)
:class:`ArrayField`       address, shape...
:class:`InPortField`      address of data, of event indices, of the entry count, shape...
:class:`OutPortField`     the same
:class:`RefPortField`     address of the Var, of its index map, of the pending write, of the
                          pending flag, of the phase word, shape...
:class:`RandomField`      key, address of the time step, number of the first element
========================  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

WORD_BYTES = 8

#: Dtypes of single precision.
SINGLE = frozenset({"float32", "complex64"})

#: Word offsets inside a port record (in and out ports).
PORT_DATA, PORT_EVENTS, PORT_COUNT, PORT_SHAPE = 0, 1, 2, 3
#: Word offsets inside a RefPort record.
REF_TARGET, REF_MAP, REF_PENDING, REF_FLAG, REF_PHASE, REF_SHAPE = 0, 1, 2, 3, 4, 5

#: Transport kinds of a port, from its LavaPyType.
VEC_DENSE, VEC_SPARSE, SCALAR_DENSE, SCALAR_SPARSE = (
    "vec_dense",
    "vec_sparse",
    "scalar_dense",
    "scalar_sparse",
)


@dataclass(frozen=True)
class ScalarField:
    """One number kept in the block."""

    dtype: str

    @property
    def words(self) -> int:
        return max(1, np.dtype(self.dtype).itemsize // WORD_BYTES)


@dataclass(frozen=True)
class SharedField:
    """One number kept elsewhere, shared by several blocks; read-only for kernels."""

    dtype: str
    words: int = 1


@dataclass(frozen=True)
class ArrayField:
    """A contiguous array in the arena; ``order`` "F" stores the first axis contiguously."""

    dtype: str
    ndim: int
    order: str = "C"

    @property
    def words(self) -> int:
        return 1 + self.ndim


@dataclass(frozen=True)
class InPortField:
    """An InPort; ``dtype`` is that of what ``recv`` returns."""

    dtype: str
    ndim: int
    kind: str

    @property
    def words(self) -> int:
        return PORT_SHAPE + self.ndim


@dataclass(frozen=True)
class OutPortField:
    """An OutPort; ``dtype`` is that of the channel."""

    dtype: str
    ndim: int
    kind: str

    @property
    def words(self) -> int:
        return PORT_SHAPE + self.ndim


@dataclass(frozen=True)
class RefPortField:
    """A RefPort; ``dtype`` is that of its Var, ``write_dtype`` that of its messages."""

    dtype: str
    ndim: int
    kind: str
    write_dtype: str

    @property
    def words(self) -> int:
        return REF_SHAPE + self.ndim


@dataclass(frozen=True)
class RandomField:
    """Counter-based random numbers of this block: a key, the time step, the first element."""

    words: int = 3


@dataclass(frozen=True)
class OpaqueField:
    """An attribute that native code cannot hold (string, list, object); ``what`` names its type."""

    what: str
    words: int = 0


Field: TypeAlias = (
    ScalarField
    | SharedField
    | ArrayField
    | InPortField
    | OutPortField
    | RefPortField
    | RandomField
    | OpaqueField
)
Fields: TypeAlias = tuple[tuple[str, Field], ...]

#: Field types whose words hold addresses of ports.
PORT_FIELDS = (InPortField, OutPortField, RefPortField)


def word_offsets(fields: Fields) -> dict[str, int]:
    """Offset of each field in words from the start of the block."""
    offsets, at = {}, 0
    for name, field in fields:
        offsets[name] = at
        at += field.words
    return offsets


def block_words(fields: Fields) -> int:
    """Size of a block in words."""
    return sum(field.words for _, field in fields)


def promote(fields: Fields, name: str, dtype: str) -> Fields:
    """The same fields with the numeric field `name` widened to `dtype`."""

    def widened(field: Field) -> Field:
        if isinstance(field, ArrayField):
            return ArrayField(dtype, field.ndim, field.order)
        return ScalarField(dtype)

    return tuple((n, widened(f) if n == name else f) for n, f in fields)
