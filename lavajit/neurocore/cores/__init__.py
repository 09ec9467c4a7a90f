"""A network on cores as flat arrays, and the time step of a core.

::

    registers.py, synapses.py, trees.py, learning.py, description.py
                          a network on cores, checked
    population_axons.py   output axons that compartments share
    soft_reset.py         neurons that subtract their threshold
    splitting.py, split_synapses.py
                          populations split over cores, with the same results
    kernels.py, passes.py, tree_kernels.py
                          the time step of a core
    delivery.py           synapses as kernels read them
    rows.py               what a step consists of, and what of it threads share
    plasticity.py, step_tables.py, running.py, step.py
                          running it: CoreRunner
"""
