"""Run benchmarks by name: tables on the screen, JSON and figures in ``bench/results``."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from bench.common import RESULTS, machine, machine_lines, markdown, save, table, tables
from bench.peers.environments import find_peers, folder, set_up

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
    "batch",
    "profile",
    "limits",
    "scale",
    "threads",
    "neurocore",
    "start",
    "curves",
    "recording",
    "raster",
    "snapshots",
)
#: Benchmarks of which ``--only`` measures some families.
DIVIDED = ("library", "learning", "scale")


def main(argv: list[str] | None = None) -> int:
    """Run the benchmarks named on the command line."""
    args = _parser().parse_args(argv)
    if args.setup_peers is not None:
        return set_up(Path(args.setup_peers) if args.setup_peers else None)
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
        _run(name, families, args)
    return 0


def _run(name: str, families: tuple[str, ...], args: argparse.Namespace) -> None:
    """Measure, print, save."""
    module, options = import_module(f"bench.{name}"), {}
    if name in DIVIDED and families:
        options["only"] = tuple(family for family in families if family in module.FAMILIES)
    if name == "learning":
        found = {} if args.quick else find_peers()
        options["brian2_python"] = args.brian2_python or getattr(
            found.get("Brian2"), "python", None
        )
    result = module.measure(quick=args.quick, **options)
    show = markdown if args.markdown else table
    print(f"\n{name}: {result.title}\n{tables(result, show)}")
    for note in result.notes:
        print(f"  {note}")
    print(f"  saved: {save(name, result, Path(args.results))}")


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
        help=f"of {', '.join(DIVIDED)}, as in lif,dense; default: all",
    )
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    parser.add_argument("--results", default=str(RESULTS), help="folder for JSON; %(default)s")
    _add_peer_options(parser)
    return parser


def _add_peer_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--setup-peers",
        nargs="?",
        const="",
        metavar="DIR",
        help="install Brian2, NEST and NengoLoihi, each into an environment of its own, and "
        "measure nothing; "
        f"without DIR in {folder()}",
    )
    parser.add_argument(
        "--brian2-python",
        metavar="PATH",
        help="an interpreter that has Brian2, for learning, if not the one of --setup-peers",
    )


if __name__ == "__main__":
    raise SystemExit(main())
