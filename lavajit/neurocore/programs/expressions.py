"""Expressions of neuron programs in function form."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs.body import Body

_OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_UNARY = {ast.USub: "-", ast.Invert: "~", ast.Not: "not "}
#: Functions that may be called: arguments, at least and at most (None: any number).
_CALLS = {
    "abs": (1, 1),
    "min": (2, None),
    "max": (2, None),
    "sgn": (1, 1),
    "clz": (1, 1),
    "mulsr": (3, 3),
}
_INPUTS = ("q", "q2", "t")


class Scope:
    """What names mean in a function.

    Attributes
    ----------
    locals, assigned : set of str
        Variables; those that are assigned on every path to here.
    """

    def __init__(
        self,
        name: str,
        function: Callable,
        state: Mapping[str, int],
        par: Collection[str],
        arguments: Collection[str],
        body: Body,
    ):
        self.name = name
        self.fields = {"state": state, "par": par}
        self.arguments = arguments
        self.body = body
        self.locals: set[str] = set()
        self.assigned: set[str] = set()
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self.outside = {**function.__globals__, **{key: cell.cell_contents for key, cell in cells}}

    def error(self, node: ast.AST, what: str, fix: str) -> NcProgramError:
        """What is wrong with a part of the function, and where."""
        text = ast.unparse(node).splitlines()[0]
        return NcProgramError(f"program {self.name!r}, line {node.lineno}: {text!r}: {what}; {fix}")

    def assign(self, name: str) -> None:
        """Note a variable."""
        self.locals.add(name)
        self.assigned.add(name)

    def is_field(self, node: ast.AST, holder: str) -> bool:
        """True for ``holder.something``."""
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return False
        return node.value.id == holder and holder in self.arguments

    def is_call(self, node: ast.AST, name: str) -> bool:
        """True for ``name(...)``."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return False
        return node.func.id == name

    def field(self, node: ast.Attribute) -> str:
        """The name of a declared state variable or parameter."""
        holder = node.value.id
        if node.attr not in self.fields[holder]:
            known = ", ".join(self.fields[holder]) or "none"
            raise self.error(node, f"not declared, {holder}: {known}", f"add it to {holder}=")
        return node.attr


class Expression:
    """Writes an expression in 64 bits and counts its operations."""

    def __init__(self, scope: Scope):
        self.scope = scope
        self.ops = 0

    def text(self, node: ast.expr) -> str:
        """The expression as text of a kernel.

        Raises
        ------
        NcProgramError
            A core cannot compute it.
        """
        writer = _WRITERS.get(type(node))
        if writer is None:
            raise self.scope.error(
                node, "is nothing a core can compute", "use whole numbers and their operators"
            )
        return writer(self, node)

    def _constant(self, node: ast.Constant) -> str:
        return self._number(node, node.value)

    def _number(self, node: ast.expr, value: object) -> str:
        if isinstance(value, bool):
            value = int(value)
        if not isinstance(value, int) or not -(2**31) <= value < 2**31:
            raise self.scope.error(node, f"is {value!r}", "constants are whole numbers of 32 bits")
        return f"np.int64({value})"

    def _name(self, node: ast.Name) -> str:
        scope = self.scope
        if node.id in scope.assigned:
            return f"x_{node.id}"
        if node.id in _INPUTS and node.id in scope.arguments:
            return scope.body.use(node.id)
        if node.id in scope.locals:
            raise scope.error(
                node, "is not assigned on every path to here", "assign it before the branch"
            )
        if isinstance(scope.outside.get(node.id), int):
            return self._number(node, scope.outside[node.id])
        raise scope.error(
            node, "is not known", "use variables, state.NAME, par.NAME and whole-number constants"
        )

    def _attribute(self, node: ast.Attribute) -> str:
        if self.scope.is_field(node, "par"):
            return f"p_{self.scope.field(node)}"
        if self.scope.is_field(node, "state"):
            self.ops += 1
            return f"v_{self.scope.field(node)}"
        raise self.scope.error(node, "is not known", "use state.NAME and par.NAME")

    def _binary(self, node: ast.BinOp) -> str:
        symbol = _OPERATORS.get(type(node.op))
        if symbol is None:
            raise self.scope.error(
                node, "cores do not divide", "multiply by a reciprocal: mulsr(x, par.reciprocal, n)"
            )
        self.ops += 1
        left, right = self.text(node.left), self.text(node.right)
        if symbol in ("<<", ">>"):
            return f"({left} {symbol} ({right} & 63))"
        return f"({left} {symbol} {right})"

    def _unary(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.UAdd):
            return self.text(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            if type(node.operand.value) is int:
                return self._number(node, -node.operand.value)
        self.ops += 1
        return f"({_UNARY[type(node.op)]}{self.text(node.operand)})"

    def _compare(self, node: ast.Compare) -> str:
        self.ops += len(node.ops)
        parts = [self.text(node.left)]
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if type(operator) not in _COMPARISONS:
                raise self.scope.error(node, "is no comparison of numbers", "use < <= == != >= >")
            parts += [_COMPARISONS[type(operator)], self.text(right)]
        return f"({' '.join(parts)})"

    def _boolean(self, node: ast.BoolOp) -> str:
        self.ops += len(node.values) - 1
        symbol = "and" if isinstance(node.op, ast.And) else "or"
        # Operands count as true or false, so that the result is 0 or 1 whatever they are.
        return "(" + f" {symbol} ".join(f"({self.text(v)} != 0)" for v in node.values) + ")"

    def _choice(self, node: ast.IfExp) -> str:
        test = self.text(node.test)
        before = self.ops
        texts, counts = [], []
        for branch in (node.body, node.orelse):
            self.ops = before
            texts.append(self.text(branch))
            counts.append(self.ops)
        self.ops = max(counts) + 2  # a jump, and one over the other value
        return f"(np.int64({texts[0]}) if {test} else np.int64({texts[1]}))"

    def _call(self, node: ast.Call) -> str:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if name not in _CALLS or node.keywords:
            raise self.scope.error(
                node, f"calls {name}", f"a program may call {', '.join(_CALLS)} and sat"
            )
        least, most = _CALLS[name]
        got = len(node.args)
        if got < least or (most is not None and got > most):
            expected = f"{least}" if least == most else f"at least {least}"
            raise self.scope.error(node, f"{got} arguments", f"{name} takes {expected}")
        self.ops += max(got - 1, 1) if most is None else 1
        arguments = [self.text(each) for each in node.args]
        return f"{name}({', '.join(arguments)})"


_WRITERS = {
    ast.Constant: Expression._constant,
    ast.Name: Expression._name,
    ast.Attribute: Expression._attribute,
    ast.BinOp: Expression._binary,
    ast.UnaryOp: Expression._unary,
    ast.Compare: Expression._compare,
    ast.BoolOp: Expression._boolean,
    ast.IfExp: Expression._choice,
    ast.Call: Expression._call,
}
