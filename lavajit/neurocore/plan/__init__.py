"""From Processes to cores: described, checked, split, packed, placed.

::

    parameters.py         what Processes begin with: integers?
    groups.py             neurons, synapses, links
    net.py, links.py      a network of these as models describe it, and how it is connected
    setting.py            described once more, when a Var is set
    compile.py            that network on the cores of a chip; lists its stages:
    legalise.py             values against the registers of the chip
    partition.py, splits.py, fans.py, usage.py, traffic.py, shortages.py
                            groups split into parts that fit
    packing.py, placement.py
                            parts on cores, cores on chips
    board.py, board_table.py
                          the result: which neuron is where, who sends to whom
    flatten.py            either as flat arrays, to run without Processes
"""
