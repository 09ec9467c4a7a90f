"""Room three: a ProcessModel method becomes a native function over one pointer.

In the order of use: ``rewrite`` (with ``rewrite_stores``, ``rewrite_names``, ``rewrite_calls``)
prepares syntax trees, ``digest`` identifies them, ``cache`` may hold their machine code. Otherwise
``build`` drives numba, which ``self_type``, ``port_types``, ``ref_types``, ``random_types`` teach
what ``self`` and its ports are, ``arrays`` and ``assignments`` how to store into them.
``compile`` is the entrance; ``reasons`` words what numba refuses.

Knows numba and nothing of networks.
"""
