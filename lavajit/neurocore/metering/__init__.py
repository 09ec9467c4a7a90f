"""Counting what cores do while Processes run.

::

    resources.py    what the engine asks for rows that close a step, and tells of runs
    meters.py       these rows: kernels that count
    activity.py     what has been counted
"""
