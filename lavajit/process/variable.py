"""State variables of Processes.

A Var describes a state variable: shape and initial value. Its dtype is declared by the
ProcessModel, so the value lives in the runtime once there is one, and a Var only forwards.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process.member import AbstractProcessMember, IdGeneratorSingleton

if TYPE_CHECKING:
    from lavajit.process.engine import RuntimeInterface


class Var(AbstractProcessMember):
    """A state variable of a Process.

    Parameters
    ----------
    shape : tuple of int
        Shape of the variable.
    init : bool, int, float, str, list, tuple, ndarray or csr_matrix, optional
        Initial value, stored as given; broadcast to `shape` when the model is built.
    shareable : bool, optional
        Whether RefPorts and VarPorts may refer to this Var.
    name : str, optional
        Replaced by the attribute name when the Var belongs to a Process.

    Raises
    ------
    AssertionError
        If `shape` is not a tuple.
    ValueError
        If an entry of `shape` is not an int >= 0.

    Examples
    --------
    >>> weights = Var(shape=(2, 3), init=0.5)
    >>> weights.size, weights.get(), weights.get((0, slice(0, 2)))
    (6, 0.5, array([0.5, 0.5]))
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        init: Any = 0,
        shareable: bool = True,
        name: str = "Unnamed variable",
    ) -> None:
        super().__init__(shape)
        self.init = init
        self.shareable = shareable
        self.name = name
        self.id: int = VarServer().register(self)
        self.aliased_var: Var | None = None
        # Implicit VarPorts made before the Var belongs to a Process; that adopts them.
        self._orphan_ports: list[AbstractProcessMember] = []

    @property
    def model(self) -> Any:
        """The model of the Process this Var belongs to; None without one."""
        return None if self.process is None else self.process.model

    def alias(self, other_var: Var) -> None:
        """Make this Var of a hierarchical Process stand for a Var of one of its sub processes.

        Parameters
        ----------
        other_var : Var
            A Var of a sub process; same `shape` and `shareable`.

        Raises
        ------
        AssertionError
            If `other_var` is not such a Var.
        """
        if not isinstance(other_var, Var):
            raise AssertionError(f"{self.full_name} can only alias a Var. Got {other_var!r}.")
        if self.shape != other_var.shape:
            raise AssertionError(
                f"{self.full_name} (shape {self.shape}) cannot alias {other_var.full_name} "
                f"(shape {other_var.shape}): shapes must be equal. Give both the same shape."
            )
        if self.shareable != other_var.shareable:
            raise AssertionError(
                f"{self.full_name} (shareable={self.shareable}) cannot alias "
                f"{other_var.full_name} (shareable={other_var.shareable}): give both the same."
            )
        if self in other_var._alias_chain():
            raise AssertionError(
                f"{self.full_name} cannot alias {other_var.full_name}, which stands for "
                f"{self.full_name}; alias the Var of a sub process."
            )
        self.aliased_var = other_var

    def validate_alias(self) -> None:
        """Check that the aliased Var belongs to a sub process of this Var's Process.

        Raises
        ------
        AssertionError
            If it does not.
        """
        if self.aliased_var is None:
            return
        owner = self.aliased_var.process
        if owner is None or self.process is None or not owner.is_sub_proc_of(self.process):
            raise AssertionError(
                f"{self.full_name} aliases {self.aliased_var.full_name}, which is not a Var of "
                f"one of its sub processes. Alias only Vars of Processes that the "
                f"SubProcessModel creates."
            )

    @property
    def resolved(self) -> Var:
        """The Var at the end of the alias chain; this Var itself if it is no alias."""
        return self._alias_chain()[-1]

    def _alias_chain(self) -> list[Var]:
        chain = [self]
        while chain[-1].aliased_var is not None:
            chain.append(chain[-1].aliased_var)
        return chain

    @property
    def _runtime(self) -> RuntimeInterface | None:
        return None if self.process is None else self.process.runtime

    def get(self, idx: Any = None) -> Any:
        """Return the current value, or the part of it that `idx` selects.

        Parameters
        ----------
        idx : index, optional
            Anything that indexes an ndarray of this shape: ``get(idx)`` is ``value[idx]``.

        Returns
        -------
        ndarray, scalar, str or csr_matrix
            A copy, in the dtype the model declares. Before there is a runtime: `init` as it
            was given, or, with `idx`, that part of `init` broadcast to `shape`.

        Raises
        ------
        RuntimeError
            If the network is not in a state in which it can be read.
        """
        var = self.resolved
        if var._runtime is not None:
            return var._runtime.get_var(var.id, idx)
        return var.init if idx is None else var._initial_part(idx)

    def _initial_part(self, idx: Any) -> Any:
        if isinstance(self.init, str) or hasattr(self.init, "tocsr"):
            return self.init[idx]
        part = np.broadcast_to(np.asarray(self.init), self.shape)[idx]
        return part.copy() if isinstance(part, np.ndarray) else part

    def set(self, value: Any, idx: Any = None) -> None:
        """Set the current value, or the part of it that `idx` selects.

        The new value is in effect before the next time step.

        Parameters
        ----------
        value : array_like, str or csr_matrix
            Broadcast to the shape that is set.
        idx : index, optional
            Anything that indexes an ndarray of this shape: ``var[idx] = value``.

        Raises
        ------
        ValueError
            If there is no runtime yet, or `value` does not fit.
        RuntimeError
            If the network is not in a state in which it can be changed.
        """
        var = self.resolved
        if var._runtime is None:
            raise ValueError(
                f"{var.full_name} cannot be set before its network has been compiled and run. "
                f"Give the value as `init` of the Var, or call run(...) first."
            )
        var._runtime.set_var(var.id, value, idx)

    def __repr__(self) -> str:
        try:
            value = repr(self.get())
        except RuntimeError as error:
            value = f"not readable now ({error})"
        return (
            f"Variable: {self.name}\n    shape: {self.shape}\n    init: {self.init!r}\n"
            f"    shareable: {self.shareable}\n    value: {value}"
        )

    def _repr_html_(self) -> str:
        from lavajit.process.notebook import html_of_var

        return html_of_var(self)


class VarServer(IdGeneratorSingleton):
    """Gives every Var its id and knows those that are alive."""

    def __init__(self) -> None:
        if self.is_not_initialized:
            self._vars: weakref.WeakValueDictionary[int, Var] = weakref.WeakValueDictionary()
        super().__init__()

    @property
    def vars(self) -> list[Var]:
        """All Vars that are alive, in creation order."""
        return list(self._vars.values())

    @property
    def num_vars(self) -> int:
        """Number of Vars that are alive."""
        return len(self.vars)

    def register(self, var: Var) -> int:
        """Remember `var` (without keeping it alive) and return its id."""
        if not isinstance(var, Var):
            raise AssertionError(f"VarServer registers Vars. Got {var!r}.")
        var_id = self.get_next_id()
        self._vars[var_id] = var
        return var_id

    def reset_server(self) -> None:
        """Forget all Vars; ids start at 0 again."""
        self._vars.clear()
        self._next_id = 0
