"""``lavajit report script.py``: a report of each network that a script runs.

A network run with Loihi1HwCfg or Loihi2HwCfg has its report anyway. One that is run on the CPU is
put on modelled cores besides:

- with select_tag="fixed_pt" it runs there, in Lava's arithmetic, so that its results are the same;
- else, as results of other models would differ, it runs where it did, and only the place that it
  would take on cores is reported.
"""

from __future__ import annotations

import os
import runpy
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lavajit.compiler.graph import collect_graph
from lavajit.compiler.instances import build_models
from lavajit.model.nc_model import is_nc_model
from lavajit.model.run_configs import AbstractLoihiRunCfg, Loihi1SimCfg, Loihi2SimCfg
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.report.report import FORMAT, VERSION, NcReport, write_json
from lavajit.neurocore.run_configs import AbstractLoihiHWRunCfg, Loihi1HwCfg, Loihi2HwCfg
from lavajit.runtime import engine

_CHIPS = {"loihi1": Loihi1HwCfg, "loihi2": Loihi2HwCfg}
DEFAULT_CHIP = "loihi2"
#: Processes that are named, at most.
_NAMES = 8
#: Inches of a picture, by network.
_WIDTH, _HEIGHT = 12.0, 4.5


class _Network:
    """What is known of one network."""

    def __init__(self, name: str, how: str):
        self.name, self.how = name, how
        self.error: Exception | None = None
        #: Processes that are not on cores.
        self.on_cpu: list[str] = []
        #: Gives the report; None if nothing of the network is on cores.
        self.ask: Callable[[], NcReport] | None = None

    def see(self, nodes: list[Any]) -> None:
        """Note which Processes stay on the CPU."""
        left = [node.process for node in nodes if not is_nc_model(node.model_class)]
        self.on_cpu = [f"{process.name} ({type(process).__name__})" for process in left]

    def report(self) -> NcReport | None:
        """Of all its runs."""
        return None if self.ask is None else self.ask()

    def __str__(self) -> str:
        if self.error is not None:
            return f"It cannot be put on cores.\n{type(self.error).__name__}: {self.error}"
        report = self.report()
        if report is None:
            return "No Process of it has a model for neurocores; all run on the CPU."
        if not self.on_cpu:
            return str(report)
        more = f" and {len(self.on_cpu) - _NAMES} more" if len(self.on_cpu) > _NAMES else ""
        return f"On the CPU, not on cores: {', '.join(self.on_cpu[:_NAMES])}{more}\n{report}"


def report_script(
    path: str,
    arguments: list[str],
    chip: str | None = None,
    json: str | None = None,
    picture: str | None = None,
) -> None:
    """Run a script and print a report of each network that it compiles.

    ``sys.argv``, ``sys.path`` and ``import lava`` are set up by the caller.

    Parameters
    ----------
    path : str
        The script.
    arguments : list of str
        Its arguments, which the caller has set up.
    chip : str, optional
        "loihi1" or "loihi2" (default), for networks that the script runs on the CPU.
    json : str, optional
        File to save the reports in.
    picture : str, optional
        Picture to save.

    Raises
    ------
    SystemExit
        With 1, if a network does not fit on the chip, or cannot be described to it.
    """
    networks: list[_Network] = []
    with _watched(networks, _CHIPS[chip or DEFAULT_CHIP]):
        try:
            runpy.run_path(path, run_name="__main__")
        except NcCompileError as error:
            if all(network.error is not error for network in networks):
                raise
        finally:
            _show(path, networks, json, picture)
    if any(network.error is not None for network in networks):
        raise SystemExit(1)


@contextmanager
def _watched(networks: list[_Network], chip: type[AbstractLoihiHWRunCfg]) -> Iterator[None]:
    """Add each network that is compiled to the list."""
    original = engine.compile_network

    def compile_network(process: Any, run_cfg: Any, compile_config: dict | None = None) -> Any:
        def compiled(chosen: Any) -> Any:
            return original(process, chosen, compile_config)

        if isinstance(run_cfg, AbstractLoihiHWRunCfg):
            networks.append(_Network(process.name, f"run with {type(run_cfg).__name__}"))
            return _compile(networks[-1], compiled, run_cfg)
        if not isinstance(run_cfg, AbstractLoihiRunCfg):
            return compiled(run_cfg)
        networks.append(network := _Network(process.name, ""))
        if _is_exact(run_cfg):
            network.how = (
                f"written for {type(run_cfg).__name__}; run with {chip.__name__}"
                f'(arith="lava"), which computes the same'
            )
            try:
                return _compile(network, compiled, _on_cores(run_cfg, chip))
            except Exception:  # kept for the report; the script runs as it would without one
                network.how = f"run with {type(run_cfg).__name__}, not with {chip.__name__}"
                return compiled(run_cfg)
        network.how = (
            f"run with {type(run_cfg).__name__}; what it would take with {chip.__name__}"
            ' (for its activity as well, use select_tag="fixed_pt")'
        )
        _plan(network, process, _on_cores(run_cfg, chip))
        return compiled(run_cfg)

    engine.compile_network = compile_network
    try:
        yield
    finally:
        engine.compile_network = original


def _compile(network: _Network, compiled: Callable, run_cfg: Any) -> Any:
    try:
        with _without_models_is_fine():
            executable = compiled(run_cfg)
    except Exception as error:
        network.error = error
        raise
    resources = executable.network.resources
    network.see(executable.network.graph.nodes)
    if resources is not None:
        network.ask = lambda: resources.report
    return executable


def _plan(network: _Network, process: Any, run_cfg: Any) -> None:
    """Put a network on cores without running it."""
    try:
        graph = collect_graph(process, run_cfg)
        network.see(graph.nodes)
        try:
            with _without_models_is_fine():
                resources = run_cfg.plan_resources(graph, build_models(graph, 1))
        finally:
            graph.release()
    except Exception as error:  # likewise
        network.error = error
        return
    if resources is not None:
        report = resources.report
        network.ask = lambda: report


@contextmanager
def _without_models_is_fine() -> Iterator[None]:
    """The report says it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*has a model for neurocores", UserWarning)
        yield


def _is_exact(run_cfg: Any) -> bool:
    """True if models for cores give the results of the models that this run config selects."""
    return type(run_cfg) in (Loihi1SimCfg, Loihi2SimCfg) and run_cfg.select_tag == "fixed_pt"


def _on_cores(run_cfg: Any, chip: type[AbstractLoihiHWRunCfg]) -> AbstractLoihiHWRunCfg:
    return chip(
        run_cfg.custom_sync_domains,
        run_cfg.select_tag,
        run_cfg.select_sub_proc_model,
        run_cfg.exception_proc_model_map,
        arith="lava",
        seed=run_cfg.seed,
        float_precision=run_cfg.float_precision,
        threads=run_cfg.threads,
        debug=run_cfg.debug,
    )


def _show(path: str, networks: list[_Network], json: str | None, picture: str | None) -> None:
    if not networks:
        print(f"{os.path.basename(path)} does not run a network.")
    for number, network in enumerate(networks, start=1):
        head = f"\nNetwork {number} of {len(networks)}, of {network.name}: {network.how}"
        print(f"{head}\n{network}")
    if json is not None:
        write_json(json, {"format": f"{FORMAT}s", "version": VERSION, "networks": _data(networks)})
        print(f"\nreports: {json}")
    reports = [(n.name, report) for n in networks if (report := n.report()) is not None]
    if picture is not None and reports:
        _draw(reports, picture)
        print(f"\npicture: {picture}")


def _data(networks: list[_Network]) -> list[dict[str, Any]]:
    listed = []
    for network in networks:
        report = network.report()
        listed.append(
            {
                "name": network.name,
                "how": network.how,
                "on_cpu": network.on_cpu,
                "error": None if network.error is None else str(network.error),
                "report": None if report is None else report.to_dict(),
            }
        )
    return listed


def _draw(reports: list[tuple[str, NcReport]], picture: str) -> None:
    """One picture, networks below each other: cores, and power over time."""
    from matplotlib.figure import Figure

    from lavajit import plots

    with plots.style():
        figure = Figure(figsize=(_WIDTH, _HEIGHT * len(reports)))
        rows = figure.subplots(len(reports), 2, squeeze=False)
        for (name, report), (left, right) in zip(reports, rows, strict=True):
            left.set_title(f"network of {name}, {report.chip}", loc="left")
            plots.utilisation(report, left)
            if report.activity.steps:
                plots.power(report, right)
            else:
                right.set_axis_off()
        figure.savefig(picture)
