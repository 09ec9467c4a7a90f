"""Results as blocks of Neo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.observe.exports.common import (
    clock,
    duration,
    elements,
    event_values,
    optional,
    stride,
)

if TYPE_CHECKING:
    from lavajit.observe.series import Events, Samples, Series


def block(series: dict[str, Series], facts: dict[str, Any], dt: float) -> Any:
    """One segment with all signals and spike trains, and a group for each record."""
    from lavajit.observe.series import Events

    neo = optional("neo", "neo", "to_neo()")
    dt = duration(dt)
    whole = neo.Block(
        name="lavajit", seed=facts["seed"], network=facts.get("network", ""), dt_ms=dt
    )
    segment = neo.Segment(name=f"steps {facts['first']} to {facts['last']}")
    whole.segments.append(segment)
    for name, one in series.items():
        if isinstance(one, Events):
            objects = _trains(neo, one, dt)
            segment.spiketrains.extend(objects)
        else:
            objects = [_signal(neo, one, dt)]
            is_even = isinstance(objects[0], neo.AnalogSignal)
            kept = segment.analogsignals if is_even else segment.irregularlysampledsignals
            kept.extend(objects)
        whole.groups.append(neo.Group(objects, name=name))
    return whole


def _trains(neo: Any, events: Events, dt: float) -> list[Any]:
    """One spike train for each element, silent ones included."""
    recorded = events.recorded
    begin, end = (recorded[0] - 1, recorded[-1]) if len(recorded) else (0, 0)
    order = np.argsort(events.neurons, kind="stable")
    graded = None if events.values is None else event_values(events)[order]
    trains, last = [], 0
    for element, steps in zip(elements(events).tolist(), events.trains(), strict=True):
        first, last = last, last + len(steps)
        trains.append(
            neo.SpikeTrain(
                steps * dt,
                units="ms",
                t_start=begin * dt,
                t_stop=end * dt,
                name=f"{events.name}[{element}]",
                array_annotations=None if graded is None else {"value": graded[first:last]},
                source=events.name,
                neuron=element,
            )
        )
    return trains


def _signal(neo: Any, samples: Samples, dt: float) -> Any:
    """Samples as a signal; with times of its own where steps are not evenly spaced."""
    values = samples.values.reshape(len(samples.steps), samples.form.size)
    if values.dtype.kind in "biu":  # units and their conversion are for floats
        values = values.astype(np.float64)
    said = {
        "name": samples.name,
        "array_annotations": {"neuron": elements(samples)},
        "source": samples.name,
    }
    _, times = clock(samples.steps, dt)
    every = stride(samples.steps)
    if not every:
        return neo.IrregularlySampledSignal(
            times, values, units="dimensionless", time_units="ms", **said
        )
    pq = optional("quantities", "neo", "to_neo()")
    start = times[0] if len(times) else 0.0
    return neo.AnalogSignal(
        values,
        units="dimensionless",
        t_start=start * pq.ms,
        sampling_period=every * dt * pq.ms,
        **said,
    )
