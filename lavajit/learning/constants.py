"""Bit widths of the fixed-point learning engine, and how graded spikes enter a trace.

``_U`` is the width of a magnitude, ``_S`` that of a magnitude with its sign.
"""

from enum import IntEnum

from lavajit.learning import string_symbols as symbols

W_EPOCH_TIME = 6

W_WEIGHTS_U = 8
W_WEIGHTS_S = W_WEIGHTS_U + 1
W_TAG_2_U = 8
W_TAG_2_S = W_TAG_2_U + 1
W_TAG_1_U = 8
W_TAG_1_S = W_TAG_1_U + 1
W_SYN_VAR_U = {"weights": W_WEIGHTS_U, "tag_2": W_TAG_2_U, "tag_1": W_TAG_1_U}
W_SYN_VAR_S = {"weights": W_WEIGHTS_S, "tag_2": W_TAG_2_S, "tag_1": W_TAG_1_S}

W_TRACE = 7
W_TRACE_FRACTIONAL_PART = 8

W_CONST = 8
#: Scale of a product: mantissa * 2^exponent.
W_S_MANT = 4
S_MANT_MIN = -(1 << (W_S_MANT - 1))
S_MANT_MAX = (1 << (W_S_MANT - 1)) - 1
#: Products store the exponent plus this, in four bits.
S_EXP_BIAS = 7
S_EXP_MIN = -S_EXP_BIAS
S_EXP_MAX = 15 - S_EXP_BIAS

W_ACCUMULATOR_U = 15
W_ACCUMULATOR_S = W_ACCUMULATOR_U + 1

FACTOR_TO_WIDTH_DICT = {
    symbols.X0: 1,
    symbols.X1: W_TRACE,
    symbols.X2: W_TRACE,
    symbols.Y0: 1,
    symbols.Y1: W_TRACE,
    symbols.Y2: W_TRACE,
    symbols.Y3: W_TRACE,
    symbols.W: W_WEIGHTS_S,
    symbols.D: W_TAG_2_S,
    symbols.T: W_TAG_1_S,
    symbols.C: W_CONST,
}

#: Place of a dependency among the dependencies, of a trace among those of its side.
DEP_TO_IDX_DICT = {symbols.X0: 0, symbols.Y0: 1, symbols.U: 2}
TRACE_TO_IDX_DICT = {
    symbols.X1: 0,
    symbols.X2: 1,
    symbols.Y1: 0,
    symbols.Y2: 1,
    symbols.Y3: 2,
}


class GradedSpikeCfg(IntEnum):
    """What a pre-synaptic spike with payload p does to the trace x1."""

    #: Adds the impulse; the payload plays no role.
    USE_REGULAR_IMPULSE = 0
    #: x1 = p / 2.
    OVERWRITE = 1
    #: x1 = x1 + p / 2, at most 127 in fixed point.
    ADD_WITH_SATURATION = 2
    #: x1 = x1 + p / 2; in fixed point x1 wraps at 127, and a spike counts only where it wraps.
    ADD_WITHOUT_SATURATION = 3
