"""Which part of a network runs in Python."""

from lavajit.compiler.work import MethodWork
from lavajit.process.process import AbstractProcess


def python_rows(process: AbstractProcess) -> list[str]:
    """What the step program of the running network of `process` does in Python; [] if nothing.

    Methods that their model lists in `host_methods` are left out.
    """
    network = process.runtime.executable.network
    works = [network.program.instructions[row].work for row in network.bound.hosts]
    return [work.label for work in works if not _is_meant(work)]


def _is_meant(work: object) -> bool:
    return isinstance(work, MethodWork) and work.method in work.instance.model.host_methods
