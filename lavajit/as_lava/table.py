"""The table of names: which lavajit object stands behind which name of Lava.

Enters ``names.csv``, one row per name of Lava: module, name, kind (public or internal) and target
(``lavajit.module:attribute``, empty where lavajit has no counterpart). Leaves a `Table`.
Targets are imported when a name is first asked for, so reading the table imports nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module, resources

import lavajit

PACKAGES_FROM_ELSEWHERE = ("lava", "lava.lib")
"""Packages of Lava whose contents may also be installed by other distributions."""


@dataclass(frozen=True)
class LavaName:
    """One name of Lava and the lavajit object behind it."""

    module: str
    name: str
    kind: str
    target: str

    def look_up(self) -> object:
        """Import and return the lavajit object.

        Raises
        ------
        LookupError
            If lavajit has no such object; the text says why.
        """
        module_name, _, attribute = self.target.partition(":")
        if not self.target:
            raise LookupError(self.why_missing())
        try:
            return getattr(import_module(module_name), attribute)
        except ModuleNotFoundError as error:
            # Only a missing part of lavajit itself means "not built"; a missing dependency is
            # a broken installation and must be seen as such.
            if not f"{module_name}.".startswith(f"{error.name}."):
                raise
        except AttributeError:
            pass
        raise LookupError(self.why_missing())

    def exists(self) -> bool:
        """Whether lavajit has the object (imports its module)."""
        try:
            self.look_up()
        except LookupError:
            return False
        return True

    def why_missing(self) -> str:
        """Sentence for the error when the object does not exist."""
        return _why_missing(f"{self.module}.{self.name}", internal=self.kind == "internal")


class Table:
    """All names of Lava, by module.

    Parameters
    ----------
    rows : iterable of LavaName

    Attributes
    ----------
    modules : dict of str to dict of str to LavaName
        The names of each module that has any.
    packages : frozenset of str
        Every module that contains other modules.
    """

    def __init__(self, rows: Iterable[LavaName]) -> None:
        self.modules: dict[str, dict[str, LavaName]] = {}
        for row in rows:
            self.modules.setdefault(row.module, {})[row.name] = row
        self.packages = frozenset(PACKAGES_FROM_ELSEWHERE).union(
            *(_parents(module) for module in self.modules)
        )

    def __iter__(self) -> Iterator[LavaName]:
        return (row for names in self.modules.values() for row in names.values())

    def __contains__(self, module: str) -> bool:
        return module in self.modules or module in self.packages

    def __repr__(self) -> str:
        return f"Table({len(self.modules)} modules, {sum(1 for _ in self)} names)"

    def is_built(self, module: str) -> bool:
        """Whether a module has anything to offer: names with a target, or modules below it."""
        return module in self.packages or any(
            row.target for row in self.modules.get(module, {}).values()
        )

    def why_missing(self, module: str, wanted: Iterable[str] = ()) -> str:
        """Sentence for the error when a module, or the first name wanted from it, is missing."""
        names = self.modules[module]
        for name in wanted:
            if name in names:
                return names[name].why_missing()
        internal = all(row.kind == "internal" for row in names.values())
        return f"{_why_missing(module, internal)} (it holds {', '.join(names)})"


def load_table() -> Table:
    """Read the packaged table."""
    with resources.files(__package__).joinpath("names.csv").open(encoding="utf-8") as file:
        return Table(LavaName(**row) for row in csv.DictReader(file))


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]


def _why_missing(path: str, internal: bool) -> str:
    if internal:
        return f"{path} belongs to Lava's multi-process machinery and does not exist in lavajit"
    return f"{path} is not built in lavajit {lavajit.__version__} yet"
