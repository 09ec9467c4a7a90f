"""Recorded tables of neurocore functions."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def neurocore_data() -> Path:
    return Path(__file__).parents[1] / "data/neurocore"
