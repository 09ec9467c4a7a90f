"""RF_IZ: resonate-and-fire neurons after Izhikevich.

The state turns as in RF; a neuron spikes when its imaginary part reaches the threshold, and
starts anew::

    s = im >= vth
    real = 0, imag = vth - 1e-5 (float) or vth - 1 (fixed point)      where s
    real, imag = re, im                                               elsewhere
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import CPU
from lavajit.proc.rf import (
    RF,
    AbstractPyRFModelFixed,
    AbstractPyRFModelFloat,
    rotated_imag,
    rotated_real,
    shifted_by,
)

#: How far below the threshold the imaginary part starts anew, in the float model.
_BELOW_THRESHOLD = 1e-5


class RF_IZ(RF):  # noqa: N801 (name as in Lava)
    """Resonate-and-fire neurons that are reset when they spike; parameters and ports as in RF.

    Examples
    --------
    >>> from lavajit import RF_IZ, Loihi2SimCfg, RunSteps
    >>> rf = RF_IZ(shape=(1,), period=8, alpha=0.01)
    >>> rf.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> rf.imag.get()
    array([0.])
    >>> rf.stop()
    """


@implements(proc=RF_IZ, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRF_IZModelFloat(AbstractPyRFModelFloat):  # noqa: N801 (name as in Lava)
    """RF_IZ in float64."""

    elementwise = True

    def update(self, a_real, a_imag, vth):
        """All neurons; the threshold is one number or one per neuron."""
        spikes, real, imag = self.s_out.buffer().ravel(), self.real.ravel(), self.imag.ravel()
        sin_decay, cos_decay = self.sin_decay, self.cos_decay
        for i in range(real.size):
            sine, cosine = element(sin_decay, i), element(cos_decay, i)
            re = cosine * real[i] - sine * imag[i] + a_real[i]
            im = sine * real[i] + cosine * imag[i] + a_imag[i]
            spike = im >= element(vth, i)
            spikes[i] = spike
            real[i] = 0.0 if spike else re
            imag[i] = element(vth, i) - _BELOW_THRESHOLD if spike else im


@implements(proc=RF_IZ, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyRF_IZModelFixed(AbstractPyRFModelFixed):  # noqa: N801 (name as in Lava)
    """RF_IZ with 24-bit states and integer decay factors."""

    elementwise = True

    def update(self, a_real, a_imag, vth):
        """All neurons; the threshold is one number or one per neuron."""
        spikes, real, imag = self.s_out.buffer().ravel(), self.real.ravel(), self.imag.ravel()
        sin_decay, cos_decay = self.sin_decay, self.cos_decay
        exponent, bits = self.state_exp[0], np.int64(self.decay_bits[0])
        for i in range(real.size):
            sine, cosine = element(sin_decay, i), element(cos_decay, i)
            a_re, a_im = shifted_by(a_real[i], exponent), shifted_by(a_imag[i], exponent)
            re = rotated_real(real[i], imag[i], sine, cosine, bits, a_re)
            im = rotated_imag(real[i], imag[i], sine, cosine, bits, a_im)
            spike = im >= element(vth, i)
            spikes[i] = spike
            real[i] = np.int32(0) if spike else re
            imag[i] = np.int32(np.int64(element(vth, i)) - 1) if spike else im
