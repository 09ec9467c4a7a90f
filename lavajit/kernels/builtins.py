"""Names the rewriter puts into kernels, and what they mean there."""

from __future__ import annotations

import numpy as np

from lavajit.kernels.arrays import fill, store_back, store_slice
from lavajit.kernels.assignments import (
    in_place,
    in_place_division,
    keep_kind,
    store_array,
    truth,
    where,
)
from lavajit.kernels.elements import element, prefetch, size
from lavajit.kernels.nonzero import nonzero
from lavajit.kernels.number_types import NUMBER_BUILTINS

#: The leading underscores keep them apart from the names of users.
BUILTINS = {
    "_element": element,
    "_fill": fill,
    "_in_place": in_place,
    "_in_place_division": in_place_division,
    "_keep_kind": keep_kind,
    "_nonzero": nonzero,
    "_prefetch": prefetch,
    "_store_array": store_array,
    "_store_back": store_back,
    "_store_slice": store_slice,
    "_truth": truth,
    "_where": where,
    "_size": size,
    "_slice": slice,
    "_type_bool": np.bool_,
    "_type_int": np.int64,
    "_type_float": np.float64,
    "_type_complex": np.complex128,
    **NUMBER_BUILTINS,
}
