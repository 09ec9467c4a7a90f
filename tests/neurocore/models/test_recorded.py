"""On cores in Lava's arithmetic, Processes of the library do what Lava's models computed."""

import pytest
from helpers import golden, learning_golden

from lavajit import Loihi2HwCfg
from lavajit.model.nc_model import is_nc_model
from lavajit.model.registry import models_of
from lavajit.neurocore import models

#: Run in every run of the tests; the others only where time is taken.
QUICK = ("lif_fixed_random_00", "dense_fixed_exp_down_00", "net_lif_dense_lif_fixed_00")
CORRECTED = "PySigmaDeltaModelFixedCorrected"


def model_on_cores(process):
    """The model for cores in Lava's arithmetic, whoever hears the Process; or None."""
    return next(
        (
            model
            for model in models_of(type(process))
            if is_nc_model(model) and model.arithmetic in (None, "lava")
        ),
        None,
    )


def on_cores(network):
    chosen = {process: model_on_cores(process) for process in network.processes.values()}
    chosen = network.models_by_name() | {p: model for p, model in chosen.items() if model}
    for name, spec in network.case["processes"].items():
        if spec["model"] == CORRECTED:
            chosen[network.processes[name]] = models.NcModelSigmaDeltaCorrected
    return Loihi2HwCfg(arith="lava", exception_proc_model_map=chosen)


def has_model(case):
    names = {name.removeprefix("NcModel") for name in models.__all__}
    return any(spec["class"] in names for spec in case["processes"].values())


CASES = [c for c in golden.cases("network") if c["tag"] == "fixed_pt" and has_model(c)]


#: The first case of each kind is compiled; kernels of the others differ in their numbers only.
COMPILED_CASES = {case["group"]: case["name"] for case in reversed(CASES)}.values()


def test_all_kinds_of_processes_are_there():
    groups = {case["group"] for case in CASES}
    assert groups >= {"lif", "dense", "sparse", "conv", "sdn", "rf", "atrlif", "graded", "network"}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"], marks=() if case["name"] in QUICK else pytest.mark.slow)
        for case in CASES
    ],
)
def test_case(case):
    native = case["name"] in {*QUICK, *COMPILED_CASES}
    golden.check(case, golden.record(case, native, config=on_cores))


PLASTIC = [case for case in learning_golden.cases("connection") if case["precision"] == "fixed"]
COMPILED = ("sparse_pair_0_fixed",)


def plastic_on_cores(connection):
    chosen = {connection: model_on_cores(connection)}
    return Loihi2HwCfg(arith="lava", exception_proc_model_map=chosen)


@pytest.mark.parametrize("case", PLASTIC, ids=lambda case: case["id"])
def test_plastic_connection_in_python(case):
    found = learning_golden.run_connection(case, native=False, config=plastic_on_cores)
    learning_golden.assert_equal(case, found)


@pytest.mark.slow
@pytest.mark.parametrize("case_id", COMPILED)
def test_plastic_connection_natively(case_id):
    case = next(case for case in PLASTIC if case["id"] == case_id)
    found = learning_golden.run_connection(case, native=True, config=plastic_on_cores)
    learning_golden.assert_equal(case, found)
