"""Records as xarray.DataArrays, results as xarray.Datasets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.observe.exports.common import clock, elements, event_elements, event_values, optional

if TYPE_CHECKING:
    from lavajit.observe.series import Events, Samples, Series

#: One axis: its name, and what its places are called.
Axis = tuple[str, np.ndarray]


def samples_array(samples: Samples, dt: float | None) -> Any:
    """Dimensions: step or time, then neuron, or axis_0, axis_1, ... of sources with more axes."""
    xarray = optional("xarray", "xarray", "to_xarray()")
    axes = _axes(samples, dt)
    coordinates = {name: (name, places) for name, places in axes}
    dims = [name for name, _ in axes]
    return xarray.DataArray(np.asarray(samples.values), coordinates, dims, samples.name)


def events_array(events: Events, dt: float | None) -> Any:
    """Values along the dimension event, with the coordinates step or time, and neuron."""
    xarray = optional("xarray", "xarray", "to_xarray()")
    label, times = clock(events.steps, dt)
    coordinates = {label: ("event", times), "neuron": ("event", event_elements(events))}
    return xarray.DataArray(
        event_values(events), coordinates, ["event"], events.name, _span(events, dt)
    )


def dataset(series: dict[str, Series], facts: dict[str, Any], dt: float | None) -> Any:
    """All records; those with equal steps, or equal neurons, share that dimension."""
    from lavajit.observe.series import Events

    xarray = optional("xarray", "xarray", "to_xarray()")
    samples = [one for one in series.values() if not isinstance(one, Events)]
    axes = _Names([axis for one in samples for axis in _axes(one, dt)])
    arrays = {}
    for name, one in series.items():
        if isinstance(one, Events):
            array = events_array(one, dt)
            new = {label: f"{name}.{label}" for label in (*array.dims, *array.coords)}
        else:
            array = samples_array(one, dt)
            new = {axis[0]: axes.name(axis) for axis in _axes(one, dt)}
        arrays[name] = array.rename({old: label for old, label in new.items() if old != label})
    return xarray.Dataset(arrays, attrs=_attributes(facts, dt))


def _axes(samples: Samples, dt: float | None) -> list[Axis]:
    label, times = clock(samples.steps, dt)
    shape = samples.values.shape[1:]
    if len(shape) > 1:
        return [(label, times), *((f"axis_{k}", np.arange(n)) for k, n in enumerate(shape))]
    return [(label, times), ("neuron", elements(samples))] if shape else [(label, times)]


class _Names:
    """Names of dimensions: step for the longest of its kind, then step_2, step_3, ..."""

    def __init__(self, axes: list[Axis]):
        self._places: dict[str, list[np.ndarray]] = {}
        for base, places in sorted(axes, key=lambda axis: -len(axis[1])):  # stable
            known = self._places.setdefault(base, [])
            if not any(np.array_equal(places, one) for one in known):
                known.append(places)

    def name(self, axis: Axis) -> str:
        base, places = axis
        at = [np.array_equal(places, one) for one in self._places[base]].index(True)
        return f"{base}_{at + 1}" if at else base


def _span(events: Events, dt: float | None) -> dict[str, Any]:
    """What the events do not show: how many elements and steps had none."""
    label, times = clock(events.recorded, dt)
    said: dict[str, Any] = {"elements": events.size, "recorded_steps": len(times)}
    if len(times):
        said |= {f"first_{label}": times[0].item(), f"last_{label}": times[-1].item()}
    return said


def _attributes(facts: dict[str, Any], dt: float | None) -> dict[str, Any]:
    """Facts as netCDF can store them: numbers and text."""
    plain = {
        name: json.dumps(fact) if isinstance(fact, (dict, list)) else fact
        for name, fact in facts.items()
        if fact is not None
    }
    return plain if dt is None else plain | {"dt": float(dt)}
