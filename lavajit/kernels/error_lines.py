"""Lines for errors of built-in operations.

numba gives an explicit ``raise`` its file and line, but not an IndexError of ``v[i]``. While a
kernel is compiled, :func:`errors_with_lines` lends every exception without a place the place of the
statement that is being lowered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from numba.core.callconv import CPUCallConv
from numba.core.lowering import Lower

#: (location, function name) of the statements being lowered, innermost last.
_places: list[tuple] = []

_lower_inst = Lower.lower_inst
_return_user_exc = CPUCallConv.return_user_exc


def _lower_with_place(self, inst):
    _places.append((self.loc, self.func_ir.func_id.func_name))
    try:
        return _lower_inst(self, inst)
    finally:
        _places.pop()


def _return_exc_with_place(self, builder, exc, exc_args=None, loc=None, func_name=None):
    if loc is None and _places:
        loc, func_name = _places[-1]
    return _return_user_exc(self, builder, exc, exc_args, loc, func_name)


@contextmanager
def errors_with_lines() -> Iterator[None]:
    """While active, compiled exceptions without a place get that of their statement."""
    Lower.lower_inst = _lower_with_place
    CPUCallConv.return_user_exc = _return_exc_with_place
    try:
        yield
    finally:
        Lower.lower_inst = _lower_inst
        CPUCallConv.return_user_exc = _return_user_exc
