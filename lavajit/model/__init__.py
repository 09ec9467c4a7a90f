"""Models: how a Process behaves, and which model a run config selects for it.

A ProcessModel implements one Process class for one sync protocol. Leaf models are Python
classes whose methods the rooms to the right compile; SubProcessModels build a Process out of
others. Nothing here compiles anything.
"""
