"""The command ``lavajit``: run Lava programs, look at plans, the machine and the kernel cache.

Every part is imported by the command that needs it, so ``lavajit --help`` answers at once.
"""

from __future__ import annotations

import argparse
import platform
import sys
from functools import partial
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import lavajit
from lavajit.model.threads import usable_cores
from lavajit.process.quantities import bytes_text

CANNOT_START = 2
"""Exit code for a command that could not begin, as for wrong arguments."""

EXAMPLES = """\
examples:
  lavajit run program.py --any option      a program written for Lava, unchanged
  lavajit run -m package.module            the same for a module
  lavajit demo                             2,000 neurons, 10,000 steps, one picture
  lavajit explain program.py               what runs in which order, natively or not, and why
  lavajit profile program.py               which Process and method takes how long
  lavajit report program.py                cores, time and energy on Loihi, modelled
  lavajit cache --clear                    forget all compiled kernels

A whole test suite: pytest -p lavajit.as_lava
"""


def main(argv: list[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : list of str, optional
        The command line without the program name; the process's own by default.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> main(["cache"])  # doctest: +SKIP
    0
    """
    parser = command_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return CANNOT_START
    from lavajit.script import CannotStartError

    try:
        return args.command(args) or 0
    except CannotStartError as error:
        print(f"lavajit: {error}", file=sys.stderr)
        return CANNOT_START


def command_parser() -> argparse.ArgumentParser:
    """Parser of the command line; ``args.command`` is the function to call."""
    parser = argparse.ArgumentParser(
        prog="lavajit",
        description="Networks of Lava Processes, run as one native loop in one process.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lavajit {lavajit.__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    run = commands.add_parser("run", help="run a program written for Lava")
    run.add_argument("-m", dest="module", action="store_true", help="SCRIPT is a module name")
    _add_script(run)
    run.set_defaults(command=run_command)

    demo = commands.add_parser("demo", help="run an E/I network, print speeds, save a raster")
    demo.add_argument("--neurons", type=int, default=2_000, help="default: %(default)s")
    demo.add_argument("--steps", type=int, default=10_000, help="default: %(default)s")
    demo.add_argument(
        "--output", default="demo_raster.png", help="picture to save; default: %(default)s"
    )
    demo.set_defaults(command=demo_command)

    explain = commands.add_parser("explain", help="show the plan of a program's network")
    _add_script(explain)
    explain.set_defaults(command=explain_command)

    profile = commands.add_parser("profile", help="show where the time of a program's runs goes")
    profile.add_argument("--output", help="picture to save, e.g. profile.png")
    profile.add_argument("--rows", type=int, default=30, help="longest tables; %(default)s")
    _add_script(profile)
    profile.set_defaults(command=profile_command)

    _add_report(commands)

    info = commands.add_parser("info", help="show versions, machine, cache and Lava coverage")
    info.set_defaults(command=info_command)

    cache = commands.add_parser("cache", help="show or clear the cache of compiled kernels")
    cache.add_argument("--clear", action="store_true", help="delete all compiled kernels")
    cache.set_defaults(command=cache_command)
    return parser


def _add_report(commands: Any) -> None:
    report = commands.add_parser(
        "report", help="show what a program's networks take of Loihi's cores, time and energy"
    )
    report.add_argument(
        "--chip", choices=("loihi1", "loihi2"), help="of networks run on the CPU; default: loihi2"
    )
    report.add_argument("--json", metavar="FILE", help="file to save the reports in")
    report.add_argument("--picture", metavar="FILE", help="picture to save, e.g. report.png")
    _add_script(report)
    report.set_defaults(command=report_command)


def run_command(args: argparse.Namespace) -> int:
    """Run a script or module with ``import lava`` answered by lavajit."""
    from lavajit import script

    start = script.run_module if args.module else script.run_script
    return start(args.script, args.args)


def demo_command(args: argparse.Namespace) -> int | None:
    """Run the demonstration network."""
    demo = _part("lavajit.demo")
    return demo.main(neurons=args.neurons, steps=args.steps, output=args.output)


def explain_command(args: argparse.Namespace) -> int:
    """Print the plan of the networks that a script builds."""
    from lavajit import script

    explain = _part("lavajit.runtime.explain")
    return script.call_on_script(explain.explain_script, args.script, args.args)


def profile_command(args: argparse.Namespace) -> int:
    """Run a script and print where the time of its networks goes."""
    from lavajit import script

    profile_script = _part("lavajit.runtime.profiling.script").profile_script
    measure = partial(profile_script, output=args.output, rows=args.rows)
    return script.call_on_script(measure, args.script, args.args)


def report_command(args: argparse.Namespace) -> int:
    """Run a script and print reports of its networks; 1 if one does not fit on the chip."""
    from lavajit import script

    report_script = _part("lavajit.neurocore.report.script").report_script
    options = {"chip": args.chip, "json": args.json, "picture": args.picture}
    return script.call_on_script(partial(report_script, **options), args.script, args.args)


def info_command(_: argparse.Namespace) -> None:
    """Print what a bug report needs to say."""
    lines = {"lavajit": lavajit.__version__, "python": platform.python_version()}
    lines |= {name: _version(name) for name in ("numpy", "numba", "llvmlite", "scipy")}
    lines |= {"cpu": cpu_name(), "cores": usable_cores(), "cache": _cache_line()}
    lines["as_lava"] = _coverage_line()
    for name, value in lines.items():
        print(f"{name:<10}{value}")


def cache_command(args: argparse.Namespace) -> None:
    """Show the cache of compiled kernels, or clear it."""
    cache = _part("lavajit.compiler.cache")
    if args.clear:
        print(f"removed {cache.clear_cache()} files from {cache.cache_dir()}")
    else:
        print(_cache_line())


def cpu_name() -> str:
    """Name of the processor, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def _add_script(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="arguments of the script")


def _cache_line() -> str:
    cache = _part("lavajit.compiler.cache")
    files, n_bytes = cache.cache_size()
    return f"{cache.cache_dir()} ({files} files, {bytes_text(n_bytes)})"


def _coverage_line() -> str:
    from lavajit.as_lava.table import load_table

    public = [row for row in load_table() if row.kind == "public"]
    return f"{sum(row.exists() for row in public)} of {len(public)} public names of Lava"


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def _part(module: str) -> ModuleType:
    """Import a part of lavajit, saying plainly if this version does not have it."""
    from lavajit.script import CannotStartError

    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise
        raise CannotStartError(
            f"{module} is not built in lavajit {lavajit.__version__} yet"
        ) from None
