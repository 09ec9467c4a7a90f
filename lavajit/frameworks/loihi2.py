"""Networks, run conditions and run configs for Loihi 2, in one place.

>>> from lavajit.frameworks.loihi2 import GradedDense, GradedVec, InputVec, Loihi2SimCfg, RunSteps
"""

from lavajit.model.run_configs import Loihi2SimCfg
from lavajit.networks.gradedvecnetwork import (
    GradedDense,
    GradedSparse,
    GradedVec,
    InputVec,
    LIFVec,
    NormalizeNet,
    OutputVec,
    ProductVec,
)
from lavajit.networks.resfire import ResFireVec
from lavajit.neurocore.run_configs import Loihi2HwCfg
from lavajit.process.run_conditions import RunContinuous, RunSteps

__all__ = [
    "GradedDense",
    "GradedSparse",
    "GradedVec",
    "InputVec",
    "LIFVec",
    "Loihi2HwCfg",
    "Loihi2SimCfg",
    "NormalizeNet",
    "OutputVec",
    "ProductVec",
    "ResFireVec",
    "RunContinuous",
    "RunSteps",
]
