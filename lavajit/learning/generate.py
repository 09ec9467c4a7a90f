"""From a learning rule to the function that applies it to all synapses at the end of an epoch.

The products of a rule become statements, one function per rule, arithmetic and storage; the
functions are compiled as parts of the connection's kernel. Work follows activity. A product of

* ``x0`` is zero in columns of pre-synaptic neurons without a spike,
* ``y0`` is zero in rows of post-synaptic neurons without a spike,
* ``uk`` is zero in all but every 2**k-th epoch,

so that a synapse none of whose products can differ from zero is not touched. That is exact: zero
added to an accumulator leaves an integer that needs no rounding. Two things still move then, values
outside the range of the chip and tags of -257; `everything` asks for all synapses, and the answer
of the function says whether it has to be asked again.

Storage "dense": matrices column by column. A column is visited if its own neuron spiked, ``uk``
fires, or post-synaptic neurons spiked. If few of them did, new values of their synapses are
computed aside, and the loop over all rows, where there is one, has only products of ``x0`` and
``uk``. If many did, all products are in it. Either way it is straight-line code.

Storage "sparse": compressed columns, and an index of the entries of each row for products of
``y0``, whose places in memory are asked for `_AHEAD` entries before they are needed. See
:mod:`lavajit.learning.traces` for histories and their axes.
"""

from __future__ import annotations

import hashlib
import linecache
from functools import lru_cache
from types import FunctionType

import numpy as np

from lavajit.learning import arithmetic
from lavajit.learning.constants import TRACE_TO_IDX_DICT
from lavajit.learning.rule import LoihiLearningRule
from lavajit.learning.statements import FixedStatements, FloatStatements
from lavajit.learning.string_symbols import DEPENDENCIES, PRE_TRACES
from lavajit.model.elements import prefetch

#: Target, synaptic variable, letter in rules, in the order of evaluation.
TARGETS = (("dw", "weights", "w"), ("dd", "tag_2", "d"), ("dt", "tag_1", "t"))

_ARGUMENTS = {
    "dense": "weights, tag_2, tag_1",
    "sparse": "weights, tag_2, tag_1, rows, columns, row_starts, row_entries, row_columns",
}
_COMMON = (
    "tx, ty, pre, post, steps, mask, x_history, y_history, y_own, fires, everything, bounds, fresh,"
    " rounding, rng"
)
#: Entries by which a loop over rows of a sparse matrix looks ahead.
_AHEAD = 24
#: Rows of `fresh` after those of new values: samples of x1 and x2.
FRESH_ROWS = len(TARGETS) + 2


def rule_function(rule: LoihiLearningRule, fixed: bool, sparse: bool) -> FunctionType:
    """The function that applies `rule` at the end of an epoch.

    Parameters
    ----------
    rule : LoihiLearningRule
        Its products, and whether synapses round with numbers of their own.
    fixed : bool
        Integer arithmetic of the chip; float64 otherwise.
    sparse : bool
        Storage of the matrices.

    Returns
    -------
    function
        Equal rules get the same function.
    """
    storage = "sparse" if sparse else "dense"
    statements = FixedStatements(rule.rng == "counter") if fixed else FloatStatements()
    return _compiled("\n".join(_Writer(rule, statements, storage).lines) + "\n")


def depends_on(rule: LoihiLearningRule, dependency: str) -> bool:
    """True if a product of the rule has the dependency "x0", "y0" or "u"."""
    series = rule.active_product_series.values()
    return any(p.dependency == dependency for one in series for p in one.products)


@lru_cache(maxsize=512)
def _compiled(text: str) -> FunctionType:
    """The function that `text` defines; its text stays available to tracebacks and compilers."""
    name = f"<learning rule {hashlib.sha256(text.encode()).hexdigest()[:16]}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = {"np": np, "prefetch": prefetch, "__name__": __name__}
    namespace.update({helper.__name__: helper for helper in arithmetic.HELPERS})
    exec(compile(text, name, "exec"), namespace)
    return namespace["learn"]


class _Writer:
    """Writes the function line by line.

    Attributes
    ----------
    lines : list of str
        The text.
    """

    def __init__(self, rule: LoihiLearningRule, statements, storage: str):
        self.statements = statements
        series = rule.active_product_series
        self.targets = [
            (variable, letter, tuple(series[target].products))
            for target, variable, letter in TARGETS
            if target in series
        ]
        products = [p for *_, of_target in self.targets for p in of_target]
        self.has = {d: depends_on(rule, d) for d in DEPENDENCIES}
        self.letters = self._letters(products)
        self.one_step = rule.t_epoch == 1
        self.samples = sorted(
            {(f.state_var, p.dependency) for p in products for f in p.factors}
            & {(trace, d) for trace in PRE_TRACES for d in DEPENDENCIES}
        )
        self.all = "everything or fires" if self.has["u"] else "everything"
        self.lines: list[str] = []
        self.depth = 0
        self.add(f"def learn({_ARGUMENTS[storage]}, {_COMMON}):")
        with_body = self._dense if storage == "dense" else self._sparse
        self.depth = 1
        with_body()

    def _letters(self, products) -> list[tuple[str, str]]:
        """Synaptic variables that any product reads or that are targets."""
        read = {f.state_var for p in products for f in p.factors}
        written = {letter for _, letter, _ in self.targets}
        return [(v, letter) for _, v, letter in TARGETS if letter in read | written]

    def add(self, *lines: str) -> None:
        self.lines += ["    " * self.depth + line for line in lines]

    # -- storages ----------------------------------------------------------------------

    def _start(self) -> None:
        self.add("last = x_history.shape[2] - 1", "unstable = False")
        for at, (variable, _, _) in enumerate(self.targets):
            self.add(*self.statements.bounds(variable, at))

    def _dense(self) -> None:
        # Rows of spiking neurons go their own way also where y0 is just a factor.
        self.has["y0"] |= any(
            f.state_var == "y0" for *_, ps in self.targets for p in ps for f in p.factors
        )
        self._start()
        self.add("n_post, n_pre = weights.shape")
        rows_first = " or post.size > 0" if self.has["y0"] else ""
        self.add(f"scan = {self.all}{rows_first}")
        if self.has["y0"]:
            self.add(f"many = {self.statements.many} * post.size > n_post")
        self.add(f"count = n_pre if scan else {'pre.size' if self.has['x0'] else '0'}")
        self.add("for c in range(count):")
        self.depth = 2
        self.add("j = c if scan else pre[c]" if self.has["x0"] else "j = c")
        self._column()
        if self.has["y0"]:
            self._columns_of_spiking_rows()
        self.add("y0 = 0  # rows of spiking neurons are overwritten below")
        self.add("for i in range(n_post):")
        self.depth = 3
        self._synapse("i, j", ("x0", "u"), self._store)
        self.depth = 2
        if self.has["y0"]:
            self.add("for k in range(post.size):")
            for at, (variable, _, _) in enumerate(self.targets):
                self.add(f"    {variable}[post[k], j] = fresh[{at}, k]")
        self.depth = 1
        self.add("return unstable")

    def _columns_of_spiking_rows(self) -> None:
        """Before the loop over all rows: columns without activity of their own, and many rows."""
        whole = " or s > 0" if self.has["x0"] else ""
        self.add("if many:")
        self.depth = 3
        self._all_rows()
        self.add("continue")
        self.depth = 2
        self.add(f"if not ({self.all}{whole}):")
        self.depth = 3
        self._spiking_rows(("y0",), self._store)
        self.add("continue")
        self.depth = 2
        self._spiking_rows(("x0", "y0", "u"), lambda at, *_: f"fresh[{at}, k]")

    def _all_rows(self) -> None:
        """One column, all products."""
        spread = [] if self.one_step else [t for t, d in self.samples if d == "y0"]
        if spread:
            self.add("for k in range(post.size):")
        for trace in spread:
            number = TRACE_TO_IDX_DICT[trace]
            place = f"fresh[{len(TARGETS) + number}, post[k]]"
            self.add(f"    {place} = x_history[{number}, j, steps[k]]")
        self.add("for i in range(n_post):")
        self.depth += 1
        self.add("y0 = mask[i]")
        for trace in spread:
            self.add(f"{trace}_y0 = fresh[{len(TARGETS) + TRACE_TO_IDX_DICT[trace]}, i]")
        self._synapse("i, j", ("x0", "y0", "u"), self._store)
        self.depth -= 1

    def _spiking_rows(self, dependencies: tuple[str, ...], place) -> None:
        """One column, rows of spiking neurons."""
        self.add("y0 = 1", "for k in range(post.size):")
        self.depth += 1
        self.add("i = post[k]")
        if not self.one_step:
            self._pre_samples(("y0",), "steps[k]")
        self._synapse("i, j", dependencies, place)
        self.depth -= 1

    def _sparse(self) -> None:
        self._start()
        no_index = " or row_entries.size < rows.size" if self.has["y0"] else ""
        self.add("n_post, n_pre = ty.size, tx.size", f"scan = {self.all}{no_index}")
        self.add(f"count = n_pre if scan else {'pre.size' if self.has['x0'] else '0'}")
        self.add("for c in range(count):")
        self.depth = 2
        self.add("j = c if scan else pre[c]" if self.has["x0"] else "j = c")
        self._column()
        self.add("for k in range(columns[j], columns[j + 1]):")
        self.depth = 3
        self.add("i = rows[k]", "y0 = mask[i]")
        if not self.one_step:
            self._pre_samples(("y0",), "ty[i]")
        self._synapse("k", ("x0", "y0", "u"), self._store)
        self.depth = 1
        if self.has["y0"]:
            self._sparse_rows()
        self.add("return unstable")

    def _sparse_rows(self) -> None:
        self.add("if not scan:", "    for c in range(post.size):")
        self.depth = 3
        self.add("i, r, y0 = post[c], steps[c], 1", "stop = row_starts[i + 1]")
        self.add("for e in range(row_starts[i], stop):")
        self.depth = 4
        self.add(f"if e + {_AHEAD} < stop:")
        for variable, _ in self.letters:
            self.add(f"    prefetch({variable}, row_entries[e + {_AHEAD}])")
        self.add(f"    prefetch(tx, row_columns[e + {_AHEAD}])")
        self.add("j, k = row_columns[e], row_entries[e]", "x0 = 1 if tx[j] > 0 else 0")
        if self.has["x0"]:
            self.add("if x0 > 0:", "    continue  # done with its column")
        self._pre_samples(("y0",), "r")
        self._synapse("k", ("y0",), self._store)
        self.depth = 1

    def _store(self, at: int, variable: str, where: str) -> str:
        return f"{variable}[{where}]"

    # -- one synapse -------------------------------------------------------------------

    def _column(self) -> None:
        """What is the same for a whole column."""
        self.add("s = tx[j]", "x0 = 1 if s > 0 else 0")
        self._pre_samples(("x0",), "s")
        self._pre_samples(("u",), "last")
        if self.one_step:  # everything happens at step 1
            self._pre_samples(("y0",), "1")

    def _pre_samples(self, dependencies: tuple[str, ...], step: str) -> None:
        """Traces of neuron j that products of `dependencies` take at `step`."""
        for trace, dependency in self.samples:
            if dependency in dependencies:
                place = f"x_history[{TRACE_TO_IDX_DICT[trace]}, j, {step}]"
                self.add(f"{trace}_{dependency} = {place}")

    def _synapse(self, where: str, dependencies: tuple[str, ...], place) -> None:
        """New values of one synapse, all from the old ones."""
        for variable, letter in self.letters:
            self.add(f"{letter} = {self.statements.load(f'{variable}[{where}]')}")
        for at, (variable, letter, products) in enumerate(self.targets):
            kept = [p if p.dependency in dependencies else None for p in products]
            self.add(*self.statements.update(variable, letter, at, kept))
        for at, (variable, letter, _) in enumerate(self.targets):
            self.add(f"{place(at, variable, where)} = new_{letter}")
            if variable == "tag_1" and self.statements.unstable:
                self.add(f"if new_{letter} == {arithmetic.UNSTABLE_TAG}:", "    unstable = True")
