"""The function form of neuron programs: from a Python function for one neuron to its kernel."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs.body import COUNT, Body, stored
from lavajit.neurocore.programs.expressions import Expression, Scope
from lavajit.neurocore.programs.limits import OPERATIONS, REGISTERS, TRACES
from lavajit.neurocore.programs.program import NeuronProgram

_ARGUMENTS = ("q", "q2", "t", "state", "par", "out")
_INDENT = "    "


def sat(x: int) -> int:
    """Marks what a state variable is to saturate at instead of wrapping: ``state.v = sat(x)``."""
    return x


def nc_program(
    state: Mapping[str, int] | None = None,
    par: Iterable[str] | Mapping[str, int] = (),
    **options,
) -> Callable[[Callable], NeuronProgram]:
    """Make a neuron program of a function for one neuron.

    Parameters
    ----------
    state, par
        As for :class:`NeuronProgram`.
    **options
        Its other keyword parameters, and ``name``, by default that of the function.

    Returns
    -------
    function
        A decorator that returns a :class:`NeuronProgram`.

    Raises
    ------
    NcProgramError
        The function does what no program can.

    Notes
    -----
    The function takes any of ``q`` (input), ``q2`` (second input), ``t`` (time step), ``state``,
    ``par`` and ``out``, by these names. Expressions are computed in 64 bits; what is assigned to a
    variable has 32, what is assigned to a state variable as many as it declares (``sat(x)``
    saturates, otherwise it wraps). ``out.spike(x)`` sends x, ``out.trace(k, x)`` writes trace k.
    There are no loops, and no calls but abs, min, max, and from this package ``sgn``, ``clz`` and
    ``mulsr(a, b, n)``, which is ``a * b >> n`` toward zero. Each operator, load, store, comparison
    and jump is one operation.

    Examples
    --------
    >>> from lavajit.neurocore.programs import nc_program
    >>> @nc_program(state={"v": 24}, par=["vth"])
    ... def integrate(q, state, par, out):
    ...     v = state.v + q
    ...     if v > par.vth:
    ...         out.spike(1)
    ...         v = 0
    ...     state.v = v
    >>> integrate.longest_path, integrate.shortest_path
    (7, 5)
    """

    def decorate(function: Callable) -> NeuronProgram:
        name = options.pop("name", function.__name__)
        return NeuronProgram(name, function, state, par, **options)

    return decorate


def read_function(
    name: str, function: Callable, state: Mapping[str, int], par: Collection[str]
) -> Body:
    """The lines of a program in function form.

    Raises
    ------
    NcProgramError
        The function does what no program can.
    """
    from lavajit.compiler.source import SourceUnavailable, body_without_docstring, function_source

    try:
        tree, _ = function_source(function)
    except SourceUnavailable as error:
        raise NcProgramError(
            f"program {name!r}: {error}; define the function in a file or a notebook cell"
        ) from error
    arguments = [each.arg for each in tree.args.args]
    if not arguments or any(each not in _ARGUMENTS for each in arguments):
        raise NcProgramError(
            f"program {name!r}: arguments are {', '.join(arguments) or 'none'}, expected some of "
            f"{', '.join(_ARGUMENTS)}"
        )
    return _Writer(name, function, state, par, arguments).read(body_without_docstring(tree))


class _Paths:
    """Numbers of paths by operations: those that go on, and those that have returned."""

    def __init__(self):
        self.open = Counter({0: 1})
        self.ended: Counter[int] = Counter()

    def add(self, ops: int) -> None:
        self.open = Counter({length + ops: paths for length, paths in self.open.items()})

    def fork(self, branches: list[_Paths]) -> None:
        before, self.open = self.open, Counter()
        for branch in branches:
            for first, many in before.items():
                for second, paths in branch.open.items():
                    self.open[first + second] += many * paths
                for second, paths in branch.ended.items():
                    self.ended[first + second] += many * paths

    def end(self) -> None:
        self.ended += self.open
        self.open = Counter()


class _Writer:
    def __init__(self, name, function, state, par, arguments):
        self.body = Body()
        self.state = state
        self.scope = Scope(name, function, state, par, arguments, self.body)
        self.paths = _Paths()
        self.depth = 0

    def read(self, statements: list[ast.stmt]) -> Body:
        self._block(statements)
        body, name = self.body, self.scope.name
        self.paths.end()
        body.path_lengths = self.paths.ended
        body.locals = tuple(f"x_{each}" for each in sorted(self.scope.locals))
        if body.ops > OPERATIONS.value:
            raise NcProgramError(
                f"program {name!r}: {body.ops} operations > {OPERATIONS.value} per program; "
                f"precompute parameters, or split it over two groups"
            )
        if len(body.locals) > REGISTERS.value:
            raise NcProgramError(
                f"program {name!r}: {len(body.locals)} variables > {REGISTERS.value} registers; "
                f"use one variable again"
            )
        return body

    def _add(self, line: str) -> None:
        self.body.lines.append(_INDENT * self.depth + line)

    def _cost(self, ops: int) -> None:
        self.body.ops += ops
        self.paths.add(ops)
        if ops:
            self._add(f"{COUNT} {ops}")

    def _block(self, statements: list[ast.stmt]) -> None:
        for index, node in enumerate(statements):
            method = _STATEMENTS.get(type(node))
            if method is None:
                raise self.scope.error(node, *_refused(node))
            method(self, node)
            if not self.paths.open and index + 1 < len(statements):
                raise self.scope.error(statements[index + 1], "is never reached", "delete it")

    def _assign(self, node: ast.Assign) -> None:
        if len(node.targets) != 1:
            raise self.scope.error(node, "assigns twice", "write one assignment per line")
        self._store(node, node.targets[0], node.value)

    def _augmented(self, node: ast.AugAssign) -> None:
        read = ast.copy_location(
            ast.Name(node.target.id, ast.Load())
            if isinstance(node.target, ast.Name)
            else ast.Attribute(node.target.value, node.target.attr, ast.Load()),
            node,
        )
        value = ast.copy_location(ast.BinOp(read, node.op, node.value), node)
        self._store(node, node.target, value)

    def _store(self, node: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        saturates = self.scope.is_call(value, "sat")
        to_state = self.scope.is_field(target, "state")
        if saturates:
            if not to_state or len(value.args) != 1:
                raise self.scope.error(node, "sat(x)", "it belongs to an assignment to a state")
            value = value.args[0]
        expression = Expression(self.scope)
        text = expression.text(value)
        if to_state:
            name = self.scope.field(target)
            self._cost(expression.ops + 1)
            self._add(f"v_{name} = {stored(f'({text})', self.state[name], saturates)}")
            self.body.written.add(name)
        elif isinstance(target, ast.Name) and target.id not in _ARGUMENTS:
            self._cost(max(expression.ops, 1))
            self.scope.assign(target.id)
            self._add(f"x_{target.id} = word32({text})")
        else:
            raise self.scope.error(
                node, "assigns to something else", "assign to variables and to state.NAME"
            )

    def _if(self, node: ast.If) -> None:
        expression = Expression(self.scope)
        test = expression.text(node.test)
        self._cost(expression.ops + 1)
        self._add(f"if {test}:")
        before, outer = set(self.scope.assigned), self.paths
        branches, known = [], []
        for index, statements in enumerate((node.body, node.orelse)):
            self.paths, self.scope.assigned = _Paths(), set(before)
            if index:
                self._add("else:") if statements else None
            self.depth += 1
            if not index and node.orelse:
                self._cost(1)  # the jump over the other branch
            self._block(statements)
            self.depth -= 1
            branches.append(self.paths)
            if self.paths.open:
                known.append(self.scope.assigned)
        self.paths = outer
        self.paths.fork(branches)
        self.scope.assigned = set.intersection(*known) if known else before

    def _call(self, node: ast.Expr) -> None:
        call = node.value
        kind = call.func.attr if self._is_output(call) else ""
        if kind == "spike" and len(call.args) == 1:
            expression = Expression(self.scope)
            text = expression.text(call.args[0])
            self.body.use("spike")
            self._cost(expression.ops + 1)
            self._add(f"sent = word32({text})")
        elif kind == "trace" and len(call.args) == 2:
            self._trace(node, *call.args)
        else:
            raise self.scope.error(
                node, "has no effect here", "calls are out.spike(x) and out.trace(k, x)"
            )

    def _is_output(self, call: ast.expr) -> bool:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return False
        return self.scope.is_field(call.func, "out") and not call.keywords

    def _trace(self, node: ast.stmt, number: ast.expr, value: ast.expr) -> None:
        first, last = TRACES.value
        if not isinstance(number, ast.Constant) or number.value not in range(first, last + 1):
            raise self.scope.error(node, "unknown trace", f"traces are {first}..{last}")
        expression = Expression(self.scope)
        text = expression.text(value)
        self.body.traces.add(number.value)
        self._cost(expression.ops + 1)
        self._add(f"y{number.value} = as_trace(word32({text}))")

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            raise self.scope.error(node, "returns a value", "send with out.spike(x)")
        self._cost(1)
        self._add("return")
        self.paths.end()

    def _pass(self, node: ast.Pass) -> None:
        self._add("pass")


def _refused(node: ast.stmt) -> tuple[str, str]:
    if isinstance(node, (ast.For, ast.While)):
        return "programs have no loops", "write the steps one by one"
    kind = type(node).__name__.lower()
    return f"'{kind}' is nothing a program can do", "use assignments, if, return and out.spike(x)"


_STATEMENTS = {
    ast.Assign: _Writer._assign,
    ast.AugAssign: _Writer._augmented,
    ast.If: _Writer._if,
    ast.Expr: _Writer._call,
    ast.Return: _Writer._return,
    ast.Pass: _Writer._pass,
}
