"""What a neuron program may hold.

Intel publishes neither the instructions of Loihi 2's neuron programs nor their limits; all of these
are ours, chosen so that programs stay of the size that is known to be typical.
"""

from __future__ import annotations

from lavajit.neurocore.chips.figures import NO_SOURCE, OURS, TABLES, Figure

OPERATIONS = Figure(64, "operations per program", OURS, "assumed")
REGISTERS = Figure(8, "registers", OURS, "assumed", note="of 32 bit, beside the input")
STATE_WORDS = Figure(16, "words of 64 bit per neuron", OURS, "assumed")
STATE_BITS = Figure((1, 32), "range bit per state variable", OURS, "assumed")
INPUT_BITS = Figure(24, "bit", OURS, "assumed", note="of the input a program reads, with sign")
REGISTER_BITS = Figure(32, "bit", OURS, "assumed", note="products are 64 bit until shifted")
WORD_BITS = Figure(64, "bit", TABLES, "fitted", note="one word per LIF neuron fits the tables")
TRACES = Figure((1, 3), "range y traces", NO_SOURCE, "unverified", note="0..127, saturating")

#: All of them, by name.
LIMITS = {
    "operations": OPERATIONS,
    "registers": REGISTERS,
    "state_words": STATE_WORDS,
    "state_bits": STATE_BITS,
    "input_bits": INPUT_BITS,
    "register_bits": REGISTER_BITS,
    "word_bits": WORD_BITS,
    "traces": TRACES,
}
