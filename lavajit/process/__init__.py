"""Describe: Processes, Vars, ports and how they are connected.

The first room of the pipeline. It holds what a network *is*, in plain Python: nothing here
compiles, plans or runs, and nothing from the rooms to the right is imported. The only door
to them is :mod:`lavajit.process.engine`, opened when a Process is compiled or run.
"""
