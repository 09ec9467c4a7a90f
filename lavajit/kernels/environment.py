"""What machine code depends on beside its kernel: versions, settings, processor, our own sources.

Everything is found without importing the compiler: a program whose kernels are all in the cache
never needs it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

#: Raise when rewriting, types, the calling convention or what is stored change.
FORMAT = 2

#: numba's settings that shape machine code, as they are when nobody sets them. Another default of
#: another version costs compiling once more, where numba is imported before a network runs.
_USUAL_SETTINGS = {
    "OPT": "_OptLevel(3)",
    "LOOP_VECTORIZE": "1",
    "SLP_VECTORIZE": "0",
    "BOUNDSCHECK": "None",
    "CPU_NAME": "None",
    "CPU_FEATURES": "None",
    "ENABLE_AVX": "True",
}
#: Lines of /proc/cpuinfo that say what a processor can do, on x86-64 and AArch64.
_CAPABILITIES = (
    "vendor_id", "cpu family", "model", "model name", "stepping", "flags",
    "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features",
)  # fmt: skip
#: More than the entry of the first processor; the file has one for each.
_CPU_BYTES = 8192


@cache
def environment_digest() -> str:
    """Versions, settings of the compiler, processor and own sources, as one hash."""
    parts = (
        FORMAT,
        sys.version,
        sys.byteorder,
        np.__version__,
        _version_of("numba"),
        _version_of("llvmlite"),
        _processor(),
        _numba_settings(),
        _own_sources(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _version_of(package: str) -> str:
    """Version of an installed package: what its file of versions says."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ""
    try:
        return Path(spec.origin).with_name("_version.py").read_text()
    except OSError:
        return str(__import__(package).__version__)


def _processor() -> str:
    """Name and capabilities of the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            entry = file.read(_CPU_BYTES).partition("\n\n")[0]
    except OSError:
        return _processor_by_llvm()
    lines = (line.partition(":") for line in entry.splitlines())
    found = {key.strip(): value.strip() for key, _, value in lines}
    known = [(key, found[key]) for key in _CAPABILITIES if key in found]
    return repr((os.uname().machine, known)) if known else _processor_by_llvm()


def _processor_by_llvm() -> str:
    import platform

    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features().flatten()
    return repr((platform.machine(), llvm.get_host_cpu_name(), features))


def _numba_settings() -> str:
    """Settings of numba: what it reads them from, and what a program that imports it has set."""
    variables = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    try:
        file = Path(".numba_config.yaml").read_text()
    except OSError:
        file = ""
    config = sys.modules.get("numba.core.config")
    names = _USUAL_SETTINGS if config else {}
    now = {name: str(getattr(config, name, None)) for name in names}
    changed = {name: text for name, text in now.items() if text != _USUAL_SETTINGS[name]}
    return repr((variables, file, changed))


def _own_sources() -> str:
    """Hash of the modules that shape machine code, so that changing them never meets old code."""
    here = Path(__file__).parent
    shared = ("constants", "fields", "identity", "source")
    files = [*here.glob("*.py"), *(here.parent / "compiler" / f"{name}.py" for name in shared)]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()
