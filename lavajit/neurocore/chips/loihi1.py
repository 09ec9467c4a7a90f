"""Loihi 1 in figures."""

from lavajit.neurocore.chips.figures import (
    BRIAN,
    DAVIES_2018,
    DAVIES_2021,
    FRADY_2020,
    LAVA,
    NENGO,
    NXTF,
    OURS,
    SANA_FE,
    Chip,
    ChipFacts,
    CoreLimits,
    Figure,
    Registers,
)

_THREE = f"{DAVIES_2018}; {NENGO}; {NXTF}"
_CODES = "the register holds the place in this list"

CORE = CoreLimits(
    neurons=Figure(1024, "compartments", _THREE),
    axons_in=Figure(4096, "slots", _THREE, note="a plastic input axon takes two"),
    axons_out=Figure(4096, "slots", _THREE),
    synapse_words=Figure(16384, "words of 64 bit", _THREE),
    groups=Figure(32, "compartment profiles", NENGO),
    memory=Figure(2 * 1024 * 1024, "bit", DAVIES_2018, note="with error correction"),
    words_per_list=Figure(256, "words", NXTF, note="of one axon"),
    synapses_per_entry=Figure(
        60, "synapses", f"{NXTF}; {NENGO}", note="compilers use 60, the field allows 64"
    ),
    threshold_profiles=Figure(
        16, "profiles", NENGO, note="a second constant says 8; more than 7 deserve a warning"
    ),
    synapse_formats=Figure(
        15, "formats", f"{NENGO}; {NXTF}", note="16 with index 0 unused; compilers keep to 7"
    ),
    pretrace_profiles=Figure(3, "configurations", NENGO),
    base_groups=Figure(16, "groups of shared rows", NXTF),
    rule_words=Figure(
        128, "words", OURS, "assumed", note="learning rules: a product takes one, long ones two"
    ),
)

REGISTERS = Registers(
    bias_mantissa=Figure((-4096, 4095), "range", f"{LAVA}; {NXTF}", note="13 bit with sign"),
    bias_exponent=Figure((0, 7), "range", f"{LAVA}; {NXTF}"),
    vth_mantissa=Figure((1, 131071), "range", f"{NENGO}; {BRIAN}; {LAVA}", note="17 bit"),
    vth_shift=Figure(6, "bit", f"{NENGO}; {BRIAN}; {LAVA}", note="threshold = mantissa << 6"),
    decay=Figure((0, 4095), "range 2^-12", f"{NENGO}; {LAVA}; {NXTF}"),
    u_decay_offset=Figure(1, "2^-12", f"{NENGO}; {LAVA}; {NXTF}", note="dsOffset"),
    v_decay_offset=Figure(0, "2^-12", f"{NENGO}; {LAVA}; {NXTF}", note="dmOffsets"),
    refract=Figure((1, 63), "range steps", NENGO, note="Brian2Loihi accepts 64"),
    vmin_exponent=Figure(
        (0, 31), "range", f"{NENGO}; {NXTF}", note="vmin = -2^k + 1, useful to 23; one per core"
    ),
    vmax_exponent=Figure((0, 7), "range", NENGO, note="vmax = 2^(9 + 2k) - 1; one per core"),
    noise_exponent=Figure(
        (1, 23), "range", NENGO, note="below 7 the register holds one less; one per core"
    ),
    weight_bits=Figure((0, 1, 2, 3, 4, 5, 6, 8), "bit", f"{NENGO}; {DAVIES_2018}", note=_CODES),
    weight_exponent=Figure((-8, 7), "range", BRIAN, note="NengoLoihi accepts -7..7"),
    sign_modes=Figure(
        (0, 1, 2, 3), "", f"{LAVA}; {BRIAN}; {NXTF}", note="null, mixed, excitatory, inhibitory"
    ),
    index_bits=Figure((0, 6, 7, 8, 9, 10, 11, 12), "bit", NENGO, note=_CODES),
    delay_bits=Figure(
        (0, 7), "range bit", f"{NENGO}; {NXTF}", note="compilers use 0 or 3..6; delays have 6 bits"
    ),
    tag_bits=Figure((0, 3), "range bit", f"{NENGO}; {NXTF}", note="what compilers use"),
    skip_bits=Figure((2, 5), "range bit", NXTF, note="run length"),
    delay=Figure((0, 62), "range steps", f"{DAVIES_2018}; {BRIAN}"),
    delay_compartments=Figure(
        8192, "compartments x delay slots", NXTF, note="compartments = min(1024, 2^(13-delay_bits))"
    ),
    epoch=Figure((1, 63), "range steps", DAVIES_2018, note="typically 2..8"),
)

CHIP = ChipFacts(
    cores=Figure(128, "cores", _THREE),
    usable_cores=Figure(128, "cores", _THREE),
    processors=Figure(3, "embedded x86 cores", DAVIES_2018),
    tiles=Figure(32, "tiles", DAVIES_2018, "fitted", note="derived from '1-32 tiles'"),
    cores_per_tile=Figure(4, "cores", DAVIES_2018, "fitted", note="derived from '1-32 tiles'"),
    tile_columns=Figure(8, "tiles", SANA_FE, note="8 x 4 grid"),
    message_bits=Figure(32, "bit", DAVIES_2021),
    mesh_cores=Figure(4096, "cores per chip", DAVIES_2018, note="what addresses allow"),
    mesh_chips=Figure(16384, "chips", DAVIES_2018, note="what addresses allow"),
)

LOIHI1 = Chip(
    "loihi1",
    "Loihi 1",
    CORE,
    REGISTERS,
    CHIP,
    systems={
        "KapohoBay": Figure(2, "chips", LAVA),
        "Nahuku": Figure(32, "chips", LAVA, note="at most"),
        "PohoikiSprings": Figure(768, "chips", FRADY_2020),
    },
    columns={
        "AxonIn": "axons_in",
        "Profiles": "groups",
        "Comps": "neurons",
        "SynWords": "synapse_words",
        "AxonOut": "axons_out",
        "Formats": "synapse_formats",
    },
)
