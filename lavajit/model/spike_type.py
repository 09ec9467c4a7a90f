"""Kinds of spike messages that hardware exchanges."""

from __future__ import annotations

from enum import IntEnum


class SpikeType(IntEnum):
    """Payload and size of a spike message."""

    BINARY_SPIKE = 1
    LONG_SPIKE = 2
    GRADED8_SPIKE = 3
    GRADED16_SPIKE = 4
    GRADED24_SPIKE = 5
    POP16_SPIKE = 6
    POP32_SPIKE = 7
