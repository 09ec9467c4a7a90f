"""Golden cases: read them, build their network, record it, compare.

The format is described in ``tests/data/proc/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from helpers.tiers import python_rows
from scipy.sparse import csr_matrix

import lavajit
from lavajit import Loihi2SimCfg, Monitor, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.model.registry import models_of
from lavajit.model.run_config import RunConfig
from lavajit.proc.sdn import ActivationMode
from lavajit.process.abstract_port import AbstractPort
from lavajit.process.process import AbstractProcess
from lavajit.utils.weightutils import SignMode

FOLDER = Path(__file__).parents[1] / "data" / "proc"

_ENUMS = {"SignMode": SignMode, "ActivationMode": ActivationMode}

#: Models that are not the first ones with their tag, see the README of the cases.
_NAMED_MODELS = ("PySigmaDeltaModelFixedCorrected", "PyDeltaEncoderModelDense")

Case = dict[str, Any]
Record = dict[str, np.ndarray]


@cache
def _manifest() -> list[Case]:
    return json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["cases"]


def cases(kind: str) -> list[Case]:
    """All cases of a kind: "network" or "function"."""
    return [case for case in _manifest() if case["kind"] == kind]


def name_of(case: Case) -> str:
    """Name of a case, for test ids."""
    return case["name"]


def load(case: Case) -> tuple[Record, dict[str, Any]]:
    """The arrays of a case, and the arguments of a function case."""
    with np.load(FOLDER / case["file"]) as file:
        data = dict(file)
    return data, _decoded(case.get("args", {}), data)


def _decoded(arguments: dict[str, Any], data: Record) -> dict[str, Any]:
    def decode(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(value)
        if not isinstance(value, dict):
            return value
        if "array" in value:
            return data[value["array"]]
        if "csr" in value:
            return csr_matrix(data[value["csr"]])
        if "enum" in value:
            enum, _, member = value["enum"].partition(".")
            return _ENUMS[enum][member]
        if value.get("object") == "dataset":
            samples = _decoded(value["args"], data)
            arrays = [decode(array) for array in samples["data"]]
            return list(zip(arrays, samples["labels"], strict=True))
        if value.get("object", "").endswith("LearningRule"):
            # A learning rule; the Processes of these cases only keep it.
            return SimpleNamespace(**_decoded(value["args"], data))
        raise NotImplementedError(f"argument {value!r} of a golden case")

    return {name: decode(value) for name, value in arguments.items()}


class Network:
    """The network of a case, with sources for its inputs and a sink for every output.

    Parameters
    ----------
    case : dict
        A case of kind "network".
    with_monitor : bool
        Record the states with a Monitor; otherwise they are read after every step.
    """

    def __init__(self, case: Case, with_monitor: bool) -> None:
        self.case = case
        self.data, _ = load(case)
        self.processes: dict[str, AbstractProcess] = {
            name: getattr(lavajit, spec["class"])(**_decoded(spec["args"], self.data))
            for name, spec in case["processes"].items()
        }
        for name, process in self.processes.items():
            process.name = name
        for spec in case["inputs"]:
            messages = np.moveaxis(self.data[spec["key"]], 0, -1)
            SourceRingBuffer(data=messages).s_out.connect(self._member(spec["port"]))
        for spec in case["connections"]:
            self._connect(spec)
        for spec in case["var_refs"]:
            self.processes[spec["process"]].connect_var(self._member(spec["var"]))
        self.sinks = {path: self._sink(path) for path in case["outputs"]}
        self.monitor = Monitor() if with_monitor else None
        self.states = list(case["states"])
        if with_monitor:
            for path in self.states:
                self.monitor.probe(self._member(path), case["T"])

    def _member(self, path: str) -> Any:
        process, _, member = path.partition(".")
        return getattr(self.processes[process], member)

    def _connect(self, spec: dict[str, Any]) -> None:
        source: AbstractPort = self._member(spec["from"])
        via = spec.get("via") or {"op": None}
        if via["op"] == "reshape":
            source = source.reshape(tuple(via["shape"]))
        elif via["op"] == "transpose":
            source = source.transpose(tuple(via["axes"]))
        elif via["op"] == "flatten":
            source = source.flatten()
        source.connect(self._member(spec["to"]))

    def _sink(self, path: str) -> SinkRingBuffer:
        port = self._member(path)
        sink = SinkRingBuffer(shape=port.shape, buffer=self.case["T"])
        port.connect(sink.a_in)
        return sink

    def models_by_name(self) -> dict[AbstractProcess, type]:
        """The models that a tag does not lead to."""
        return {
            self.processes[name]: model
            for name, spec in self.case["processes"].items()
            for model in models_of(type(self.processes[name]))
            if spec["model"] in _NAMED_MODELS and model.__name__ == spec["model"]
        }

    def on_cpu(self) -> RunConfig:
        """The run config with which the case was recorded."""
        return Loihi2SimCfg(
            select_tag=self.case["tag"], exception_proc_model_map=self.models_by_name()
        )

    def run(self, native: bool, chunk: int, run_cfg: RunConfig) -> Record:
        """Run all steps, at most `chunk` at a time; everything recorded, by path."""
        case, start = self.case, next(iter(self.processes.values()))
        states: dict[str, list[np.ndarray]] = {path: [] for path in self.states}
        events = {event["after_step"] for event in case["events"]}
        step = 0
        while step < case["T"]:
            following = [after for after in (*events, case["T"]) if after > step]
            length = min(chunk, min(following) - step)
            start.run(RunSteps(length), run_cfg, {"native": native})
            step += length
            for path in states if self.monitor is None else ():
                states[path].append(self._member(path).get())
            for event in case["events"]:
                if event["after_step"] == step:
                    self._member(event["var"]).set(self.data[event["key"]])
        assert not native or python_rows(start) == []
        record = {path: np.moveaxis(sink.data.get(), -1, 0) for path, sink in self.sinks.items()}
        for path, values in states.items():
            record[path] = np.array(values) if self.monitor is None else self._monitored(path)
        return record

    def _monitored(self, path: str) -> np.ndarray:
        process, _, member = path.partition(".")
        return self.monitor.get_data()[process][member]


def record(
    case: Case,
    native: bool = True,
    step_by_step: bool = False,
    config: Callable[[Network], RunConfig] = Network.on_cpu,
) -> Record:
    """Build and run a case.

    Parameters
    ----------
    case : dict
        A case of kind "network".
    native : bool
        False runs every kernel as Python.
    step_by_step : bool
        Run each step on its own and read the states with ``Var.get``, instead of running
        everything at once with a Monitor.
    config : function
        Makes the run config.

    Returns
    -------
    dict of str to ndarray
        What was recorded of every output and state, one row per step; of complex states only
        step by step.
    """
    network = Network(case, with_monitor=not step_by_step)
    try:
        return network.run(native, 1 if step_by_step else case["T"], config(network))
    finally:
        next(iter(network.processes.values())).stop()


def check(case: Case, got: Record) -> None:
    """Compare what was recorded with the golden values; says where it differs first."""
    data, _ = load(case)
    differences = []
    for path, key in {**case["outputs"], **case["states"]}.items():
        first = first_difference(case, got[path], data[key])
        if first is not None:
            step, element = first
            differences.append((step, f"{path}{list(element)}", got[path], data[key], first))
    if differences:
        step, where, mine, golden, first = min(differences, key=lambda found: found[0])
        at = (step - 1, *first[1])
        raise AssertionError(
            f"{case['name']}: first difference in time step {step} of {case['T']}, {where}: got "
            f"{mine[at]!r}, expected {golden[at]!r} ({len(differences)} variables differ)"
        )


def first_difference(
    case: Case, got: np.ndarray, expected: np.ndarray
) -> tuple[int, tuple[int, ...]] | None:
    """Time step (from 1) and element index of the first difference, or None."""
    if got.shape != expected.shape:
        raise AssertionError(f"{case['name']}: got shape {got.shape}, expected {expected.shape}")
    compare = case["compare"]
    if compare["mode"] == "exact":
        wrong = got != expected
    else:
        wrong = ~np.isclose(got, expected, compare["rtol"], compare["atol"])
    if not wrong.any():
        return None
    row, *element = (int(i) for i in np.argwhere(wrong)[0])
    return row + 1, tuple(element)
