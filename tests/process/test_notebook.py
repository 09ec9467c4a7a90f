"""How Processes, Vars and ports show themselves."""

from __future__ import annotations

import html.parser

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from small_networks import Ramp, Relay, Store, chain

from lavajit import LIF, AbstractProcess, Dense, Loihi2SimCfg, Monitor, RunSteps, Var
from lavajit.process.explanation import Explanation, Table, html_tables
from lavajit.process.notebook import summary


class Cells(html.parser.HTMLParser):
    """Texts of all cells; checks that tags are closed."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.cells = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def cells(shown) -> list[str]:
    return Cells(shown._repr_html_()).cells


# --- one line -------------------------------------------------------------------------


def test_process_in_one_line():
    assert repr(Relay((2, 3), name="r")) == "<Relay 'r' (2, 3); Vars: gain; in: inp; out: out>"
    assert repr(AbstractProcess(name="empty")) == "<AbstractProcess 'empty'>"


def test_process_that_is_not_finished():
    class Half(AbstractProcess):
        def __init__(self):
            self.text = repr(self)
            self.table = self._repr_html_()
            super().__init__()

    half = Half()
    assert "Half object at" in half.text and "&lt;" in half.table


def test_parts_of_a_process():
    class Outer(AbstractProcess):
        def __init__(self):
            super().__init__(name="outer")
            self.inner = Relay(name="<inner>")

    assert repr(Outer()) == "<Outer 'outer'; sub processes: inner>"
    assert cells(Outer())[-3:] == ["<inner>", "Relay", "(2,)"]


def test_ports_in_one_line():
    ramp, relay = Ramp(name="ramp"), Relay(name="relay")
    chain(ramp, relay)
    assert repr(ramp.out) == "<OutPort ramp.out shape=(2,) -> relay.inp>"
    assert repr(relay.inp) == "<InPort relay.inp shape=(2,) <- ramp.out>"
    assert cells(relay.inp)[-4:] == ["inp", "InPort", "(2,)", "<- ramp.out"]


# --- values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, ("int64", "3")),
        ("<b>", ("str", "'<b>'")),
        (np.zeros((0, 3)), ("float64", "empty")),
        (np.array([1.5, 2.5]), ("float64", "[1.5, 2.5]")),
        (np.ones(9, np.int8), ("int8", "all 1")),
        (np.arange(5) > 1, ("bool", "3 of 5 true")),
        (np.arange(5) * 1j, ("complex128", "[0j, 1j, 2j, 3j, 4j]")),
        (np.array([np.nan, 0, 1, 2, 3]), ("float64", "0 to 3, mean 1.5, 1 NaN")),
        (np.full(7, np.nan), ("float64", "all 7 NaN")),
        (csr_matrix(np.eye(3)), ("float64", "sparse, 3 entries")),
        (np.broadcast_to(np.float32(0), (10**8,)), ("float32", "100000000 values")),
    ],
)
def test_summary_of_values(value, expected):
    assert summary(value) == expected


def test_long_lists_are_cut():
    assert len(summary(np.arange(50) * 1j)[1]) == 60


# --- tables ---------------------------------------------------------------------------


def network():
    lif, dense = LIF(shape=(3,), name="<neurons>"), Dense(weights=np.eye(3), name="loop")
    lif.s_out.connect(dense.s_in)
    dense.a_out.flatten().connect(lif.a_in)
    return lif, dense


def test_tables_before_and_after_compiling():
    lif, _ = network()
    Monitor().probe(lif.v, 3)
    text = lif._repr_html_()
    assert "not compiled yet" in text and "<neurons>" not in text
    assert ["v", "(3,)", "int64", "0"] == cells(lif)[8:12]
    lif.run(RunSteps(2), Loihi2SimCfg(select_tag="floating_pt", debug=True))
    text = lif._repr_html_()
    assert "model PyLifModelFloat, Python (debug); time step 2" in text
    shown = cells(lif)
    assert ["v", "(3,)", "float64", "[0.0, 0.0, 0.0]"] == shown[8:12]
    assert "-> loop.s_in" in shown and "<- ReshapePort (loop.a_out, <neurons>.a_in)" in shown
    assert cells(lif.v)[-4:] == ["v", "(3,)", "float64", "[0.0, 0.0, 0.0]"]
    lif.stop()
    assert any("not readable now" in cell for cell in cells(lif))


def test_many_partners_are_cut():
    ramp = Ramp(name="ramp")
    for number in range(6):
        ramp.out.connect(Relay(name=f"r{number}").inp)
    assert "r3.inp, ... and 2 more" in repr(ramp.out)


def test_var_without_a_process():
    assert cells(Var((2,), init=[1, 2]))[-2:] == ["int64", "[1, 2]"]


def test_explanation_is_text_and_tables():
    table = Table("Rows", ("a", "b"), [(str(k), "<x>") for k in range(5)], most=2)
    shown = Explanation("head <b>", [table, Table("None", ("c",))])
    assert str(shown).splitlines() == [
        "head <b>", "", "Rows", "  a  b", "  0  <x>", "  1  <x>", "  ... and 3 more",
    ]  # fmt: skip
    assert repr(shown) == str(shown)
    assert Cells(shown._repr_html_()).cells == ["a", "b", "0", "<x>", "1", "<x>"]
    assert "head &lt;b&gt;" in shown._repr_html_() and "... and 3 more" in shown._repr_html_()
    assert html_tables([]) == "" and str(Table("", ())) == ""


def test_store_shows_shape_of_its_port():
    assert repr(Store((2,), name="s")) == "<Store 's' (2,); Vars: data; in: inp>"
