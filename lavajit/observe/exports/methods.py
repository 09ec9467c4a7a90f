"""The exports as methods of records and results."""

from __future__ import annotations

import os
from typing import Any


class SamplesExports:
    """Exports of Samples."""

    def to_pandas(self, dt: float | None = None) -> Any:
        """A table with a row for each recorded step and a column for each element.

        Parameters
        ----------
        dt : float, optional
            Duration of a time step: the index is ``time`` then, ``step * dt``, instead of ``step``.

        Returns
        -------
        pandas.DataFrame
            Columns are called by indices into the flattened shape of the source
            (``numpy.unravel_index`` takes them apart). A copy.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        from lavajit.observe.exports.frames import samples_frame

        return samples_frame(self, dt)

    def to_xarray(self, dt: float | None = None) -> Any:
        """An array with labels.

        Parameters
        ----------
        dt : float, optional
            Duration of a time step: the first dimension is ``time`` then, instead of ``step``.

        Returns
        -------
        xarray.DataArray
            Dimensions: ``step``, and ``neuron`` with the indices of the elements; ``axis_0``,
            ``axis_1``, ... for sources with more than one axis. It shares the memory of the record.

        Raises
        ------
        ImportError
            xarray is not installed.
        """
        from lavajit.observe.exports.arrays import samples_array

        return samples_array(self, dt)


class EventsExports:
    """Exports of Events."""

    def to_pandas(self, dt: float | None = None) -> Any:
        """A table with a row for each event, in the order of time.

        Parameters
        ----------
        dt : float, optional
            Duration of a time step: the first column is ``time`` then, ``step * dt``.

        Returns
        -------
        pandas.DataFrame
            Columns ``step``, ``neuron`` (index into the flattened shape of the port) and ``value``.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        from lavajit.observe.exports.frames import events_frame

        return events_frame(self, dt)

    def to_xarray(self, dt: float | None = None) -> Any:
        """Values of the events with labels; dense messages are ``events.samples().to_xarray()``.

        Parameters
        ----------
        dt : float, optional
            Duration of a time step: there is a coordinate ``time`` then, instead of ``step``.

        Returns
        -------
        xarray.DataArray
            Dimension ``event``, coordinates ``step`` and ``neuron`` along it; attributes say how
            many ``elements`` and ``recorded_steps`` there were.

        Raises
        ------
        ImportError
            xarray is not installed.
        """
        from lavajit.observe.exports.arrays import events_array

        return events_array(self, dt)


class ResultExports:
    """Exports of a Result."""

    series: Any
    facts: dict[str, Any]

    def to_pandas(self, dt: float | None = None) -> dict[str, Any]:
        """One table for each record, by name.

        Records differ in steps, columns and types, so they are not forced into one table;
        ``pandas.concat(tables, names=["record"])`` makes one of those of events.

        Parameters
        ----------
        dt : float, optional
            Duration of a time step, for times instead of steps.

        Returns
        -------
        dict of str to pandas.DataFrame
            Of samples a row for each step and a column for each element, of events a row for each
            event with the columns ``step``, ``neuron`` and ``value``.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        return {name: one.to_pandas(dt) for name, one in self.series.items()}

    def to_xarray(self, dt: float | None = None) -> Any:
        """All records in one Dataset, with the facts of the run as attributes.

        Samples with equal steps share the dimension ``step``, those with equal elements
        ``neuron``; where they differ, the longest has that name, and the others are ``step_2``,
        ``neuron_2`` and so on. Events of "lif.s_out" have a dimension "lif.s_out.event" of their
        own, with the coordinates "lif.s_out.step" and "lif.s_out.neuron".

        Parameters
        ----------
        dt : float, optional
            Duration of a time step: ``time`` stands in the place of ``step`` then.

        Returns
        -------
        xarray.Dataset
            Ready for ``to_netcdf``, but for complex values.

        Raises
        ------
        ImportError
            xarray is not installed.
        """
        from lavajit.observe.exports.arrays import dataset

        return dataset(self.series, self.facts, dt)

    def to_neo(self, dt: float) -> Any:
        """A Block of Neo, the input of Elephant and others.

        Parameters
        ----------
        dt : float
            Duration of a time step in ms.

        Returns
        -------
        neo.Block
            One Segment: a SpikeTrain for each element of events (silent ones too, annotated with
            ``source`` and ``neuron``, graded values in the array annotation ``value``), an
            AnalogSignal for each record of samples (dimensionless), and a Group with the name of
            each record. Step t ends at ``t * dt``, where its spikes are; trains go from the
            beginning of the first recorded step to the end of the last.

        Raises
        ------
        ImportError
            neo is not installed.
        TypeError, ValueError
            `dt` is no plain number above 0.
        """
        from lavajit.observe.exports.neo_blocks import block

        return block(self.series, self.facts, dt)

    def to_sonata(self, path: str | os.PathLike, dt: float) -> None:
        """Write all events into a new spike file of the SONATA format.

        Parameters
        ----------
        path : str or path
            The HDF5 file.
        dt : float
            Duration of a time step in ms; timestamps are ``step * dt``.

        Notes
        -----
        A population is called like its Process (like the record, if a Process has several records
        of events); node ids are indices into the flattened shape of the port.

        Raises
        ------
        ImportError
            h5py is not installed.
        FileExistsError
            There is such a file.
        ValueError
            No events were recorded.
        TypeError
            `dt` is no plain number.
        """
        from lavajit.observe.exports.sonata import write_spikes
        from lavajit.observe.series import Events

        records = [one for one in self.series.values() if isinstance(one, Events)]
        if not records:
            raise ValueError(
                "to_sonata() writes events, and none were recorded; record an OutPort, as in "
                "record=[lif.s_out]"
            )
        write_spikes(path, records, dt)
