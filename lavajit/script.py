"""Run somebody's script as ``python`` would, with ``import lava`` answered by lavajit.

Enters a script path or module name with its arguments; leaves an exit code. The script sees the
`sys.argv`, `sys.path[0]` and `__main__` it would see under ``python``, and a traceback begins in
the script, not in the code that started it.
"""

from __future__ import annotations

import os
import runpy
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, TracebackType

INTERRUPTED = 130
"""Exit code of a program ended by Ctrl-C, as shells report it."""


class CannotStartError(Exception):
    """The script or module to run does not exist."""


def run_script(path: str, args: list[str]) -> int:
    """Run a script file (or a directory or archive with ``__main__.py``) as ``__main__``.

    Parameters
    ----------
    path : str
    args : list of str
        What follows the script on the command line.

    Returns
    -------
    int
        0, or 1 after an uncaught exception, whose traceback is printed. ``sys.exit`` in the
        script is passed on.

    Raises
    ------
    CannotStartError
        If there is no such script.
    """
    check_script(path)
    with _launched_as(path, args, os.path.dirname(os.path.abspath(path))):
        return exit_code_of(lambda: _execute(path))


def run_module(name: str, args: list[str]) -> int:
    """Run a module or package as ``python -m`` does; see `run_script`."""
    with _launched_as(name, args, os.getcwd()):
        return exit_code_of(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True))


def call_on_script(function: Callable[[str, list[str]], object], path: str, args: list[str]) -> int:
    """Call a function that itself runs the script, in the script's surroundings."""
    check_script(path)
    with _launched_as(path, args, os.path.dirname(os.path.abspath(path))):
        return exit_code_of(lambda: function(path, args))


def check_script(path: str) -> None:
    """Raise `CannotStartError` if a script does not exist."""
    if not os.path.exists(path):
        raise CannotStartError(f"can't open file {path!r}: no such file or directory")


def exit_code_of(call: Callable[[], object]) -> int:
    """Call; print an uncaught exception as the interpreter would, from the script's own frame."""
    try:
        call()
    except (Exception, KeyboardInterrupt) as error:
        traceback = _from_script_on(error.__traceback__)
        if traceback is None and isinstance(error, ImportError):
            raise CannotStartError(str(error)) from None
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _execute(path: str) -> None:
    if os.path.isdir(path) or zipfile.is_zipfile(path):
        runpy.run_path(path, run_name="__main__")
        return
    # runpy would make sys.argv[0] and __file__ equal; under python only the latter is absolute.
    main = ModuleType("__main__")
    main.__file__ = os.path.abspath(path)
    with open(path, "rb") as file:
        code = compile(file.read(), main.__file__, "exec", dont_inherit=True)
    ours, sys.modules["__main__"] = sys.modules["__main__"], main
    try:
        exec(code, vars(main))
    finally:
        sys.modules["__main__"] = ours


@contextmanager
def _launched_as(program: str, args: list[str], directory: str) -> Iterator[None]:
    from lavajit import as_lava

    as_lava.install()
    argv, path = sys.argv, list(sys.path)
    sys.argv = [program, *args]
    if not sys.flags.safe_path:  # python -P leaves the script's directory out, so do we
        sys.path[0] = directory
    try:
        yield
    finally:
        sys.argv = argv
        sys.path[:] = path


def _from_script_on(traceback: TracebackType | None) -> TracebackType | None:
    launchers = (__file__, runpy.__file__)
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file not in launchers and not file.startswith("<frozen "):
            break
        traceback = traceback.tb_next
    return traceback
