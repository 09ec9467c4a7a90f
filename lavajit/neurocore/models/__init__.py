"""Models of the library's Processes for neurocores; importing this registers them.

Without a suffix a model computes as the chip does: on Loihi 2, or on both chips where they are the
same; ``...Loihi1`` is for Loihi 1 only, ``...Lava`` computes as Lava's fixed-point models do. There
is one model only where these are no different.

Base classes for models of a user's own are in :mod:`lavajit.neurocore.models.described`.
"""

from lavajit.neurocore.models.atrlif import (
    NcModelATRLIF,
)
from lavajit.neurocore.models.connections import (
    NcModelDelayDense,
    NcModelDelayDenseLava,
    NcModelDelaySparse,
    NcModelDelaySparseLava,
    NcModelDense,
    NcModelDenseLava,
    NcModelSparse,
    NcModelSparseLava,
)
from lavajit.neurocore.models.conv import (
    NcModelConv,
)
from lavajit.neurocore.models.graded import (
    NcModelGradedReluVec,
    NcModelGradedVec,
    NcModelInvSqrt,
    NcModelNormVecDelay,
    NcModelProdNeuron,
)
from lavajit.neurocore.models.learning import (
    NcModelLearningDelaySparse,
    NcModelLearningDelaySparseLava,
    NcModelLearningDense,
    NcModelLearningDenseLava,
    NcModelLearningSparse,
    NcModelLearningSparseLava,
)
from lavajit.neurocore.models.lif import (
    NcModelLearningLIF,
    NcModelLearningLIFLava,
    NcModelLearningLIFLoihi1,
    NcModelLIF,
    NcModelLIFLava,
    NcModelLIFLoihi1,
    NcModelLIFReset,
    NcModelLIFResetLava,
    NcModelTernaryLIF,
    NcModelTernaryLIFLava,
)
from lavajit.neurocore.models.refractory import (
    NcModelLIFRefractory,
    NcModelLIFRefractoryLava,
    NcModelLIFRefractoryLoihi1,
)
from lavajit.neurocore.models.resonate import (
    NcModelRF,
    NcModelRF_IZ,
    NcModelRFZero,
)
from lavajit.neurocore.models.sigma_delta import (
    NcModelDelta,
    NcModelSigma,
    NcModelSigmaDelta,
    NcModelSigmaDeltaCorrected,
)

__all__ = [
    "NcModelATRLIF",
    "NcModelConv",
    "NcModelDelayDense",
    "NcModelDelayDenseLava",
    "NcModelDelaySparse",
    "NcModelDelaySparseLava",
    "NcModelDelta",
    "NcModelDense",
    "NcModelDenseLava",
    "NcModelGradedReluVec",
    "NcModelGradedVec",
    "NcModelInvSqrt",
    "NcModelLIF",
    "NcModelLIFLava",
    "NcModelLIFLoihi1",
    "NcModelLIFRefractory",
    "NcModelLIFRefractoryLava",
    "NcModelLIFRefractoryLoihi1",
    "NcModelLIFReset",
    "NcModelLIFResetLava",
    "NcModelLearningDelaySparse",
    "NcModelLearningDelaySparseLava",
    "NcModelLearningDense",
    "NcModelLearningDenseLava",
    "NcModelLearningLIF",
    "NcModelLearningLIFLava",
    "NcModelLearningLIFLoihi1",
    "NcModelLearningSparse",
    "NcModelLearningSparseLava",
    "NcModelNormVecDelay",
    "NcModelProdNeuron",
    "NcModelRF",
    "NcModelRFZero",
    "NcModelRF_IZ",
    "NcModelSigma",
    "NcModelSigmaDelta",
    "NcModelSigmaDeltaCorrected",
    "NcModelSparse",
    "NcModelSparseLava",
    "NcModelTernaryLIF",
    "NcModelTernaryLIFLava",
]
