"""RefPorts in kernels: they read and write the Var they point at.

A write in a management phase takes effect at once; elsewhere it is kept until the next one.
"""

from __future__ import annotations

import numpy as np
from numba.extending import overload, overload_attribute, overload_method

from lavajit.compiler.fields import (
    REF_FLAG,
    REF_MAP,
    REF_PENDING,
    REF_PHASE,
    REF_SHAPE,
    REF_TARGET,
    SCALAR_DENSE,
)
from lavajit.kernels.arrays import UNCHECKED, c_cast, fill, flat_view
from lavajit.kernels.records import (
    WRONG_SHAPE,
    check_message,
    flat_intrinsic,
    load_int64,
    prefix_intrinsic,
    store_int64,
    view_intrinsic,
    word_intrinsic,
)
from lavajit.kernels.self_type import RefPortType
from lavajit.kernels.units import VIEW_VAR

WRONG_SIZE = "read_into() needs a flat array with as many elements as the RefPort"

#: Phase numbers in which a write goes straight to the Var.
PRE_PHASE, POST_PHASE = 2, 4

_ref_map_address = word_intrinsic(REF_MAP)
_ref_flag_address = word_intrinsic(REF_FLAG)
_ref_phase_address = word_intrinsic(REF_PHASE)
_ref_view = view_intrinsic(REF_TARGET, REF_SHAPE, readonly=True)
_ref_target = view_intrinsic(REF_TARGET, REF_SHAPE, readonly=False)
_ref_pending = view_intrinsic(REF_PENDING, REF_SHAPE, False, "write_dtype")
_flat_target = flat_intrinsic(REF_TARGET, REF_SHAPE, readonly=False)
_flat_pending = flat_intrinsic(REF_PENDING, REF_SHAPE, False, "write_dtype")
_ref_map = prefix_intrinsic(REF_MAP, "int64", readonly=True)


def _apply_write(port, flat):
    raise NotImplementedError


@overload(_apply_write, jit_options=UNCHECKED)
def _apply_write_impl(port, flat):
    def impl(port, flat):
        target = _flat_target(port)
        if _ref_map_address(port) == 0:
            for i in range(flat.size):
                target[i] = c_cast(flat[i], target)
        else:
            index = _ref_map(port, flat.size)
            for i in range(flat.size):
                target[index[i]] = c_cast(flat[i], target)

    return impl


def _apply_pending(port):
    raise NotImplementedError


@overload(_apply_pending, jit_options=UNCHECKED)
def _apply_pending_impl(port):
    def impl(port):
        if load_int64(_ref_flag_address(port)) != 0:
            _apply_write(port, _flat_pending(port))
            store_int64(_ref_flag_address(port), 0)

    return impl


@overload_method(RefPortType, "read", jit_options=UNCHECKED)
def ref_read(port):
    if port.field.kind == SCALAR_DENSE:

        def read_scalar(port):
            _apply_pending(port)
            return _flat_target(port)[0]

        return read_scalar

    def read(port):
        _apply_pending(port)
        view = _ref_view(port)
        out = np.empty(view.shape, view.dtype)
        source, flat = _flat_target(port), flat_view(out)
        if _ref_map_address(port) == 0:
            for i in range(flat.size):
                flat[i] = source[i]
        else:
            index = _ref_map(port, flat.size)
            for i in range(flat.size):
                flat[i] = source[index[i]]
        return out

    return read


@overload_method(RefPortType, "read_into", jit_options=UNCHECKED)
def ref_read_into(port, out):
    def read_into(port, out):
        _apply_pending(port)
        source = _flat_target(port)
        if out.size != source.size:
            raise ValueError(WRONG_SIZE)
        if _ref_map_address(port) == 0:
            for i in range(source.size):
                out[i] = c_cast(source[i], out)
        else:
            index = _ref_map(port, source.size)
            for i in range(source.size):
                out[i] = c_cast(source[index[i]], out)

    return read_into


@overload_method(RefPortType, VIEW_VAR)
def ref_view(port):
    def view(port):
        if _ref_map_address(port) != 0:
            raise ValueError("view() needs a path without transposed or concatenated ports")
        return _ref_view(port)

    return view


@overload_method(RefPortType, "write", jit_options=UNCHECKED)
def ref_write(port, data):
    scalar = port.field.kind == SCALAR_DENSE
    if not scalar:
        check_message(port, data)

    def write(port, data):
        pending = _flat_pending(port)
        if scalar:
            pending[0] = c_cast(data, pending)
        else:
            if _ref_pending(port).shape != data.shape:
                raise AssertionError(WRONG_SHAPE)
            fill(_ref_pending(port), data)
        phase = load_int64(_ref_phase_address(port))
        if phase == PRE_PHASE or phase == POST_PHASE:
            _apply_write(port, pending)
            store_int64(_ref_flag_address(port), 0)
        else:
            store_int64(_ref_flag_address(port), 1)

    return write


@overload_method(RefPortType, "wait")
def ref_wait(port):
    return lambda port: _apply_pending(port)


@overload_attribute(RefPortType, "shape")
def ref_shape(port):
    return lambda port: _ref_view(port).shape
