"""Run benchmarks by name: tables on the screen, JSON in ``bench/results``."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from bench.common import RESULTS, machine, machine_lines, save, table

#: In the order in which they are run.
NAMES = ("lif_dense_lif", "startup", "planning", "crossings", "library")


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
    if strange := _strange_families(families):
        print(strange)
        return 2
    print(machine_lines(machine()))
    for name in [name for name in NAMES if name in (args.names or NAMES)]:
        measure = import_module(f"bench.{name}").measure
        options = {"only": families} if name == "library" and families else {}
        result = measure(quick=args.quick, **options)
        print(f"\n{name}: {result.title}\n{table(result.rows)}")
        for note in result.notes:
            print(f"  {note}")
        print(f"  saved: {save(name, result, Path(args.results))}")
    return 0


def _strange_families(families: tuple[str, ...]) -> str | None:
    """What is wrong with ``--only``."""
    if not families:
        return None
    known = import_module("bench.library").FAMILIES
    unknown = sorted(set(families) - set(known))
    return f"no family {', '.join(unknown)}; there are {', '.join(known)}" if unknown else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it run at all?")
    parser.add_argument(
        "--only", default="", metavar="FAMILIES", help="of library, as in lif,dense; default: all"
    )
    parser.add_argument("--results", default=str(RESULTS), help="folder for JSON; %(default)s")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
