"""Run benchmarks by name: tables on the screen, JSON in ``bench/results``."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from bench.common import RESULTS, machine, machine_lines, save, tables

#: In the order in which they are run.
NAMES = (
    "lif_dense_lif",
    "startup",
    "planning",
    "crossings",
    "memory",
    "library",
    "learning",
    "cuba",
    "projection",
)
#: Benchmarks of which ``--only`` measures some families.
DIVIDED = ("library", "learning")


def main(argv: list[str] | None = None) -> int:
    """Run the benchmarks named on the command line."""
    args = _parser().parse_args(argv)
    unknown = sorted(set(args.names) - set(NAMES))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return 2
    if args.list:
        for name in NAMES:
            print(f"{name:<16}{import_module(f'bench.{name}').__doc__.splitlines()[0]}")
        return 0
    families = tuple(filter(None, args.only.split(",")))
    chosen = [name for name in NAMES if name in (args.names or NAMES)]
    if strange := _strange_families(families, chosen):
        print(strange)
        return 2
    print(machine_lines(machine()))
    for name in chosen:
        measure = import_module(f"bench.{name}").measure
        options = {"only": families} if name in DIVIDED and families else {}
        if name == "learning":
            options["brian2_python"] = args.brian2_python
        result = measure(quick=args.quick, **options)
        print(f"\n{name}: {result.title}\n{tables(result.rows)}")
        for note in result.notes:
            print(f"  {note}")
        print(f"  saved: {save(name, result, Path(args.results))}")
    return 0


def _strange_families(families: tuple[str, ...], names: list[str]) -> str | None:
    """What is wrong with ``--only``."""
    if not families:
        return None
    divided = [name for name in DIVIDED if name in names]
    known = [f for name in divided for f in import_module(f"bench.{name}").FAMILIES]
    unknown = sorted(set(families) - set(known))
    return f"no family {', '.join(unknown)}; there are {', '.join(known)}" if unknown else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it run at all?")
    parser.add_argument(
        "--only",
        default="",
        metavar="FAMILIES",
        help="of library or learning, as in lif,dense; default: all",
    )
    parser.add_argument(
        "--brian2-python",
        metavar="PATH",
        help="an interpreter that has Brian2, for learning; lavajit need not be installed there",
    )
    parser.add_argument("--results", default=str(RESULTS), help="folder for JSON; %(default)s")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
