"""Results of runs that follow each other, joined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from recorded_chunks import DTYPES, FACTS

from lavajit import LIF, Loihi2SimCfg, Probe, RunSteps
from lavajit.observe.memory import SeriesStore
from lavajit.observe.result import Result
from lavajit.observe.series import Events, Samples


def result_of(*records, first=1, last=0, **facts):
    series = {one.name: one for one in records}
    return Result(SeriesStore(series), FACTS | {"first": first, "last": last, **facts}, {})


def samples(values, first=1, name="lif.v", chosen=None):
    values = np.asarray(values)
    return Samples(name, np.arange(first, first + len(values)), values, chosen)


@given(st.sampled_from(DTYPES), st.lists(st.integers(0, 6), min_size=2, max_size=4), st.data())
def test_pieces_are_the_whole(dtype, lengths, data):
    """Also where only some pieces have values, or have no step at all."""
    cells = st.integers(0, 1 if dtype == "?" else 3)
    messages = data.draw(arrays.arrays(dtype, (sum(lengths), 2), elements=cells, fill=st.just(0)))
    joined, first = None, 1
    for length in lengths:
        part = messages[first - 1 : first - 1 + length]
        records = samples(part, first), Events.from_dense("lif.s_out", part, first)
        piece = result_of(*records, first=first, last=first + length - 1)
        joined = piece if joined is None else joined + piece
        first += length
    assert (joined.first, joined.last) == (1, len(messages))
    assert joined.facts["seconds"] == 0.5 * len(lengths)
    events = joined["lif.s_out"]
    for values, steps in (
        (joined["lif.v"].values, joined["lif.v"].steps),
        (events.dense(), events.recorded),
    ):
        assert (values.dtype, values.tobytes()) == (messages.dtype, messages.tobytes())
        assert steps.tolist() == list(range(1, len(messages) + 1))


def test_runs_in_pieces(tmp_path):
    """In memory and on disk, with gaps in the pieces and between them."""

    def network():
        lif = LIF(shape=(3,), bias_mant=[3, 4, 5], vth=10, name="lif")
        return lif, [lif.v, Probe(lif.s_out, every=3)]

    lif, record = network()
    whole = lif.run(RunSteps(30), Loihi2SimCfg(), record=record)
    lif, record = network()
    first = lif.run(RunSteps(12), Loihi2SimCfg(), record=record)
    second = lif.run(RunSteps(6), record=record, to=tmp_path / "second")
    both = first + second + lif.run(RunSteps(12), record=record)
    assert (both.first, both.last, both.facts["ended"]) == (1, 30, "complete")
    assert both[lif.v] is both["lif.v"]
    np.testing.assert_array_equal(both[lif.v], whole["lif.v"])
    for part in ("recorded", "counts", "neurons"):
        got, expected = (getattr(result.spikes(), part) for result in (both, whole))
        np.testing.assert_array_equal(got, expected)
    assert (both.first, second.first, first.last) == (1, 13, 12)

    # What was read is joined with what goes on.
    both.save(tmp_path / "both")
    lif.run(RunSteps(5))
    late = lif.run(RunSteps(5), record=record)
    again = Result.load(tmp_path / "both") + late
    assert again[lif.v].steps.tolist() == [*range(1, 31), *range(36, 41)]
    assert (again.first, again.last, len(first[lif.v])) == (1, 40, 12)
    lif.stop()


def test_a_run_that_goes_on_is_joined_as_it_is():
    earlier = result_of(samples([1.0, 2.0]), last=2)
    running = result_of(samples([3.0], first=3), first=3, last=2, ended="running")
    both = earlier + running
    assert (both.last, both.facts["ended"], both["lif.v"].values.tolist()) == (
        3,
        "running",
        [1, 2, 3],
    )
    with pytest.raises(ValueError, match="begins with time step 3, the first ends with 3"):
        running + running


V = samples([1.0, 2.0])


@pytest.mark.parametrize(
    ("other", "match"),
    [
        (
            result_of(V, first=2, last=4),
            "begins with time step 2, the first ends with 2; join runs",
        ),
        (result_of(V, first=3, network="x"), "results are of different networks"),
        (
            result_of(samples([1.0], name="lif.u"), first=3),
            r"lif\.v \(only in the first\), lif\.u \(only in the second\); give both",
        ),
        (
            result_of(samples([1], first=3), first=3),
            "lif.v cannot be joined, the first holds samples of dtype float64 and shape \\(\\), "
            "the second samples of dtype int64",
        ),
        (
            result_of(Events("lif.v", (), np.dtype(float), *3 * [np.zeros(0, int)]), first=3),
            "the second events of dtype float64",
        ),
        (result_of(samples([[1.0]], first=3), first=3), r"the second samples .* shape \(1,\)"),
        (result_of(samples([1.0], first=3, chosen=np.array(1)), first=3), "different elements"),
    ],
)
def test_what_cannot_be_joined_says_so(other, match):
    with pytest.raises(ValueError, match=match):
        result_of(V, last=2) + other


def test_only_results_are_added():
    with pytest.raises(TypeError, match="unsupported operand"):
        result_of(V) + 1
