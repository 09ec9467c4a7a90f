"""Pictures of networks and of plans, and networks as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.patches import FancyArrowPatch, Rectangle
from small_networks import Ramp, Relay, Store, chain

from lavajit import LIF, Dense, Loihi2SimCfg, Monitor, RunSteps, plots
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.sync_domain import SyncDomain
from lavajit.plots import graphs
from lavajit.plots.alike import merged
from lavajit.plots.layers import BEND, arranged
from lavajit.plots.network import collect_drawing
from lavajit.plots.plan import MESSAGES, NATIVE, PYTHON, QUESTION, jobs_of

FLOAT = Loihi2SimCfg(select_tag="floating_pt", threads=1)
#: Nothing is compiled.
IN_PYTHON = {"native": False}


def loop(n=3):
    """LIF and Dense in a circle."""
    lif, dense = LIF(shape=(n,), name="lif"), Dense(weights=np.eye(n), name="dense")
    lif.s_out.connect(dense.s_in)
    dense.a_out.connect(lif.a_in)
    return lif


def line(count):
    """LIFs one after the other, with Dense between."""
    first = last = LIF(shape=(2,))
    for _ in range(count):
        dense, lif = Dense(weights=np.eye(2)), LIF(shape=(2,))
        last.s_out.connect(dense.s_in)
        dense.a_out.connect(lif.a_in)
        last = lif
    return first


def monitored():
    """A LIF whose v and s_out are recorded."""
    lif, monitor = LIF(shape=(3,), name="lif"), Monitor(name="monitor")
    monitor.probe(lif.v, 5)
    monitor.probe(lif.s_out, 5)
    return lif


def words(ax):
    return [text.get_text() for text in ax.texts]


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


# --- what is drawn ----------------------------------------------------------------------


def test_boxes_and_arrows_of_a_loop(axes):
    assert plots.graph(loop(), axes) is axes
    assert {"LIF\nlif", "Dense\ndense", "s_out → s_in  3", "a_out → a_in  3"} <= set(words(axes))
    assert len(arrows(axes)) == 2
    assert sum(isinstance(patch, Rectangle) for patch in axes.patches) == 2
    down, up = arrows(axes)
    assert down.get_edgecolor() != up.get_edgecolor()
    # The vertical axis points downwards.
    begins = [arrow.get_path().vertices[0, 1] for arrow in (down, up)]
    assert begins[0] < 0.5 < begins[1]


def test_remote_memory_is_dashed(axes):
    plots.graph(monitored(), axes)
    styles = [arrow.get_linestyle() for arrow in arrows(axes)]
    assert sorted(style == "-" for style in styles) == [False, True]
    plots.graph(monitored(), axes, hide=[Monitor])
    assert len(arrows(axes)) == 2


def test_hierarchy_folded_and_open():
    lif = monitored()
    assert [box.kind for box in collect_drawing(lif, folded=False).boxes] == ["LIF", "Monitor"]
    lif.create_runtime(run_cfg=FLOAT, compile_config=dict(IN_PYTHON))
    folded, opened = (collect_drawing(lif, folded) for folded in (True, False))
    assert [box.kind for box in folded.boxes] == ["LIF", "Monitor"]
    assert {box.kind for box in opened.boxes} == {"LIF", "VarRecorder", "OutPortRecorder"}
    joins = {link.remote: link.joins for link in folded.links}
    assert joins == {True: [("target", "v", (3,))], False: [("s_out", "target", (3,))]}
    inner = next(box.members[0] for box in opened.boxes if box.kind == "VarRecorder")
    assert [box.kind for box in collect_drawing(inner).boxes] == ["LIF", "Monitor"]
    assert "Monitor monitor" in words(plots.graph(lif, folded=False))
    text = plots.graphviz(lif, folded=False)
    assert 'label="Monitor monitor";' in text and text.count("{") == text.count("}") == 2
    assert len(collect_drawing(lif, folded=False, hide=[Monitor]).boxes) == 1


def test_virtual_ports_are_passed(axes):
    lif, dense = LIF(shape=(2, 3), name="lif"), Dense(weights=np.eye(6), name="dense")
    lif.s_out.flatten().connect(dense.s_in)
    (link,) = collect_drawing(lif).links
    assert link.joins == [("s_out", "s_in", (2, 3))]
    assert "s_out → s_in  2 × 3" in words(plots.graph(dense, axes))


def test_a_process_alone_and_one_that_talks_to_itself(axes):
    assert words(plots.graph(LIF(shape=(1,)), axes)) == ["LIF"]
    lif = LIF(shape=(1,), name="alone")
    lif.s_out.connect(lif.a_in)
    ax = plots.graph(lif)
    assert len(arrows(ax)) == 1 and "s_out → a_in  1" in words(ax)


@pytest.mark.parametrize("count", [40, 250])
def test_large_networks_are_merged_until_they_can_be_read(count, axes):
    ax = plots.graph(line(count), axes)
    boxes = [text for text in words(ax) if text.startswith(("LIF", "Dense"))]
    assert 2 <= len(boxes) <= graphs.MOST_BOXES
    counts = [int(text.split("× ")[1]) if "×" in text else 1 for text in boxes]
    assert sum(counts) == 2 * count + 1
    assert min(text.get_size() for text in ax.texts) >= 4.5


def test_large_networks_as_they_are(axes):
    plots.graph(line(60), axes, merge=False)
    assert sum(len(dots.get_xdata()) for dots in axes.lines) == 121
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["LIF × 61", "Dense × 60"]
    assert len(axes.collections[0].get_paths()) == 120


def test_merging_can_be_asked_for():
    drawing = collect_drawing(line(6))
    sizes = {rounds: len(merged(drawing, rounds).boxes) for rounds in (20, 2, 1, 0, None)}
    assert sizes[20] == 13 and sizes[0] == sizes[None] == 2
    assert sizes[20] >= sizes[2] >= sizes[1] >= sizes[0]
    small = merged(drawing, 0)
    assert [len(box.members) for box in small.boxes] == [7, 6]
    assert [len(link.joins) for link in small.links] == [6, 6]
    assert len(words(plots.graph(line(6), merge=True, labels=False))) < 13


@pytest.mark.parametrize("draw", [plots.graph, plots.graphviz])
def test_wrong_networks_say_so(draw):
    with pytest.raises(TypeError, match="draw the network of a Process, got int"):
        draw(3)
    with pytest.raises(TypeError, match=r"hide takes classes of Processes, .*got \['Monitor'\]"):
        draw(loop(), hide=["Monitor"])
    assert not pyplot.get_fignums()


def test_names_are_quoted():
    text = plots.graphviz(LIF(shape=(1,), name='a "b" \\ c'))
    assert '[label="LIF\\na \\"b\\" \\\\ c"]' in text


# --- layers -----------------------------------------------------------------------------


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.lists(
    st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30))))  # fmt: skip
def test_layers_of_any_network(network):
    count, edges = network
    layers = arranged(count, edges)
    for source, target in {edge for edge in edges if edge[0] != edge[1]}:
        up = (source, target) in layers.turned
        high, low = (layers.places[k][1] for k in ((target, source) if up else (source, target)))
        assert high < low
        assert [y for _, y in layers.bends[source, target]] == list(range(high + 1, low))
    rows: dict = {}
    for x, y in layers.places:
        rows.setdefault(y, []).append((x, 0.5))
    for chain_of_bends in layers.bends.values():
        for x, y in chain_of_bends:
            rows[y].append((x, BEND / 2))
    for row in rows.values():
        row.sort()
        for (left, half), (right, other) in zip(row, row[1:], strict=False):
            assert right - left >= half + other - 1e-9


def test_a_loop_is_cut_where_it_closes():
    layers = arranged(3, [(0, 1), (1, 2), (2, 0)])
    assert layers.turned == {(2, 0)} and layers.depth == 3
    assert len(layers.bends[2, 0]) == 1


# --- plans ------------------------------------------------------------------------------


def test_jobs_in_python_and_native(axes):
    lif = monitored()
    lif.create_runtime(run_cfg=FLOAT, compile_config=dict(IN_PYTHON))
    jobs = jobs_of(lif)
    assert {job.kind for job in jobs} == {PYTHON, QUESTION}
    assert [job.method for job in jobs if job.phase == "post-management"][-1] == "run_post_mgmt"
    assert plots.schedule(lif, axes) is axes
    assert [label.get_text() for label in axes.get_yticklabels()][0] == "lif"
    assert axes.get_xlim() == (0.5, len(jobs) + 0.5)
    assert [text.get_text() for text in axes.texts] == ["spiking", "post-management"]
    drawn = {part.get_label(): len(part.get_paths()) for part in axes.collections}
    assert drawn == {k: sum(job.kind == k for job in jobs) for k in (PYTHON, QUESTION)}


def test_jobs_that_are_divided(axes):
    lif = loop(8)
    lif.create_runtime(run_cfg=Loihi2SimCfg(select_tag="floating_pt", threads=2))
    jobs = jobs_of(lif)
    assert {job.kind for job in jobs} <= {NATIVE, MESSAGES}
    (job,) = (job for job in jobs if job.process == "lif" and job.method == "run_spk")
    assert job.threads == 2
    plots.schedule(lif, axes)
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "stripes: 2 threads" in texts


def test_domains_have_panels_of_their_own(axes):
    lif, dense = monitored(), Dense(weights=np.eye(3))
    lif.s_out.connect(dense.s_in)
    domain = SyncDomain("synapses", LoihiProtocol(), [dense])
    config = Loihi2SimCfg(select_tag="floating_pt", custom_sync_domains=[domain])
    lif.create_runtime(run_cfg=config, compile_config=dict(IN_PYTHON))
    found = {(job.phase, job.domain) for job in jobs_of(lif)}
    assert found == {("spiking", ""), ("post-management", "LoihiProtocol_SyncDomain")}
    plots.schedule(lif, axes)
    assert "LoihiProtocol_SyncDomain" in words(axes)[1]


def test_processes_of_one_name_have_rows_of_their_own(axes):
    parts = Ramp(name="part"), Relay(name="part"), Store()
    chain(*parts)
    parts[0].create_runtime(run_cfg=FLOAT, compile_config=dict(IN_PYTHON))
    plots.schedule(parts[0], axes)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [
        f"{name} #{p.id}" for name, p in zip(("part", "part", "Store"), parts, strict=True)
    ]


def test_many_processes_are_rows_by_model(axes):
    network = line(30)
    network.create_runtime(run_cfg=FLOAT, compile_config=dict(IN_PYTHON))
    plots.schedule(network, axes)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(labels) == 2 and all("×" in label for label in labels)


def test_a_plan_needs_a_compiled_network():
    with pytest.raises(ValueError, match="network of lif has no plan yet: run it first"):
        plots.schedule(loop())
    with pytest.raises(TypeError, match="plan of a Process's network, got str"):
        plots.schedule("lif")
    assert not pyplot.get_fignums()


# --- a run ------------------------------------------------------------------------------


def test_result_of_a_run():
    lif = LIF(shape=(3,), bias_mant=2, vth=5, name="lif")
    result = lif.run(RunSteps(20), FLOAT, dict(IN_PYTHON), record=[lif.s_out, lif.v])
    lif.stop()
    spikes = result.spikes(lif).dense()
    assert spikes.any()
    for source in (result, result.spikes(lif)):
        ax = plots.raster(source)
        bars = [np.mean(bar, axis=0).round(6).tolist() for bar in ax.collections[0].get_segments()]
        assert bars == [[step + 1, neuron] for step, neuron in np.argwhere(spikes)]
    assert plots.raster(result).get_ylabel() == "neuron of lif"
    ax = plots.trace(result)
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], result[lif.v].values.T)
    assert ax.get_ylabel() == "lif.v"
