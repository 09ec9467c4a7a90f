"""A notebook: a model of a cell runs natively, with progress and a raster."""

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CELLS = [
    """
%matplotlib inline
import warnings
import numpy as np
from lavajit import (
    CPU, AbstractProcess, InPort, LavaPyType, Loihi2SimCfg, LoihiProtocol, OutPort, PyInPort,
    PyLoihiProcessModel, PyOutPort, RunSteps, Var, implements, plots, requires,
)
warnings.simplefilter("error")  # a model that falls back to Python would say so
""",
    """
class Counter(AbstractProcess):
    def __init__(self, shape, period):
        super().__init__(name="counter")
        self.count = Var(shape, init=0)
        self.period = Var(shape, init=period)
        self.s_out = OutPort(shape)

@implements(proc=Counter, protocol=LoihiProtocol)
@requires(CPU)
class CounterModel(PyLoihiProcessModel):
    count: np.ndarray = LavaPyType(np.ndarray, np.int32)
    period: np.ndarray = LavaPyType(np.ndarray, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)

    def run_spk(self):
        self.count += 1
        fires = self.count >= self.period
        self.count[fires] = 0
        self.s_out.send(fires)
""",
    """
counter = Counter((5,), np.array([2, 3, 5, 7, 11]))
result = counter.run(RunSteps(100_000), Loihi2SimCfg(), record=counter.s_out, progress=True)
print("native" in str(counter.explain()), result.spikes(counter).per_neuron().tolist())
""",
    "plots.raster(result)",
    "result",
]


def test_a_model_of_a_cell_runs_natively_with_progress_and_raster(tmp_path):
    from nbconvert.preprocessors import ExecutePreprocessor

    cells = [nbformat.v4.new_code_cell(text.strip()) for text in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    ExecutePreprocessor(timeout=200, kernel_name="python3").preprocess(
        book, {"metadata": {"path": str(tmp_path)}}
    )
    outputs = [cell.outputs for cell in book.cells]
    printed = "".join(o.text for o in outputs[2] if o.output_type == "stream")
    assert "True [50000, 33333, 20000, 14285, 9090]" in printed
    assert "100%" in printed or any("100%" in str(o) for o in outputs[2])
    assert any("image/png" in o.get("data", {}) for o in outputs[3])
    assert "100,000" in str(outputs[4]) or "steps 1 to 100000" in str(outputs[4])
