"""What holds for every Process of the library: its models run natively, without index checks."""

from contextlib import suppress

import pytest
from helpers.edge_examples import USER_CODE
from helpers.examples import EXAMPLES, library_processes, tags_of
from helpers.tiers import python_rows

from lavajit import Loihi2SimCfg, RunSteps
from lavajit.model.py_model import AbstractPyProcessModel
from lavajit.model.registry import models_of


@pytest.mark.slow
@pytest.mark.parametrize("process_class", library_processes(), ids=lambda c: c.__qualname__)
def test_models_run_natively(process_class):
    assert process_class in EXAMPLES, "add a small network with it to EXAMPLES"
    for tag in tags_of(process_class):
        process = EXAMPLES[process_class]()
        process.run(RunSteps(3), Loihi2SimCfg(select_tag=tag))
        assert process_class in USER_CODE or python_rows(process) == []
        assert allocating_kernels(process) == []
        process.stop()


def allocating_kernels(process) -> list[tuple]:
    """Native methods whose machine code calls an allocator."""
    found = []
    for method, kernel in process.runtime.executable.network.tiers.kernels.items():
        if kernel.keep is None:  # placed in memory without numba: it calls no allocator
            continue
        library = getattr(kernel.keep, "library", None) or kernel.keep[0]
        # Code from a kernel cache is gone once it runs; it was looked at when it was compiled.
        with suppress(RuntimeError):
            if b"NRT_MemInfo_alloc" in library._get_compiled_object():
                found.append(method[1:])
    return found


#: Models whose indices come from outside.
INDICES_IN_MESSAGES = {"PyToN3ConvAdapterModelSparse"}


@pytest.mark.parametrize("process_class", library_processes(), ids=lambda c: c.__qualname__)
def test_models_do_not_check_indices(process_class):
    models = models_of(process_class)
    checking = [m for m in models if issubclass(m, AbstractPyProcessModel) and m.boundscheck]
    assert [m.__name__ for m in checking if m.__name__ not in INDICES_IN_MESSAGES] == []
