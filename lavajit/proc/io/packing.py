"""Sparse and packed forms of integer vectors; functions for kernels.

Functions that list and pack read a flat int32 array, write into `data` (int32) and `index` (int64),
which have at least ``room(size)`` elements, and return how many elements they have written. Those
that place do the reverse and overwrite all values.
"""

from __future__ import annotations

import numpy as np

BYTE_MASK = 0xFF
SIGN_BIT_8 = 0x80
#: Index byte that means: move the position on by 255 times the data byte.
ESCAPE = 255
_BYTES_PER_WORD = 4
#: PACKED_4 sends pairs of words.
_BYTES_PER_PAIR = 8


def room(size: int) -> int:
    """Elements that the longest message for `size` values needs."""
    return size + 8


def list_non_zeros(values, data, index):
    """Non-zero values and their indices; a zero at index 0 if there is none."""
    n = 0
    for i in range(values.size):
        if values[i] != 0:
            data[n], index[n] = values[i], i
            n += 1
    if n == 0:
        data[0], index[0] = 0, 0
        n = 1
    return n


def put_byte(words, n, value):
    """Byte number n of a sequence of 32-bit words, little-endian; bytes come in order."""
    at, shift = n // _BYTES_PER_WORD, 8 * (n % _BYTES_PER_WORD)
    before = np.int64(words[at]) & ((np.int64(1) << shift) - 1)
    words[at] = np.int32(before | ((np.int64(value) & BYTE_MASK) << shift))


def get_byte(words: np.ndarray, n: int) -> int:
    """Byte number n of a sequence of 32-bit words, unsigned."""
    return (int(words[n // _BYTES_PER_WORD]) >> (8 * (n % _BYTES_PER_WORD))) & BYTE_MASK


def pack_dense(values, data, index):
    """Low byte of every value; even words go to `data`, odd words to `index`."""
    pairs = (values.size + _BYTES_PER_PAIR - 1) // _BYTES_PER_PAIR
    for k in range(2 * pairs):
        word = np.int64(0)
        for b in range(_BYTES_PER_WORD):
            i = _BYTES_PER_WORD * k + b
            if i < values.size:
                word |= (np.int64(values[i]) & BYTE_MASK) << (8 * b)
        if k % 2 == 0:
            data[k // 2] = np.int32(word)
        else:
            index[k // 2] = np.int32(word)
    return pairs


def pack_gaps(values, data, index):
    """Low bytes of the non-zero values, and of the gaps before them, packed into words.

    A gap counts the zeros since the previous entry (for the first one, since the beginning). Gaps
    of 255 and more are preceded by escape entries.
    """
    n = 0
    previous = -1
    for i in range(values.size):
        if values[i] == 0:
            continue
        if n == 0 and i >= ESCAPE:
            # The decoder adds no 1 to the very first byte, so an escape must not be first.
            put_byte(data, 0, 0)
            put_byte(index, 0, 0)
            n, previous = 1, 0
        gap = i - previous - 1
        far = gap // ESCAPE
        for k in range(far // ESCAPE + 1 if far > 0 else 0):
            put_byte(data, n, ESCAPE if k < far // ESCAPE else far % ESCAPE)
            put_byte(index, n, ESCAPE)
            n += 1
        put_byte(data, n, values[i])
        put_byte(index, n, gap % ESCAPE)
        n, previous = n + 1, i
    if n == 0:
        put_byte(data, 0, 0)
        put_byte(index, 0, 0)
        n = 1
    while n % _BYTES_PER_WORD:
        put_byte(data, n, 0)
        put_byte(index, n, 0)
        n += 1
    return n // _BYTES_PER_WORD


def unpack_gaps(data: np.ndarray, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values (signed bytes) and indices behind what `pack_gaps` wrote."""
    values, places = [], []
    position = 0
    for n in range(_BYTES_PER_WORD * len(data)):
        gap, value = get_byte(index, n), get_byte(data, n)
        if gap == ESCAPE:
            position += ESCAPE * value
            continue
        position += gap + (1 if n else 0)
        if value:
            values.append(value - 256 if value > 127 else value)
            places.append(position)
    return np.array(values, np.int64), np.array(places, np.int64)


def place_non_zeros(data, index, values):
    """Write what `list_non_zeros` listed."""
    values[:] = 0
    for k in range(data.size):
        values[index[k]] = data[k]


def place_dense(data, index, values):
    """Write the signed bytes that `pack_dense` packed; zeros after the end of the message."""
    values[:] = 0  # the first message of an encoder is one zero
    for i in range(min(values.size, _BYTES_PER_PAIR * data.size)):
        word, byte = i // _BYTES_PER_WORD, i % _BYTES_PER_WORD
        bits = np.int64(data[word // 2] if word % 2 == 0 else index[word // 2])
        values[i] = signed_byte(bits >> (8 * byte))


def place_gaps(data, index, values):
    """Write the signed bytes that `pack_gaps` packed, each to its place."""
    values[:] = 0
    position = 0
    for n in range(_BYTES_PER_WORD * data.size):
        gap, value = get_byte(index, n), get_byte(data, n)
        if gap == ESCAPE:
            position += ESCAPE * value
            continue
        position += gap + (1 if n else 0)
        if value != 0:  # the zeros that fill the last word lead nowhere
            values[position] = signed_byte(value)


def signed_byte(bits):
    """The low byte, as a signed number."""
    return np.int32(((np.int64(bits) & BYTE_MASK) ^ SIGN_BIT_8) - SIGN_BIT_8)
