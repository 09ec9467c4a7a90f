"""Learning rules: what a user writes about plastic synapses, and what it means.

A rule string is read in three steps::

    tokens.py        "2*x0*(y1-3)"  -> tokens with their columns
    grammar.py       tokens         -> expression tree
    normal_form.py   tree           -> sum of products, each scale * dependency * factors

`rule.py` has the classes users make, `product_series.py` the sum of products in Lava's terms, and
`explain.py` says in words what a rule does.
"""
