"""Port types and LavaPyType are declarations."""

import inspect

import numpy as np
import pytest

from lavajit.model import py_ports
from lavajit.model.py_ports import PyInPort, PyOutPort, PyRefPort, PyVarPort
from lavajit.model.py_type import LavaPyType


@pytest.mark.parametrize("kind", [PyInPort, PyOutPort, PyRefPort, PyVarPort])
def test_variants(kind):
    assert inspect.isabstract(kind)
    for constant, suffix in (
        ("VEC_DENSE", "VectorDense"),
        ("VEC_SPARSE", "VectorSparse"),
        ("SCALAR_DENSE", "ScalarDense"),
        ("SCALAR_SPARSE", "ScalarSparse"),
    ):
        variant = getattr(kind, constant)
        assert variant is getattr(py_ports, kind.__name__ + suffix)
        assert issubclass(variant, kind) and not inspect.isabstract(variant)


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        (PyInPort, {"recv": 0, "peek": 0, "probe": 0, "events": 0}),
        (PyOutPort, {"send": 1, "buffer": 0, "flush": 0, "advance_to_time_step": 1}),
        (PyRefPort, {"read": 0, "write": 1, "wait": 0, "view": 0}),
    ],
)
def test_methods_exist_only_in_a_running_network(kind, methods):
    port = kind.VEC_DENSE((3,), int)
    assert port.shape == (3,) and port.d_type is int
    for name, count in methods.items():
        with pytest.raises(NotImplementedError, match=f"{name} exists only inside a running"):
            getattr(port, name)(*[np.zeros(3)] * count)


def test_lava_py_type():
    assert LavaPyType(np.ndarray, np.int32) == LavaPyType(np.ndarray, np.int32, precision=None)
    assert LavaPyType(int, np.uint16, precision=12).precision == 12
