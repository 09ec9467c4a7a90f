"""What one count of each counter costs: time in ns, energy in pJ, with source and quality.

A coefficient is called after its counter (`counters.CORE_COUNTERS`, `NETWORK_COUNTERS`) with
`_time` or `_energy`. Besides there are

barrier_tiles, barrier_times
    Points between which the barrier of one chip is linear in the number of tiles used; beyond them
    it stays.
barrier_chips, barrier_chip_times
    The same for several chips. The line begins at one chip with the last of `barrier_times`.
static_power
    Of each chip used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lavajit.neurocore.chips.figures import (
    BRIEF,
    DAVIES_2018,
    FRADY_2020,
    NO_SOURCE,
    NOTEBOOKS,
    OURS,
    SANA_FE,
    Figure,
)
from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS

Coefficients = Mapping[str, Figure]

UNITS = {"time": "ns", "energy": "pJ"}

_BOARD = f"{SANA_FE}, fitted to a Nahuku board (within 11.7 % of energies, 24.3 % of times)"
_CONTAINED = "not in the source: taken as contained in the other costs"

_STATIC_LOIHI1 = Figure(
    0.1044,
    "W per chip",
    FRADY_2020,
    note="3.34 W of 32 chips; another operating point than that of energies per operation",
)

_CHIPS = {
    "barrier_chips": Figure((256, 768), "chips", FRADY_2020),
    "barrier_chip_times": Figure(
        (14300.0, 16200.0), "ns", FRADY_2020, note="straight lines between the points are assumed"
    ),
}


#: What a link of Loihi 1 carries. No model uses it: links are taken as never full. Loads to compare
#: with are counted by `mesh.link_loads`.
LINK_RATE = Figure(3.44, "Gspike/s per tile", DAVIES_2018)


def _costs(quality: str, source: str, note: str = "", **costs: tuple[float, float]) -> dict:
    """Figures of counters, each given as time and energy."""
    return {
        f"{counter}_{what}": Figure(value, UNITS[what], source, quality, note)
        for counter, pair in costs.items()
        for what, value in zip(UNITS, pair, strict=True)
    }


def _completed(table: dict[str, Figure]) -> dict[str, Figure]:
    """A table with nothing for the counters it does not mention, marked as such, in order."""
    free = _costs(
        "assumed", OURS, _CONTAINED, **dict.fromkeys(CORE_COUNTERS + NETWORK_COUNTERS, (0.0, 0.0))
    )
    crossing = _costs(
        "unverified", NO_SOURCE, "no public figure: counted, not charged", msg_chip=(0.0, 0.0)
    )
    return {**free, **crossing, **table}


def _davies_2018() -> dict[str, Figure]:
    """Loihi 1 at 0.75 V, from simulation before there was silicon."""
    return _completed(
        {
            "syn_ops_time": Figure(3.5, "ns", DAVIES_2018, note="stated as the largest"),
            "syn_ops_energy": Figure(23.6, "pJ", DAVIES_2018, note="stated as the smallest"),
            **_costs(
                "published",
                DAVIES_2018,
                "0.75 V, before silicon",
                updates_active=(8.4, 81.0),
                updates_inactive=(5.3, 52.0),
                learn_ops=(6.1, 120.0),
                hop_ew=(4.1, 3.0),
                hop_ns=(6.5, 4.0),
                msg_local=(2.1, 1.7),
            ),
            "barrier_tiles": Figure((1, 32), "tiles", DAVIES_2018),
            "barrier_times": Figure(
                (113.0, 465.0), "ns", DAVIES_2018, note="the straight line between them is assumed"
            ),
            **_CHIPS,
            "static_power": _STATIC_LOIHI1,
        }
    )


def _nahuku(syn_time: float, syn_energy: float, layout: str) -> dict[str, Figure]:
    """Loihi 1 as measured on a board; synaptic operations depend on the format of synapses."""
    learning = _davies_2018()
    return _completed(
        {
            **_costs("fitted", _BOARD, f"{layout} synapses", syn_ops=(syn_time, syn_energy)),
            **_costs(
                "fitted", _BOARD, "access and update", updates_active=(6.0 + 3.7, 51.2 + 21.6)
            ),
            **_costs("fitted", _BOARD, "access", updates_inactive=(6.0, 51.2)),
            **_costs(
                "assumed",
                DAVIES_2018,
                "not in the fit: value before silicon",
                learn_ops=(learning["learn_ops_time"].value, learning["learn_ops_energy"].value),
            ),
            **_costs(
                "fitted",
                _BOARD,
                spikes=(30.0, 69.3),
                spikes_in=(16.0, 0.0),
                axon_out=(5.1, 111.0),
                hop_ew=(4.1, 3.0),
                hop_ns=(6.5, 4.2),
            ),
            "barrier_tiles": Figure((1, 2, 4, 29), "tiles", _BOARD, "fitted"),
            "barrier_times": Figure((600.0, 1000.0, 1400.0, 1800.0), "ns", _BOARD, "fitted"),
            **_CHIPS,
            "static_power": _STATIC_LOIHI1,
        }
    )


#: How many times faster Loihi 2 is than Loihi 1, by coefficient.
_SPEEDUP = {
    "syn_ops_time": 5,
    "updates_active_time": 2,
    "updates_inactive_time": 2,
    "spikes_time": 10,
    "axon_out_time": 10,
    "barrier_times": 9,
    "barrier_chip_times": 9,
}


def _scaled() -> dict[str, Figure]:
    """Loihi 2: times of Loihi 1 on a board, divided; its energies as they are."""
    board = _nahuku(3.8, 35.5, "dense")
    table = {name: _on_loihi2(figure, _SPEEDUP.get(name)) for name, figure in board.items()}
    # The factor of the barrier is ours: a full chip's then is the 200 ns of the fastest step.
    for name, note in (
        ("barrier_times", "Loihi 1 / 9: 200 ns, the fastest step, on a full chip"),
        ("barrier_chip_times", "Loihi 1 / 9, as on one chip; nothing is published"),
    ):
        table[name] = replace(table[name], note=note)
    table["static_power"] = Figure(
        0.232, "W per chip", NOTEBOOKS, note="measured with one network on one chip"
    )
    return table


def _on_loihi2(figure: Figure, speedup: int | None) -> Figure:
    if figure.source in (OURS, NO_SOURCE):
        return figure
    if speedup is None:
        return replace(figure, quality="scaled", note="as on Loihi 1, not measured")
    if isinstance(figure.value, tuple):
        value = tuple(each / speedup for each in figure.value)
    else:
        value = figure.value / speedup
    source = f"{figure.source}; factor: {BRIEF}"
    return Figure(value, figure.unit, source, "scaled", f"Loihi 1 / {speedup}, not measured")


def _max_affine() -> dict[str, Figure]:
    """Loihi 2: energies as scaled; the times have to be given."""
    return {
        name: figure
        for name, figure in _scaled().items()
        if name.endswith("_energy") or name == "static_power"
    }


#: What "loihi2_maxaffine" has to be given, with units: Timcheck et al. state the form only.
MAX_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "updates_time": "ns",
        "syn_ops_time": "ns",
        "memory_reads_time": "ns",
        "link_bandwidth": "bit/ns",
        "barrier_time": "ns",
    }
)

PRESETS: Mapping[str, Coefficients] = MappingProxyType(
    {
        "loihi1_d18": MappingProxyType(_davies_2018()),
        "loihi1_nahuku": MappingProxyType(_nahuku(3.8, 35.5, "dense")),
        "loihi1_nahuku_sparse": MappingProxyType(_nahuku(4.7, 33.6, "sparse")),
        "loihi1_nahuku_conv": MappingProxyType(_nahuku(3.1, 24.0, "convolution")),
        "loihi2_scaled": MappingProxyType(_scaled()),
        "loihi2_maxaffine": MappingProxyType(_max_affine()),
    }
)

#: Preset that a chip has if none is asked for.
DEFAULTS: Mapping[str, str] = MappingProxyType({"loihi1": "loihi1_d18", "loihi2": "loihi2_scaled"})
