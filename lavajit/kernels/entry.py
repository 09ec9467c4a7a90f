"""Native functions as Python functions: the way into native code and, for exceptions, out of it.

The entrance to a native function ``target(int64, ...) -> int64`` in numba's calling convention is a
few instructions of our own: they take numbers from Python objects, release the interpreter lock,
call, and make a number of the answer. numba would generate the same, but its version needs numba.
If a kernel has raised, the entrance asks :func:`raised` what, and only then numba is imported.
"""

from __future__ import annotations

import ctypes

from lavajit.kernels.load import load_code
from lavajit.kernels.objects import address_of

#: What the entrance calls, beside the native function, and numbers of arguments.
_PYTHON = {
    "PyErr_BadArgument": 0,
    "PyErr_Occurred": 0,
    "PyEval_RestoreThread": 1,
    "PyEval_SaveThread": 0,
    "PyLong_AsLongLong": 1,
    "PyLong_FromLongLong": 1,
    "PyObject_CallOneArg": 2,
    "Py_DecRef": 1,
}
#: Status of a call in numba's convention: an exception is set, an iterator has ended; 1 and more:
#: an exception is described.
_IS_SET, _STOP_ITERATION, _DESCRIBED = -1, -3, 1
_WORD_BYTES = 8


def compile_entry(name: str, arguments: int) -> bytes:
    """Object file of an entrance called `name`; its target's name is :func:`target_name`."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    is_x86 = target.name.startswith("x86")
    machine = target.create_target_machine(
        opt=2, reloc="static" if is_x86 else "default", codemodel="jitdefault", jit=True
    )
    text = _entry_module(name, arguments, llvm.get_process_triple())
    return machine.emit_object(llvm.parse_assembly(text))


def target_name(name: str) -> str:
    """What an entrance calls the native function behind it."""
    return f"{name}_target"


def _entry_module(name: str, arguments: int, triple: str) -> str:
    """``PyObject *name(PyObject *self, PyObject *const *args, Py_ssize_t n)``, words for pointers.

    `self` is :func:`raised`.
    """
    from llvmlite import ir

    word, status_type = ir.IntType(64), ir.IntType(32)
    module = ir.Module(name)
    module.triple = triple
    python = {
        function: ir.Function(module, ir.FunctionType(word, [word] * count), function)
        for function, count in _PYTHON.items()
    }
    kind = ir.FunctionType(status_type, [word] * (2 + arguments))
    target = ir.Function(module, kind, target_name(name))
    entry = ir.Function(module, ir.FunctionType(word, [word] * 3), name)
    _EntryBuilder(ir, entry, target, python, arguments).build()
    return str(module)


class _EntryBuilder:
    """Writes the entrance's instructions."""

    def __init__(self, ir, entry, target, python: dict, arguments: int):
        self.ir = ir
        self.entry = entry
        self.target = target
        self.python = python
        self.arguments = arguments
        self.word = ir.IntType(64)
        self.null = ir.Constant(self.word, 0)
        self.builder = ir.IRBuilder(entry.append_basic_block())

    def call(self, name: str, *values):
        return self.builder.call(self.python[name], values)

    def build(self) -> None:
        builder, word = self.builder, self.word
        raised, given, count = self.entry.args
        with builder.if_then(builder.icmp_signed("!=", count, word(self.arguments)), likely=False):
            self.call("PyErr_BadArgument")
            builder.ret(self.null)
        # The answer, the address of a description; for raised(): the status, the description.
        results = builder.alloca(word, 2)
        first = builder.ptrtoint(results, word)
        second = builder.add(first, word(_WORD_BYTES))
        numbers = [self._number(given, k) for k in range(self.arguments)]
        wrong = builder.icmp_unsigned("!=", self.call("PyErr_Occurred"), self.null)
        with builder.if_then(wrong, likely=False):
            builder.ret(self.null)
        thread = self.call("PyEval_SaveThread")
        status = builder.call(self.target, [first, second, *numbers])
        self.call("PyEval_RestoreThread", thread)
        failed = builder.icmp_signed("!=", status, status.type(0))
        with builder.if_then(failed, likely=False):
            self._raise(raised, results, first, builder.sext(status, word))
        builder.ret(self.call("PyLong_FromLongLong", builder.load(results)))

    def _number(self, given, k: int):
        place = self.builder.add(given, self.word(k * _WORD_BYTES))
        pointer = self.builder.inttoptr(place, self.word.as_pointer())
        return self.call("PyLong_AsLongLong", self.builder.load(pointer))

    def _raise(self, raised, results, first, status) -> None:
        builder, word = self.builder, self.word
        with builder.if_then(builder.icmp_signed("==", status, word(_IS_SET))):
            builder.ret(self.null)
        builder.store(status, results)
        address = self.call("PyLong_FromLongLong", first)
        described = self.call("PyObject_CallOneArg", raised, address)
        self.call("Py_DecRef", address)
        with builder.if_then(builder.icmp_unsigned("!=", described, self.null)):
            kind = self.ir.FunctionType(self.ir.IntType(32), [word])
            do_raise = builder.inttoptr(builder.load(results), kind.as_pointer())
            builder.call(do_raise, [described])  # which takes the reference
        builder.ret(self.null)


# --- at run time ------------------------------------------------------------------------------


class _Method(ctypes.Structure):
    """PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


_FASTCALL = 0x80
#: Entrances serve as long as the interpreter.
_kept: list[object] = []


def make_entry(name: str, data: bytes, target: int, keep: object):
    """The Python function that enters native code at the address `target`.

    Parameters
    ----------
    name : str
        Name of the entrance.
    data : bytes
        Its object file, from :func:`compile_entry`.
    target : int
        Address of the native function.
    keep : object
        What the native function needs to live.
    """
    externals = {function: address_of(ctypes.pythonapi, function) for function in _PYTHON}
    address, memory = load_code(name, data, externals=externals | {target_name(name): target})
    method = _Method(name.encode(), address, _FASTCALL, None)
    _kept.append((method, memory, keep))
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    return make(ctypes.addressof(method), raised, None)


class _Description(ctypes.Structure):
    """How numba describes an exception: its pickle, and for one with values what makes them."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_int32),
        ("more", ctypes.c_void_p),
        ("unwrap", ctypes.c_void_p),
        ("has_values", ctypes.c_int32),
    )


#: Length of the check sum of a pickle.
_SUM_BYTES = 20


def raised(address: int) -> object:
    """What numba's ``do_raise`` is to raise; the address of that function replaces the status.

    Parameters
    ----------
    address : int
        Where the status and the address of the description are.
    """
    from numba import _helperlib

    words = (ctypes.c_int64 * 2).from_address(address)
    status, place = words
    words[0] = _helperlib.c_helpers["do_raise"]
    if status == _STOP_ITERATION:
        return StopIteration
    if status < _DESCRIBED:
        return (SystemError, ("unknown error when calling native function",), None)
    from numba.core import serialize

    found = _Description.from_address(place)
    data = ctypes.string_at(found.data, found.size)
    if not found.has_values:
        return serialize._numba_unpickle(found.data, data, ctypes.string_at(found.more, _SUM_BYTES))
    values = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p)(found.unwrap)(found.more)
    described = serialize.runtime_build_excinfo_struct(data, values)
    _free(place)
    return described


def _free(place: int) -> None:
    """Give memory back that numba's runtime has allocated."""
    from numba.core.runtime import _nrt_python

    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_nrt_python.c_helpers["Free"])(place)
