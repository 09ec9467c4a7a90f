"""What a result says of its run: seed, run config, versions, and a hash of the network."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import lavajit
from lavajit.process.sparse_values import is_sparse

#: Levels of containers and objects that count for the hash of a network.
DEPTH = 6


def run_facts(network, first: int) -> dict[str, Any]:
    """Facts of a run that begins with time step `first`; plain data."""
    config = network.graph.run_cfg
    return {
        "first": first,
        "last": first - 1,
        "seconds": 0.0,
        "ended": "running",
        "seed": int(getattr(config, "seed", 0)),
        "run_config": _described(config),
        "versions": dict(versions()),
        "network": network_hash(network),
    }


@cache
def versions() -> dict[str, str]:
    """Versions of what computes."""
    return {
        "lavajit": lavajit.__version__,
        "python": sys.version.partition(" ")[0],
        "numpy": np.__version__,
        "numba": _installed_version("numba"),
        "machine": _machine(),
    }


def _machine() -> str:
    if hasattr(os, "uname"):
        return os.uname().machine
    import platform  # 5 milliseconds, and asks a program on some systems

    return platform.machine()


def _installed_version(package: str) -> str:
    """Version of an installed package, which is not imported.

    Most often the name of a folder says it; `importlib.metadata` knows all cases, and takes as long
    as a short simulation.
    """
    spec = find_spec(package)
    folder = None if spec is None or spec.origin is None else Path(spec.origin).parents[1]
    found = [] if folder is None else list(folder.glob(f"{package}-*.dist-info"))
    if len(found) == 1:
        return found[0].stem.partition("-")[2]
    from importlib import metadata

    return metadata.version(package)


def _described(config: Any) -> dict[str, Any]:
    """Class and plain options of a run config."""
    plain = {
        name: value
        for name, value in sorted(vars(config).items())
        if value is None or isinstance(value, (bool, int, float, str))
    }
    return {"class": type(config).__qualname__} | plain


def network_hash(network) -> str:
    """Hash of the Processes, their initial values and models, and the connections.

    Equal networks, built again in another process, have equal hashes; names of Processes do not
    count, which may contain numbers of their own. Computed once.
    """
    if not network.identity:
        digest = hashlib.blake2b(digest_size=16)
        for node in network.graph.nodes:
            for cls in (type(node.process), node.model_class):
                digest.update(f"{cls.__module__}.{cls.__qualname__};".encode())
            for var in node.process.vars.members:
                digest.update(f"{var.name}{var.shape}=".encode())
                _feed(digest, var.init)
            for name in node.process.proc_params:
                digest.update(f"{name}=".encode())
                _feed(digest, node.process.proc_params[name])
        for c in network.graph.connections:
            ends = c.source.index, c.source_port.name, c.target.index, c.target_port.name
            digest.update(repr(ends).encode())
        for r in network.graph.references:
            digest.update(repr((r.node.index, r.port.name, r.target.index)).encode())
        network.identity = digest.hexdigest()
    return network.identity


def _feed(digest: Any, value: Any, depth: int = 0) -> None:
    """Add a value to the digest: numbers, text, arrays, and what holds them down to DEPTH."""
    if is_sparse(value):
        columns = value.tocsc()
        value = (columns.data, columns.indices, columns.indptr)
    if value is None or isinstance(value, (bool, int, float, complex, str, np.generic)):
        digest.update(f"{value!r};".encode())
        return
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).data)
        return
    digest.update(f"{type(value).__qualname__}(".encode())
    parts = vars(value) if hasattr(value, "__dict__") and not callable(value) else value
    if depth < DEPTH and isinstance(parts, (list, tuple, dict)):
        for part in parts.items() if isinstance(parts, dict) else parts:
            _feed(digest, part, depth + 1)
    digest.update(b")")
