"""Counting what cores do while Processes run.

::

    planning.py     from a run config to a network on cores
    resources.py    what the engine asks for rows that close a step, and tells of runs
    meters.py       these rows: kernels that count
    quiet.py        which neurons are at rest
    activity.py     what has been counted
"""
