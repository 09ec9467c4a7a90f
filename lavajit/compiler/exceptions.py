"""Errors of planning; all are raised before the first step.

::

    NetworkError(Exception)
    ├── NoProcessModelFound        no model for a Process
    ├── ProcessAlreadyCompiled     a Process belongs to another compiled network
    ├── ModelError(AssertionError) a model does not fit its Process
    ├── PortDtypeError(TypeError)  a port is sent numbers its model cannot compute with
    ├── DeadlockError(RuntimeError) a ring of ports in which everyone waits
    └── NumericLossError(ValueError) a value does not fit the declared type
"""

from __future__ import annotations


class NetworkError(Exception):
    """A network cannot be planned."""


class NoProcessModelFound(NetworkError):
    """No ProcessModel implements the Process."""


class ProcessAlreadyCompiled(NetworkError):
    """The Process is part of a network that was compiled before."""


class ModelError(NetworkError, AssertionError):
    """A ProcessModel's declarations do not match its Process."""


class PortDtypeError(NetworkError, TypeError):
    """A model that computes in integers is sent fractions."""


class DeadlockError(NetworkError, RuntimeError):
    """Processes wait for each other, or for a message that nobody sends."""


class NumericLossError(NetworkError, ValueError):
    """A value cannot be represented in the declared type."""


class NumericLossWarning(UserWarning):
    """An initial value wraps around in the declared integer type, as a C cast does."""
