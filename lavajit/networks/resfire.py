"""Resonate-and-fire neurons as a vector."""

from __future__ import annotations

from typing import Any

from lavajit.networks.network import AlgebraicVector, Network, connect
from lavajit.proc.resfire import RFZero


class ResFireVec(AlgebraicVector):
    """Resonate-and-fire neurons that send graded spikes at zero crossings.

    Parameters
    ----------
    **kwargs
        As for RFZero; defaults: ``shape=(1,), uth=10, freqs=[10], decay_tau=[1], dt=0.001``.

    Attributes
    ----------
    in_port, in_port2 : InPort
        Input to u and to v; ``vec << (x, y)`` feeds both, ``vec << x`` feeds u.

    Examples
    --------
    >>> ResFireVec(shape=(2,), freqs=[10, 20], decay_tau=[1, 1]).shape
    (2,)
    """

    def __init__(self, **kwargs: Any) -> None:
        self.uth = kwargs.pop("uth", 10)
        self.freqs = kwargs.pop("freqs", [10])
        self.decay_tau = kwargs.pop("decay_tau", [1])
        self.dt = kwargs.pop("dt", 0.001)
        self.main = RFZero(
            shape=kwargs.pop("shape", (1,)),
            uth=self.uth,
            freqs=self.freqs,
            decay_tau=self.decay_tau,
            dt=self.dt,
            **kwargs,
        )
        self.in_port = self.main.u_in
        self.in_port2 = self.main.v_in
        self.out_port = self.main.s_out

    def __lshift__(self, other: Any) -> Any:
        if isinstance(other, tuple) and len(other) == 2:
            for source, port in zip(other, (self.in_port, self.in_port2), strict=True):
                connect(source.out_port, port)
            return self
        return super().__lshift__(other)

    def _feed(self, other: Network) -> None:
        # As in Lava: directly, also from a vector.
        connect(other.out_port, self.in_port)
