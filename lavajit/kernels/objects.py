"""Object files of the cache, placed in memory without a compiler.

What LLVM writes for a kernel on Linux and x86-64 is an object file (ELF) with a few sections, whose
references are absolute 64-bit addresses. Placing it takes a tenth of a millisecond; loading LLVM,
let alone numba, takes as long as all else that a short program does. What is not as simple as
that raises :class:`NotPlain`, and numba loads it.

Every object has memory of its own, so that functions of one name in two objects stay apart. It is
written, then made executable, and never both.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

PAGE = mmap.PAGESIZE
_HEADER, _SECTION, _SYMBOL, _RELOCATION = (
    struct.Struct(form) for form in ("<16sHHIQQQIHHHHHH", "<IIQQQQIIQQ", "<IBBHQQ", "<QQq")
)
#: 64 bits, little endian, version 1; relocatable; x86-64.
_MAGIC, _RELOCATABLE, _X86_64 = b"\x7fELF\x02\x01\x01", 1, 62
#: Types and flags of sections; UNWIND describes stack frames to debuggers.
_PROGBITS, _SYMTAB, _RELA, _UNWIND = 1, 2, 4, 0x70000001
_WRITE, _ALLOC = 1, 2
#: Special sections of symbols.
_UNDEFINED, _ABSOLUTE, _RESERVED = 0, 0xFFF1, 0xFF00
#: Relocations: an address, and distances from the place where they stand.
_ADDRESS_64, _DISTANCE_32, _CALL_32, _DISTANCE_64 = 1, 2, 4, 24
#: numba's memory and its helpers, the Python interpreter, Intel's vector library.
_FOREIGN = ("NRT_", "numba_", "Py", "_Py", "__svml")
#: Called by what releases an array. There is none where nothing is allocated, and allocating needs
#: other functions of numba, so that no object that names only this one ever calls it.
_NEVER_CALLED = "NRT_MemInfo_call_dtor"


class NotPlain(Exception):
    """An object file that only numba can load."""


class _Section(NamedTuple):
    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class _Symbol(NamedTuple):
    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


def place_object(data: bytes, symbol: str, externals: Mapping[str, int] | None = None) -> int:
    """Address of a function of an object file, which stays as long as the program.

    Parameters
    ----------
    data : bytes
        The object file.
    symbol : str
        Name of the function.
    externals : dict of str to int
        Addresses of functions that the process does not export.

    Raises
    ------
    NotPlain
        Another system, or something that takes a real linker or numba's runtime.
    """
    if sys.platform != "linux" or not data.startswith(_MAGIC):
        raise NotPlain("not an object file of Linux")
    try:
        placed = _Placed(data, externals or {})
        address = placed.address_of_name(symbol)
        placed.relocate()
    except (struct.error, IndexError, ValueError, StopIteration) as error:
        raise NotPlain(f"not understood: {error}") from error
    placed.make_executable()
    # Never given back: when the interpreter ends, a thread may still be inside.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(placed.memory))
    return address


class _Placed:
    """An object file in memory of its own."""

    def __init__(self, data: bytes, externals: Mapping[str, int]):
        self.data = data
        self.externals = externals
        header = _HEADER.unpack_from(data)
        if header[1:3] != (_RELOCATABLE, _X86_64):
            raise NotPlain("not a relocatable file for x86-64")
        first, size, count = header[6], header[11], header[12]
        rows = (_SECTION.unpack_from(data, first + k * size) for k in range(count))
        self.sections = [_Section(*row) for row in rows]
        table = next(s for s in self.sections if s.kind == _SYMTAB)
        self.names = self.sections[table.link].offset
        ends = range(table.offset, table.offset + table.size, _SYMBOL.size)
        self.symbols = [_Symbol(*_SYMBOL.unpack_from(data, at)) for at in ends]
        self._place()

    def _place(self) -> None:
        """Copy what the program needs; offsets by the number of the section."""
        self.offsets: dict[int, int] = {}
        end = 0
        for number, section in enumerate(self.sections):
            if section.flags & _ALLOC and section.size and section.kind != _UNWIND:
                if section.kind != _PROGBITS or section.flags & _WRITE:
                    raise NotPlain("it has variables")
                if not 0 < section.alignment <= PAGE or section.size > len(self.data):
                    raise NotPlain("not understood: sections")
                end = -(-end // section.alignment) * section.alignment
                self.offsets[number] = end
                end += section.size
        self.memory = mmap.mmap(
            -1,
            max(-(-end // PAGE), 1) * PAGE,
            flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
            prot=mmap.PROT_READ | mmap.PROT_WRITE,
        )
        self.base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        for number, offset in self.offsets.items():
            section = self.sections[number]
            part = self.data[section.offset : section.offset + section.size]
            self.memory[offset : offset + section.size] = part

    def _name(self, symbol: _Symbol) -> str:
        start = self.names + symbol.name
        return self.data[start : self.data.index(b"\0", start)].decode()

    def address_of_name(self, name: str) -> int:
        """Address of a symbol that the file defines."""
        for symbol in self.symbols:
            if symbol.section != _UNDEFINED and self._name(symbol) == name:
                return self._address(symbol)
        raise NotPlain(f"there is no {name}")

    def _address(self, symbol: _Symbol) -> int:
        if symbol.section == _UNDEFINED:
            name = self._name(symbol)
            return self.externals.get(name) or address_of_external(name)
        if symbol.section == _ABSOLUTE:
            return symbol.value
        if symbol.section >= _RESERVED or symbol.section not in self.offsets:
            raise NotPlain("it has variables")  # numba's environments among them
        return self.base + self.offsets[symbol.section] + symbol.value

    def relocate(self) -> None:
        """Fill in the addresses."""
        for table in self.sections:
            if table.kind != _RELA or table.info not in self.offsets:
                continue
            start = self.offsets[table.info]
            for at in range(table.offset, table.offset + table.size, _RELOCATION.size):
                offset, info, addend = _RELOCATION.unpack_from(self.data, at)
                target = self._address(self.symbols[info >> 32]) + addend
                self._write(start + offset, info & 0xFFFFFFFF, target)

    def _write(self, offset: int, kind: int, target: int) -> None:
        distance = target - (self.base + offset)
        if kind == _ADDRESS_64:
            struct.pack_into("<Q", self.memory, offset, target)
        elif kind == _DISTANCE_64:
            struct.pack_into("<q", self.memory, offset, distance)
        elif kind in (_DISTANCE_32, _CALL_32) and -(1 << 31) <= distance < 1 << 31:
            struct.pack_into("<i", self.memory, offset, distance)
        else:
            raise NotPlain(f"relocation {kind}")

    def make_executable(self) -> None:
        """From now on the memory can be run and not be written."""
        protect = _process().mprotect
        protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        if protect(self.base, len(self.memory), mmap.PROT_READ | mmap.PROT_EXEC):
            raise NotPlain("the system allows no new machine code")


@cache
def _process() -> ctypes.CDLL:
    """All functions that the process has."""
    return ctypes.CDLL(None)


@cache
def address_of_external(name: str) -> int:
    """Address of a function of the C library.

    Raises
    ------
    NotPlain
        It belongs to numba, to Python, or is not there.
    """
    if name == _NEVER_CALLED:
        name = "abort"
    if name.startswith(_FOREIGN):
        raise NotPlain(f"it needs {name}")
    return address_of(_process(), name)


def address_of(library: ctypes.CDLL, name: str) -> int:
    """Address of a function of a library."""
    try:
        function = getattr(library, name)
    except AttributeError:
        raise NotPlain(f"there is no {name}") from None
    return ctypes.cast(function, ctypes.c_void_p).value
