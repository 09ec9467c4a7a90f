"""The search for the first difference: both networks run step by step, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from lavajit.compare.difference import Difference, Input
from lavajit.compare.members import FUNCTION, Member, Watch, members_of, process_paths, received
from lavajit.model.run_config import RunConfig
from lavajit.process.process import AbstractProcess
from lavajit.process.run_conditions import RunSteps

Build = Callable[[], AbstractProcess]
Scale = dict[str, float | Callable[[np.ndarray], np.ndarray]]


def first_difference(
    build: Build | tuple[Build, Build],
    a: RunConfig,
    b: RunConfig,
    steps: int = 1000,
    *,
    watch: Watch | None = None,
    rtol: float = 0.0,
    atol: float = 0.0,
    scale: Scale | None = None,
) -> Difference | None:
    """Run a network in two ways and find where the runs part first.

    All Vars and all messages are compared before the first step and after every step. If several
    differ in one step, the one that the step computes first is reported, with the others.

    Parameters
    ----------
    build : callable, or pair of callables
        Builds a new network and returns any of its Processes; called once for each run. A pair
        has one for each: they must give the same Processes, under the same names.
    a, b : RunConfig
        The two ways, e.g. ``Loihi2SimCfg()`` and ``Loihi2SimCfg(debug=True)``.
    steps : int
        How many time steps to compare at most.
    watch : list of str or callable, optional
        Compare only these: names of Vars and OutPorts ("v"), of Processes ("neurons"), both
        ("neurons.v"), patterns ("*.s_out"), and functions that get the Process that `build` has
        returned and return an array.
    rtol, atol : float
        Values differ if ``|a - b| > atol + rtol * |b|``. NaN equals NaN.
    scale : dict, optional
        By name or pattern of a Var or port: what the values of `a` are multiplied by, or a
        function that converts the array, before they are compared, e.g. ``{"v": 2**6}``.

    Returns
    -------
    Difference or None
        None if there is none.

    Raises
    ------
    ValueError
        If the two networks do not have the same Processes, Vars and shapes, or a name in `watch`
        or `scale` fits nothing.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, first_difference
    >>> build = lambda: LIF(shape=(3,), bias_mant=0.3, name="neurons")
    >>> a = Loihi2SimCfg(select_tag="floating_pt", debug=True)
    >>> b = Loihi2SimCfg(select_tag="float32", debug=True)
    >>> found = first_difference(build, a, b, steps=10, watch=["v"])
    >>> found.step, found.path, found.index
    (1, 'neurons.v', (0,))
    >>> first_difference(build, a, b, steps=10, watch=["v"], rtol=1e-6) is None
    True
    """
    builds = build if isinstance(build, tuple) else (build, build)
    if isinstance(steps, bool) or not hasattr(steps, "__index__") or steps.__index__() < 0:
        raise ValueError(f"steps must be a whole number of at least 0, got {steps!r}.")
    if len(builds) != 2:
        raise ValueError(f"build must be one function or a pair, got {len(builds)} of them.")
    networks: list[AbstractProcess] = []
    try:
        for function, run_cfg in zip(builds, (a, b), strict=True):
            networks.append(_built(function, run_cfg, networks))
        search = _Search(networks, watch, rtol, atol, scale or {})
        found = search.run(steps.__index__())
    except BaseException:
        _stop(networks)
        raise
    if found is None:
        _stop(networks)
    return found


def _built(build: Build, run_cfg: RunConfig, before: list[AbstractProcess]) -> AbstractProcess:
    process = build()
    if not isinstance(process, AbstractProcess):
        raise ValueError(f"build() must return a Process of the network, got {process!r}.")
    if process.is_compiled:
        which = "the same network again" if before else "a network that was compiled before"
        raise ValueError(f"build() returned {which}; it must create new Processes at each call.")
    process.run(RunSteps(0), run_cfg)
    return process


def _stop(networks: list[AbstractProcess]) -> None:
    for process in networks:
        process.stop()


class _Search:
    """Two running networks and what of them is compared."""

    def __init__(self, networks, watch, rtol: float, atol: float, scale: Scale) -> None:
        self.networks = networks
        self.tolerances = {"rtol": rtol, "atol": atol, "equal_nan": True}
        self.exact = rtol == 0 and atol == 0
        found = [members_of(process, watch) for process in networks]
        _check_same(*found, watch)
        self.pairs = [(found[0][path], found[1][path]) for path in found[0]]
        self.scales = [_scale_of(member.name, member.path, scale) for member, _ in self.pairs]
        self.scale = scale
        self._check_scale()

    def _check_scale(self) -> None:
        names = {(m.name, m.path) for m, _ in self.pairs}
        for member, _ in self.pairs:
            if member.kind != FUNCTION:
                ports = _process_at(self.networks[0], member.process).in_ports.member_names
                names |= {(port, f"{member.process}.{port}") for port in ports}
        for pattern in self.scale:
            if not any(_fits(name, path, pattern) for name, path in names):
                raise ValueError(f"scale: nothing that is compared is called {pattern!r}.")

    def run(self, steps: int) -> Difference | None:
        self._check_shapes()
        for step in range(steps + 1):
            if step:
                self._step(step)
            found = [
                (k, where)
                for k in range(len(self.pairs))
                if (where := self._differing(k)) is not None
            ]
            if found:
                return self._report(step, found)
        return None

    def _step(self, step: int) -> None:
        for which, process in zip("ab", self.networks, strict=True):
            try:
                process.run(RunSteps(1))
            except Exception as error:
                error.add_note(f"in run {which}; no difference up to time step {step - 1}")
                raise

    def _check_shapes(self) -> None:
        for member, other in self.pairs:
            shapes = np.shape(member.read()), np.shape(other.read())
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"{member.kind} {member.path} has shape {shapes[0]} in a and {shapes[1]} in "
                    "b; build the same network twice, or leave it out with `watch`."
                )

    def _differing(self, k: int) -> np.ndarray | None:
        """Flat indices at which a pair differs; None if it does not."""
        member, other = self.pairs[k]
        return self._unequal(member.read(), other.read(), self.scales[k])

    def _unequal(self, a: np.ndarray, b: np.ndarray, scale: Any) -> np.ndarray | None:
        a = _scaled(a, scale)
        unequal = a != b
        if not unequal.any():
            return None
        if self.exact:
            unequal &= (a == a) | (b == b)  # two NaN are no difference
        else:
            with np.errstate(all="ignore"):
                unequal = ~np.isclose(a * 1.0, b * 1.0, **self.tolerances)
        where = np.flatnonzero(unequal)
        return where if where.size else None

    # --- report -----------------------------------------------------------------------

    def _report(self, step: int, found: list[tuple[int, np.ndarray]]) -> Difference:
        k, where = found[0]
        member, other = self.pairs[k]
        a, b = member.read(), other.read()
        index = tuple(int(i) for i in np.unravel_index(where[0], a.shape))
        return Difference(
            step=step,
            process=member.process,
            name=member.name,
            kind=member.kind,
            index=index,
            a=a[index].item(),
            b=b[index].item(),
            scale=self.scales[k],
            count=where.size,
            size=a.size,
            inputs=self._inputs(member, index, a.shape) if step else (),
            others=tuple(self._also(*more) for more in found[1:]),
            networks=tuple(self.networks),
        )

    def _also(self, k: int, where: np.ndarray) -> tuple[str, int, int]:
        member, _ = self.pairs[k]
        return member.path, where.size, math.prod(np.shape(member.read()))

    def _inputs(self, member: Member, index, shape) -> tuple[Input, ...]:
        if member.kind == FUNCTION:
            return ()
        found = []
        messages = [_received(process, member.process) for process in self.networks]
        for name in messages[0].keys() & messages[1].keys():
            a, b = messages[0][name], messages[1][name]
            here = a.shape == b.shape == shape
            values = (a[index].item(), b[index].item()) if here else (None, None)
            scale = _scale_of(name, f"{member.process}.{name}", self.scale)
            where = self._unequal(a, b, scale) if a.shape == b.shape else np.arange(a.size)
            found.append(Input(name, *values, 0 if where is None else where.size, a.size))
        return tuple(sorted(found, key=lambda received: received.name))


def _instance_at(process: AbstractProcess, path: str) -> tuple:
    network = process.runtime.executable.network
    paths = process_paths([instance.node.process for instance in network.instances])
    return network, network.instances[paths.index(path)]


def _process_at(process: AbstractProcess, path: str) -> AbstractProcess:
    return _instance_at(process, path)[1].node.process


def _received(process: AbstractProcess, path: str) -> dict[str, np.ndarray]:
    return dict(received(*_instance_at(process, path)))


def _scaled(values: np.ndarray, scale: Any) -> np.ndarray:
    if scale is None:
        return values
    return np.asarray(scale(values)) if callable(scale) else values * scale


def _fits(name: str, path: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(path, pattern)


def _scale_of(name: str, path: str, scale: Scale) -> Any:
    """The scale of the last pattern that fits."""
    fitting = [value for pattern, value in scale.items() if _fits(name, path, pattern)]
    return fitting[-1] if fitting else None


def _check_same(a: dict[str, Member], b: dict[str, Member], watch: Watch | None) -> None:
    """Both networks must have the same members."""
    owners = [list(dict.fromkeys(member.process for member in x.values())) for x in (a, b)]
    what, names = ("Processes", owners) if set(owners[0]) != set(owners[1]) else ("Vars", [a, b])
    only = [[n for n in names[k] if n not in names[1 - k]] for k in (0, 1)]
    if not any(only):
        return
    texts = [", ".join(listed[:8]) + (", ..." if len(listed) > 8 else "") for listed in only]
    hint = "" if watch else ", or name what both have in `watch`"
    raise ValueError(
        f"the two networks do not have the same {what}: only in a: {texts[0] or 'none'}; only in "
        f"b: {texts[1] or 'none'}. Build both in the same way, with the same names{hint}."
    )
