"""Machine code of one kernel: numba compiles it, or its object code is loaded.

The only place where numba's compiler is driven. A kernel's object file exports one symbol; all it
calls is internal to it. Numba numbers functions anew in every process, so that object files of two
processes may hold different functions of one name, and the linker would use the first for both.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from lavajit.kernels.units import Unit

if TYPE_CHECKING:
    from lavajit.kernels.compile import KernelSpec


def compile_unit(spec: KernelSpec, unit: Unit, suffix: str):
    """numba's compile result of a unit as ``int64 kernel(int64 block)``.

    Parameters
    ----------
    suffix : str
        Makes the names of the unit's functions unique.
    """

    _extend_numba()
    from lavajit.kernels.error_lines import errors_with_lines
    from lavajit.kernels.self_type import SelfType

    me = SelfType(spec.model.__name__, spec.fields)
    options = {
        "nogil": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",
        "boundscheck": spec.boundscheck,
    }
    unit.tree.body = [_answer(statement) for statement in unit.tree.body]
    unit.tree.body.append(ast.Return(ast.Constant(0)))
    ast.fix_missing_locations(unit.tree)
    method = _realise(unit, {**options, "pipeline_class": _kernel_compiler()}, suffix, {}, options)
    with errors_with_lines():
        method.compile((me,))
    return method.overloads[(me,)]


def _answer(statement: ast.stmt) -> ast.stmt:
    """The same statement, returning 1 for what Python calls true and 0 otherwise."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Return):
            truth = ast.Call(ast.Name("_truth", ast.Load()), [node.value or ast.Constant(None)], [])
            node.value = ast.copy_location(truth, node)
    return statement


def _realise(unit: Unit, options: dict, suffix: str, done: dict[int, object], inner: dict):
    """The dispatcher of a unit; children first, with `inner` options."""
    from numba import njit

    from lavajit.kernels.builtins import BUILTINS

    if id(unit) in done:
        return done[id(unit)]
    children = {
        label: _realise(child, inner, suffix, done, inner) for label, child in unit.children.items()
    }
    name = f"{unit.name}_{suffix}"
    tree = unit.tree
    tree.name = name
    code = compile(ast.Module([tree], type_ignores=[]), unit.filename, "exec")
    namespace = {
        **unit.function.__globals__,
        **unit.values,
        **children,
        **BUILTINS,
        "__name__": "lavajit_kernel",
    }
    exec(code, namespace)
    done[id(unit)] = njit(**options)(namespace[name])
    return done[id(unit)]


@cache
def _extend_numba() -> None:
    """Register our types with numba (import side effects) when something is compiled."""
    from lavajit.kernels import port_types, random_types, random_words, ref_types, self_type

    assert port_types and random_types and random_words and ref_types and self_type


@cache
def _kernel_compiler() -> type:
    """numba's compiler, with a library that exports nothing but the kernel."""
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import Compiler

    class KernelLibrary(JITCodeLibrary):
        def _optimize_final_module(self):
            # Linked-in functions are "linkonce_odr", the kernel is "external".
            for function in self._final_module.functions:
                if not function.is_declaration and function.linkage.name == "linkonce_odr":
                    function.linkage = "internal"
            super()._optimize_final_module()

    class KernelCompiler(Compiler):
        def __init__(self, typingctx, targetctx, library, *rest):
            if library is None:
                library = KernelLibrary(targetctx.codegen(), "lavajit kernel")
                library.enable_object_caching()
            super().__init__(typingctx, targetctx, library, *rest)

    return KernelCompiler


# --- keeping ----------------------------------------------------------------------------------


def address_of(result) -> int:
    """Address of a compile result's machine code."""
    return result.library.get_pointer_to_function(result.fndesc.llvm_func_name)


def portable(result) -> tuple:
    """Arguments with which :func:`lavajit.kernels.load.load_code` loads a compile result again."""
    _, _, (data, _) = result.library.serialize_using_object_code()
    return (
        result.fndesc.llvm_func_name,
        data,
        tuple(result.reload_init),
        tuple((e.env_name, tuple(e.consts)) for e in result._find_referenced_environments()),
    )
