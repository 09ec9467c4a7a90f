"""The import hook: turns the table of names into modules called ``lava...``.

Enters a module name from Python's import system; leaves a real module object whose attributes are
looked up in the table when they are first used. Modules of the table are never taken from an
installed Lava, so one program never mixes two implementations.
"""

from __future__ import annotations

import dis
import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pkgutil import extend_path
from types import FrameType, ModuleType

from lavajit.as_lava.table import PACKAGES_FROM_ELSEWHERE, Table, load_table


class LavaModule(ModuleType):
    """A module of Lava whose names are lavajit's, imported on first use."""

    def __init__(self, name: str, table: Table) -> None:
        super().__init__(name, f"lavajit's counterpart of the Lava module {name}.")
        self._table = table

    def __getattr__(self, name: str) -> object:
        rows = self._table.modules.get(self.__name__, {})
        if name == "__all__":
            return [row.name for row in rows.values() if row.target and row.exists()]
        # Lava's packages import their modules, so `lava.proc.io.sink` needs no import of its own.
        child = f"{self.__name__}.{name}"
        try:
            if child in self._table:
                return importlib.import_module(child)
            if name not in rows:
                raise LookupError(f"module {self.__name__!r} has no attribute {name!r}")
            value = rows[name].look_up()
        except (LookupError, NotBuiltError) as error:
            # `from x import y` would replace the text of an AttributeError by its own.
            if _is_from_import(sys._getframe(1)):
                raise ImportError(str(error), name=self.__name__) from None
            raise AttributeError(str(error), name=name, obj=self) from None
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        rows = self._table.modules.get(self.__name__, {}).values()
        return sorted({*self.__dict__, *(row.name for row in rows if row.target)} - {"_table"})


class NotBuiltError(ModuleNotFoundError):
    """A module of Lava of which lavajit has nothing yet."""


class LavaImporter(MetaPathFinder, Loader):
    """Finds and loads the modules of a table.

    Parameters
    ----------
    table : Table
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Spec of a module of the table, None for any other.

        Raises
        ------
        ModuleNotFoundError
            If the module is one of Lava's of which nothing is built in lavajit.
        """
        if fullname not in self.table:
            _find_installed_portions(fullname.rpartition(".")[0], path)
            return None
        if not self.table.is_built(fullname):
            wanted = _names_wanted_from(fullname, sys._getframe(1))
            raise NotBuiltError(self.table.why_missing(fullname, wanted), name=fullname)
        is_package = fullname in self.table.packages
        spec = ModuleSpec(fullname, self, origin="lavajit", is_package=is_package)
        if fullname in PACKAGES_FROM_ELSEWHERE:
            spec.submodule_search_locations = extend_path([], fullname)
        return spec

    def create_module(self, spec: ModuleSpec) -> LavaModule:
        """Empty module; its attributes come from the table."""
        return LavaModule(spec.name, self.table)

    def exec_module(self, module: ModuleType) -> None:
        """Attach the modules below that were imported before this finder was installed."""
        if module.__name__ in PACKAGES_FROM_ELSEWHERE:
            for name, loaded in list(sys.modules.items()):
                parent, _, child = name.rpartition(".")
                if parent == module.__name__:
                    setattr(module, child, loaded)


def install() -> None:
    """Make ``import lava...`` resolve to lavajit; does nothing if it already does.

    Raises
    ------
    ImportError
        If modules of an installed Lava are already imported: their classes and lavajit's do not
        work together.
    """
    if any(isinstance(finder, LavaImporter) for finder in sys.meta_path):
        return
    table = load_table()
    foreign = sorted(
        name for name in sys.modules if name in table and name not in PACKAGES_FROM_ELSEWHERE
    )
    if foreign:
        raise ImportError(
            f"{foreign[0]} is already imported from an installed Lava; "
            "import lavajit.as_lava before the first import of lava"
        )
    for name in PACKAGES_FROM_ELSEWHERE:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, LavaImporter(table))


def uninstall() -> None:
    """Undo `install`: forget the finder and the modules it made."""
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, LavaImporter)]
    for name, module in list(sys.modules.items()):
        if isinstance(module, LavaModule):
            del sys.modules[name]


def _find_installed_portions(package: str, path: Sequence[str] | None) -> None:
    """Add directories that joined sys.path since a package was loaded, as namespace packages do.

    `path` is the package's own `__path__`, the very list the next finder is going to search.
    """
    if package in PACKAGES_FROM_ELSEWHERE and isinstance(path, list):
        if package != "lava":
            _find_installed_portions("lava", sys.modules["lava"].__path__)
        path[:] = extend_path(path, package)


def _is_from_import(frame: FrameType) -> bool:
    opcode = frame.f_code.co_code[frame.f_lasti]
    return dis.opname[opcode] == "IMPORT_FROM"


def _names_wanted_from(module: str, frame: FrameType | None) -> tuple[str, ...]:
    """Names listed in the `from module import ...` statement being executed, () if it is none.

    Serves error texts only: by the import protocol a finder is told the module, not the names.
    """
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    if frame is None:
        return ()
    constant = None
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            from_it = instruction.opname == "IMPORT_NAME" and instruction.argval == module
            return constant if from_it and isinstance(constant, tuple) else ()
        if instruction.opname == "LOAD_CONST":
            constant = instruction.argval
    return ()
