"""Points of a batch: what each copy of the network has of its own, as changes of its memory.

A value is set in the network itself, by the same checks and hooks as Var.set; what changes thereby
in memory is noted and undone. So a point can set whatever can be set between two runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy as shallow_copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lavajit.compiler.fields import WORD_BYTES, RandomField, block_words, word_offsets
from lavajit.process.variable import Var
from lavajit.runtime.engine import random_keys
from lavajit.runtime.image import NetworkCopy, NetworkImage, bytes_of
from lavajit.runtime.var_access import VarAccess

SEED = "seed"

Point = Mapping[Any, Any]


def checked_points(points: Mapping[Any, Sequence] | Iterable[Point]) -> list[dict[Any, Any]]:
    """Points as a list of dicts.

    Raises
    ------
    TypeError, ValueError
        Keys are not Vars or "seed", values have different numbers of points, or there are none.
    """
    if isinstance(points, Mapping):
        _check_keys(points)
        lengths = {key: _length(key, values) for key, values in points.items()}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name_of(key)}: {n}" for key, n in lengths.items())
            raise ValueError(f"points have different numbers of values along axis 0: {found}")
        count = max(lengths.values(), default=0)
        listed = [{key: values[k] for key, values in points.items()} for k in range(count)]
    else:
        listed = []
        for k, point in enumerate(points):
            if not isinstance(point, Mapping):
                raise TypeError(
                    f"points must be a list of dicts or a dict of lists; item {k} is {point!r}"
                )
            _check_keys(point)
            listed.append(dict(point))
    if not listed:
        raise ValueError("there are no points; give one dict for each copy, {} for no change")
    _check_seeds(listed)
    return listed


def _check_keys(point: Point) -> None:
    for key in point:
        if not isinstance(key, Var) and key != SEED:
            raise TypeError(f"keys of points are Vars or {SEED!r}, got {key!r}; e.g. lif.v")


def _length(key: Any, values: Sequence) -> int:
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__len__"):
        raise TypeError(f"values of {name_of(key)} must be one for each copy, got {values!r}")
    return len(values)


def _check_seeds(points: list[dict[Any, Any]]) -> None:
    for k, point in enumerate(points):
        seed = point.get(SEED, 0)
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise TypeError(f"seed must be an int, got {seed!r} at point {k}")
        if SEED in point:
            point[SEED] = seed.__index__()


def name_of(key: Any) -> str:
    """Name of a Var, or "seed"."""
    return key.full_name if isinstance(key, Var) else str(key)


@dataclass
class Changes:
    """Where a copy differs from the image.

    Attributes
    ----------
    arrays : list of (int, ndarray of uint8)
        Offset and new contents of whole arrays.
    words : list of (ndarray of int64, ndarray of int64)
        Numbers and new contents of single words.
    """

    arrays: list[tuple[int, np.ndarray]] = field(default_factory=list)
    words: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def apply(self, copy: NetworkCopy) -> None:
        """Write them into a copy."""
        for at, content in self.arrays:
            copy.set_bytes(at, content)
        for positions, content in self.words:
            copy.words[positions] = content


class _Piece(NamedTuple):
    """Bytes in the network and in the image; of some, only single words may be changed in a copy,
    because the others are addresses.
    """

    live: np.ndarray
    original: np.ndarray
    at: int
    single_words: bool


class PointSetter:
    """Finds what points change, and reads Vars of copies.

    Parameters
    ----------
    network : Network
        The network; it is as before after every call.
    image : NetworkImage
        Its image.
    """

    def __init__(self, network, image: NetworkImage) -> None:
        self.network, self.image = network, image
        self._access = VarAccess(network)
        self._views: defaultdict[int, dict[str, np.ndarray]] = defaultdict(dict)
        self._pieces: dict[int, list[_Piece]] = {}
        for (index, name), view in network.layout.views.items():
            self._views[index][name] = view

    def check_vars(self, variables: Iterable[Var]) -> None:
        """Raise ValueError unless these are Vars of the network that have storage."""
        for var in variables:
            if var.resolved.id not in self._access.owners:
                raise ValueError(
                    f"{var.full_name} is no Var of a leaf Process of this network; alias a Var of "
                    "a hierarchical Process to one of a sub process"
                )

    # --- setting ----------------------------------------------------------------------

    def changes(self, point: Point) -> Changes:
        """What a point changes.

        Raises
        ------
        ValueError, RuntimeError
            As of Var.set.
        """
        touched: set[int] = set()
        before: list[tuple[int, Any]] = []
        changes = Changes()
        try:
            for key, value in point.items():
                if isinstance(key, Var):
                    self._set(key.resolved, value, touched, before)
            for index in touched:
                self._note(changes, index)
        finally:
            self._undo(touched, before)
        if SEED in point:
            self._note_keys(changes, point[SEED])
        return changes

    def _set(self, var: Var, value: Any, touched: set[int], before: list) -> None:
        if var.id in self._access.owners:
            touched.add(self._access.owners[var.id][0].node.index)
        before.append((var.id, self._access.get(var.id)))
        self._access.set(var.id, value)

    def _undo(self, touched: set[int], before: list[tuple[int, Any]]) -> None:
        for var_id, value in reversed(before):
            self._access.set(var_id, value)  # also for what models hold in Python
        for index in touched:
            for piece in self._pieces_of(index):
                piece.live[...] = piece.original

    def _note(self, changes: Changes, index: int) -> None:
        for piece in self._pieces_of(index):
            if np.array_equal(piece.live, piece.original):
                continue
            if not piece.single_words:
                changes.arrays.append((piece.at, piece.live.copy()))
                continue
            words = piece.live.view(np.int64)
            different = np.flatnonzero(words != piece.original.view(np.int64))
            changes.words.append((piece.at // WORD_BYTES + different, words[different]))

    def _pieces_of(self, index: int) -> list[_Piece]:
        """Memory of an instance: its state block, its arrays, and the program's table, which names
        its kernels.
        """
        if index not in self._pieces:
            layout = self.network.layout
            at, fields = layout.blocks[index] - layout.arena.address, layout.fields[index]
            block = layout.arena.view(at, np.int64, (block_words(fields),))
            views = [v for v in self._views[index].values() if v.ndim and v.size]
            single = [self._piece(array, True) for array in (block, self.network.bound.table)]
            self._pieces[index] = single + [self._piece(view, False) for view in views]
        return self._pieces[index]

    def _piece(self, array: np.ndarray, single_words: bool) -> _Piece:
        live, at = bytes_of(array), self.image.place(array).at
        return _Piece(live, self.image.original(at, live.size), at, single_words)

    def _note_keys(self, changes: Changes, seed: int) -> None:
        keys = random_keys(seed, self.network.instances)
        indices, positions = self._key_words
        changes.words.append((positions, np.array([keys[i] for i in indices], np.int64)))

    @cached_property
    def _key_words(self) -> tuple[list[int], np.ndarray]:
        """Words that hold keys of random numbers: the node of each, and its number."""
        layout, indices, addresses = self.network.layout, [], []
        for index, fields in layout.fields.items():
            offsets = word_offsets(fields)
            for name, spec in fields:
                if isinstance(spec, RandomField):
                    indices.append(index)
                    addresses.append(layout.blocks[index] + WORD_BYTES * offsets[name])
        return indices, self.image.offsets_of(np.array(addresses, np.int64)) // WORD_BYTES

    # --- reading ----------------------------------------------------------------------

    def reader(self, variables: Sequence[Var]) -> Callable[[NetworkCopy], list[Any]]:
        """Function that reads Vars in a copy."""
        ids = [variable.resolved.id for variable in variables]
        owners = {self._access.owners[var_id][0].node.index for var_id in ids}
        places = {
            (index, name): self.image.place(view)
            for index in owners
            for name, view in self._views[index].items()
        }

        def read(copy: NetworkCopy) -> list[Any]:
            access = shallow_copy(self._access)
            views = {key: copy.view(place) for key, place in places.items()}
            access.layout = replace(self.network.layout, views=views)
            return [access.get(var_id) for var_id in ids]

        return read
