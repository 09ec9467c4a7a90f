"""The native forms of `element` and `prefetch` of lavajit.model.elements, and of `np.size`."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numba.np import arrayobj

_INTP = ir.IntType(types.intp.bitwidth)


@intrinsic
def size(typing, values):
    """``np.size`` of an array or a number; numba's own makes an array to ask."""
    if isinstance(values, types.Array):

        def codegen(context, builder, sig, args):
            return context.make_array(sig.args[0])(context, builder, args[0]).nitems

        return types.intp(values), codegen
    if isinstance(values, types.Number | types.Boolean):
        return types.intp(values), lambda context, builder, sig, args: ir.Constant(_INTP, 1)
    raise TypingError(f"np.size() takes a number or an array, got {values}")


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


#: Arguments of LLVM's prefetch: for writing, into all caches, data.
_PREFETCH = (1, 3, 1)
_INT8_POINTER, _INT32 = ir.IntType(8).as_pointer(), ir.IntType(32)


@intrinsic
def prefetch(typing, values, i):
    """Ask for an element of a one-dimensional array ahead of its use."""
    if not isinstance(values, types.Array) or values.ndim != 1:
        raise TypingError("prefetch() takes a one-dimensional array and an index")

    def codegen(context, builder, sig, args):
        array = context.make_array(sig.args[0])(context, builder, args[0])
        at = context.cast(builder, args[1], sig.args[1], types.int64)
        place = builder.bitcast(builder.gep(array.data, [at]), _INT8_POINTER)
        kind = ir.FunctionType(ir.VoidType(), [_INT8_POINTER, *[_INT32] * len(_PREFETCH)])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(function, [place, *(ir.Constant(_INT32, value) for value in _PREFETCH)])
        return context.get_dummy_value()

    return types.void(values, i), codegen
