"""The parameters a Process was made with, handed to its ProcessModel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class ProcessParameters:
    """A dict whose entries are not overwritten by accident.

    Parameters
    ----------
    initial_parameters : dict
        Held as it is, not copied.

    Examples
    --------
    >>> params = ProcessParameters({"shape": (3,)})
    >>> params["seed"] = 7
    >>> params["shape"], params.get("gain", 1), "seed" in params
    ((3,), 1, True)
    """

    def __init__(self, initial_parameters: dict[str, Any]) -> None:
        self._parameters = initial_parameters

    def __setitem__(self, key: str, value: Any) -> None:
        """Add a parameter; KeyError if there is one of that name."""
        if key in self._parameters:
            raise KeyError(
                f"Process parameter '{key}' already exists; use overwrite('{key}', value)."
            )
        self._parameters[key] = value

    def overwrite(self, key: str, value: Any) -> None:
        """Set a parameter whether it exists or not."""
        self._parameters[key] = value

    def __getitem__(self, key: str) -> Any:
        return self._parameters[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the parameter, or `default` if there is none of that name."""
        return self._parameters.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"ProcessParameters({self._parameters!r})"
