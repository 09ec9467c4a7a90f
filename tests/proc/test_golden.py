"""The process library reproduces what Lava's models computed."""

import pytest
from helpers import golden

CASES = golden.cases("network")
# Python takes about a microsecond per element and step.
SMALL = [case for case in CASES if "_large_" not in case["name"] and "_long_" not in case["name"]]


@pytest.mark.parametrize("case", CASES, ids=golden.name_of)
def test_native(case):
    golden.check(case, golden.record(case))


@pytest.mark.parametrize("case", CASES, ids=golden.name_of)
def test_native_step_by_step(case):
    golden.check(case, golden.record(case, step_by_step=True))


@pytest.mark.parametrize("case", SMALL, ids=golden.name_of)
def test_python(case):
    golden.check(case, golden.record(case, native=False))


def test_differences_are_reported():
    case = golden.cases("network")[0]
    got = golden.record(case)
    got["lif.v"][7, 2] += 1
    got["lif.u"][9, 0] += 1
    where = rf"{case['name']}: first difference in time step 8 of 48, lif.v\[2\]: got .*expected"
    with pytest.raises(AssertionError, match=where):
        golden.check(case, got)
