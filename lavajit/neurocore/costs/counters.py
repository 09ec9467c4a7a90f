"""What is counted in a time step, and in which order counts and coefficients stand in arrays.

Counts are int64. Those of cores have the shape (steps, cores, `len(CORE_COUNTERS)`), those of the
mesh (steps, `len(NETWORK_COUNTERS)`).

Per core:

================== ==============================================================================
SYN_OPS            synapses served: one for each synapse of the list that a spike reads
UPDATES_ACTIVE     neuron updates with q, u, v, bias, noise or refractory count non-zero before
                   the update, or with a spike after it (the literature does not define it)
UPDATES_INACTIVE   the other neuron updates; both together are one per neuron and step
LEARN_OPS          synapses whose weight, delay or tag was computed anew
SPIKES             neurons that spiked, whether or not anyone listens
SPIKES_IN          messages received, hence lists of synapses looked up
AXON_OUT           messages sent: one per spike and entry of the table of output axons
PROGRAM_OPS        instructions of neuron programs executed (Loihi 2)
================== ==============================================================================

Of the mesh, over all messages of a step:

================== ==============================================================================
HOP_EW, HOP_NS     steps from tile to tile along x and along y
MSG_LOCAL          messages that stay within a tile
MSG_CHIP           messages to another chip
================== ==============================================================================

Coefficients for a kernel lie in one float64 array (`Costs.vector`): times in ns, energies in pJ.

================== ==============================================================================
CORE_TIME          start of the times per count of a core
CORE_ENERGY        start of the energies per count of a core
NETWORK_TIME       start of the times of one message per hop, in a tile, between chips; they make
                   the longest message of a step, not a sum over messages
NETWORK_ENERGY     start of the energies per count of the mesh
BARRIER            time of the barrier that ends a step
STATIC             static energy of all chips used, per ns
STEP_FLOOR         least time of a step: 0, or in real time the interval
VECTOR_SIZE        their number
================== ==============================================================================
"""

SYN_OPS = 0
UPDATES_ACTIVE = 1
UPDATES_INACTIVE = 2
LEARN_OPS = 3
SPIKES = 4
SPIKES_IN = 5
AXON_OUT = 6
PROGRAM_OPS = 7

HOP_EW = 0
HOP_NS = 1
MSG_LOCAL = 2
MSG_CHIP = 3

#: Names in order; a coefficient is called after its counter: `syn_ops_time`, `hop_ew_energy`.
CORE_COUNTERS = (
    "syn_ops",
    "updates_active",
    "updates_inactive",
    "learn_ops",
    "spikes",
    "spikes_in",
    "axon_out",
    "program_ops",
)
NETWORK_COUNTERS = ("hop_ew", "hop_ns", "msg_local", "msg_chip")

CORE_TIME = 0
CORE_ENERGY = CORE_TIME + len(CORE_COUNTERS)
NETWORK_TIME = CORE_ENERGY + len(CORE_COUNTERS)
NETWORK_ENERGY = NETWORK_TIME + len(NETWORK_COUNTERS)
BARRIER = NETWORK_ENERGY + len(NETWORK_COUNTERS)
STATIC = BARRIER + 1
STEP_FLOOR = STATIC + 1
VECTOR_SIZE = STEP_FLOOR + 1
