"""Room two: from connected Processes to a finished plan.

``graph`` collects and flattens Processes and selects their models, ``port_ops`` reads each model's
port operations from its syntax tree, ``channels`` turns connections into buffers, ``schedule``
orders the work of a step, ``layout`` places every Var, channel and state block in one arena. Knows
nothing of how a kernel is compiled.
"""
