"""How Processes, Vars and ports show themselves: one line at a prompt, tables in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process import engine
from lavajit.process.explanation import Table, html_tables

if TYPE_CHECKING:
    from lavajit.process.abstract_port import AbstractPort
    from lavajit.process.process import AbstractProcess
    from lavajit.process.variable import Var

#: Up to so many values are written out, and up to so many are looked at for minimum and maximum.
_FEW, _MANY = 4, 10_000_000
#: Partners of a port that are named.
_PARTNERS = 4


class Shown:
    """The part of AbstractProcess that shows itself."""

    def __repr__(self) -> str:
        return describe(self)

    def _repr_html_(self) -> str:
        return html_of_process(self)


def describe(process: AbstractProcess) -> str:
    """One line: class, name, shape, Vars and ports."""
    if "procs" not in vars(process):  # its __init__ has not come to the end
        return object.__repr__(process)
    shape = shape_of(process)
    parts = [f"{kind}: {', '.join(group.member_names)}" for kind, group in _groups(process)]
    text = f"{type(process).__name__} {process.name!r}{f' {shape}' if shape else ''}"
    return f"<{text}{'; ' if parts else ''}{'; '.join(parts)}>"


def _groups(process: AbstractProcess) -> Iterable[tuple[str, Any]]:
    found = (
        ("Vars", process.vars),
        ("in", process.in_ports),
        ("out", process.out_ports),
        ("ref", process.ref_ports),
        ("sub processes", process.procs),
    )
    return [(kind, group) for kind, group in found if len(group)]


def shape_of(process: AbstractProcess) -> tuple[int, ...] | None:
    """The parameter `shape`, or else the shape of the first port; None if there is neither."""
    shape = process.proc_params.get("shape")
    if isinstance(shape, tuple):
        return shape
    ports = (*process.out_ports.members, *process.in_ports.members)
    return ports[0].shape if ports else None


# --- values ---------------------------------------------------------------------------


def summary(value: Any) -> tuple[str, str]:
    """Dtype and values in a few words.

    Examples
    --------
    >>> summary(np.array([1, 2])), summary(np.arange(100.0))
    (('int64', '[1, 2]'), ('float64', '0 to 99, mean 49.5'))
    """
    if isinstance(value, str):
        return "str", repr(value)
    if hasattr(value, "tocsr"):
        return str(value.dtype), f"sparse, {value.nnz} entries"
    array = np.asarray(value)
    if array.size == 0:
        return str(array.dtype), "empty"
    if array.size <= _FEW or array.dtype.kind not in "biuf":
        text = str(array.tolist())
        return str(array.dtype), text if len(text) <= 60 else f"{text[:57]}..."
    if array.size > _MANY:
        return str(array.dtype), f"{array.size} values"
    return str(array.dtype), _range_of(array)


def _range_of(array: np.ndarray) -> str:
    if array.dtype.kind == "b":
        return f"{np.count_nonzero(array)} of {array.size} true"
    missing = int(np.count_nonzero(np.isnan(array))) if array.dtype.kind == "f" else 0
    finite = array[~np.isnan(array)] if missing else array
    note = f", {missing} NaN" if missing else ""
    if finite.size == 0:
        return f"all {array.size} NaN"
    low, high = finite.min(), finite.max()
    if low == high:
        return f"all {low:g}{note}"
    with np.errstate(all="ignore"):
        return f"{low:g} to {high:g}, mean {finite.mean(dtype=np.float64):.6g}{note}"


def _var_row(var: Var) -> tuple[str, ...]:
    try:
        dtype, text = summary(var.get())
    except Exception as error:  # whatever it is, a notebook cell must not fail for a table
        dtype, text = "", f"not readable now ({error})"
    return str(var.name), str(var.shape), dtype, text


# --- tables ---------------------------------------------------------------------------


def html_of_process(process: AbstractProcess) -> str:
    """Vars with their values, ports with their partners, model and tier."""
    if "procs" not in vars(process):
        return html.escape(repr(process))
    ports = (process.in_ports, process.out_ports, process.ref_ports, process.var_ports)
    port_rows = [_port_row(port) for group in ports for port in group.members]
    inner = [(p.name, type(p).__name__, str(shape_of(p) or "")) for p in process.procs.members]
    var_rows = [_var_row(var) for var in process.vars.members]
    tables = (
        Table("", ("Var", "shape", "dtype", "value"), var_rows),
        Table("", ("port", "kind", "shape", "connected to"), port_rows),
        Table("", ("sub process", "class", "shape"), inner),
    )
    shape = shape_of(process)
    head = f"<b>{html.escape(type(process).__name__)}</b> {html.escape(repr(process.name))}"
    size = f" {shape}" if shape else ""
    return f"<p>{head}{size}: {html.escape(_model(process))}</p>{html_tables(tables)}"


def _model(process: AbstractProcess) -> str:
    """Model and tier, as far as they are known."""
    if process.model_class is None:
        return "not compiled yet"
    name = process.model_class.__name__
    if process.runtime is None:
        return f"model {name}"
    tier = engine.tier(process.runtime, process)
    return f"model {name}, {tier}; time step {process.runtime.time_step}"


def html_of_var(var: Var) -> str:
    """A Var as a table of one row."""
    table = Table("", ("Var", "shape", "dtype", "value"), [_var_row(var)])
    return f"<p>Var <b>{html.escape(var.full_name)}</b></p>{html_tables([table])}"


def html_of_port(port: AbstractPort) -> str:
    """A port as a table of one row."""
    table = Table("", ("port", "kind", "shape", "connected to"), [_port_row(port)])
    title = f"<p>{type(port).__name__} <b>{html.escape(port.full_name)}</b></p>"
    return title + html_tables([table])


def _port_row(port: AbstractPort) -> tuple[str, ...]:
    return str(port.name), type(port).__name__, str(port.shape), partners(port)


def partners(port: AbstractPort) -> str:
    """Names of what a port is connected to, with an arrow for the direction."""
    listed = [
        f"{arrow} {_name(other)}"
        for arrow, others in (("<-", port.in_connections), ("->", port.out_connections))
        for other in others
    ]
    more = f", ... and {len(listed) - _PARTNERS} more" if len(listed) > _PARTNERS else ""
    return ", ".join(listed[:_PARTNERS]) + more if listed else "nothing"


def _name(port: AbstractPort) -> str:
    """Process and name; of a port made for a Var that of the Var."""
    var = getattr(port, "var", None)
    if var is not None:
        return var.full_name
    if port.is_virtual:
        ends = [end for end in (*port.get_src_ports(), *port.get_dst_ports()) if end.process]
        return f"{type(port).__name__} ({', '.join(end.full_name for end in ends[:2])})"
    return port.full_name
