"""InPorts and OutPorts in kernels.

``recv`` is a read-only view of the channel, ``buffer`` the writable message of this step. ``send``
copies into it (nothing, if handed the buffer itself) and, where a consumer asks for them, lists the
indices of the non-zero elements.
"""

from __future__ import annotations

from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic, overload_attribute, overload_method

from lavajit.compiler.fields import (
    PORT_COUNT,
    PORT_DATA,
    PORT_EVENTS,
    PORT_SHAPE,
    SCALAR_DENSE,
    SCALAR_SPARSE,
    VEC_DENSE,
    VEC_SPARSE,
)
from lavajit.kernels.arrays import UNCHECKED, c_cast, data_address, fill, flat_view
from lavajit.kernels.nonzero import nonzero
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
from lavajit.kernels.self_type import (
    InPortType,
    OutPortType,
    element_pointer,
    load_word,
    scalar_type,
)
from lavajit.kernels.units import FLAT_SUFFIX, SEND_MESSAGE

_events_address = word_intrinsic(PORT_EVENTS)
_count_address = word_intrinsic(PORT_COUNT)
_message = view_intrinsic(PORT_DATA, PORT_SHAPE, readonly=True)
_buffer = view_intrinsic(PORT_DATA, PORT_SHAPE, readonly=False)
_flat_message = flat_intrinsic(PORT_DATA, PORT_SHAPE, readonly=True)
_flat_buffer = flat_intrinsic(PORT_DATA, PORT_SHAPE, readonly=False)
_event_prefix = prefix_intrinsic(PORT_EVENTS, "int64", readonly=True)
_event_buffer = prefix_intrinsic(PORT_EVENTS, "int64", readonly=False)
_entry_prefix = prefix_intrinsic(PORT_DATA, None, readonly=True)
_entry_buffer = prefix_intrinsic(PORT_DATA, None, readonly=False)


@intrinsic
def _load_scalar(typing, record):
    """The first element of a port's channel."""
    number = scalar_type(record.field.dtype)

    def codegen(context, builder, sig, args):
        address = load_word(builder, args[0], PORT_DATA)
        pointer = element_pointer(context, builder, address, number)
        return context.unpack_value(builder, number, pointer)

    return number(record), codegen


# --- InPort -----------------------------------------------------------------------------------


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
        n = load_int64(_count_address(port))
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
        raise TypingError("events() is for VEC_DENSE ports; sparse ports receive indices anyway")
    return lambda port: _event_prefix(port, load_int64(_count_address(port)))


@overload_attribute(InPortType, "shape")
@overload_attribute(OutPortType, "shape")
def port_shape(port):
    return lambda port: _message(port).shape


# --- OutPort ----------------------------------------------------------------------------------


@overload_method(OutPortType, "buffer")
def out_buffer(port):
    if port.field.kind != VEC_DENSE:
        raise TypingError("buffer() belongs to VEC_DENSE ports")
    return lambda port: _buffer(port)


@overload_method(OutPortType, "flush")
def out_flush(port):
    return lambda port: None


@overload_method(OutPortType, "send", jit_options=UNCHECKED)
def out_send(port, data, index=None):
    kind = port.field.kind
    if kind == VEC_DENSE:
        return lambda port, data, index=None: port.send_message(data)
    if kind == VEC_SPARSE:
        return _send_entries
    if kind == SCALAR_SPARSE:
        return _send_scalar_entry
    return _send_scalar


@overload_method(OutPortType, SEND_MESSAGE, jit_options=UNCHECKED)
def out_send_message(port, data):
    kind = port.field.kind
    if kind not in (VEC_DENSE, SCALAR_DENSE):
        raise TypingError("send() of a sparse port takes values and indices")

    def scalar(port, data):
        out = _flat_buffer(port)
        out[0] = c_cast(data, out)

    single = port.field.ndim == 0 and isinstance(data, types.Number | types.Boolean)
    return scalar if single or kind == SCALAR_DENSE else _dense_sender(port, data)


def _dense_sender(port, data):
    """``send(data)`` of a dense port for a type of message."""
    check_message(port, data)
    in_order = data.layout == "C"

    def send(port, data):
        if _message(port).shape != data.shape:
            raise AssertionError(WRONG_SHAPE)
        flat = _flat_buffer(port)
        if in_order:
            source = flat_view(data)
            if data_address(source) != data_address(flat):
                for i in range(flat.size):
                    flat[i] = c_cast(source[i], flat)
        else:
            fill(_buffer(port), data)
        if _events_address(port) != 0:
            count = nonzero(flat, _event_buffer(port, flat.size))
            store_int64(_count_address(port), count)

    return send


def _send_entries(port, data, index=None):
    capacity = _buffer(port).size
    n = min(len(data), len(index), capacity)
    out, where = _entry_buffer(port, n), _event_buffer(port, n)
    for i in range(n):
        out[i] = c_cast(data[i], out)
        where[i] = index[i]
    store_int64(_count_address(port), n)


def _send_scalar(port, data, index=None):
    out = _entry_buffer(port, 1)
    out[0] = c_cast(data, out)


def _send_scalar_entry(port, data, index=None):
    out = _entry_buffer(port, 1)
    out[0] = c_cast(data, out)
    _event_buffer(port, 1)[0] = index
    store_int64(_count_address(port), 1)
