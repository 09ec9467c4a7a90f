"""What Python's numbers become where they meet single precision.

``like(number, source)`` is the number in the type in which NumPy lets it meet `source`: float32 for
a float32 scalar or array, complex64 for a complex64 one, unchanged elsewhere. For sources that must
not be computed twice there is one function per operation, ``_left_sub(1, source)``, with the number
on the left or on the right.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from lavajit.kernels.operations import OPERATIONS, operation_name


def _met(number: types.Type, source: types.Type) -> types.Type:
    """The type of a Python number where it meets `source`."""
    number = types.unliteral(number)
    met = getattr(source, "dtype", source)
    if met == types.complex64 or (met == types.float32 and isinstance(number, types.Complex)):
        return types.complex64
    return types.float32 if met == types.float32 else number


@intrinsic
def like(typing, number, source):
    """`number` in the type in which it meets `source`."""
    met = _met(number, source)

    def codegen(context, builder, sig, args):
        return context.cast(builder, args[0], sig.args[0], met)

    return met(types.unliteral(number), source), codegen


def _operation(function: Callable, number_at: int):
    """An intrinsic for ``function(a, b)`` of which argument `number_at` is a Python number."""

    @intrinsic
    def operation(typing, a, b):
        given = [a, b]
        given[number_at] = _met(given[number_at], given[1 - number_at])
        given = [types.unliteral(operand) for operand in given]
        found = typing.resolve_function_type(function, tuple(given), {})
        if found is None:
            raise TypingError(f"no {function.__name__}() of {a} and {b}")
        whole = found.return_type(*given)

        def codegen(context, builder, sig, args):
            values = [
                context.cast(builder, value, own, wanted)
                for value, own, wanted in zip(args, sig.args, given, strict=True)
            ]
            if function in (min, max):  # numba has them for any number of arguments only
                return context.compile_internal(builder, lambda a, b: function(a, b), whole, values)
            values = [
                context.cast(builder, value, own, wanted)
                for value, own, wanted in zip(values, given, found.args, strict=True)
            ]
            return context.get_function(function, found)(builder, values)

        return found.return_type(types.unliteral(a), types.unliteral(b)), codegen

    return operation


#: Names the rewriter puts into kernels of single precision.
NUMBER_BUILTINS = {
    "_like": like,
    "_single_f": np.float32,
    "_single_c": np.complex64,
    **{
        operation_name(name, number_at): _operation(function, number_at)
        for name, function in OPERATIONS.items()
        for number_at in (0, 1)
    },
}
