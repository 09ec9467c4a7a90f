"""The printed plan: order, tier and reason, channels, memory."""

from __future__ import annotations

import numpy as np
import pytest

from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps
from lavajit.runtime.explain import dump_program, explain_network


@pytest.fixture(scope="module")
def loop():
    lif, dense = LIF(shape=(4,), name="neurons"), Dense(weights=np.eye(4), name="loop")
    lif.s_out.connect(dense.s_in)
    dense.a_out.connect(lif.a_in)
    yield lif
    lif.stop()


def test_explain_compiles_and_prints_order_channels_and_memory(loop):
    text = loop.explain(Loihi2SimCfg(select_tag="floating_pt"))
    assert repr(text) == str(text)
    lines = text.splitlines()
    order = [line for line in lines if ".run_spk" in line]
    # In a loop Dense is cut: it sends, the neurons update, then it receives.
    assert [line.split()[1:3] for line in order] == [
        ["Dense", "'loop'.run_spk[0:1]"],
        ["LIF", "'neurons'.run_spk"],
        ["Dense", "'loop'.run_spk[1:2]"],
    ]
    assert all(line.endswith("native") for line in order)
    assert any("shared array + event list" in line for line in lines)
    (neurons,) = [line for line in lines if line.startswith("  LIF 'neurons'  ")]
    assert neurons.split()[2:6] == ["PyLifModelFloat", "native", "float64", "1"]
    assert neurons.endswith("B   32 B")  # one message of four numbers


def test_listing_is_cut(loop):
    loop.explain(Loihi2SimCfg(select_tag="floating_pt"))
    text = explain_network(loop.runtime.executable.network, rows=1)
    assert "... and 2 more" in text


def test_tables_of_a_notebook_are_escaped():
    lif = LIF(shape=(2,), name="<b>&")
    html = lif.explain(Loihi2SimCfg(select_tag="fixed_pt", debug=True))._repr_html_()
    assert "debug run" in html and "<b>&amp;" not in html
    assert "LIF &#x27;&lt;b&gt;&amp;&#x27;.run_spk" in html
    assert html.count("<table>") == html.count("</table>") == 2
    assert "Python (debug)</td>" in html and "integer</td>" in html


def test_dump_of_the_program(loop):
    loop.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    dump = dump_program(loop.runtime.executable.network)
    assert dump.splitlines()[-1].split()[1] == "end"


def test_explain_needs_a_run_config():
    with pytest.raises(ValueError, match="run_cfg"):
        LIF(shape=(1,)).explain()
