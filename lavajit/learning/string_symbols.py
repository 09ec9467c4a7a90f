"""Names that learning rules are written with."""

#: Spike dependencies: 1 where the pre-synaptic (x0), post-synaptic (y0) neuron spiked.
X0 = "x0"
Y0 = "y0"
SPIKE_DEPENDENCIES = {X0, Y0}
#: Clock dependency: u_k is 1 in every 2^k-th epoch.
U = "u"
DEPENDENCIES = SPIKE_DEPENDENCIES | {U}

#: Traces of the pre-synaptic neuron.
X1 = "x1"
X2 = "x2"
PRE_TRACES = {X1, X2}
#: Traces of the post-synaptic neuron.
Y1 = "y1"
Y2 = "y2"
Y3 = "y3"
POST_TRACES = {Y1, Y2, Y3}
TRACES = PRE_TRACES | POST_TRACES

#: Variables of a synapse: weight, delay, tag.
W = "w"
D = "d"
T = "t"
SYNAPTIC_VARIABLES = {W, D, T}
SYNAPTIC_VARIABLE_VAR_MAPPING = {W: "weights", D: "tag_2", T: "tag_1"}

#: A factor that is a constant only.
C = "C"
FACTOR_STATE_VARS = SPIKE_DEPENDENCIES | TRACES | SYNAPTIC_VARIABLES | {C}

#: What a rule changes: weight, delay, tag.
DW = "dw"
DD = "dd"
DT = "dt"
LEARNING_RULE_TARGETS = {DW, DD, DT}
