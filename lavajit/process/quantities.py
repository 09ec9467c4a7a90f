"""Sizes and durations as text."""

from __future__ import annotations


def bytes_text(size: float) -> str:
    """Bytes in the largest fitting unit.

    >>> bytes_text(1536)
    '1.5 KiB'
    """
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.0f} B" if units[0] == "B" else f"{size:.1f} {units[0]}"


def time_text(seconds: float) -> str:
    """Seconds with a fitting unit.

    >>> time_text(1.5e-6)
    '1.5 us'
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{1e9 * seconds:.3g} ns"
