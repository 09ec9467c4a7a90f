"""The words of port records, as numba operations.

A record is a few 8-byte words of a state block: addresses, then a shape. Its value in a kernel is
its address.
"""

from __future__ import annotations

from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from lavajit.kernels.self_type import (
    INT64,
    array_type,
    build_view,
    load_shape,
    load_size,
    load_word,
)


def word_intrinsic(offset: int):
    """An intrinsic ``f(record) -> int64``: an invariant word of the record."""

    @intrinsic
    def word(typing, record):
        def codegen(context, builder, sig, args):
            return load_word(builder, args[0], offset)

        return types.int64(record), codegen

    return word


def view_intrinsic(address_word: int, shape_word: int, readonly: bool, dtype_of="dtype"):
    """An intrinsic ``f(record) -> array`` of the record's shape and a dtype named by its field."""

    @intrinsic
    def view(typing, record):
        dtype = getattr(record.field, dtype_of)
        aryty = array_type(dtype, record.field.ndim, readonly=readonly)

        def codegen(context, builder, sig, args):
            address = load_word(builder, args[0], address_word)
            shape = load_shape(builder, args[0], shape_word, aryty.ndim)
            return build_view(context, builder, aryty, address, shape)

        return aryty(record), codegen

    return view


def flat_intrinsic(address_word: int, shape_word: int, readonly: bool, dtype_of="dtype"):
    """The same view flattened, without numba's general reshape."""

    @intrinsic
    def view(typing, record):
        aryty = array_type(getattr(record.field, dtype_of), 1, readonly=readonly)

        def codegen(context, builder, sig, args):
            address = load_word(builder, args[0], address_word)
            size = load_size(builder, args[0], shape_word, record.field.ndim)
            return build_view(context, builder, aryty, address, [size])

        return aryty(record), codegen

    return view


def prefix_intrinsic(address_word: int, dtype: str | None, readonly: bool):
    """An intrinsic ``f(record, n) -> 1-d array``: the first n entries behind an address word."""

    @intrinsic
    def prefix(typing, record, n):
        aryty = array_type(dtype or record.field.dtype, 1, readonly=readonly)

        def codegen(context, builder, sig, args):
            address = load_word(builder, args[0], address_word)
            length = context.cast(builder, args[1], sig.args[1], types.int64)
            return build_view(context, builder, aryty, address, [length])

        return aryty(record, n), codegen

    return prefix


@intrinsic
def load_int64(typing, address):
    """The int64 at an address."""

    def codegen(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], INT64.as_pointer()))

    return types.int64(types.int64), codegen


@intrinsic
def store_int64(typing, address, value):
    """Store an int64 at an address."""

    def codegen(context, builder, sig, args):
        value = context.cast(builder, args[1], sig.args[1], types.int64)
        builder.store(value, builder.inttoptr(args[0], INT64.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, value), codegen


WRONG_SHAPE = "the shape of the message differs from the shape of the port"


def check_message(port, data) -> None:
    """Refuse, while types are inferred, what no message of a dense port can be."""
    if not isinstance(data, types.Array):
        raise TypingError("send() and write() take an array of the port's shape")
    if data.ndim != port.field.ndim:
        raise TypingError(
            f"the message has {data.ndim} dimension(s), the port {port.field.ndim}; reshape it"
        )
