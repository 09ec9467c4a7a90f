"""Neurocores: what the cores of Loihi 1 and Loihi 2 hold and compute, in exact integers.

::

    chips/          tables of the chips: figures with source and quality; types of spikes
    arithmetic/     integers as a core computes with them; floats -> registers; weights
    memory/         words of synaptic memory

    models/         models of the library's Processes for cores
    programs/       programs of Loihi 2's neurons: assembled, counted, run
    run_configs.py  Loihi1HwCfg, Loihi2HwCfg
    plan/           from Processes to cores: described, checked, split, packed, placed
    metering/       counting what cores do
    costs/          what a count costs: time, energy, power; the mesh
    report/         all of that, to be read

    cores/          networks on cores as flat arrays, run without Processes

The engine knows nothing of neurocores: it asks the run config, and runs what models give it.
"""
