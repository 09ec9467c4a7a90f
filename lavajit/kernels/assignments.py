"""What the rewriter's ``self.v = x``, ``np.where`` and ``return x`` become."""

from __future__ import annotations

import numpy as np
from numba import types
from numba.core.errors import TypingError
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload
from numba.np.numpy_support import as_dtype, from_dtype

from lavajit.kernels.arrays import UNCHECKED, c_cast, fill, flat_view
from lavajit.kernels.elements import size
from lavajit.kernels.self_type import PromoteField

# --- where -------------------------------------------------------------------------------------


def where(condition, x, y):
    """``np.where(condition, x, y)``; ours for vectors and numbers, numba's for the rest."""
    raise NotImplementedError


@overload(where, jit_options=UNCHECKED)
def where_impl(condition, x, y):
    arrays = [a for a in (condition, x, y) if isinstance(a, types.Array)]
    numbers = [a for a in (condition, x, y) if isinstance(a, types.Number | types.Boolean)]
    if not arrays or len(arrays) + len(numbers) < 3 or any(a.ndim != 1 for a in arrays):
        return lambda condition, x, y: np.where(condition, x, y)
    dtype = as_dtype(_where_type(x, y))

    def impl(condition, x, y):
        n = max(size(condition), size(x), size(y))
        out = np.empty(n, dtype)
        for part in (size(condition), size(x), size(y)):
            if part != 1 and part != n:
                raise ValueError("np.where(): shapes do not broadcast")
        for i in range(n):
            out[i] = c_cast(item(x, i), out) if item(condition, i) else c_cast(item(y, i), out)
        return out

    return impl


def _where_type(x: types.Type, y: types.Type) -> types.Type:
    """Element type of the result: a number of a lower or the same kind adapts to the array."""
    a, b = getattr(x, "dtype", x), getattr(y, "dtype", y)
    if isinstance(x, types.Array) != isinstance(y, types.Array):
        array, number = (a, b) if isinstance(x, types.Array) else (b, a)
        if kind_rank(number) <= kind_rank(array):
            return array
    return from_dtype(np.promote_types(as_dtype(a), as_dtype(b)))


def item(value, i):
    """Element i of a vector; a number or a vector of one element has the same everywhere."""
    raise NotImplementedError


@overload(item, jit_options=UNCHECKED)
def item_impl(value, i):
    if isinstance(value, types.Array):
        return lambda value, i: value[i if value.size > 1 else 0]
    return lambda value, i: value


# --- fields -----------------------------------------------------------------------------------


def kind_rank(number: types.Type) -> int:
    """bool < integer < float < complex."""
    if isinstance(number, types.Boolean):
        return 0
    if isinstance(number, types.Integer):
        return 1
    return 2 if isinstance(number, types.Float) else 3


def _promoted(number: types.Type) -> str:
    return ("bool", "int64", "float64", "complex128")[kind_rank(number)]


def store_array(target, value, name):
    """``self.<name> = value`` for an array field."""
    raise NotImplementedError


@overload(store_array, prefer_literal=True)
def store_array_impl(target, value, name):
    number = value.dtype if isinstance(value, types.Array) else value
    if not isinstance(number, types.Boolean | types.Number):
        raise TypingError(f"attribute {name.literal_value!r} holds numbers, not {value}")
    if kind_rank(number) > kind_rank(target.dtype):
        raise PromoteField(name.literal_value, _promoted(number))
    if isinstance(value, types.Array) and value.ndim > target.ndim:
        raise TypingError(f"attribute {name.literal_value!r} has {target.ndim} dimension(s)")
    return lambda target, value, name: fill(target, value)


def keep_kind(old, new, name):
    """``self.<name> = new`` for a scalar field: the value in the field's own type."""
    raise NotImplementedError


@overload(keep_kind, prefer_literal=True)
def keep_kind_impl(old, new, name):
    if not isinstance(new, types.Boolean | types.Number):
        raise TypingError(f"attribute {name.literal_value!r} holds one number, not {new}")
    if kind_rank(new) > kind_rank(old):
        raise PromoteField(name.literal_value, _promoted(new))
    return lambda old, new, name: new


def truth(value):
    """What a kernel answers to the loop: 1 for what Python calls true, 0 otherwise."""
    raise NotImplementedError


@overload(truth)
def truth_impl(value):
    if isinstance(value, types.NoneType):
        return lambda value: 0
    if isinstance(value, types.Array):
        return lambda value: 1 if flat_view(value)[0] else 0
    return lambda value: 1 if value else 0


# --- in place -------------------------------------------------------------------------------------


def _check_in_place(target: types.Type, value: types.Type, division: bool) -> None:
    """NumPy refuses ``integers += floats``; numba would cut the fractions off."""
    if not isinstance(target, types.Array):
        return
    number = value.dtype if isinstance(value, types.Array) else value
    rank = kind_rank(number) if isinstance(number, types.Boolean | types.Number) else 0
    if max(rank, 2 if division else 0) > kind_rank(target.dtype):
        raise TypingError(f"an array of {target.dtype} cannot be changed in place by {number}")


def _checked(division: bool):
    @intrinsic
    def in_place(typing, target, value):
        _check_in_place(target, value, division)
        kept = types.unliteral(value)

        def codegen(context, builder, sig, args):
            return impl_ret_borrowed(context, builder, sig.return_type, args[1])

        return kept(target, kept), codegen

    return in_place


in_place, in_place_division = _checked(False), _checked(True)
