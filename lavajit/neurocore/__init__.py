"""Neurocores: networks as the registers, axons and synapses of a Loihi chip, in exact integers."""
