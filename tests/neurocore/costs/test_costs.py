"""Presets of coefficients, own ones, and their layout for kernels."""

import numpy as np
import pytest

from lavajit.neurocore.chips.figures import QUALITIES, Figure
from lavajit.neurocore.costs import counters, preset, register_preset
from lavajit.neurocore.costs.anchors import ANCHORS, anchor_report
from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.costs.tables import DEFAULTS, MAX_UNITS, PRESETS

MAX_TIMES = dict(zip(MAX_UNITS, (3.0, 2.0, 1.0, 4.0, 50.0), strict=True))
SUMS = [name for name in PRESETS if name != "loihi2_maxaffine"]


@pytest.mark.parametrize("name", PRESETS)
def test_coefficients_say_where_they_come_from(name):
    for figure in PRESETS[name].values():
        assert figure.source and figure.unit and figure.quality in QUALITIES
        assert np.all(np.asarray(figure.value) >= 0)
        if figure.quality in ("assumed", "scaled", "unverified"):
            assert figure.note
    energies = {f"{each}_energy" for each in CORE_COUNTERS + NETWORK_COUNTERS}
    assert energies <= set(PRESETS[name])


def test_counters_are_in_order():
    for names in (CORE_COUNTERS, NETWORK_COUNTERS):
        assert [getattr(counters, name.upper()) for name in names] == list(range(len(names)))


def test_defaults():
    assert preset("loihi1").name == "loihi1_d18" and preset("loihi2").name == "loihi2_scaled"
    assert set(DEFAULTS.values()) <= set(PRESETS)
    assert {figure.quality for figure in PRESETS["loihi2_scaled"].values()} <= {
        "scaled",
        "assumed",
        "unverified",
        "published",
    }


def test_loihi2_is_scaled():
    board, scaled = PRESETS["loihi1_nahuku"], PRESETS["loihi2_scaled"]
    assert scaled["syn_ops_time"].value == 3.8 / 5
    assert scaled["updates_active_time"].value == (6.0 + 3.7) / 2
    assert scaled["spikes_time"].value == 3.0 and scaled["axon_out_time"].value == 0.51
    assert scaled["barrier_times"].value[-1] == 200
    for name in ("syn_ops_energy", "updates_active_energy", "hop_ew_time", "hop_ns_time"):
        assert scaled[name].value == board[name].value
    assert scaled["static_power"].value == 0.232


@pytest.mark.parametrize(
    ("name", "tiles", "chips", "expected"),
    [
        ("loihi1_d18", 1, 1, 113.0),
        ("loihi1_d18", 32, 1, 465.0),
        ("loihi1_d18", 1, 2, 465 + (14300 - 465) / 255),
        ("loihi1_d18", 9, 256, 14300.0),
        ("loihi1_d18", 9, 768, 16200.0),
        ("loihi1_nahuku", 2, 1, 1000.0),
        ("loihi1_nahuku", 3, 1, 1200.0),
        ("loihi1_nahuku", 32, 1, 1800.0),
    ],
)
def test_barrier(name, tiles, chips, expected):
    assert preset(name).barrier(tiles, chips) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", SUMS)
def test_vector(name):
    costs = preset(name, time_mode="real_time", dt_us=20)
    vector = costs.vector(tiles=3, chips=1)
    assert vector.shape == (counters.VECTOR_SIZE,)
    value = {each: figure.value for each, figure in costs.coefficients.items()}
    for index, each in enumerate(CORE_COUNTERS):
        assert vector[counters.CORE_TIME + index] == value[f"{each}_time"]
        assert vector[counters.CORE_ENERGY + index] == value[f"{each}_energy"]
    for index, each in enumerate(NETWORK_COUNTERS):
        assert vector[counters.NETWORK_TIME + index] == value[f"{each}_time"]
        assert vector[counters.NETWORK_ENERGY + index] == value[f"{each}_energy"]
    assert vector[counters.BARRIER] == costs.barrier(3)
    assert vector[counters.STATIC] == value["static_power"] * 1000
    assert vector[counters.STEP_FLOOR] == 20_000


def test_coefficients_replaced():
    measured = Figure(20.0, "pJ", "own board", "published")
    costs = preset("loihi1_d18", syn_ops_energy=measured, hop_ew_time=5)
    assert costs.coefficients["syn_ops_energy"] is measured
    assert costs.coefficients["hop_ew_time"] == Figure(5.0, "ns", "given by the user", "assumed")
    assert preset("loihi1_d18").coefficients["hop_ew_time"].value == 4.1
    line = preset("loihi1_d18", barrier_tiles=(1, 16, 32), barrier_times=[100, 200, 400])
    assert line.barrier(24) == 300
    assert costs.provenance()["syn_ops_energy"] == (20.0, "own board", "published")
    assert "20.0 pJ" in costs.table()


def test_own_presets():
    register_preset("mine", "loihi1_d18", syn_ops_energy=11.0)
    register_preset("mine", "loihi1_d18", syn_ops_energy=12.0)
    costs = preset("mine", syn_ops_time=1.0)
    assert costs.name == "mine" and costs.core_energy[0] == 12.0 and costs.core_time[0] == 1.0
    for name in ("loihi1_d18", "loihi2"):
        with pytest.raises(ValueError, match="comes with the simulator"):
            register_preset(name, "loihi1_d18")


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({"syn_time": 1.0}, ValueError, "no coefficient 'syn_time', it has .*syn_ops_time"),
        ({"syn_ops_time": -1.0}, ValueError, "syn_ops_time: expected finite ns from 0"),
        ({"syn_ops_time": float("nan")}, ValueError, "syn_ops_time: expected finite ns"),
        ({"syn_ops_time": "3 ns"}, TypeError, "syn_ops_time: expected a number of ns"),
        ({"syn_ops_time": (1, 2)}, TypeError, "syn_ops_time: expected one number"),
        ({"barrier_times": 3.0}, TypeError, "barrier_times: expected a tuple"),
        ({"barrier_times": (1.0,)}, ValueError, "are no line: give as many of both"),
        ({"barrier_tiles": (2, 1)}, ValueError, "are no line"),
        ({"syn_ops_time": Figure(1, "us", "x")}, ValueError, "expected ns, got a figure in us"),
        ({"time_mode": "fast"}, ValueError, "time_mode: 'fast' is none of free, real_time"),
        ({"dt_us": 0}, ValueError, "dt_us: expected a positive time, got 0"),
    ],
)
def test_wrong_coefficients(given, kind, text):
    with pytest.raises(kind, match=text):
        preset("loihi1_d18", **given)


def test_presets_that_do_not_exist():
    with pytest.raises(ValueError, match="'loihi3' is none of loihi1_d18, loihi1_nahuku"):
        preset("loihi3")
    with pytest.raises(ValueError, match="tiles and chips from 1, got 0 and 1"):
        preset("loihi1").barrier(0)


def test_form_max_has_to_be_given_its_times():
    with pytest.raises(ValueError, match=r"public, give memory_reads_time \(ns\), link_b.*it/ns\)"):
        preset("loihi2_maxaffine", updates_time=1.0, syn_ops_time=2.0)
    with pytest.raises(ValueError, match="link_bandwidth: expected finite bit/ns above 0"):
        preset("loihi2_maxaffine", **{**MAX_TIMES, "link_bandwidth": 0})
    costs = preset("loihi2_maxaffine", **MAX_TIMES)
    assert costs.form == "max" and costs.barrier(9, 9) == 50.0
    with pytest.raises(ValueError, match="no sum over counters"):
        costs.vector()


def test_anchors_agree_with_themselves():
    value = {name: figure.value for name, figure in ANCHORS[0].figures.items()}
    rails = value["vdd_power"] + value["vddm_power"] + value["vddio_power"]
    assert rails == pytest.approx(value["total_power"], abs=5e-4)
    assert 1e3 * value["total_power"] / value["rate"] == pytest.approx(value["energy"], abs=5e-3)
    assert all(figure.quality == "published" for a in ANCHORS for figure in a.figures.values())
    assert "| QP solver | time_per_step | 8.14 us | published |" in anchor_report().splitlines()
