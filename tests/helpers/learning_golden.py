"""Golden cases of plastic connections: build their network, run it, compare every Var.

The format is described in ``tests/data/learning/README.md``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, issparse

import lavajit
from lavajit import LearningDense, LearningSparse, Loihi2SimCfg, RunSteps, SourceRingBuffer
from lavajit.learning.constants import GradedSpikeCfg
from lavajit.utils.weightutils import SignMode

FOLDER = Path(__file__).parents[1] / "data" / "learning"

RULES = {"2F": "Loihi2FLearningRule", "3F": "Loihi3FLearningRule"}
#: Vars compared after each step, and the ports that inputs go to.
VARS = ("x1", "x2", "y1", "y2", "y3", "tx", "ty", "y0", "a_buff")
MATRICES = ("weights", "tag_1", "tag_2")
INPUTS = {
    "in_pre": "s_in",
    "in_post": "s_in_bap",
    "in_y1": "s_in_y1",
    "in_y2": "s_in_y2",
    "in_y3": "s_in_y3",
}
#: Relative and absolute tolerance of floats.
TOLERANCE = 1e-12

Case = dict[str, Any]


@cache
def manifest() -> list[Case]:
    return json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["cases"]


def cases(kind: str) -> list[Case]:
    """All cases of a kind: "connection", "network" or "ensemble"."""
    return [case for case in manifest() if case["kind"] == kind]


def load(case: Case) -> dict[str, np.ndarray]:
    with np.load(FOLDER / case["file"]) as file:
        return dict(file)


def make_rule(case: Case, **changes):
    name = RULES.get(case["rule_class"], case["rule_class"])
    return getattr(lavajit, name)(**{**case["rule"], **changes})


def make_connection(case: Case, data: dict[str, np.ndarray], rule, weights=None):
    options = dict(case["conn"])
    if "sign_mode" in options:
        options["sign_mode"] = SignMode[options["sign_mode"]]
    if "graded_spike_cfg" in options:
        options["graded_spike_cfg"] = GradedSpikeCfg[options["graded_spike_cfg"]]
    sparse = case["connection"] == "sparse"
    kind = csr_matrix if sparse else np.array
    weights = data["init_weights"] if weights is None else weights
    tags = {tag: kind(data[f"init_{tag}"]) for tag in ("tag_1", "tag_2")}
    process = LearningSparse if sparse else LearningDense
    return process(weights=kind(weights), learning_rule=rule, **tags, **options)


def run_connection(case: Case, native: bool, config=None, **rule_changes) -> dict[str, np.ndarray]:
    """What the Vars of a case's connection are after each step.

    `config` makes the run config, of the connection; None: that with which it was recorded.
    """
    data = load(case)
    connection = make_connection(case, data, make_rule(case, **rule_changes))
    for name, port in INPUTS.items():
        if name in data:
            SourceRingBuffer(data=data[name].T).s_out.connect(getattr(connection, port))
    return record(connection, case, native, config=config)


def record(connection, case: Case, native: bool, also=None, config=None) -> dict[str, list]:
    """Run step by step and read everything after each one."""
    on_cpu = Loihi2SimCfg(select_tag="floating_pt" if case["precision"] == "float" else "fixed_pt")
    config = config(connection) if config else on_cpu
    events = {}
    for event in case.get("events", ()):
        events.setdefault(event["after_step"], []).append(event)
    out: dict[str, list] = {}
    connection.create_runtime(run_cfg=config, compile_config={"native": native})
    for step in range(1, case["num_steps"] + 1):
        connection.run(RunSteps(1), run_cfg=config)
        for name in VARS:
            out.setdefault(name, []).append(getattr(connection, name).get())
        if step % case["weights_every"] == 0:
            for name in MATRICES:
                value = getattr(connection, name).get()
                value = value.toarray() if issparse(value) else value
                out.setdefault(name, []).append(value)
        for name, read in (also or {}).items():
            out.setdefault(name, []).append(read())
        for event in events.get(step, ()):
            set_var(connection, event)
    connection.stop()
    return {name: np.array(values) for name, values in out.items()}


def set_var(connection, event: dict) -> None:
    var, value = getattr(connection, event["var"]), event["value"]
    if isinstance(value, str):
        var.set(value)
    else:
        var.set(np.full(var.shape, value))


def assert_equal(case: Case, found: dict[str, np.ndarray]) -> None:
    """Integers are equal, floats agree to 1e-12; where Lava has NaN nothing is said."""
    data = load(case)
    for name, values in found.items():
        if name not in data:
            continue
        expected = data[name]
        if case["precision"] == "fixed":
            np.testing.assert_array_equal(values, expected, err_msg=name)
        else:
            known = ~np.isnan(expected)
            scale = TOLERANCE * (1 + np.abs(expected[known]))
            assert (np.abs(values[known] - expected[known]) <= scale).all(), name


# --- whole networks -------------------------------------------------------------------


class GoldenNetwork(NamedTuple):
    """The Processes of a network case that are compared."""

    connection: lavajit.LearningDense
    ports: dict[str, lavajit.OutPort]


def make_network(case: Case, data: dict[str, np.ndarray], reward_neuron) -> GoldenNetwork:
    """Drives, LIF, plastic connection, LIF or `reward_neuron`, as described in the README."""
    net, rule = case["net"], make_rule(case)
    connection = make_connection(case, {"init_tag_1": 0, "init_tag_2": 0, **data}, rule)
    pre = lavajit.LIF(**with_shape(net["pre"]))
    pre.s_out.connect(connection.s_in)
    rewarded = net["post_class"] == "RSTDPLIF"
    options = with_shape(net["post"])
    post = reward_neuron(learning_rule=rule, **options) if rewarded else lavajit.LIF(**options)
    connection.a_out.connect(post.a_in)
    for name, target in (("drive_pre", pre.a_in), ("drive_post", post.a_in)):
        if name in data:
            drive(data[name], net[name]["weight"], target)
    ports = {"pre_s_out": pre.s_out, "post_s_out": post.s_out}
    if rewarded:
        drive(data["drive_reward"], net["reward"]["weight"], post.a_third_factor_in, bits=5)
        post.s_out_bap.connect(connection.s_in_bap)
        post.s_out_y1.connect(connection.s_in_y1)
        post.s_out_y2.connect(connection.s_in_y2)
        ports |= {"post_y1": post.s_out_y1, "post_y2": post.s_out_y2}
    else:
        post.s_out.connect(connection.s_in_bap)
    return GoldenNetwork(connection, ports)


def with_shape(options: dict[str, Any]) -> dict[str, Any]:
    """Options with the shape as a tuple."""
    return options | {"shape": tuple(options["shape"])}


def drive(raster: np.ndarray, weight: float, target, bits: int = 0) -> None:
    """Send a raster of shape (T, n) through one synapse per neuron."""
    source = SourceRingBuffer(data=raster.T)
    dense = lavajit.Dense(weights=weight * np.eye(raster.shape[1]), num_message_bits=bits)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(target)


def run_monitored(network: GoldenNetwork, case: Case) -> dict[str, np.ndarray]:
    """What Monitors see of all that is compared, in one run."""
    steps, connection = case["num_steps"], network.connection
    targets = {name: getattr(connection, name) for name in (*VARS, *MATRICES)} | network.ports
    monitors = {name: lavajit.Monitor() for name in targets}
    for name, target in targets.items():
        monitors[name].probe(target, steps)
    tag = "floating_pt" if case["precision"] == "float" else "fixed_pt"
    connection.run(RunSteps(steps), run_cfg=Loihi2SimCfg(select_tag=tag))
    found = {}
    for name, target in targets.items():
        data = monitors[name].get_data()[target.process.name][target.name]
        found[name] = np.reshape(data, (steps, *target.shape))
    connection.stop()
    return found
