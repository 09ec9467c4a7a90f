"""Keep the table of Lava names (lavajit/as_lava/names.csv) in order.

    python -m tools.lava_table check             do all targets exist, is the file well formed?
    python -m tools.lava_table update            look for targets of names that have none yet
    python -m tools.lava_table update NAMES.csv  the same, after taking over a list of Lava's
                                                 names (columns lava_module, name, kind, public)

`update` finds a target by name: the object called X in Lava's module a.b is looked for in the
modules that COUNTERPARTS gives for a.b. A target that is set already stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable
from dataclasses import astuple, fields, replace
from pathlib import Path

from lavajit.as_lava.table import LavaName, Table, load_table

TABLE = Path(__file__).parents[1] / "lavajit" / "as_lava" / "names.csv"

# Lava module -> lavajit modules (both without their common prefix) that hold its names.
COUNTERPARTS = {
    "lava.frameworks.loihi2": "process.run_conditions model.run_configs frameworks.loihi2",
    "lava.magma.compiler.compiler": "runtime.lava_names",
    "lava.magma.compiler.exceptions": "compiler.exceptions",
    "lava.magma.compiler.executable": "runtime.engine",
    "lava.magma.compiler.subcompilers.constants": "model.run_configs",
    "lava.magma.core.callback_fx": "process.callback_fx",
    "lava.magma.core.decorator": "model.decorators",
    "lava.magma.core.learning.constants": "learning.constants",
    "lava.magma.core.learning.learning_rule": "learning.rule",
    "lava.magma.core.learning.product_series": "learning.product_series",
    "lava.magma.core.learning.random": "learning.random",
    "lava.magma.core.learning.string_symbols": "learning.string_symbols",
    "lava.magma.core.learning.symbolic_equation": "learning.symbolic_equation",
    "lava.magma.core.learning.utils": "learning.utils",
    "lava.magma.core.model.model": "model.model",
    "lava.magma.core.model.py.model": "model.py_model",
    "lava.magma.core.model.py.connection": "proc.learning_model proc.learning_model_fixed",
    "lava.magma.core.model.py.neuron": "proc.learning_neuron",
    "lava.magma.core.model.py.ports": "model.py_ports",
    "lava.magma.core.model.py.type": "model.py_type",
    "lava.magma.core.model.spike_type": "model.spike_type",
    "lava.magma.core.model.sub.model": "model.sub_model",
    "lava.magma.core.process.interfaces": "process.member",
    "lava.magma.core.process.message_interface_enum": "runtime.lava_names",
    "lava.magma.core.process.connection": "proc.learning_connection",
    "lava.magma.core.process.neuron": "proc.learning_neuron",
    "lava.magma.core.process.ports.connection_config": "process.connection_config",
    "lava.magma.core.process.ports.exceptions": "process.port_exceptions",
    "lava.magma.core.process.ports.ports": "process.ports process.virtual_ports",
    "lava.magma.core.process.ports.reduce_ops": "process.reduce_ops",
    "lava.magma.core.process.process": (
        "process.process process.parameters process.log_config process.collection"
    ),
    "lava.magma.core.process.variable": "process.variable",
    "lava.magma.core.resources": "model.resources",
    "lava.magma.core.run_conditions": "process.run_conditions",
    "lava.magma.core.run_configs": "model.run_configs",
    "lava.magma.core.sync.domain": "model.sync_domain",
    "lava.magma.core.sync.protocol": "model.protocols",
    "lava.magma.core.sync.protocols.async_protocol": "model.protocols",
    "lava.magma.core.sync.protocols.loihi_protocol": "model.protocols",
    "lava.magma.runtime.runtime": "runtime.runtime",
    "lava.proc.atrlif.models": "proc.atrlif",
    "lava.proc.atrlif.process": "proc.atrlif",
    "lava.networks.gradedvecnetwork": "networks.gradedvecnetwork",
    "lava.networks.network": "networks.network",
    "lava.networks.resfire": "networks.resfire",
    "lava.proc.bit_check.models": "proc.bit_check",
    "lava.proc.bit_check.process": "proc.bit_check",
    "lava.proc.clp.id_broadcast.models": "proc.clp.id_broadcast",
    "lava.proc.clp.id_broadcast.process": "proc.clp.id_broadcast",
    "lava.proc.clp.novelty_detector.models": "proc.clp.novelty_detector",
    "lava.proc.clp.novelty_detector.process": "proc.clp.novelty_detector",
    "lava.proc.clp.nsm.models": "proc.clp.nsm",
    "lava.proc.clp.nsm.process": "proc.clp.nsm",
    "lava.proc.clp.prototype_lif.models": "proc.clp.prototype_lif",
    "lava.proc.clp.prototype_lif.process": "proc.clp.prototype_lif",
    "lava.proc.conv.models": "proc.conv",
    "lava.proc.conv.process": "proc.conv",
    "lava.proc.conv.utils": "proc.conv.utils",
    "lava.proc.conv_in_time.models": "proc.conv_in_time",
    "lava.proc.conv_in_time.process": "proc.conv_in_time",
    "lava.proc.dense.models": "proc.dense",
    "lava.proc.dense.process": "proc.dense",
    "lava.proc.embedded_io.spike": "proc.io.adapters proc.io.conv_adapter",
    "lava.proc.graded.models": "proc.graded",
    "lava.proc.graded.process": "proc.graded",
    "lava.proc.io.dataloader": "proc.io.dataloader",
    "lava.proc.io.encoder": "proc.io.encoder",
    "lava.proc.io.extractor": "proc.io.extractor",
    "lava.proc.io.injector": "proc.io.injector",
    "lava.proc.io.reset": "proc.io.reset",
    "lava.proc.io.sink": "proc.io.sink",
    "lava.proc.io.source": "proc.io.source",
    "lava.proc.io.utils": "proc.io.utils",
    "lava.proc.learning_rules.r_stdp_learning_rule": "proc.learning_rules.r_stdp",
    "lava.proc.learning_rules.stdp_learning_rule": "proc.learning_rules.stdp",
    "lava.proc.lif.models": "proc.lif",
    "lava.proc.lif.process": "proc.lif",
    "lava.proc.monitor.models": "proc.monitor",
    "lava.proc.monitor.process": "proc.monitor",
    "lava.proc.prodneuron.models": "proc.prodneuron",
    "lava.proc.prodneuron.process": "proc.prodneuron",
    "lava.proc.receiver.models": "proc.receiver",
    "lava.proc.receiver.process": "proc.receiver",
    "lava.proc.resfire.models": "proc.resfire",
    "lava.proc.resfire.process": "proc.resfire",
    "lava.proc.rf.models": "proc.rf",
    "lava.proc.rf.process": "proc.rf",
    "lava.proc.rf_iz.models": "proc.rf_iz",
    "lava.proc.rf_iz.process": "proc.rf_iz",
    "lava.proc.s4d.models": "proc.s4d",
    "lava.proc.s4d.process": "proc.s4d",
    "lava.proc.sdn.models": "proc.sdn",
    "lava.proc.sdn.process": "proc.sdn",
    "lava.proc.sparse.models": "proc.sparse",
    "lava.proc.sparse.process": "proc.sparse",
    "lava.proc.spiker.models": "proc.spiker",
    "lava.proc.spiker.process": "proc.spiker",
    "lava.utils.dataloader.mnist": "utils.mnist",
    "lava.utils.loihi": "utils.loihi",
    "lava.utils.loihi2_profiler": "utils.loihi2_profiler",
    "lava.utils.loihi2_profiler_api": "utils.loihi2_profiler_api",
    "lava.utils.plots": "utils.plots",
    "lava.utils.profiler": "utils.profiler",
    "lava.utils.slurm": "utils.slurm",
    "lava.utils.sparse": "utils.sparse",
    "lava.utils.system": "utils.system",
    "lava.utils.weightutils": "utils.weightutils",
}


def problems(table: Table) -> list[str]:
    """What is wrong with a table, one sentence each."""
    found = [
        f"{row} is neither public nor internal"
        for row in table
        if row.kind not in ("public", "internal")
    ]
    found += [
        f"{row.module}.{row.name}: target {row.target} does not exist"
        for row in table
        if row.target and not row.exists()
    ]
    paths = [(row.module, row.name) for row in table]
    if paths != sorted(paths):
        found.append("rows are not sorted by module and name")
    return found


def merge(table: Table, lines: Iterable[dict[str, str]]) -> Table:
    """Take over a list of Lava's names; names that stay keep their target."""
    known = {(row.module, row.name): row.target for row in table}
    listed = list(lines)
    modules = {line["lava_module"] for line in listed}
    rows = []
    for line in listed:
        key = line["lava_module"], line["name"]
        if ".".join(key) in modules:
            continue  # a package naming its own module: the import system provides it
        kind = "public" if line["public"] == "yes" else "internal"
        rows.append(LavaName(*key, kind, known.get(key, "")))
    return Table(sorted(rows, key=lambda row: (row.module, row.name)))


def with_targets(table: Table) -> Table:
    """Give names without target the one COUNTERPARTS leads to, if it exists."""
    return Table(row if row.target else _with_target(row) for row in table)


def _with_target(row: LavaName) -> LavaName:
    for counterpart in COUNTERPARTS.get(row.module, "").split():
        candidate = replace(row, target=f"lavajit.{counterpart}:{row.name}")
        if candidate.exists():
            return candidate
    return row


def write(table: Table, path: Path) -> None:
    """Write a table in its order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(LavaName))
        writer.writerows(astuple(row) for row in table)


def main(argv: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="verify the table")
    update = commands.add_parser("update", help="look for new targets")
    update.add_argument("names", nargs="?", type=Path, help="list of Lava's names (csv)")
    args = parser.parse_args(argv)
    table = load_table()
    if args.command == "update":
        if args.names:
            with args.names.open(encoding="utf-8", newline="") as file:
                table = merge(table, csv.DictReader(file))
        table = with_targets(table)
        write(table, TABLE)
    found = problems(table)
    print(*found, sep="\n", end="\n" if found else "")
    with_target = sum(1 for row in table if row.target)
    print(f"{with_target} of {sum(1 for _ in table)} names have a target; {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
