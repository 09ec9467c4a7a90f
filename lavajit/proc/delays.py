"""Delays of connections, as their constructors take them."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.process import sparse_values
from lavajit.utils.sparse import NARROW_DELAYS

#: Largest delay of fixed-point models: Loihi's 6 bits.
MAX_FIXED_DELAY = 63
#: Largest delay of all models: DelaySparse keeps delays in 16 bits.
MAX_DELAY = (1 << 15) - 1


def longest_delay(process: str, delays: Any, shape: tuple[int, ...], max_delay: int) -> int:
    """Check delays; the longest one there is room for.

    Parameters
    ----------
    process : str
        Class of the Process, for errors.
    delays : ndarray or sparse matrix of int64, or int
        Sparse ones may be of uint8 and uint16, too.
        One delay per weight, or one for all.
    shape : tuple of int
        Shape of the weights.
    max_delay : int
        What the user gave; 0 for the longest of `delays`.

    Raises
    ------
    ValueError
        A delay is negative, or the delays do not have the form above.
    """
    if isinstance(delays, int):
        longest = shortest = delays
    else:
        _check_matrix(process, delays, shape)
        longest, shortest = (delays.max(), delays.min()) if 0 not in shape else (0, 0)
    if shortest < 0:
        raise ValueError(f"{process}: delays are counted in time steps from 0, got {shortest}")
    if max_delay < 0:
        raise ValueError(f"{process}: max_delay must be an int >= 0, got {max_delay}")
    if max(longest, max_delay) > MAX_DELAY:
        raise ValueError(
            f"{process}: delays are at most {MAX_DELAY} time steps, got {max(longest, max_delay)}; "
            f"send through a chain of connections for longer ones"
        )
    return int(max_delay) if max_delay else int(longest)


def _check_matrix(process: str, delays: Any, shape: tuple[int, ...]) -> None:
    is_sparse = sparse_values.is_sparse(delays)
    is_matrix = is_sparse or isinstance(delays, np.ndarray)
    allowed = (np.int64, *NARROW_DELAYS) if is_sparse else (np.int64,)
    if not is_matrix or delays.dtype not in allowed:
        got = f"{type(delays).__name__} of {delays.dtype}" if is_matrix else repr(delays)
        raise ValueError(
            f"{process}: delays must be an int for all synapses, or a matrix of int64 like the "
            f"weights, got {got}; use delays.astype(np.int64) or int(delays)"
        )
    if delays.shape != shape:
        raise ValueError(
            f"{process}: delays need the shape of the weights, {shape}, got {delays.shape}"
        )


def check_fixed_delays(process: str, proc_params: Any) -> None:
    """Refuse delays that Loihi cannot hold.

    Raises
    ------
    ValueError
        A delay is longer than 63 time steps.
    """
    delays = proc_params.get("delays")
    longest = delays if isinstance(delays, int) else delays.max() if delays.size else 0
    if longest > MAX_FIXED_DELAY:
        raise ValueError(
            f"{process}: delays of the fixed-point model are at most {MAX_FIXED_DELAY} time steps, "
            f"got {longest}; select floating_pt for longer ones"
        )
