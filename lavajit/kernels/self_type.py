"""The numba type of ``self``: one pointer to the instance's state block.

``SelfType`` is keyed by the model class's name and its fields (names, dtypes, numbers of
dimensions; never sizes). Reading ``self.u`` loads an address and a shape and builds an array view
without reference counting; reading a scalar loads its word. Addresses and shapes do not change
while a kernel runs: their loads are marked invariant, so that LLVM moves them out of loops.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.errors import TypingError
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.np import arrayobj
from numba.np.numpy_support import from_dtype

from lavajit.compiler.fields import (
    PORT_FIELDS,
    ArrayField,
    Field,
    Fields,
    OpaqueField,
    RandomField,
    ScalarField,
    SharedField,
    word_offsets,
)
from lavajit.kernels.units import FLAT_PREFIX

INT64 = ir.IntType(64)


class PromoteField(Exception):
    """A kernel assigns a wider kind of number to a field than the field holds."""

    def __init__(self, name: str, dtype: str):
        super().__init__(f"{name} must hold {dtype}")
        self.name = name
        self.dtype = dtype


class SelfType(types.Type):
    """``self`` inside a kernel; its value is the address of the state block."""

    def __init__(self, model_name: str, fields: Fields):
        self.model_name = model_name
        self.fields = fields
        self.field = dict(fields)
        self.offset = word_offsets(fields)
        super().__init__(name=f"Self({model_name}, {fields!r})")

    @property
    def key(self) -> tuple:
        return (self.model_name, self.fields)

    @property
    def mangling_args(self) -> tuple:
        return (f"Self_{self.model_name}", ())


class RecordType(types.Type):
    """A port or random source of ``self``; its value is the address of its words."""

    def __init__(self, field: Field):
        self.field = field
        super().__init__(name=repr(field))

    @property
    def key(self) -> Field:
        return self.field


class InPortType(RecordType):
    """An InPort."""


class OutPortType(RecordType):
    """An OutPort."""


class RefPortType(RecordType):
    """A RefPort."""


class RandomType(RecordType):
    """Counter-based random numbers."""


def _address_model(dmm, fe_type):
    return models.PrimitiveModel(dmm, fe_type, INT64)


for _record in (SelfType, InPortType, OutPortType, RefPortType, RandomType):
    register_default(_record)(_address_model)

_RECORD_TYPES = {
    "InPortField": InPortType,
    "OutPortField": OutPortType,
    "RefPortField": RefPortType,
    "RandomField": RandomType,
}


def scalar_type(dtype: str) -> types.Type:
    """numba's type of one element."""
    return from_dtype(np.dtype(dtype))


def array_type(dtype: str, ndim: int, order: str = "C", readonly: bool = False) -> types.Array:
    """numba's type of a contiguous view."""
    return types.Array(scalar_type(dtype), ndim, order, readonly=readonly)


def field_type(field: Field) -> types.Type:
    """What reading the field yields."""
    if isinstance(field, (ScalarField, SharedField)):
        return scalar_type(field.dtype)
    if isinstance(field, ArrayField):
        return array_type(field.dtype, field.ndim, field.order)
    return _RECORD_TYPES[type(field).__name__](field)


def flat_field(typ: SelfType, attr: str) -> ArrayField | None:
    """The array field that a flat view (``_flat_<name>``, made by the rewriter) is of."""
    field = typ.field.get(attr.removeprefix(FLAT_PREFIX)) if attr.startswith(FLAT_PREFIX) else None
    return field if isinstance(field, ArrayField) else None


@infer_getattr
class SelfAttributes(AttributeTemplate):
    """Types of ``self.<field>``."""

    key = SelfType

    def generic_resolve(self, typ, attr):
        flat = flat_field(typ, attr)
        if flat is not None:
            return array_type(flat.dtype, 1)
        field = typ.field.get(attr)
        if field is None:
            raise TypingError(
                f"{typ.model_name} has no Var, port or numeric attribute {attr!r}; "
                "set it in __init__"
            )
        if isinstance(field, OpaqueField):
            raise TypingError(f"attribute {attr!r} is a {field.what}, not a number or an array")
        return field_type(field)


# --- lowering ---------------------------------------------------------------------------------


def load_word(builder, block, offset: int, invariant: bool = True):
    """The 64-bit word `offset` words after the address `block`."""
    address = builder.add(block, ir.Constant(INT64, 8 * offset))
    word = builder.load(builder.inttoptr(address, INT64.as_pointer()))
    if invariant:
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


def element_pointer(context, builder, address, numba_type):
    """`address` as a pointer to one element as stored in arrays."""
    return builder.inttoptr(address, context.get_data_type(numba_type).as_pointer())


def build_view(context, builder, aryty, address, shape):
    """A borrowed (not reference-counted) contiguous array."""
    array = context.make_array(aryty)(context, builder)
    itemsize = ir.Constant(INT64, context.get_abi_sizeof(context.get_data_type(aryty.dtype)))
    strides, stride = [None] * aryty.ndim, itemsize
    axes = range(aryty.ndim) if aryty.layout == "F" else reversed(range(aryty.ndim))
    for axis in axes:
        strides[axis] = stride
        stride = builder.mul(stride, shape[axis])
    arrayobj.populate_array(
        array,
        data=element_pointer(context, builder, address, aryty.dtype),
        shape=shape,
        strides=strides,
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()


def load_shape(builder, block, offset: int, ndim: int) -> list:
    """`ndim` consecutive words."""
    return [load_word(builder, block, offset + k) for k in range(ndim)]


def load_size(builder, block, offset: int, ndim: int):
    """Product of `ndim` consecutive words."""
    size = ir.Constant(INT64, 1)
    for length in load_shape(builder, block, offset, ndim):
        size = builder.mul(size, length)
    return size


@lower_getattr_generic(SelfType)
def self_getattr(context, builder, typ, block, attr):
    flat = flat_field(typ, attr)
    if flat is not None:
        at = typ.offset[attr.removeprefix(FLAT_PREFIX)]
        shape = [load_size(builder, block, at + 1, flat.ndim)]
        return build_view(
            context, builder, array_type(flat.dtype, 1), load_word(builder, block, at), shape
        )
    field, at = typ.field[attr], typ.offset[attr]
    if isinstance(field, PORT_FIELDS) or isinstance(field, RandomField):
        return builder.add(block, ir.Constant(INT64, 8 * at))
    if isinstance(field, ArrayField):
        address = load_word(builder, block, at)
        shape = load_shape(builder, block, at + 1, field.ndim)
        return build_view(context, builder, field_type(field), address, shape)
    number = scalar_type(field.dtype)
    if isinstance(field, SharedField):
        address = load_word(builder, block, at)
    else:
        address = builder.add(block, ir.Constant(INT64, 8 * at))
    return context.unpack_value(builder, number, element_pointer(context, builder, address, number))


@lower_setattr_generic(SelfType)
def self_setattr(context, builder, sig, args, attr):
    typ, number = sig.args
    block, value = args
    field = typ.field[attr]
    if not isinstance(field, ScalarField):
        raise TypingError(f"self.{attr} cannot be assigned in native code")
    address = builder.add(block, ir.Constant(INT64, 8 * typ.offset[attr]))
    value = context.cast(builder, value, number, scalar_type(field.dtype))
    context.pack_value(
        builder,
        scalar_type(field.dtype),
        value,
        element_pointer(context, builder, address, scalar_type(field.dtype)),
    )
    return context.get_dummy_value()


def cast_number(context, builder, value, src, dst):
    """C-style cast; float to a narrow integer goes through 64 bits, so the low bits remain."""
    if isinstance(src, types.Float) and isinstance(dst, types.Integer) and dst.bitwidth < 64:
        value = context.cast(builder, value, src, types.int64)
        src = types.int64
    if isinstance(dst, types.Boolean) and not isinstance(src, types.Boolean):
        return context.is_true(builder, src, value)
    return context.cast(builder, value, src, dst)


def if_null(builder, address):
    """True where an address word is zero."""
    return builder.icmp_unsigned("==", address, ir.Constant(INT64, 0))
