"""Errors of describing, compiling and placing a network on neurocores.

ValueError
`-- NcCompileError        the network cannot be put on the chip
    |-- NcProgramError    a neuron program is not one that a core can run
    |-- NcResourceError   a limit of a core or a chip is exceeded
    |-- NcFeatureError    the core does not have what is asked for
    `-- NcValueError      a value does not fit its register

OverflowError
`-- NcOverflowError       the payload of a spike does not fit its type, in a strict run
"""


class NcCompileError(ValueError):
    """A network cannot be put on the cores of a chip."""


class NcProgramError(NcCompileError):
    """A neuron program is not one that a core can run."""


class NcResourceError(NcCompileError):
    """A core or a chip has less of something than is needed."""


class NcFeatureError(NcCompileError):
    """A core does not have what is asked for: a type of spike, a join, a kind of learning."""


class NcValueError(NcCompileError):
    """A value does not fit the register that is to hold it."""


class NcOverflowError(OverflowError):
    """The payload of a spike does not fit its type."""
