"""The machine-level operations of the native loop."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.callconv import excinfo_t
from numba.extending import intrinsic


@intrinsic
def call_kernel(typing, address, block):
    """Call ``int64 kernel(int64)`` by address; an exception inside leaves the loop as it is."""

    def codegen(context, builder, sig, args):
        convention = context.call_conv
        function_type = convention.get_function_type(types.int64, (types.int64,))
        function = builder.inttoptr(args[0], function_type.as_pointer())
        answer = cgutils.alloca_once(builder, ir.IntType(64))
        error = cgutils.alloca_once(builder, ir.PointerType(excinfo_t))
        code = builder.call(function, [answer, error, args[1]])
        status = convention._get_return_status(builder, code, builder.load(error))
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return builder.load(answer)

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def take_byte(typing, address):
    """Read a byte and clear it."""

    def codegen(context, builder, sig, args):
        byte = ir.IntType(8)
        pointer = builder.inttoptr(args[0], byte.as_pointer())
        value = builder.load(pointer)
        builder.store(ir.Constant(byte, 0), pointer)
        return builder.zext(value, ir.IntType(64))

    return types.int64(types.int64), codegen


@intrinsic
def load(typing, address):
    """The word at an address."""

    def codegen(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], ir.IntType(64).as_pointer()))

    return types.int64(types.int64), codegen


@intrinsic
def store(typing, address, value):
    """Store a word at an address."""

    def codegen(context, builder, sig, args):
        builder.store(args[1], builder.inttoptr(args[0], ir.IntType(64).as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


INTRINSICS = {"load": load, "store": store, "call_kernel": call_kernel, "take_byte": take_byte}
