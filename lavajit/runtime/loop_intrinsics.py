"""The machine-level operations of the native loop."""

from __future__ import annotations

import platform
import sys

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.callconv import excinfo_t
from numba.extending import intrinsic

WORD = ir.IntType(64)
INT32 = ir.IntType(32)

#: x86-64: bits "flush to zero" and "denormals are zero" of the control register MXCSR.
MXCSR_FLUSH = 0x8040
#: AArch64: bit "flush to zero" of FPCR.
FPCR_FLUSH = 1 << 24

X86 = platform.machine().lower() in ("x86_64", "amd64")
ARM = platform.machine().lower() in ("aarch64", "arm64")


def _call(context, builder, address, block):
    """Call ``int64 kernel(int64)`` by address; its answer and its status."""
    convention = context.call_conv
    function_type = convention.get_function_type(types.int64, (types.int64,))
    function = builder.inttoptr(address, function_type.as_pointer())
    answer = cgutils.alloca_once(builder, WORD)
    error = cgutils.alloca_once(builder, ir.PointerType(excinfo_t))
    code = builder.call(function, [answer, error, block])
    status = convention._get_return_status(builder, code, builder.load(error))
    return builder.load(answer), status


@intrinsic
def call_kernel(typing, address, block, float_mode):
    """Call a kernel; an exception inside leaves the loop as it is, in the given float mode."""

    def codegen(context, builder, sig, args):
        answer, status = _call(context, builder, args[0], args[1])
        with cgutils.if_unlikely(builder, status.is_error):
            _write_mode(builder, args[2])
            context.call_conv.return_status_propagate(builder, status)
        return answer

    return types.int64(types.int64, types.int64, types.int64), codegen


@intrinsic
def call_shard(typing, address, block, float_mode, failed, done, turn):
    """Call a kernel in a helping thread; an exception inside leaves the thread's loop.

    Before it leaves, it marks the turn as failed and done: nobody waits for it in vain.
    """

    def codegen(context, builder, sig, args):
        answer, status = _call(context, builder, args[0], args[1])
        with cgutils.if_unlikely(builder, status.is_error):
            _write_mode(builder, args[2])
            one = ir.Constant(WORD, 1)
            for value, address in ((one, args[3]), (args[5], args[4])):
                pointer = builder.inttoptr(address, WORD.as_pointer())
                builder.store_atomic(value, pointer, "release", 8)
            context.call_conv.return_status_propagate(builder, status)
        return answer

    return types.int64(*[types.int64] * 6), codegen


@intrinsic
def take_byte(typing, address):
    """Read a byte and clear it."""

    def codegen(context, builder, sig, args):
        byte = ir.IntType(8)
        pointer = builder.inttoptr(args[0], byte.as_pointer())
        value = builder.load(pointer)
        builder.store(ir.Constant(byte, 0), pointer)
        return builder.zext(value, WORD)

    return types.int64(types.int64), codegen


@intrinsic
def load(typing, address):
    """The word at an address."""

    def codegen(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], WORD.as_pointer()))

    return types.int64(types.int64), codegen


@intrinsic
def store(typing, address, value):
    """Store a word at an address."""

    def codegen(context, builder, sig, args):
        builder.store(args[1], builder.inttoptr(args[0], WORD.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@intrinsic
def add_cycles(typing, slot, last):
    """Add the time since `last` to the slot's words, which are sum, number and longest.

    The unit is a cycle of a counter that goes on at a constant rate on all cores. Kernels before
    this have ended when it is read; it is `last` then.
    """

    def codegen(context, builder, sig, args):
        pointer, before = (builder.inttoptr(one, WORD.as_pointer()) for one in args)
        now = _read_counter(builder)
        passed = builder.sub(now, builder.load(before))
        places = [builder.gep(pointer, [ir.Constant(WORD, k)]) for k in range(3)]
        total, number, longest = map(builder.load, places)
        longest = builder.select(builder.icmp_signed(">", passed, longest), passed, longest)
        values = builder.add(total, passed), builder.add(number, ir.Constant(WORD, 1)), longest
        for value, place in zip(values, places, strict=True):
            builder.store(value, place)
        builder.store(now, before)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


def _read_counter(builder):
    if X86:
        answer = ir.LiteralStructType([WORD, INT32])
        return builder.extract_value(_system(builder, "llvm.x86.rdtscp", answer), 0)
    if not ARM:
        return _system(builder, "llvm.readcyclecounter", WORD)
    module, name = builder.module, "llvm.read_volatile_register.i64"
    register = module.add_metadata([ir.MetaDataString(module, "cntvct_el0")])
    function_type = ir.FunctionType(WORD, [ir.MetaDataType()])
    return builder.call(cgutils.get_or_insert_function(module, function_type, name), [register])


# --- between threads --------------------------------------------------------------------------


@intrinsic
def load_acquire(typing, address):
    """The word at an address; what its writer did before is seen afterwards."""

    def codegen(context, builder, sig, args):
        return builder.load_atomic(builder.inttoptr(args[0], WORD.as_pointer()), "acquire", 8)

    return types.int64(types.int64), codegen


@intrinsic
def store_release(typing, address, value):
    """Store a word; who sees it sees everything done before."""

    def codegen(context, builder, sig, args):
        builder.store_atomic(args[1], builder.inttoptr(args[0], WORD.as_pointer()), "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@intrinsic
def swap_if(typing, address, expected, value):
    """Store a word where another one stands; 1 if it did, 0 if the word was another."""

    def codegen(context, builder, sig, args):
        pointer = builder.inttoptr(args[0], WORD.as_pointer())
        answer = builder.cmpxchg(pointer, args[1], args[2], "acq_rel", "acquire")
        return builder.zext(builder.extract_value(answer, 1), WORD)

    return types.int64(types.int64, types.int64, types.int64), codegen


@intrinsic
def relax(typing):
    """Tell the processor that this thread is waiting."""

    def codegen(context, builder, sig, args):
        if X86:
            _system(builder, "llvm.x86.sse2.pause", ir.VoidType())
        elif ARM:
            _system(builder, "llvm.aarch64.hint", ir.VoidType(), (INT32, 1))
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def give_way(typing):
    """Let another thread have the core, if one wants it."""

    def codegen(context, builder, sig, args):
        if sys.platform == "win32":
            _system(builder, "SwitchToThread", INT32)
        else:
            _system(builder, "sched_yield", INT32)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def doze(typing):
    """Sleep for some tens of microseconds."""

    def codegen(context, builder, sig, args):
        if sys.platform == "win32":
            _system(builder, "Sleep", ir.VoidType(), (INT32, 1))
        else:
            _system(builder, "usleep", INT32, (INT32, 50))
        return context.get_dummy_value()

    return types.void(), codegen


def _system(builder, name: str, answer, *arguments):
    """Call a function of the machine or of the operating system with constant arguments."""
    kinds = [kind for kind, _ in arguments]
    function_type = ir.FunctionType(answer, kinds)
    function = cgutils.get_or_insert_function(builder.module, function_type, name)
    return builder.call(function, [ir.Constant(kind, value) for kind, value in arguments])


# --- denormal numbers -------------------------------------------------------------------------


@intrinsic
def flush_denormals(typing):
    """Let this thread take denormal numbers for zero; the mode it was in.

    Arithmetic with numbers below 2.2e-308 (1.2e-38 in float32) is 10 to 100 times slower than
    with others, and every decaying trace gets there. Other processors than x86-64 and AArch64 are
    left alone.
    """

    def codegen(context, builder, sig, args):
        mode = _read_mode(builder)
        flush = MXCSR_FLUSH if X86 else FPCR_FLUSH
        _write_mode(builder, builder.or_(mode, ir.Constant(WORD, flush)))
        return mode

    return types.int64(), codegen


@intrinsic
def restore_denormals(typing, mode):
    """Put this thread back into a mode."""

    def codegen(context, builder, sig, args):
        _write_mode(builder, args[0])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


def _read_mode(builder):
    if X86:
        place = cgutils.alloca_once(builder, INT32)
        _mxcsr(builder, "llvm.x86.sse.stmxcsr", place)
        return builder.zext(builder.load(place), WORD)
    if ARM:
        return _system(builder, "llvm.aarch64.get.fpcr", WORD)
    return ir.Constant(WORD, 0)


def _write_mode(builder, mode) -> None:
    if X86:
        place = cgutils.alloca_once(builder, INT32)
        builder.store(builder.trunc(mode, INT32), place)
        _mxcsr(builder, "llvm.x86.sse.ldmxcsr", place)
    elif ARM:
        function_type = ir.FunctionType(ir.VoidType(), [WORD])
        name = "llvm.aarch64.set.fpcr"
        builder.call(cgutils.get_or_insert_function(builder.module, function_type, name), [mode])


def _mxcsr(builder, name: str, place) -> None:
    pointer = ir.IntType(8).as_pointer()
    function_type = ir.FunctionType(ir.VoidType(), [pointer])
    function = cgutils.get_or_insert_function(builder.module, function_type, name)
    builder.call(function, [builder.bitcast(place, pointer)])


_ALL = (
    add_cycles, call_kernel, call_shard, doze, flush_denormals, give_way, load, load_acquire,
    relax, restore_denormals, store, store_release, swap_if, take_byte,
)  # fmt: skip
INTRINSICS = {function.__name__: function for function in _ALL}
