"""The members of one kind of a Process, by name and in definition order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lavajit.process.process import AbstractProcess


class MissingMemberError(AttributeError, AssertionError):
    """A Collection has no member of that name.

    An AttributeError, so that ``hasattr`` works, and an AssertionError as in Lava.
    """


class Collection:
    """Members of a Process (its InPorts, its Vars, ...), reachable as attributes.

    Members keep the order in which the Process defined them. A member whose name is also a
    method of this class is reached by ``collection["name"]``.

    Parameters
    ----------
    process : AbstractProcess
        The Process whose members these are.
    name : str
        What the members are, e.g. ``"InPort"``; used in error messages.

    Examples
    --------
    >>> from lavajit.process.process import AbstractProcess
    >>> from lavajit.process.variable import Var
    >>> class Counter(AbstractProcess):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.n = Var((1,))
    >>> counter = Counter()
    >>> counter.vars.n is counter.n, len(counter.vars), hasattr(counter.vars, "m")
    (True, 1, False)
    """

    def __init__(self, process: AbstractProcess, name: str) -> None:
        self.process = process
        self.name = name
        self._members: dict[str, Any] = {}

    @property
    def members(self) -> list[Any]:
        """The members in definition order."""
        return list(self._members.values())

    @property
    def member_names(self) -> list[str]:
        """The names of the members in definition order."""
        return list(self._members)

    def add_members(self, new_members: dict[str, Any]) -> None:
        """Add members by name; a name that is already there is replaced."""
        self._members.update(new_members)

    def is_empty(self) -> bool:
        """Return True if there are no members."""
        return not self._members

    def has(self, obj: Any) -> bool:
        """Return True if a member has the name of `obj` (names are compared, as in Lava)."""
        if not hasattr(obj, "name"):
            raise AssertionError(f"{obj!r} has no 'name', so it cannot be a {self.name}.")
        return obj.name in self._members

    def __contains__(self, item: Any) -> bool:
        if isinstance(item, str):
            return item in self._members
        return any(member is item for member in self._members.values())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self._members)

    def __bool__(self) -> bool:
        # Lava's Collection has no len() and is therefore always true.
        return True

    def __getitem__(self, name: str) -> Any:
        return self._members[name] if name in self._members else self.__getattr__(name)

    def __getattr__(self, name: str) -> Any:
        # Looked up in __dict__ because unpickling asks before `_members` exists.
        members = self.__dict__.get("_members", {})
        if name in members:
            return members[name]
        if name.startswith("__") or "_members" not in self.__dict__:
            raise AttributeError(name)
        raise MissingMemberError(
            f"Process '{self.process.name}' of class {type(self.process).__name__} has no "
            f"{self.name} '{name}'. It has: {', '.join(members) or 'none'}."
        )

    def __repr__(self) -> str:
        return f"<{self.name} Collection of '{self.process.name}': {', '.join(self._members)}>"
