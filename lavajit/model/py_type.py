"""Declaration of a Var or port in a ProcessModel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class LavaPyType:
    """Class, dtype and precision that a model gives to a Var or port of its Process.

    Assigned as class attribute of the model, under the name the Var or port has there.

    Attributes
    ----------
    cls : type
        For a Var ``np.ndarray``, ``int``, ``float``, ``bool``, ``str`` or ``csr_matrix``; for
        a port one of the variants, e.g. ``PyInPort.VEC_DENSE``.
    d_type : type
        NumPy dtype or Python type of the elements.
    precision : int, optional
        Number of bits; the model finds it as ``self._<name>_p``.

    Examples
    --------
    >>> import numpy as np
    >>> v = LavaPyType(np.ndarray, np.int32, precision=24)
    """

    cls: type
    d_type: Any
    precision: int | None = None
