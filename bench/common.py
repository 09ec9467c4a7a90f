"""What all benchmarks share: interleaved medians, fresh interpreters, tables, JSON, the machine."""

from __future__ import annotations

import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import lavajit
from lavajit.cli import cpu_name
from lavajit.model.threads import usable_cores

CHECKOUT = Path(__file__).parents[1]
RESULTS = CHECKOUT / "bench" / "results"

Row = dict[str, object]


@dataclass
class Result:
    """Outcome of one benchmark: what the rows are, the rows, remarks below the table."""

    title: str
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    #: Columns that are only in the JSON.
    hidden: tuple[str, ...] = ()
    #: Draws a figure into the file it is given; None: there is no figure.
    figure: Callable[[Path], None] | None = None


def seconds(
    function: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> float:
    """How long one call takes, by the wall clock or by ``time.process_time``."""
    start = clock()
    function()
    return clock() - start


def interleaved(measures: dict[str, Callable[[], float]], repetitions: int) -> dict[str, float]:
    """Median of each measure.

    The measures take turns, so that a change of the machine's speed meets all of them.
    """
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(repetitions):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def steps_for(step_seconds: float, target: float) -> int:
    """Number of steps that take about `target` seconds."""
    return max(1, int(target / max(step_seconds, 1e-9)))


def per_step(
    run: Callable[[int], object], target: float, clock: Callable[[], float] = time.perf_counter
) -> Callable[[], float]:
    """Function that measures seconds per step of `run`, with enough steps for `target` seconds."""
    steps = steps_for(seconds(lambda: run(20), clock) / 20, target / 10)
    steps = steps_for(seconds(lambda: run(steps), clock) / steps, target)
    return lambda: seconds(lambda: run(steps), clock) / steps


def in_fresh_interpreter(module: str, *args: object, **environment: str) -> dict:
    """Run ``python -m module args``; what it prints in its last line, as JSON.

    Raises
    ------
    RuntimeError
        If the program fails; the text has what it wrote.
    """
    env = os.environ | environment
    # The lavajit measured here is the one to be measured there, whatever the current directory.
    path = [str(Path(lavajit.__file__).parents[1]), str(CHECKOUT), env.get("PYTHONPATH", "")]
    env["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    command = [sys.executable, "-P", "-m", module, *map(str, args)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def machine() -> dict[str, object]:
    """What figures depend on."""
    versions = {name: _version(name) for name in ("numpy", "numba", "llvmlite", "lava-nc")}
    return {
        "cpu": cpu_name(),
        "cores": usable_cores(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "lavajit": lavajit.__version__,
        **versions,
        "gcc": _gcc_version(),
    }


def machine_lines(facts: dict[str, object]) -> str:
    """The machine in two lines."""
    versions = [f"{k} {v}" for k, v in facts.items() if k not in ("cpu", "cores", "system") and v]
    return f"{facts['cpu']}, {facts['cores']} cores, {facts['system']}\n{', '.join(versions)}"


def table(rows: list[Row]) -> str:
    """Rows as text, numbers with three digits."""
    if not rows:
        return "  (nothing measured)"
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([_text(row.get(name)) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def markdown(rows: list[Row]) -> str:
    """Rows as a table in Markdown; text is aligned left, numbers right."""
    if not rows:
        return "(nothing measured)"
    names = list(dict.fromkeys(name for row in rows for name in row))
    left = [all(isinstance(row.get(name), str | None) for row in rows) for name in names]
    lines = [names, ["---" if one else "---:" for one in left]]
    lines += [[_text(row.get(name)) for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables(result: Result, show: Callable[[list[Row]], str] = table) -> str:
    """One table for each "part", of which most benchmarks have only one; hidden "part": a title."""
    parts = [list(part) for _, part in itertools.groupby(result.rows, lambda row: row.get("part"))]
    shown = []
    for part in parts:
        kept = [{k: v for k, v in row.items() if k not in result.hidden} for row in part]
        title = f"{part[0]['part']}\n\n" if "part" in result.hidden else ""
        shown.append(title + show(kept))
    return "\n\n".join(shown) or show(result.rows)


def save(name: str, result: Result, folder: Path) -> Path:
    """Write rows, notes and machine as JSON, and the figure beside it, if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    content = {"machine": machine(), "title": result.title, "rows": result.rows}
    path.write_text(json.dumps(content | {"notes": result.notes}, indent=1) + "\n")
    if result.figure is not None:
        result.figure(path.with_suffix(".png"))
    return path


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def gcc_is_there() -> bool:
    """Whether loops in C can be built."""
    return shutil.which("gcc") is not None


def _gcc_version() -> str | None:
    try:
        done = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() or None
