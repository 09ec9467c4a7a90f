"""The networks that are compared, how long they run, and the work in one of their steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.limits import Work
from bench.scale import descriptions

#: Simulators as rows call them.
LAVAJIT, BRIAN2, NEST, LAVA = "lavajit", "Brian2", "NEST", "Lava"


@dataclass(frozen=True)
class Contender:
    """A simulator and how it runs."""

    simulator: str
    precision: str
    threads: int

    def __str__(self) -> str:
        kind = f" {self.precision}" if self.simulator == LAVAJIT else ""
        return f"{self.simulator}{kind}, {self.threads} thread{'s' * (self.threads > 1)}"


LAVAJITS = tuple(
    Contender(LAVAJIT, precision, threads)
    for threads in (1, 2)
    for precision in ("float64", "float32")
)
BRIAN2S = tuple(Contender(BRIAN2, "float64", threads) for threads in (1, 2))
NESTS = tuple(Contender(NEST, "float64", threads) for threads in (1, 2))


@dataclass(frozen=True)
class Workload:
    """A network.

    Attributes
    ----------
    family : str
        What ``--only`` calls it.
    title : str
        Of its table.
    describe : callable
        Returns the description.
    steps : dict of str to int
        Steps of one repetition, by simulator. About a second for most; a slow simulator does fewer.
    warm_up : int
        Steps before, until rates have settled.
    contenders : tuple of Contender
        Who takes part.
    memory : float
        Gigabytes that have to be free.
    together : bool
        Whether the contenders take turns; a network that is too large for that runs alone.
    """

    family: str
    title: str
    describe: Callable[[], dict]
    steps: dict[str, int]
    warm_up: int
    contenders: tuple[Contender, ...]
    memory: float = 1.0
    together: bool = True


def _dense(n: int, steps: int, others: int) -> Workload:
    return Workload(
        "dense",
        f"LIF({n:,}) - Dense - LIF({n:,})",
        lambda: descriptions.dense(n),
        {LAVAJIT: steps, BRIAN2: others, NEST: others, LAVA: 1_000},
        100,
        (*LAVAJITS, *BRIAN2S, *NESTS, Contender(LAVA, "float64", 1)),
    )


def _cuba(scale: float, steps: int, nest_steps: int) -> Workload:
    return Workload(
        "cuba",
        f"CUBA, {4_000 * scale:,.0f} neurons",
        lambda: descriptions.cuba_network(scale),
        {LAVAJIT: steps, BRIAN2: steps, NEST: nest_steps},
        4_000,
        (*LAVAJITS, *BRIAN2S, *NESTS),
    )


WORKLOADS = (
    _dense(100, 100_000, 20_000),
    _dense(1_000, 5_000, 2_000),
    _dense(4_000, 400, 200),
    _cuba(1.0, 10_000, 4_000),
    _cuba(5.0, 4_000, 1_000),
    Workload(
        "brunel",
        "Brunel, 12,500 neurons",
        lambda: descriptions.brunel_network(1.0),
        {LAVAJIT: 2_000, BRIAN2: 2_000, NEST: 300},
        1_000,
        (*LAVAJITS, *BRIAN2S, *NESTS),
        memory=6.0,
    ),
    Workload(
        "microcircuit",
        "microcircuit, scale 0.1",
        lambda: descriptions.microcircuit_network(0.1),
        {LAVAJIT: 4_000, NEST: 2_000},
        5_000,
        (*LAVAJITS, *NESTS),
        memory=3.0,
    ),
    Workload(
        "full",
        "microcircuit, scale 1.0",
        lambda: descriptions.microcircuit_network(1.0),
        {LAVAJIT: 2_000},
        5_000,
        LAVAJITS,
        memory=6.0,
        together=False,
    ),
)
_ALONE = (LAVAJITS[0],)
QUICK_WORKLOADS = (
    Workload("dense", "dense", lambda: descriptions.dense(10), {LAVAJIT: 100}, 10, LAVAJITS[:2]),
    Workload("cuba", "CUBA", lambda: descriptions.cuba_network(0.05), {LAVAJIT: 100}, 10, _ALONE),
    Workload(
        "brunel", "Brunel", lambda: descriptions.brunel_network(0.02), {LAVAJIT: 100}, 10, _ALONE
    ),
    Workload(
        "microcircuit",
        "microcircuit",
        lambda: descriptions.microcircuit_network(0.01),
        {LAVAJIT: 100},
        10,
        _ALONE,
        together=False,
    ),
)
FAMILIES = tuple(dict.fromkeys(workload.family for workload in WORKLOADS))


def work_of(job: dict, rates: dict[str, float]) -> Work:
    """What one step is, with the firing rates (Hz) that were found."""
    degrees = descriptions.synapses_by_source(job)
    sizes = {name: end - first for name, (first, end) in job["populations"].items()}
    neurons = sum(sizes.values())
    synapses = sum(sizes[name] * degrees[name] for name in sizes)
    events = sum(1e-3 * job["dt"] * rates[name] * sizes[name] * degrees[name] for name in sizes)
    spikes = sum(1e-3 * job["dt"] * rates[name] * sizes[name] for name in sizes if degrees[name])
    dense = job["network"] == "dense"
    exponential = not dense and job["neurons"]["model"] == "exp"
    drawn = dense or any(isinstance(one["weight"], dict) for one in job["projections"])
    return Work(
        neurons,
        "iaf" if exponential else "lif",
        events,
        max(1, round(events / spikes)) if spikes else 1,
        job["n"] if dense else neurons,
        round(synapses),
        dense,
        drawn,
        float(neurons) if job.get("poisson") else 0.0,
    )
