"""Arrays for debug runs: same memory, same numbers, and they say where something goes wrong.

A model that runs as Python meets NumPy's rules, which differ from those of native code in three
places. Numbers read from narrow integer arrays count in 64 bits natively; numbers that a model
writes, such as ``2**12``, are 64-bit integers beside integer arrays; dividing a number by zero
gives infinity. A :class:`CheckedArray` follows native code in all three, so that a debug run gives
the numbers of a native one.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.arena import TIME_STEP
from lavajit.runtime.host_ports import c_cast

#: Operations on whole integer arrays that may leave the range of their type.
_MAY_WRAP = frozenset({np.add, np.subtract, np.multiply, np.left_shift, np.negative, np.absolute})
_WORD = np.dtype(np.int64).itemsize
_RANGES = {
    np.dtype(kind): (int(np.iinfo(kind).min), int(np.iinfo(kind).max)) for kind in "bhilqBHILQ"
}
_NARROW = frozenset(kind.type for kind in _RANGES if kind.itemsize < _WORD)
_read, _write = np.ndarray.__getitem__, np.ndarray.__setitem__
#: Modules whose lines do not help the user.
_OWN = ("lavajit.runtime.", "numpy.")


class DebugWarning(UserWarning):
    """Something in a debug run that native code does silently: a wrap, a NaN, a division by 0."""


@dataclass
class Reporter:
    """Warns about each line of a model once for each kind of trouble.

    Parameters
    ----------
    control : ndarray of int64
        Control words of the network.
    """

    control: np.ndarray
    method: str = ""
    _seen: set[tuple] = field(default_factory=set)

    def warn(self, what: str, kind: str) -> None:
        """Warn with the model's line; `kind` is what is said once."""
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals.get("__name__", "").startswith(_OWN):
            frame = frame.f_back
        place = frame.f_code.co_filename, frame.f_lineno
        if (*place, kind) in self._seen:
            return
        self._seen.add((*place, kind))
        where = f"in {self.method}, " if self.method else ""
        text = f"{where}time step {int(self.control[TIME_STEP])}: {what}"
        warnings.warn_explicit(text, DebugWarning, *place)

    def floating_point(self, kind: str, flag: int) -> None:
        """NumPy's report of a floating-point event: "overflow", "invalid value" or the like."""
        self.warn(f"{kind} encountered; native code says nothing and goes on", kind)


@dataclass
class Place:
    """Whose array it is: Process and field, and the class of the model."""

    name: str
    model: str
    reporter: Reporter


class CheckedArray(np.ndarray):
    """A field or message of a model in a debug run.

    Attributes
    ----------
    place : Place or None
        Which one; arrays made of it keep the name.
    """

    place: Place | None = None

    def __array_finalize__(self, source: object) -> None:
        self.place = getattr(source, "place", None)

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))

    # --- single elements and parts ----------------------------------------------------

    def __getitem__(self, index):
        try:
            return native_number(_read(self, index))
        except IndexError as error:
            raise self._index_error(index, error) from None

    def __setitem__(self, index, value) -> None:
        value = self._checked(value)
        try:
            _write(self, index, value)
        except IndexError as error:
            raise self._index_error(index, error) from None

    def _index_error(self, index, error: IndexError) -> IndexError:
        place = self.place
        name = f"{place.name} (model {place.model})" if place else "an array"
        return IndexError(f"{name} has shape {self.shape}, got index {_text(index)}: {error}")

    @property
    def flat(self):
        """One-dimensional view; checked where the memory is one piece."""
        return self.reshape(-1) if self.flags.c_contiguous else super().flat

    def item(self, *index):
        """The number; as NumPy's, so that dividing it by zero goes on as in native code."""
        return native_number(_read(self.view(np.ndarray), index or ()))

    # --- what is stored ---------------------------------------------------------------

    def _checked(self, value):
        """`value`, after a warning if storing it changes it."""
        if self.place is None:
            return value
        if self.dtype.kind in "iu":
            return self._checked_integer(value)
        if self.dtype.kind in "fc" and _is_nan(value):
            self.place.reporter.warn(f"NaN is stored in {self.place.name}", "nan")
        return value

    def _checked_integer(self, value):
        """An integer that leaves the range wraps, as in native code."""
        lowest, highest = _RANGES[self.dtype]
        if isinstance(value, (int, np.integer)) and lowest <= value <= highest:
            return value
        if type(value) is int and not -(1 << 63) <= value < 1 << 63:
            self._warn_wrap(value)
            return c_cast(np.asarray((value + (1 << 63)) % (1 << 64) - (1 << 63)), self.dtype)
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or array.size == 0 or np.can_cast(array.dtype, self.dtype):
            return value
        low, high = array.min(), array.max()
        if low >= lowest and high <= highest:
            return value
        self._warn_wrap(low if low < lowest else high)
        if array.ndim == 0 and array.dtype.kind == "f":  # undefined in C: what the processor does
            with np.errstate(invalid="ignore"):
                return array.astype(self.dtype)
        return c_cast(array, self.dtype)

    def _warn_wrap(self, value) -> None:
        place = self.place
        lowest, highest = _RANGES[self.dtype]
        place.reporter.warn(
            f"{value} is stored in {place.name}, which holds {self.dtype} ({lowest} to "
            f"{highest}); it wraps to another number",
            "wrap",
        )

    # --- whole arrays -----------------------------------------------------------------

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        place = next((x.place for x in inputs if isinstance(x, CheckedArray)), self.place)
        plain = _with_native_integers([_plain(x) for x in inputs])
        wide = None
        if place is not None and method == "__call__" and ufunc in _MAY_WRAP:
            wide = _in_64_bits(ufunc, plain)  # before `out` overwrites an operand
        if out is not None:
            options["out"] = tuple(_plain(x) for x in out)
        result = getattr(ufunc, method)(*plain, **options)
        if wide is not None:
            _check_wrap(place, ufunc, wide, np.asarray(result))
        if out is not None:
            return out[0] if len(out) == 1 else out
        if isinstance(result, tuple):
            return tuple(_labelled(part, place) for part in result)
        return _labelled(result, place)


def checked(array: np.ndarray, place: Place) -> CheckedArray:
    """The same memory as a CheckedArray."""
    view = array.view(CheckedArray)
    view.place = place
    return view


def native_number(value):
    """A number as kernels compute with it: integers in 64 bits."""
    return np.int64(value) if type(value) in _NARROW else value


def _is_nan(value) -> bool:
    """True if a value, or one of them, is NaN."""
    if isinstance(value, float):  # also a float64
        return value != value
    array = np.asarray(value)
    return array.dtype.kind in "fc" and bool(np.isnan(array).any())


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, CheckedArray) else value


def _labelled(result, place: Place | None):
    if not isinstance(result, np.ndarray):
        return native_number(result)
    view = result.view(CheckedArray)
    view.place = place
    return view


def _with_native_integers(inputs: list) -> list:
    """Python's integers beside integer arrays, in 64 bits."""
    arrays = [x for x in inputs if isinstance(x, np.ndarray)]
    if all(x.dtype.kind in "iu" for x in arrays):
        return [np.int64(x) if type(x) is int and -(1 << 63) <= x < 1 << 63 else x for x in inputs]
    return inputs


def _in_64_bits(ufunc: np.ufunc, inputs: list) -> np.ndarray | None:
    """The result without limits of narrower types; None for real numbers."""
    kinds = [np.asarray(x).dtype for x in inputs]
    if any(kind.kind not in "iu" for kind in kinds):
        return None
    return np.asarray(ufunc(*(np.asarray(x).astype(np.int64) for x in inputs)))


def _check_wrap(place: Place, ufunc: np.ufunc, wide: np.ndarray, result: np.ndarray) -> None:
    """Compare a result with what 64 bits give."""
    wrong = np.flatnonzero(wide != result)
    if result.dtype.itemsize < _WORD and wrong.size:
        at = int(wrong[0])
        place.reporter.warn(
            f"{ufunc.__name__} of {result.dtype} arrays (one of them {place.name}) wraps at index "
            f"{at}: {wide.flat[at]} becomes {result.flat[at]}; make an operand int64 first",
            "wrap",
        )


def _text(index) -> str:
    """An index as the user would write it."""
    if isinstance(index, tuple):
        return "(" + ", ".join(_text(part) for part in index) + ")"
    return str(index) if isinstance(index, (int, np.integer)) else repr(index)
