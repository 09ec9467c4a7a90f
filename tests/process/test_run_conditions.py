"""Run conditions."""

import numpy as np
import pytest

from lavajit.process.run_conditions import AbstractRunCondition, RunContinuous, RunSteps


def test_run_steps():
    condition = RunSteps(np.int32(5))
    assert (condition.num_steps, condition.blocking) == (5, True)
    assert type(condition.num_steps) is int
    assert RunSteps(0, blocking=False).blocking is False
    assert isinstance(condition, AbstractRunCondition)


@pytest.mark.parametrize("steps", [-1, 2.5, "3", None, True])
def test_run_steps_takes_counts_only(steps):
    with pytest.raises(ValueError, match="int >= 0"):
        RunSteps(steps)


def test_run_continuous_does_not_block():
    assert RunContinuous().blocking is False
