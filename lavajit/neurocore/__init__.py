"""Neurocores: what the cores of Loihi 1 and Loihi 2 hold and compute, in exact integers.

::

    figures.py            figures with source and quality, gathered by core and chip
    loihi1.py, loihi2.py  the tables
    chips.py              chips by name, utilisation of a core, tables as text
    integers.py           integer decay, wrap and shift as a core does them, of arrays
    arithmetic.py         the same of single numbers, for kernels
    weights.py            stored and effective weights
    discretise.py         floats -> registers
    synapse_memory.py     words of synaptic memory a network takes
    synapse_formats.py    formats of synapses, merged until a core has enough of them
    placement.py          groups split over cores, cores placed on chips
    spikes.py             types of spikes and axons, and what they take
    mesh.py               tiles, and what messages pass between cores
    counters.py           what is counted in a step, in which order
    cost_tables.py, cost_model.py, costs.py, estimate.py
                          what a count costs; counts -> time, energy and power
    anchors.py            measurements on chips to compare with

    trees.py              compartments that pass their voltage to others
    registers.py, synapses.py, learning.py, description.py
                          a network on cores, checked
    models/               models of the library's Processes
    run_configs.py        Loihi1HwCfg, Loihi2HwCfg
    net.py, links.py      a network as models describe it
    compile.py            that network on the cores of a chip; lists its stages
    board.py              the result: which neuron is where, who sends to whom

    population_axons.py   output axons that compartments share
    soft_reset.py         neurons that subtract their threshold
    splitting.py, split_synapses.py
                          populations split over cores, with the same results
    kernels.py, passes.py, tree_kernels.py
                          the time step of a core
    delivery.py           synapses as kernels read them
    rows.py               what a step consists of, and what of it threads share
    plasticity.py, step_tables.py, running.py, step.py
                          running it

What is above the line needs no engine; the engine knows nothing of neurocores.
"""
