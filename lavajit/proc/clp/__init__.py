"""Continual learning of prototypes: the Processes around a layer of prototype neurons.

Fixed point only, as in Lava. A novelty detector asks for a new prototype when nobody has answered
an input; the allocator hands out its id, which IdBroadcast gives to all prototypes; the readout
translates the prototype that won into the user's label.
"""
