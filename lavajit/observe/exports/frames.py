"""Records as pandas.DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lavajit.observe.exports.common import clock, elements, event_elements, event_values, optional

if TYPE_CHECKING:
    from lavajit.observe.series import Events, Samples


def samples_frame(samples: Samples, dt: float | None) -> Any:
    """One row for each recorded step, one column for each element."""
    pandas = optional("pandas", "pandas", "to_pandas()")
    label, times = clock(samples.steps, dt)
    return pandas.DataFrame(
        samples.values.reshape(len(samples.steps), samples.form.size),
        index=pandas.Index(times, name=label),
        columns=pandas.Index(elements(samples), name="neuron"),
        copy=True,
    )


def events_frame(events: Events, dt: float | None) -> Any:
    """One row for each event."""
    pandas = optional("pandas", "pandas", "to_pandas()")
    label, times = clock(events.steps, dt)
    columns = {label: times, "neuron": event_elements(events), "value": event_values(events)}
    return pandas.DataFrame(columns, copy=True)
