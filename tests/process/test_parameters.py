"""ProcessParameters."""

import pytest

from lavajit.process.parameters import ProcessParameters


def test_parameters_are_not_overwritten_by_accident():
    initial = {"a": 1}
    params = ProcessParameters(initial)
    params["b"] = 2
    assert initial == {"a": 1, "b": 2}
    with pytest.raises(KeyError, match="already exists"):
        params["a"] = 3
    params.overwrite("a", 3)
    assert params["a"] == 3 and params.get("c") is None and params.get("c", 4) == 4
    assert "a" in params and len(params) == 2 and list(params) == ["a", "b"]
    with pytest.raises(KeyError):
        params["c"]
