"""Room three: a ProcessModel method becomes a native function over one pointer.

``rewrite`` prepares a method's syntax tree, ``self_type`` and ``port_types`` teach numba what ``self`` and
its ports are, ``compile`` compiles (or loads from ``cache``) and returns an address. Knows numba and
nothing of networks.
"""
