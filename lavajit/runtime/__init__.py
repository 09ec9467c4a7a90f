"""Room four: a finished plan becomes a running network.

``engine`` puts the stages together, ``assemble`` binds the step program to kernels and Python
functions, ``loop`` is the native step loop, ``host`` runs what stays in Python, ``coroutines`` runs
what cannot be scheduled statically, ``runtime`` is run control.
"""
