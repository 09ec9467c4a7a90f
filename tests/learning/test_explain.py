"""What a rule says about itself."""

import re

import pytest

from lavajit.learning.rule import Loihi2FLearningRule, Loihi3FLearningRule
from lavajit.proc.learning_rules import STDPLoihi

STDP = """\
STDPLoihi: two factors, learning every 4 time steps
scales are m * 2^e with m = -8..7 and e = -7..8, hence -2048..1792

dw, change of the weight w
  dw += -2 * 2^0 * x0 * y1
    when    at the last pre-synaptic spike of an epoch
    reads   y1 in that step, its spikes included
    fixed   4 + 7 = 11 bits, no shift, scale -2, change up to 254
  dw += 1 * 2^0 * y0 * x1
    when    at the last post-synaptic spike of an epoch
    reads   x1 in that step, its spikes included
    fixed   4 + 7 = 11 bits, no shift, scale 1, change up to 127

traces
  x1  impulse 16, tau 10 (x 0.9048 per time step)
  y1  impulse 16, tau 10 (x 0.9048 per time step)

cost of an epoch in synapse updates
  per pre-synaptic neuron with a spike: 50
  per post-synaptic neuron with a spike: 100"""


def test_a_simple_rule():
    text = STDPLoihi(1, 1, -2, 10, 10, t_epoch=4).explain(n_pre=100, n_post=50)
    assert text == STDP
    assert repr(text) == STDP


CASES = {
    "2^-4*x0*y1*w": (r"4 \+ 7 \+ 9 = 20 bits, >> 5, scale 0.00195312 instead of 0.0625",),
    "2^-4*x0*x1*y1": ("learns 8x slower in fixed point .*; add 3 to the exponent",),
    "2^8*x0*x1*y1": ("learns 8x slower in fixed point than in floating point\n",),
    "x0*x1*x1*y1*y1*y1": ("may exceed 32 bits", "2\\^24x slower"),
    "u2*w + 0*u2*t": ("at the end of one epoch in 4", "scale is 0", "2 x n_pre x n_post$"),
    "y0*x0*sgn(d-3)": ("d before the epoch's changes; x0: 1 if there was", "at each post"),
    "x0*x2": ("tau 0 decays at once", "impulse 0: spikes do not change the trace"),
    "x0": ("y1  ! no product reads it: y1_impulse and y1_tau without effect", "4 bits, no shift"),
    "x0*y1": ("fixed-point traces end at 127",),
}


@pytest.mark.parametrize("dw", CASES)
def test_remarks(dw):
    text = str(Loihi2FLearningRule(dw=dw, y1_impulse=200, y1_tau=3).explain())
    for message in CASES[dw]:
        assert re.search(message, text, re.MULTILINE), f"{message} is not in\n{text}"


def test_an_overflow_needs_five_factors_of_seven_bits():
    assert "may exceed" not in Loihi2FLearningRule(dw="7*x0*x1*x1*y1*y1").explain()


def test_costs_become_numbers():
    text = Loihi2FLearningRule(dw="u0*w + u0*x1 - x0*y1 + x0*y2", t_epoch=64).explain(1000, 200)
    assert "in every epoch: 2 x 1000 x 200 = 400,000" in text
    assert "per pre-synaptic neuron with a spike: 2 x 200 = 400" in text
    assert "! t_epoch: epochs on the chip have up to 63 time steps" in text


def test_three_factors():
    text = Loihi3FLearningRule(dw="u0*t*y2", dd="x0*x1", dt="y0*x1", x1_tau=2).explain()
    assert "Loihi3FLearningRule: three factors, learning every time step" in text
    assert "y2 as received in the epoch's last step; t before the epoch's changes" in text
    assert "y2  received from the post-synaptic neurons at s_in_y2" in text
    assert "dd, change of the delay d" in text
    assert "dt, change of the tag t" in text


def test_a_rule_without_traces():
    assert "no product reads a trace" in Loihi2FLearningRule(dw="x0").explain()
