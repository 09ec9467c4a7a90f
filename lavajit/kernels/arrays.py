"""Assignment to arrays and slices of arrays.

Numba's own versions format the shapes of a mismatch as text, which costs over a second of compile
time per process; these raise a constant text, and cast as C does. Same results otherwise,
overlapping views included.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.core.errors import TypingError
from numba.extending import intrinsic, overload
from numba.np import arrayobj

from lavajit.kernels.self_type import INT64, build_view, cast_number
from lavajit.kernels.units import READ_ONLY

#: Our own loops run over sizes they have checked.
UNCHECKED = {"boundscheck": False}

_MISMATCH = "the shape of the assigned array does not broadcast to the shape of the target"


@intrinsic
def c_cast(typing, value, array):
    """`value` as the element type of `array`, the way C casts."""
    dst = array.dtype

    def codegen(context, builder, sig, args):
        return cast_number(context, builder, args[0], sig.args[0], dst)

    return dst(value, array), codegen


@intrinsic
def data_address(typing, array):
    """Address of an array's first element."""

    def codegen(context, builder, sig, args):
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        return builder.ptrtoint(data, INT64)

    return types.int64(array), codegen


@intrinsic
def flat_view(typing, array):
    """A contiguous array in one dimension, in storage order; borrowed."""
    aryty = types.Array(array.dtype, 1, "C", readonly=not array.mutable)

    def codegen(context, builder, sig, args):
        source = context.make_array(sig.args[0])(context, builder, args[0])
        address = builder.ptrtoint(source.data, INT64)
        return build_view(context, builder, aryty, address, [source.nitems])

    return aryty(array), codegen


@intrinsic
def stretch(typing, array, shape):
    """An array broadcast to a shape: stride 0 along axes of length 1; borrowed."""
    ndim = shape.count
    aryty = types.Array(array.dtype, ndim, "A", readonly=True)

    def codegen(context, builder, sig, args):
        ary = sig.args[0]
        source = context.make_array(ary)(context, builder, args[0])
        zero, one = INT64(0), INT64(1)
        strides = [zero] * (ndim - ary.ndim)
        for axis in range(ary.ndim):
            length = builder.extract_value(source.shape, axis)
            stride = builder.extract_value(source.strides, axis)
            strides.append(builder.select(builder.icmp_signed("==", length, one), zero, stride))
        view = context.make_array(aryty)(context, builder)
        arrayobj.populate_array(
            view,
            data=source.data,
            shape=[builder.extract_value(args[1], k) for k in range(ndim)],
            strides=strides,
            itemsize=source.itemsize,
            meminfo=None,
        )
        return view._getvalue()

    return aryty(array, shape), codegen


# --- filling ----------------------------------------------------------------------------------


def fill(target, value):
    """``target[...] = value``: shapes broadcast, elements are cast as C does."""
    raise NotImplementedError


@overload(fill, jit_options=UNCHECKED)
def fill_impl(target, value):
    if not isinstance(target, types.Array) or isinstance(value, types.BaseTuple | types.Sequence):

        def plain(target, value):
            target[:] = value

        return plain
    if not target.mutable:
        raise TypingError(READ_ONLY)
    if not isinstance(value, types.Array):
        return _fill_with_number(target)
    if value.ndim > target.ndim:
        raise TypingError(f"an array of {value.ndim} dimensions does not fit into {target.ndim}")
    if value.ndim == target.ndim and value.layout == target.layout != "A":
        return _fill_vector if target.ndim == 1 else _fill_array
    return _fill_strided


def _fill_with_number(target: types.Array):
    if target.layout == "A":

        def strided(target, value):
            target[...] = c_cast(value, target)

        return strided

    def contiguous(target, value):
        flat, number = flat_view(target), c_cast(value, target)
        for i in range(flat.size):
            flat[i] = number

    return contiguous


def _fill_vector(target, value):
    if value.size == target.size:
        # Shifted within one array (v[1:] = v[:-1]): begin at the end that is read first.
        if data_address(value) < data_address(target):
            for i in range(target.size - 1, -1, -1):
                target[i] = c_cast(value[i], target)
        else:
            for i in range(target.size):
                target[i] = c_cast(value[i], target)
    elif value.size == 1:
        number = c_cast(value[0], target)
        for i in range(target.size):
            target[i] = number
    else:
        raise ValueError(_MISMATCH)


def _fill_array(target, value):
    if value.shape == target.shape:
        flat, source = flat_view(target), flat_view(value)
        if data_address(source) < data_address(flat):
            for i in range(flat.size - 1, -1, -1):
                flat[i] = c_cast(source[i], flat)
        else:
            for i in range(flat.size):
                flat[i] = c_cast(source[i], flat)
    else:
        fill_strided(target, value)


def _fill_strided(target, value):
    fill_strided(target, value)


@njit(boundscheck=False)
def fill_strided(target, value):
    """Any layouts, broadcasting, overlapping."""
    missing = target.ndim - value.ndim
    for axis in range(value.ndim):
        if value.shape[axis] != 1 and value.shape[axis] != target.shape[axis + missing]:
            raise ValueError(_MISMATCH)
    source = stretch(value, target.shape)
    if overlap(target, source):
        held = np.empty(target.shape, value.dtype)
        for index in np.ndindex(target.shape):
            held[index] = source[index]
        for index in np.ndindex(target.shape):
            target[index] = c_cast(held[index], target)
    else:
        for index in np.ndindex(target.shape):
            target[index] = c_cast(source[index], target)


@njit(boundscheck=False)
def overlap(a, b):
    """True if the byte ranges of two views meet and they are not the same view."""
    low_a = high_a = data_address(a)
    low_b = high_b = data_address(b)
    if low_a == low_b and a.strides == b.strides:
        return False
    for axis in range(a.ndim):
        low_a += min(0, (a.shape[axis] - 1) * a.strides[axis])
        high_a += max(0, (a.shape[axis] - 1) * a.strides[axis])
        low_b += min(0, (b.shape[axis] - 1) * b.strides[axis])
        high_b += max(0, (b.shape[axis] - 1) * b.strides[axis])
    return low_a < high_b + b.itemsize and low_b < high_a + a.itemsize


# --- slices -----------------------------------------------------------------------------------


def _is_basic(index: types.Type) -> bool:
    """True if indexing with it gives a view."""
    parts = index.types if isinstance(index, types.BaseTuple) else (index,)
    basic = (types.SliceType, types.EllipsisType, types.Integer)
    return all(isinstance(part, basic) for part in parts)


def store_slice(array, index, value):
    """``array[index] = value`` where the index has a slice."""
    raise NotImplementedError


@overload(store_slice)
def store_slice_impl(array, index, value):
    plain_value = isinstance(value, types.Array | types.Number | types.Boolean)
    if isinstance(array, types.Array) and _is_basic(index) and plain_value:
        return lambda array, index, value: fill(array[index], value)

    def general(array, index, value):
        array[index] = value

    return general


def store_back(array, index, value):
    """The store that ends ``array[index] += x``; `value` is ``array[index]``, changed in place."""
    raise NotImplementedError


@overload(store_back)
def store_back_impl(array, index, value):
    if isinstance(array, types.Array) and _is_basic(index):
        return lambda array, index, value: None

    def general(array, index, value):
        array[index] = value

    return general
