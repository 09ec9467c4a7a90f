"""Integer arithmetic of a core.

::

    scalars.py       decay, wrap and shift of single numbers, for kernels
    arrays.py        the same for whole arrays
    weights.py       stored and effective weights
    discretise.py    floats -> registers
"""
