"""How an InPort combines the messages of several sources."""

from __future__ import annotations


class AbstractReduceOp:
    """Base class of the ways to combine messages."""


class ReduceSum(AbstractReduceOp):
    """Messages of all sources are added; this is also what an InPort does by default."""
