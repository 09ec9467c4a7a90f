"""Loihi 2 in figures.

Intel publishes no table of limits. The budget of a core is fitted: percentages printed in public
notebooks were inverted with counts that match the shapes of the layers.
"""

from lavajit.neurocore.chips.figures import (
    BRIEF,
    LAVA,
    NO_SOURCE,
    OURS,
    TABLES,
    TIMCHECK,
    Chip,
    ChipFacts,
    CoreLimits,
    Figure,
    Registers,
)

_WORDS = "words of 64 bit"

CORE = CoreLimits(
    neurons=Figure(4095, "neurons", TABLES, "fitted", note="the brief states at most 8192"),
    axons_in=Figure(16000, "axons", TABLES, "fitted"),
    axons_out=Figure(16000, "map entries", TABLES, "fitted"),
    synapse_words=Figure(
        16000, _WORDS, TABLES, "fitted", note="an older compiler split groups above 12000"
    ),
    groups=Figure(8, "neuron groups", TABLES, "fitted", note="program and shared parameters"),
    axon_words=Figure(16000, "further routing entries", TABLES, "fitted"),
    total_words=Figure(20000, _WORDS, TABLES, "fitted", note="sum of the six counts"),
    memory=Figure(192 * 1024 * 8, "bit", BRIEF, note="at most 128 KB of it for synapses"),
    rule_words=Figure(
        128, "words", OURS, "assumed", note="learning rules: a product takes one, long ones two"
    ),
)

REGISTERS = Registers(
    weight_bits=Figure((0, 8), "range bit", LAVA, note="stored"),
    delay=Figure((0, 63), "range steps", LAVA, note="6 bit"),
    payload_bits=Figure(32, "bit", BRIEF, note="at most"),
    spike_types=Figure((8, 16, 24), "bit of payload", LAVA),
    state_bytes=Figure((0, 4096), "range byte per neuron", NO_SOURCE, "unverified"),
)

CHIP = ChipFacts(
    cores=Figure(128, "cores", BRIEF),
    usable_cores=Figure(120, "cores", LAVA, note="address map of generation N3; 128 for N2"),
    processors=Figure(6, "embedded processors", BRIEF, note="at most; Lava allocates up to 3"),
    tiles=Figure(32, "routers", TIMCHECK),
    cores_per_tile=Figure(4, "cores", TIMCHECK),
    tile_columns=Figure(8, "routers", TIMCHECK, note="8 x 4 grid, messages go along x, then y"),
    neurons=Figure(1_000_000, "neurons", BRIEF),
    synapses=Figure(120_000_000, "synapses", BRIEF),
    fastest_step=Figure(200, "ns", BRIEF, note="less than this"),
    die_area=Figure(31, "mm2", NO_SOURCE, "unverified", note="Intel 4 process"),
    transistors=Figure(2_300_000_000, "transistors", NO_SOURCE, "unverified"),
)

LOIHI2 = Chip(
    "loihi2",
    "Loihi 2",
    CORE,
    REGISTERS,
    CHIP,
    systems={
        "OheoGulch": Figure(1, "chip", LAVA),
        "KapohoPoint": Figure(
            4, "chips", LAVA, note="text of the class; a published power notebook divides by 8"
        ),
    },
    columns={
        "AxonIn": "axons_in",
        "NeuronGr": "groups",
        "Neurons": "neurons",
        "Synapses": "synapse_words",
        "AxonMap": "axons_out",
        "AxonMem": "axon_words",
        "Total": "total_words",
    },
)
