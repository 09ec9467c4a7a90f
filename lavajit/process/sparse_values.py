"""Is something a sparse matrix? Asked without importing scipy.sparse, which takes 0.1 s.

Who has a sparse matrix has imported it.
"""

from __future__ import annotations

import sys


def is_sparse(value: object) -> bool:
    """True for matrices and arrays of scipy.sparse."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def is_sparse_type(cls: type) -> bool:
    """True for their classes."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and issubclass(cls, (sparse.spmatrix, sparse.sparray))
