"""Events as a spike file of SONATA.

The layout is that of the SONATA developer guide, section "Spike file":
``/spikes/<population>/timestamps`` (float64, attribute ``units``) and ``node_ids`` (uint64); the
group's attribute ``sorting`` is an enum. Graded events have one dataset more, ``values``, which
readers of spikes do not look at.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from lavajit.observe.exports.common import clock, duration, event_elements, optional

if TYPE_CHECKING:
    from lavajit.observe.series import Events

#: Orders of a spike file, and the one of a record.
SORTING = {"none": 0, "by_id": 1, "by_time": 2}
#: First attributes of every SONATA file.
MAGIC, VERSION = 0x0A7A, (0, 1)


def write_spikes(path: str | os.PathLike, records: list[Events], dt: float) -> None:
    """Write a new file with one population for each record."""
    h5py = optional("h5py", "h5py", "to_sonata()")
    dt = duration(dt)
    populations = _populations(records)
    order = h5py.enum_dtype(SORTING, basetype="i1")
    with h5py.File(path, "x") as file:
        file.attrs["magic"] = np.uint32(MAGIC)
        file.attrs["version"] = np.array(VERSION, np.uint32)
        spikes = file.create_group("spikes")
        for events, population in zip(records, populations, strict=True):
            group = spikes.create_group(population)
            is_sorted = bool((np.diff(events.recorded) >= 0).all())
            sorting = SORTING["by_time" if is_sorted else "none"]
            group.attrs.create("sorting", sorting, dtype=order)
            times = group.create_dataset("timestamps", data=clock(events.steps, dt)[1])
            times.attrs["units"] = "ms"
            group.create_dataset("node_ids", data=event_elements(events).astype(np.uint64))
            if events.values is not None:
                group.create_dataset("values", data=events.values)


def _populations(records: list[Events]) -> list[str]:
    """Names of Processes, or of records where a Process has several; "/" would be a path."""
    owners = [events.name.rpartition(".")[0] for events in records]
    return [
        (owner if owner and owners.count(owner) == 1 else events.name).replace("/", "_")
        for owner, events in zip(owners, records, strict=True)
    ]
