"""Model for Conv.

Lava's fixed-point Conv is the same in both arithmetics: its sums wrap at 24 bits, its weights are
taken as they are. It has no use for a weight exponent, and neither has this model.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import NeuroCore
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.models.base import CoreModel, first
from lavajit.neurocore.models.synapses import sign_mode
from lavajit.neurocore.plan.groups import Convolution
from lavajit.proc.conv.process import Conv, PyConvModelFixed
from lavajit.proc.conv.utils import conv_to_sparse, output_shape
from lavajit.proc.fixed_weights import DETERMINE


@implements(proc=Conv, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelConv(CoreModel, PyConvModelFixed):
    """Conv on cores."""

    def allocate(self, net: Any) -> None:
        """Every synapse, and the shape by which their weights are shared."""
        kernel = np.asarray(net.value("weight"))
        image = tuple(int(n) for n in self.proc_params["input_shape"])
        window = [net.value(name) for name in ("stride", "padding", "dilation")]
        stride, padding, dilation = window
        result = output_shape(image, kernel.shape[0], kernel.shape[1:3], stride, padding, dilation)
        groups = first(net.value("groups"))
        targets, sources, weights = conv_to_sparse(image, result, kernel, *window, groups)
        used = weights != 0
        targets, sources, weights = targets[used], sources[used], weights[used]
        order = np.lexsort((targets, sources))
        n_in = int(np.prod(image))
        net.synapses(
            pointers=np.searchsorted(sources[order], np.arange(n_in + 1)).astype(np.int64),
            targets=targets[order].astype(np.int32),
            weights=weights[order].astype(np.int32),
            bits=SynapseBits(first(net.value("num_weight_bits"))),
            weight_exponent=first(net.value("weight_exp")),
            sign_mode=sign_mode(DETERMINE, weights),
            message_bits=first(net.value("num_message_bits")),
            convolution=Convolution(kernel.shape[1:], image, result),
        )
