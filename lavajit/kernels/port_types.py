"""What a kernel can do with its ports, and how it assigns to its fields.

``recv`` is a read-only view of the channel, ``buffer`` the writable message of this step, ``send`` copies
into it (nothing, if handed the buffer itself) and, where a consumer asks for them, lists the indices of the
non-zero elements. RefPorts read and write the Var they point at; a write outside the management phases
is kept until the next one.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic, overload, overload_attribute, overload_method

from lavajit.compiler.fields import (
    PORT_COUNT,
    PORT_DATA,
    PORT_EVENTS,
    PORT_SHAPE,
    REF_FLAG,
    REF_MAP,
    REF_PENDING,
    REF_PHASE,
    REF_SHAPE,
    REF_TARGET,
    SCALAR_DENSE,
    SCALAR_SPARSE,
    VEC_DENSE,
    VEC_SPARSE,
)
from lavajit.kernels.rewrite import FLAT_SUFFIX
from lavajit.kernels.self_type import (
    INT64,
    InPortType,
    OutPortType,
    PromoteField,
    RefPortType,
    array_type,
    build_view,
    cast_number,
    element_pointer,
    load_shape,
    load_size,
    load_word,
    scalar_type,
)

#: Phase numbers in which a RefPort write goes straight to the Var.
PRE_PHASE, POST_PHASE = 2, 4


# --- words of a record ------------------------------------------------------------------------------


def _word_intrinsic(offset: int):
    """An intrinsic ``f(record) -> int64``: an invariant word of the record."""

    @intrinsic
    def word(typing, record):
        def codegen(context, builder, sig, args):
            return load_word(builder, args[0], offset)

        return types.int64(record), codegen

    return word


def _view_intrinsic(address_word: int, shape_word: int, readonly: bool, dtype_of="dtype"):
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


def _flat_intrinsic(address_word: int, shape_word: int, readonly: bool, dtype_of="dtype"):
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


def _prefix_intrinsic(address_word: int, dtype: str | None, readonly: bool):
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
def _load_int64(typing, address):
    """The int64 at an address."""

    def codegen(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], INT64.as_pointer()))

    return types.int64(types.int64), codegen


@intrinsic
def _store_int64(typing, address, value):
    """Store an int64 at an address."""

    def codegen(context, builder, sig, args):
        value = context.cast(builder, args[1], sig.args[1], types.int64)
        builder.store(value, builder.inttoptr(args[0], INT64.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, value), codegen


@intrinsic
def _data_address(typing, array):
    """Address of an array's first element."""

    def codegen(context, builder, sig, args):
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        return builder.ptrtoint(data, INT64)

    return types.int64(array), codegen


@intrinsic
def c_cast(typing, value, array):
    """`value` as the element type of `array`, the way C casts."""
    dst = array.dtype

    def codegen(context, builder, sig, args):
        return cast_number(context, builder, args[0], sig.args[0], dst)

    return dst(value, array), codegen


@intrinsic
def _load_scalar(typing, record):
    """The first element of a port's channel."""
    number = scalar_type(record.field.dtype)

    def codegen(context, builder, sig, args):
        address = load_word(builder, args[0], PORT_DATA)
        return context.unpack_value(builder, number, element_pointer(context, builder, address, number))

    return number(record), codegen


_events_address = _word_intrinsic(PORT_EVENTS)
_count_address = _word_intrinsic(PORT_COUNT)
_message = _view_intrinsic(PORT_DATA, PORT_SHAPE, readonly=True)
_buffer = _view_intrinsic(PORT_DATA, PORT_SHAPE, readonly=False)
_flat_message = _flat_intrinsic(PORT_DATA, PORT_SHAPE, readonly=True)
_flat_buffer = _flat_intrinsic(PORT_DATA, PORT_SHAPE, readonly=False)
_event_prefix = _prefix_intrinsic(PORT_EVENTS, "int64", readonly=True)
_event_buffer = _prefix_intrinsic(PORT_EVENTS, "int64", readonly=False)
_entry_prefix = _prefix_intrinsic(PORT_DATA, None, readonly=True)
_entry_buffer = _prefix_intrinsic(PORT_DATA, None, readonly=False)

_ref_map_address = _word_intrinsic(REF_MAP)
_ref_flag_address = _word_intrinsic(REF_FLAG)
_ref_phase_address = _word_intrinsic(REF_PHASE)
_ref_view = _view_intrinsic(REF_TARGET, REF_SHAPE, readonly=True)
_ref_target = _view_intrinsic(REF_TARGET, REF_SHAPE, readonly=False)
_ref_pending = _view_intrinsic(REF_PENDING, REF_SHAPE, False, "write_dtype")
_flat_target = _flat_intrinsic(REF_TARGET, REF_SHAPE, readonly=False)
_flat_pending = _flat_intrinsic(REF_PENDING, REF_SHAPE, False, "write_dtype")
_ref_map = _prefix_intrinsic(REF_MAP, "int64", readonly=True)


# --- shapes -------------------------------------------------------------------------------------------


def _check_shape(expected, got):
    raise NotImplementedError


@overload(_check_shape)
def _check_shape_impl(expected, got):
    if not isinstance(got, types.Array):
        raise TypingError("send() and write() take an array of the port's shape")
    if got.ndim != expected.ndim:
        raise TypingError(
            f"the message has {got.ndim} dimension(s), the port {expected.ndim}; reshape it"
        )

    def impl(expected, got):
        if expected.shape != got.shape:
            raise AssertionError("the shape of the message differs from the shape of the port")

    return impl


def _list_events(port, flat):
    raise NotImplementedError


@overload(_list_events)
def _list_events_impl(port, flat):
    def impl(port, flat):
        events = _event_buffer(port, flat.size)
        count = 0
        for i in range(flat.size):
            events[count] = i
            count += flat[i] != 0
        _store_int64(_count_address(port), count)

    return impl


# --- InPort -------------------------------------------------------------------------------------------


@overload_method(InPortType, "recv")
@overload_method(InPortType, "peek")
def in_recv(port):
    kind = port.field.kind
    if kind == VEC_DENSE:
        return lambda port: _message(port)
    if kind == SCALAR_DENSE:
        return lambda port: _load_scalar(port)
    if kind == SCALAR_SPARSE:

        def scalar_entry(port):
            return _load_scalar(port), _event_prefix(port, 1)[0]

        return scalar_entry

    def entries(port):
        n = _load_int64(_count_address(port))
        return _entry_prefix(port, n), _event_prefix(port, n)

    return entries


@overload_method(InPortType, f"recv{FLAT_SUFFIX}")
@overload_method(InPortType, f"peek{FLAT_SUFFIX}")
def in_recv_flat(port):
    return lambda port: _flat_message(port)


@overload_method(OutPortType, f"buffer{FLAT_SUFFIX}")
def out_buffer_flat(port):
    return lambda port: _flat_buffer(port)


@overload_method(InPortType, "probe")
def in_probe(port):
    return lambda port: True


@overload_method(InPortType, "events")
def in_events(port):
    if port.field.kind != VEC_DENSE:
        raise TypingError("events() belongs to VEC_DENSE ports; sparse ports receive indices anyway")
    return lambda port: _event_prefix(port, _load_int64(_count_address(port)))


@overload_attribute(InPortType, "shape")
@overload_attribute(OutPortType, "shape")
def port_shape(port):
    return lambda port: _message(port).shape


# --- OutPort ------------------------------------------------------------------------------------------


@overload_method(OutPortType, "buffer")
def out_buffer(port):
    if port.field.kind != VEC_DENSE:
        raise TypingError("buffer() belongs to VEC_DENSE ports")
    return lambda port: _buffer(port)


@overload_method(OutPortType, "flush")
def out_flush(port):
    return lambda port: None


@overload_method(OutPortType, "send")
def out_send(port, data, index=None):
    kind = port.field.kind
    if kind == VEC_DENSE:
        return _send_dense
    if kind == VEC_SPARSE:
        return _send_entries
    if kind == SCALAR_SPARSE:
        return _send_scalar_entry
    return _send_scalar


def _send_dense(port, data, index=None):
    out = _buffer(port)
    _check_shape(out, data)
    if _data_address(data) != _data_address(out):
        _assign(out, data)
    if _events_address(port) != 0:
        _list_events(port, _flat_buffer(port))


def _send_entries(port, data, index=None):
    capacity = _buffer(port).size
    n = min(len(data), len(index), capacity)
    out, where = _entry_buffer(port, n), _event_buffer(port, n)
    for i in range(n):
        out[i] = c_cast(data[i], out)
        where[i] = index[i]
    _store_int64(_count_address(port), n)


def _send_scalar(port, data, index=None):
    out = _entry_buffer(port, 1)
    out[0] = c_cast(data, out)


def _send_scalar_entry(port, data, index=None):
    out = _entry_buffer(port, 1)
    out[0] = c_cast(data, out)
    _event_buffer(port, 1)[0] = index
    _store_int64(_count_address(port), 1)


# --- RefPort ------------------------------------------------------------------------------------------


def _gather(out, flat, index):
    for i in range(out.size):
        out[i] = flat[index[i]]


def _apply_write(port, flat):
    raise NotImplementedError


@overload(_apply_write)
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


@overload(_apply_pending)
def _apply_pending_impl(port):
    def impl(port):
        if _load_int64(_ref_flag_address(port)) != 0:
            _apply_write(port, _flat_pending(port))
            _store_int64(_ref_flag_address(port), 0)

    return impl


@overload_method(RefPortType, "read")
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
        source, flat = _flat_target(port), out.ravel()
        if _ref_map_address(port) == 0:
            for i in range(flat.size):
                flat[i] = source[i]
        else:
            index = _ref_map(port, flat.size)
            for i in range(flat.size):
                flat[i] = source[index[i]]
        return out

    return read


@overload_method(RefPortType, "view")
def ref_view(port):
    def view(port):
        if _ref_map_address(port) != 0:
            raise ValueError("view() needs a RefPort without transposed or concatenated virtual ports")
        return _ref_view(port)

    return view


@overload_method(RefPortType, "write")
def ref_write(port, data):
    def write(port, data):
        pending = _ref_pending(port)
        _check_shape(pending, data)
        phase = _load_int64(_ref_phase_address(port))
        _assign(pending, data)
        if phase == PRE_PHASE or phase == POST_PHASE:
            _apply_write(port, _flat_pending(port))
            _store_int64(_ref_flag_address(port), 0)
        else:
            _store_int64(_ref_flag_address(port), 1)

    def write_scalar(port, data):
        pending = _flat_pending(port)
        pending[0] = c_cast(data, pending)
        phase = _load_int64(_ref_phase_address(port))
        if phase == PRE_PHASE or phase == POST_PHASE:
            _apply_write(port, pending)
            _store_int64(_ref_flag_address(port), 0)
        else:
            _store_int64(_ref_flag_address(port), 1)

    return write_scalar if port.field.kind == SCALAR_DENSE else write


@overload_method(RefPortType, "wait")
def ref_wait(port):
    return lambda port: _apply_pending(port)


@overload_attribute(RefPortType, "shape")
def ref_shape(port):
    return lambda port: _ref_view(port).shape


# --- assignment to fields -------------------------------------------------------------------------------


def _kind_rank(number: types.Type) -> int:
    """bool < integer < float < complex."""
    if isinstance(number, types.Boolean):
        return 0
    if isinstance(number, types.Integer):
        return 1
    return 2 if isinstance(number, types.Float) else 3


def _promoted(number: types.Type) -> str:
    return ("bool", "int64", "float64", "complex128")[_kind_rank(number)]


def _assign(target, value):
    """Copy `value` into `target`, element by element, the way C casts; shapes broadcast."""
    raise NotImplementedError


@overload(_assign)
def _assign_impl(target, value):
    if isinstance(value, types.Array) and value.ndim == target.ndim and target.ndim == 1:

        def vector(target, value):
            if value.size == target.size:
                for i in range(target.size):
                    target[i] = c_cast(value[i], target)
            elif value.size == 1:
                for i in range(target.size):
                    target[i] = c_cast(value[0], target)
            else:
                raise ValueError("the shape of the assigned array differs from the attribute's shape")

        return vector
    narrows = isinstance(value, types.Array) and value.dtype != target.dtype
    if narrows and isinstance(value.dtype, types.Float):
        if value.ndim == target.ndim and value.layout == target.layout == "C":

            def contiguous(target, value):
                if value.shape != target.shape:
                    raise ValueError("the shape of the assigned array differs from the attribute's")
                _assign(target.ravel(), value.ravel())

            return contiguous

    def whole(target, value):
        target[...] = value

    return whole


def store_array(target, value, name):
    """``self.<name> = value`` for an array field."""
    raise NotImplementedError


@overload(store_array, prefer_literal=True)
def store_array_impl(target, value, name):
    number = value.dtype if isinstance(value, types.Array) else value
    if not isinstance(number, (types.Boolean, types.Number)):
        raise TypingError(f"attribute {name.literal_value!r} holds numbers, not {value}")
    if _kind_rank(number) > _kind_rank(target.dtype):
        raise PromoteField(name.literal_value, _promoted(number))
    if isinstance(value, types.Array) and value.ndim > target.ndim:
        raise TypingError(f"attribute {name.literal_value!r} has {target.ndim} dimension(s)")

    def impl(target, value, name):
        _assign(target, value)

    return impl


def keep_kind(old, new, name):
    """``self.<name> = new`` for a scalar field: the value in the field's own type."""
    raise NotImplementedError


@overload(keep_kind, prefer_literal=True)
def keep_kind_impl(old, new, name):
    if not isinstance(new, (types.Boolean, types.Number)):
        raise TypingError(f"attribute {name.literal_value!r} holds one number, not {new}")
    if _kind_rank(new) > _kind_rank(old):
        raise PromoteField(name.literal_value, _promoted(new))
    return lambda old, new, name: new


__all__ = ["c_cast", "keep_kind", "store_array"]
