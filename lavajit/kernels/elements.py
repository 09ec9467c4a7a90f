"""The native form of `lavajit.model.elements.element`."""

from __future__ import annotations

from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numba.np import arrayobj


@intrinsic
def element(typing, values, i):
    """Element i of an array in C order; a number is the same everywhere."""
    if not isinstance(i, types.Integer):
        raise TypingError("the index of element() must be an integer")
    if not isinstance(values, types.Array):
        if not isinstance(values, types.Number | types.Boolean):
            raise TypingError(f"element() takes a number or an array, got {values}")
        return values(values, i), lambda context, builder, sig, args: args[0]
    if values.layout != "C":
        raise TypingError("element() takes arrays in C order")

    def codegen(context, builder, sig, args):
        aryty, index = sig.args
        array = context.make_array(aryty)(context, builder, args[0])
        at = context.cast(builder, args[1], index, types.int64)
        return arrayobj.load_item(context, builder, aryty, builder.gep(array.data, [at]))

    return values.dtype(values, i), codegen
