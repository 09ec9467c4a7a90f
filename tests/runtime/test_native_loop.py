"""While all kernels are native, the loop allocates nothing and runs no Python."""

from __future__ import annotations

import ctypes
import sys

import numpy as np
import pytest

from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps
from lavajit.compiler.arena import STEPS_LEFT, TIME_STEP

ALLOCATORS = ("NRT_MemInfo_alloc", "NRT_Allocate", "malloc", "NRT_Reallocate", "PyObject", "PyList")


@pytest.fixture(scope="module", params=["floating_pt", "fixed_pt"])
def network(request):
    fixed = request.param == "fixed_pt"
    rng = np.random.default_rng(1)
    first = LIF(shape=(20,), bias_mant=rng.integers(1, 9, 20), vth=40, dv=100 if fixed else 0.02)
    forth = Dense(weights=rng.integers(-8, 9, (10, 20)))
    second = LIF(shape=(10,), vth=5)
    back = Dense(weights=rng.integers(-8, 9, (20, 10)))
    first.s_out.connect(forth.s_in)
    forth.a_out.connect(second.a_in)
    second.s_out.connect(back.s_in)
    back.a_out.connect(first.a_in)
    first.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag=request.param))
    yield first.runtime._stepper
    first.stop()


def heap_in_use() -> int:
    """Bytes the C library has handed out."""

    class Info(ctypes.Structure):
        _fields_ = [(f"f{k}", ctypes.c_size_t) for k in range(10)]

    mallinfo2 = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo2 is None:
        pytest.skip("no mallinfo2 in the C library")
    mallinfo2.restype = Info
    info = mallinfo2()
    return info.f7 + info.f4


def run_steps(stepper, steps: int) -> int:
    stepper.control[STEPS_LEFT] = steps
    return stepper.call_loop()


def test_all_methods_are_native(network):
    assert not network.hosts


def test_no_python_function_is_called(network):
    calls = []
    before = int(network.control[TIME_STEP])
    sys.setprofile(lambda frame, event, arg: calls.append((event, frame.f_code.co_name)))
    try:
        network.call_loop()  # finishes the step that STEPS_LEFT <= 0 allows
        network.control[STEPS_LEFT] = 5000
        answer = network.call_loop()
    finally:
        sys.setprofile(None)
    assert answer == 0
    assert int(network.control[TIME_STEP]) == before + 5001
    python = [call for call in calls if call[0] == "call"]
    assert python == [("call", "call_loop")] * 2


def test_heap_does_not_grow_while_the_loop_runs(network):
    run_steps(network, 100)
    steps, growth = 20_000, []
    for _ in range(5):  # the interpreter around the loop may allocate a little
        before = heap_in_use()
        run_steps(network, steps)
        growth.append(heap_in_use() - before)
    assert min(growth) < steps  # not even a byte per step


def test_machine_code_contains_no_allocation(monkeypatch, tmp_path):
    """Compiled afresh, so that the intermediate code is there to be read."""
    from lavajit.compiler.source import find_method
    from lavajit.kernels import compile as kernel_compile
    from lavajit.proc import dense, lif

    monkeypatch.setenv("LAVAJIT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kernel_compile, "_known", {})
    monkeypatch.setattr(kernel_compile, "_memory", {})
    source = LIF(shape=(2,))
    target = Dense(weights=np.ones((2, 2)))
    source.s_out.connect(target.s_in)
    source.create_runtime(run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    network = source.runtime.executable.network
    for index, model in enumerate((lif.PyLifModelFloat, dense.PyDenseModelFloat)):
        kernel = network.tiers.kernels[index, "run_spk", None]
        assert not kernel.from_cache
        assert find_method(model, "run_spk")
        code = kernel.keep.library.get_llvm_str()
        calls = [line for line in code.splitlines() if " call " in line]
        assert "define" in code
        assert not [line for line in calls if any(name in line for name in ALLOCATORS)]
    source.stop()
