"""Sizes and durations as text."""

import pytest

from lavajit.process.quantities import bytes_text


@pytest.mark.parametrize(
    "n_bytes, text",
    [(0, "0 B"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"), (1 << 50, "1024.0 TiB")],
)
def test_bytes_text(n_bytes, text):
    assert bytes_text(n_bytes) == text
