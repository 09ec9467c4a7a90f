"""Synaptic memory.

::

    synapse_memory.py   words that rows of synapses take
    synapse_rows.py     the same for all rows of a group at once
    synapse_formats.py  formats of synapses, merged until a core has enough of them
    row_sharing.py      rows of a convolution that are stored once
"""
