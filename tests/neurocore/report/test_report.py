"""Reports of networks on cores: what they say, how they print, and what they write."""

import json

import numpy as np
import pytest
from nc_models import pair
from nc_reports import CONVOLUTION, report

from lavajit import Loihi2HwCfg, RunSteps
from lavajit.neurocore.chips import utilisation
from lavajit.neurocore.metering.meters import STEP_NUMBERS

LOIHI2_TABLE = """\
Per core utilization:
-------------------------------------------------------------------------
| AxonIn |NeuronGr| Neurons|Synapses| AxonMap| AxonMem|  Total |  Cores |
|-----------------------------------------------------------------------|
|   0.03%|  12.50%|   0.07%|   1.00%|   0.02%|   0.00%|   0.85%|       2|
|   0.00%|   0.00%|   0.00%|   0.00%|   0.03%|   0.00%|   0.02%|       1|
|-----------------------------------------------------------------------|
| Total                                                        |       3|
-------------------------------------------------------------------------"""


# --- what the network takes -------------------------------------------------------------


def test_cores():
    first, second, third = report().cores
    assert (first.core, second.core, third.core) == (0, 1, 9) and third.position == (2, 0)
    assert (third.chip, third.tile, third.groups, third.neurons) == (0, 2, ("second",), 3)
    assert third.usage["Synapses"] == (160, 16000) and third.usage["Total"] == (171, 20000)
    assert third.words_left == 15840 and third.fullest == ("NeuronGr", 12.5)
    used = {column: used for column, (used, _) in third.usage.items() if column != "Total"}
    assert utilisation("loihi2", used)["Total"] == 100 * 171 / 20000


def test_groups_and_totals():
    made = report("loihi1")
    first, second = made.groups
    assert (first.n, first.parts, first.axons_out, first.compression) == (4, 1, 4, "")
    assert (second.parts, second.axons_in, second.syn_words, second.syn_bits) == (2, 8, 16, 192)
    assert (second.compression, second.weight_bits, second.delay_bits) == ("list", 8, 0)
    total = made.totals
    assert (total.cores, total.chips, total.neurons, total.synapses) == (3, 1, 10, 24)
    assert made.cores_used == 3 and made.synaptic_memory == 128 and made.axons == 8


def test_weights_of_convolutions_are_stored_once():
    made = report(convolution=CONVOLUTION)
    assert (made.totals.synapses, made.totals.synapses_stored) == (24, 6)
    assert made.groups[1].compression == "convolution" and made.groups[1].syn_bits == 48
    assert "24 synapses (6 stored)" in str(made)


def test_table():
    assert report().table() == LOIHI2_TABLE
    counts = report("loihi1").table(counts=True).splitlines()
    assert counts[0] == "Per core distribution:"
    assert counts[2] == "| AxonIn |Profiles|  Comps |SynWords| AxonOut| Formats|  Cores |"
    assert counts[4] == "|       4|       1|       3|       8|       3|       1|       2|"
    assert {len(line) for line in counts[1:]} == {64}


def test_before_the_first_step():
    made = report(steps=0)
    assert made.table() == LOIHI2_TABLE and made.activity.steps == 0
    assert made.total_energy == made.avg_power == made.time_per_step == 0
    assert "No step has been counted yet" in str(made) and "Total Power" not in str(made)
    with pytest.raises(ValueError, match="run the network first"):
        made.latency(3)
    json.dumps(made.to_dict(), allow_nan=False)


# --- what it has done -------------------------------------------------------------------


def test_activity():
    activity = report(steps=10).activity
    assert activity.syn_ops.tolist() == [0, 120, 120] and activity.axon_out.tolist() == [80, 0, 0]
    assert activity.dendrite_updates.tolist() == [40, 30, 30]
    assert activity.hop_ew == 40 and activity.total("msg_local") == 40
    assert activity.total("dendrite_updates") == 100 and activity.history.shape == (0, 3, 8)
    with pytest.raises(AttributeError, match="no counter 'flops', it has syn_ops, "):
        activity.flops  # noqa: B018


def test_activity_of_each_step():
    activity = report(steps=5, per_step=True).activity
    assert activity.syn_ops.shape == (3, 5) and activity.syn_ops[2].tolist() == [12] * 5
    assert activity.history.shape == (5, 3, 8)


def test_time():
    time = report(steps=10).time
    np.testing.assert_allclose(time.t_step, np.full(10, 0.2))
    assert time.total == pytest.approx(2e-6) and time.bottleneck.tolist() == [2] * 10
    assert time.mean("compute") == pytest.approx(0.08)
    assert report().time_per_step == pytest.approx(0.2)
    assert report().latency(4) == pytest.approx(0.8e-6)


def test_energy():
    made = report(steps=10)
    energy = made.energy
    assert energy["synaptic"] == pytest.approx(1e-9) and energy["static"] == pytest.approx(464e-9)
    assert energy.total == pytest.approx(468.5e-9) == energy.dynamic + energy["static"]
    np.testing.assert_allclose(energy.power, np.full(10, 46850e-12 / 200e-9))
    assert energy.static_power == pytest.approx(0.232)
    assert made.avg_power == pytest.approx(0.23425) and made.total_energy == energy.total
    core = made.costs.core_energy
    assert energy.per_core[1] == pytest.approx(1e-12 * core @ made.activity.sums[1])
    with pytest.raises(KeyError, match="'heat' is none of synaptic, neuron"):
        energy["heat"]


def test_rows_of_long_runs_are_means(monkeypatch):
    from lavajit.neurocore.metering import activity

    monkeypatch.setattr(activity, "MOST_ROWS", 4)
    made = report(steps=11)
    assert made.time.lengths.tolist() == [4, 4, 3]
    np.testing.assert_allclose(made.time.t_step, np.full(3, 0.2))
    np.testing.assert_allclose(made.energy.power, np.full(3, 0.23425))
    assert made.time.mean() == pytest.approx(0.2) and made.time.bottleneck.size == 0


def test_a_report_stays_as_it_was():
    from nc_reports import activity, board

    from lavajit.neurocore.costs import preset
    from lavajit.neurocore.report.report import NcReport

    counted = activity(2)
    made = NcReport(board(), preset("loihi2"), counted)
    counted.counts += 1
    counted.add(np.ones((1, STEP_NUMBERS)), np.zeros((1, 3, 8), np.int64))
    assert made.activity.syn_ops.tolist() == [0, 24, 24] and made.time.lengths.size == 2


# --- text and files ---------------------------------------------------------------------


def test_power_report():
    lines = report().power_report().splitlines()
    assert lines[:4] == [
        "Total Power   : 0.234250 W      (modelled)",
        "Dynamic Power : 0.002250 W   Static Power : 0.232000 W   "
        "[quality: dynamic scaled; static published]",
        "Energy: synaptic 1e-06 mJ, neuron 3e-06 mJ, message 5e-07 mJ, learning 0 mJ, "
        "static 0.000464 mJ",
        "Time per step : 0.2 us  (compute 0.08 / message 0.02 / barrier 0.111111)   "
        "[quality: scaled]",
    ]
    assert lines[4].startswith("Modelled, not measured: ")
    assert str(report()).count("not measured:") == 1


def test_real_time_and_costs_of_ones_own():
    made = report(time_mode="real_time", syn_ops_energy=1.0)
    assert "0.2 us in real time" in made.power_report()
    assert "[quality: dynamic scaled, assumed;" in made.power_report()
    assert made.provenance["syn_ops_energy"] == (1.0, "given by the user", "assumed")


def test_what_has_no_cost_is_said():
    from nc_reports import activity, board

    from lavajit.neurocore.costs import preset
    from lavajit.neurocore.report.report import NcReport

    counted = activity()
    counted.mesh[3] = 7
    made = NcReport(board(chips=2), preset("loihi2"), counted)
    assert "without any known cost: msg_chip" in str(made) and "of 2 chips" in repr(made)


def test_compare():
    text = str(report("loihi1").compare(report("loihi2", steps=5)))
    rows = {
        line.split("  ")[1].strip(): line.split()[-3:] for line in text.splitlines()[3:] if line
    }
    assert rows["syn_words"] == ["16", "320", "20"] and rows["steps"] == ["10", "5", "0.5"]
    assert rows["power (W)"][-1] == "1"
    assert "power" not in str(report().compare(report(steps=0)))


def test_notebook_and_names_are_escaped():
    made = report()
    made.groups[0] = made.groups[0].__class__(**vars(made.groups[0]) | {"process": "<b>"})
    html = made._repr_html_()
    assert "&lt;b&gt;" in html and "<b>Groups</b>" in html and "Total Power" in html


def test_json(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("older")
    made = report(steps=3)
    made.to_json(path)
    read = json.loads(path.read_text())
    assert read == json.loads(json.dumps(made.to_dict())) and list(tmp_path.iterdir()) == [path]
    assert read["totals"]["neurons"] == 10 and read["activity"]["per_core"]["syn_ops"] == [
        0,
        36,
        36,
    ]
    assert all(set(c) == {"value", "source", "quality"} for c in read["provenance"].values())
    assert len(read["time"]["per_step_us"]) == 3 and read["energy"]["joule"]["total"] > 0


# --- from a run -------------------------------------------------------------------------


@pytest.mark.slow  # kernels of meters
def test_report_of_a_run():
    class Kept:
        def take_report(self, report):
            self.report = report

    kept = Kept()
    source, _ = pair()
    source.create_runtime(Loihi2HwCfg(arith="lava", callback_fxs=[kept]))
    assert source.runtime.nc_report.activity.steps == 0
    source.run(RunSteps(300))
    made = source.runtime.nc_report
    assert kept.report.to_dict() == made.to_dict()
    activity = made.activity
    assert activity.steps == 300 and activity.spikes.tolist() == [300, 100]
    assert activity.axon_out.tolist() == [300, 0] and activity.syn_ops.tolist() == [0, 600]
    assert made.activity.total("dendrite_updates") == 300 * 5
    core = made.activity.sums @ made.costs.core_energy
    assert made.energy.per_core.sum() == pytest.approx(1e-12 * core.sum())
    assert 0 <= made.energy.dynamic - made.energy.per_core.sum() <= made.energy["message"]
    source.stop()
