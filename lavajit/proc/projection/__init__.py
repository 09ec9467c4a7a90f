"""Projections: synapses between two populations, made by a rule, stored compactly.

Per step, with the synapses (pre, post, w, d) and the spikes s(t) received in step t::

    a[i](t + 1) = sum of w over all synapses with post = i and s[pre](t - d) != 0

Storage: 2 bytes per synapse for the target, 4 for a float32 weight and a fraction of one for the
delay; a weight or delay that is the same for all takes none. To this come 12 bytes per source, and
room for the spikes on their way.

Synapses of one source lie together, by blocks of delays, and are delivered on arrival: in each step
the synapses that come next in the rows of the spikes on their way, into the message that is sent.
It stays in the processor's cache, where a ring with a slot for each delay does not. Where rows are
so short that few synapses arrive together, a block has several delays, and a ring as many slots.

Targets are divided into parts, at least one for each thread, which share nothing.

Tag ``floating_pt``. An addition to Lava; rules have the names of NEST.
"""

from lavajit.proc.projection.group import Group
from lavajit.proc.projection.models import PyProjectionModelFloat
from lavajit.proc.projection.projection import Projection
from lavajit.proc.projection.rules import (
    FixedIndegree,
    FixedOutdegree,
    FixedTotal,
    Normal,
    PairwiseBernoulli,
    Synapses,
    Uniform,
)

__all__ = [
    "FixedIndegree",
    "FixedOutdegree",
    "FixedTotal",
    "Group",
    "Normal",
    "PairwiseBernoulli",
    "Projection",
    "PyProjectionModelFloat",
    "Synapses",
    "Uniform",
]
