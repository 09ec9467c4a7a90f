"""Errors of describing, compiling and placing a network on neurocores.

ValueError
`-- NcCompileError        the network cannot be put on the chip
    |-- NcResourceError   a limit of a core or a chip is exceeded
    `-- NcValueError      a value does not fit its register
"""


class NcCompileError(ValueError):
    """A network cannot be put on the cores of a chip."""


class NcResourceError(NcCompileError):
    """A core or a chip has less of something than is needed."""


class NcValueError(NcCompileError):
    """A value does not fit the register that is to hold it."""
