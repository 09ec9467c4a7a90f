"""Machine code from the cache: placed in memory directly where possible, else by numba."""

from __future__ import annotations

from collections.abc import Mapping

from lavajit.kernels.objects import NotPlain, place_object


def load_code(
    symbol: str,
    data: bytes,
    reload_init: tuple = (),
    environments: tuple = (),
    externals: Mapping[str, int] | None = None,
) -> tuple[int, object]:
    """Address of a function of an object file, and what must be kept alive with it.

    Parameters
    ----------
    symbol : str
        Name of the function.
    data : bytes
        The object file.
    reload_init : tuple of callable
        What numba wants to be called before.
    environments : tuple
        Names and constants of the environments that numba made for the functions in the file.
    externals : dict of str to int
        Addresses of functions that the process does not export; their names must be unique.
    """
    if not reload_init:
        try:
            return place_object(data, symbol, externals), None
        except NotPlain:
            pass
    return _load_by_numba(symbol, data, reload_init, environments, externals or {})


def _load_by_numba(
    symbol: str, data: bytes, reload_init: tuple, environments: tuple, externals: Mapping[str, int]
) -> tuple[int, object]:
    import llvmlite.binding as llvm
    from numba.core.environment import Environment
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys

    for function in reload_init:
        function()
    if b"NRT_" in data:
        rtsys.initialize(cpu_target.target_context)
    codegen = cpu_target.target_context.codegen()
    for name, address in externals.items():
        llvm.add_symbol(name, address)
    # numba wants bitcode, too, to inline what it loads into other functions: there are none.
    nothing = llvm.parse_assembly("").as_bitcode()
    library = codegen.unserialize_library(("lavajit code", "object", (data, nothing)))
    # Machine code holds bare addresses of environments: they must live as long as it does.
    alive = []
    for name, constants in environments:
        environment = Environment({"__name__": "lavajit_kernel"})
        environment.consts[:] = constants
        environment.env_name = name
        codegen.set_env(name, environment)
        alive.append(environment)
    return codegen._engine.get_function_address(symbol), (library, alive)
