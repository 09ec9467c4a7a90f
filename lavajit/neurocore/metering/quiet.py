"""Which neurons are at rest, so that an update has nothing to do."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import Layout
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.metering import meters
from lavajit.neurocore.plan.groups import NeuronGroup


class Quiet:
    """Which neurons of a group are at rest: everything that could move them is zero."""

    def __init__(self, group: NeuronGroup):
        self.group = group
        self.arrays: dict[str, np.ndarray] = {}
        self._states: list[np.ndarray] = []
        self._numbers: list[np.ndarray] = []

    def find(self, layout: Layout, index: int) -> None:
        """Find the state in the memory of the network."""
        n = self.group.n
        views = [layout.views[index, name] for name in self.group.state]
        self._states = [view for view in views if view.size == n]
        self._numbers = [view for view in views if view.size != n]
        empty = [np.zeros(0, np.bool_)] * (meters.STATES - len(self._states))
        if len(self._states) > meters.STATES:
            raise NcCompileError(
                f"{self.group.kind} {self.group.name!r}: state has {len(self._states)} arrays, at "
                f"most {meters.STATES} are counted; leave out what follows from others"
            )
        named = {f"state{k}": each for k, each in enumerate([*self._states, *empty])}
        self.arrays = named | {"flags": np.zeros(n, np.bool_), "always": np.zeros(1, np.bool_)}

    def renew(self) -> None:
        """Look at the state again: it may have been set since the last step."""
        flags, always = self.arrays["flags"], self.arrays["always"]
        always[0] = any(number.any() for number in self._numbers)
        flags[:] = always[0]
        for state in self._states:
            flags |= state.reshape(-1) != 0
