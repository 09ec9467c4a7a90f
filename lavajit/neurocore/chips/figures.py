"""What a chip table is made of: figures with their source, gathered by core and chip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

#: Where figures come from.
DAVIES_2018 = "Davies et al. 2018, IEEE Micro 38(1), through a transcription"
DAVIES_2021 = "Davies et al. 2021, Proc. IEEE 109(5), through a transcription"
FRADY_2020 = "Frady et al. 2020, NICE, through a transcription"
NENGO = "NengoLoihi 1.1 source"
BRIAN = "Brian2Loihi 0.5 source"
LAVA = "Lava source"
NXTF = "Intel's public DNN compiler for Loihi 1, source"
SANA_FE = "SANA-FE architecture file for Loihi 1"
BRIEF = "Intel Loihi 2 technology brief, through a summary"
TIMCHECK = "Timcheck et al. 2026, arXiv 2601.10035, abstract and summaries"
NOTEBOOKS = "power and time printed in public lava-dl and lava-optimization notebooks"
TABLES = "utilisation tables printed in public lava-dl notebooks"
NO_SOURCE = "no public source found"
OURS = "this simulator"

#: What a figure is worth: stated by its source; inverted from published results; scaled from
#: another chip; chosen here; from memory, with nothing to check it against.
QUALITIES = ("published", "fitted", "scaled", "assumed", "unverified")


@dataclass(frozen=True)
class Figure:
    """A number, or what else a register allows, and how well it is known.

    Parameters
    ----------
    value : int, float or tuple
        A tuple is a set of allowed values, or with ``unit`` starting with "range" the first and
        the last one.
    unit : str
    source : str
        Where it is stated.
    quality : str
        One of `QUALITIES`.
    note : str
        What must be known to use it.

    Raises
    ------
    ValueError
        There is no such quality.
    """

    value: int | float | tuple[float, ...]
    unit: str
    source: str
    quality: str = "published"
    note: str = ""

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            raise ValueError(f"quality: {self.quality!r} is none of {', '.join(QUALITIES)}")

    def __str__(self) -> str:
        unit = self.unit.removeprefix("range").strip()
        if isinstance(self.value, tuple):
            mark = ".." if self.unit.startswith("range") else ", "
            shown = mark.join(map(str, self.value))
        else:
            shown = str(self.value)
        return f"{shown} {unit}".rstrip()


#: Column that is the sum of the others.
TOTAL = "Total"


class _Figures:
    """A dataclass of figures; None where a chip has no such limit."""

    def items(self) -> list[tuple[str, Figure]]:
        """Names and figures, in the order of the fields, without what the chip does not have."""
        pairs = [(each.name, getattr(self, each.name)) for each in fields(self)]
        return [(name, figure) for name, figure in pairs if figure is not None]


@dataclass(frozen=True)
class CoreLimits(_Figures):
    """What one core holds; `neurons` are compartments on Loihi 1."""

    neurons: Figure
    axons_in: Figure
    axons_out: Figure
    synapse_words: Figure
    groups: Figure | None = None
    axon_words: Figure | None = None
    total_words: Figure | None = None
    memory: Figure | None = None
    words_per_list: Figure | None = None
    synapses_per_entry: Figure | None = None
    threshold_profiles: Figure | None = None
    synapse_formats: Figure | None = None
    pretrace_profiles: Figure | None = None
    base_groups: Figure | None = None
    rule_words: Figure | None = None


@dataclass(frozen=True)
class Registers(_Figures):
    """What the registers of neurons and synapses hold."""

    bias_mantissa: Figure | None = None
    bias_exponent: Figure | None = None
    vth_mantissa: Figure | None = None
    vth_shift: Figure | None = None
    decay: Figure | None = None
    u_decay_offset: Figure | None = None
    v_decay_offset: Figure | None = None
    refract: Figure | None = None
    vmin_exponent: Figure | None = None
    vmax_exponent: Figure | None = None
    noise_exponent: Figure | None = None
    weight_bits: Figure | None = None
    weight_exponent: Figure | None = None
    sign_modes: Figure | None = None
    index_bits: Figure | None = None
    delay_bits: Figure | None = None
    tag_bits: Figure | None = None
    skip_bits: Figure | None = None
    delay: Figure | None = None
    delay_compartments: Figure | None = None
    epoch: Figure | None = None
    payload_bits: Figure | None = None
    spike_types: Figure | None = None
    state_bytes: Figure | None = None


@dataclass(frozen=True)
class ChipFacts(_Figures):
    """What one chip has."""

    cores: Figure
    usable_cores: Figure
    processors: Figure
    tiles: Figure
    cores_per_tile: Figure
    tile_columns: Figure
    message_bits: Figure | None = None
    mesh_cores: Figure | None = None
    mesh_chips: Figure | None = None
    neurons: Figure | None = None
    synapses: Figure | None = None
    fastest_step: Figure | None = None
    die_area: Figure | None = None
    transistors: Figure | None = None


@dataclass(frozen=True)
class Chip:
    """A chip: limits of a core, registers, the chip itself, and systems made of it.

    Parameters
    ----------
    name : str
    title : str
    core : CoreLimits
    registers : Registers
    chip : ChipFacts
    systems : mapping of str to Figure
        Number of chips of each system.
    columns : mapping of str to str
        Headings of the utilisation table and the limits they are measured by.
    """

    name: str
    title: str
    core: CoreLimits
    registers: Registers
    chip: ChipFacts
    systems: Mapping[str, Figure]
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("systems", "columns"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def limits(self) -> dict[str, int]:
        """Limit of each column of the utilisation table."""
        return {column: getattr(self.core, name).value for column, name in self.columns.items()}

    def amounts(self, used: Mapping[str, int]) -> dict[str, int]:
        """Used amounts of every column, 0 where nothing is said; the Total sums up the others."""
        own = {column: int(used.get(column, 0)) for column in self.columns if column != TOTAL}
        return own | {TOTAL: sum(own.values())} if TOTAL in self.columns else own
