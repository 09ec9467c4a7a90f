"""Pictures of spikes, states, weights, plasticity, networks, plans and neurocores.

Every function takes `ax`, an Axes of matplotlib, and returns it; without one it makes a figure of
pyplot. Spikes and values may be a Result, one of its series, a pair of arrays, a dense array with
**time first**, (T, n), or a dict of these. matplotlib is imported when something is drawn.

>>> import numpy as np
>>> from lavajit import plots
>>> ax = plots.raster((np.array([1, 5, 9]), np.array([0, 1, 0])), dt=0.1)
>>> ax.get_xlabel()
'time (ms)'
"""

from lavajit.plots.cores import utilisation
from lavajit.plots.graphs import graph
from lavajit.plots.graphviz import graphviz
from lavajit.plots.looks import COLORS, style
from lavajit.plots.matrices import weights
from lavajit.plots.powers import power
from lavajit.plots.profiles import profile
from lavajit.plots.rasters import raster
from lavajit.plots.rates import rate
from lavajit.plots.schedules import schedule
from lavajit.plots.traces import trace
from lavajit.plots.windows import stdp_window

__all__ = [
    "COLORS",
    "graph",
    "graphviz",
    "power",
    "profile",
    "raster",
    "rate",
    "schedule",
    "stdp_window",
    "style",
    "trace",
    "utilisation",
    "weights",
]
