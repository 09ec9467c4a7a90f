"""Models of plastic connections: what all share, and the base class in float64.

A model of a connection derives from one of them, delivers messages in ``run_spk``, calls
``recv_traces`` there once and applies its rule in ``run_lrn``; see
:mod:`lavajit.proc.dense.learning`.
"""

from __future__ import annotations

import copy
import math

import numpy as np

from lavajit.learning.constants import GradedSpikeCfg
from lavajit.learning.generate import FRESH_ROWS, TARGETS, rule_function
from lavajit.learning.traces import (
    X1,
    X2,
    Y1,
    Y2,
    Y3,
    any_of,
    list_spikes,
    post_history,
    pre_history,
    repeat_spike,
    sample_own,
    take_last,
)
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.proc.learning_connection import TRACES
from lavajit.utils.weightutils import SignMode

#: Dependencies of products (x0, y0, u); traces of a pre- and a post-synaptic neuron.
NUM_DEPENDENCIES, NUM_X_TRACES, NUM_Y_TRACES = 3, 2, 3
#: Modes of graded spikes as numbers for kernels; the fourth one is ADD_WITHOUT_SATURATION.
OVERWRITE = int(GradedSpikeCfg.OVERWRITE)
REGULAR = int(GradedSpikeCfg.USE_REGULAR_IMPULSE)
SATURATE = int(GradedSpikeCfg.ADD_WITH_SATURATION)


class AbstractLearningConnection(PyLoihiProcessModel):
    """Base class of all models of plastic connections."""


class PyLearningConnection(AbstractLearningConnection):
    """What models of both kinds of numbers share.

    Attributes
    ----------
    epoch : int
        Time steps per epoch.
    decays, impulses : ndarray of float64, shape (5,)
        exp(-1 / tau) and impulse of x1, x2, y1, y2, y3.
    x_history : ndarray, shape (2, N, P + 1)
        x1 and x2 within the last epoch.
    y_history : ndarray, shape (3, P + 1, M)
        y1, y2, y3 within the last epoch.
    learn : function
        The rule, see `lavajit.learning.generate`.
    settled : bool
        All values are in range: synapses without activity need no visit.
    """

    boundscheck = False
    transient = ("learn", "history", "repeated_up", "_learning_rule")
    #: Integer arithmetic; compressed columns.
    is_fixed = False
    is_sparse = False

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    s_in_bap: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    x0: np.ndarray = LavaPyType(np.ndarray, bool)
    tx: np.ndarray = LavaPyType(np.ndarray, int, precision=6)
    y0: np.ndarray = LavaPyType(np.ndarray, bool)
    ty: np.ndarray = LavaPyType(np.ndarray, int, precision=6)
    dw: str = LavaPyType(str, str)
    dd: str = LavaPyType(str, str)
    dt: str = LavaPyType(str, str)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        rule = self._learning_rule = copy.copy(proc_params["learning_rule"])
        n_post, n_pre = proc_params["shape"]
        numbers = np.int32 if self.is_fixed else np.float64
        self.epoch = int(rule.t_epoch)
        self.three_factors = bool(rule.three_factor)
        self.graded_mode = int(proc_params["graded_spike_cfg"])
        self.sign_mode = int(SignMode(proc_params.get("sign_mode", SignMode.MIXED)).value)
        self.settled = False
        self.alive = np.ones(len(TRACES), np.bool_)
        self.n_pre_spikes = self.n_post_spikes = self.rounding = 0
        self.decays, self.impulses = np.zeros(len(TRACES)), np.zeros(len(TRACES))
        self.x_history = np.zeros((NUM_X_TRACES, n_pre, self.epoch + 1), numbers)
        self.y_history = np.zeros((NUM_Y_TRACES, self.epoch + 1, n_post), numbers)
        self.pre, self.post = np.zeros(n_pre, np.int64), np.zeros(n_post, np.int64)
        self.steps, self.mask = np.zeros(n_post, np.int64), np.zeros(n_post, numbers)
        self.y_own = np.zeros((NUM_Y_TRACES, n_post), numbers)
        self.fresh = np.zeros((FRESH_ROWS, n_post), numbers)
        self.bounds = np.zeros((len(TARGETS), 4), self.fresh.dtype)
        self.decimation = 1
        self._take_rule()

    # -- the rule ----------------------------------------------------------------------

    def _take_rule(self):
        """Everything that follows from the rule."""
        rule = self._learning_rule
        for k, trace in enumerate(TRACES):
            tau = float(getattr(rule, f"{trace}_tau"))
            self.decays[k] = np.exp(-1 / tau) if tau else 0.0
            self.impulses[k] = float(getattr(rule, f"{trace}_impulse"))
        self.decimation = 1 << (rule.decimate_exponent or 0)
        active = [t for t in TARGETS if t[0] in rule.active_product_series]
        for k, (_, variable, _) in enumerate(active):
            self.bounds[k] = self._bounds_of(variable)
        self.learn = rule_function(rule, self.is_fixed, self.is_sparse)

    def _bounds_of(self, variable: str) -> tuple:
        """What the row of `bounds` for a synaptic variable holds."""
        raise NotImplementedError

    def _with_strings(self):
        """A copy of the rule with the strings that the Vars hold."""
        rule = copy.copy(self._learning_rule)
        rule.set_strings(dw=self.dw or None, dd=self.dd or None, dt=self.dt or None)
        return rule

    def on_var_update(self):
        """Take time constants, impulses and rule strings as they are set now."""
        rule = self._with_strings()
        for trace in TRACES:
            for what in ("tau", "impulse"):
                name = f"{trace}_{what}"
                setattr(rule, name, np.ravel(getattr(self, name))[0].item())
        self._learning_rule = rule
        self._take_rule()
        self.settled = False

    def on_load(self):
        """Take rule strings as they were saved; all numbers have been."""
        rule = self._learning_rule = self._with_strings()
        self.learn = rule_function(rule, self.is_fixed, self.is_sparse)

    # -- one time step -----------------------------------------------------------------

    def run_spk(self):
        """Send last step's activation, receive, follow and note the spikes."""
        self.a_out.send(self.a_buff)
        self.recv_traces(self.deliver())

    def recv_traces(self, s_in):
        """Note the spikes of this step; `s_in` is what ``self.s_in.recv()`` returned."""
        self.note_pre_spikes(s_in)
        self.s_in_bap.recv()
        y1, y2, y3 = self.s_in_y1.recv(), self.s_in_y2.recv(), self.s_in_y3.recv()
        self.note_post_spikes()
        if self.three_factors:
            self.take_post_traces(y1, y2, y3)

    def step_of_epoch(self):
        """1 to P."""
        return (self.time_step - 1) % self.epoch + 1

    def lrn_guard(self):
        """Learn at the end of each epoch; epochs start with the first time step."""
        return self.time_step % self.epoch == 0

    def pre_guard(self):
        """Histories come before learning."""
        return self.time_step % self.epoch == 0

    def run_pre_mgmt(self):
        """Everything that ends an epoch but is the same for all rules."""
        self.make_histories()
        self.n_pre_spikes = list_spikes(self.pre, self.tx)
        self.n_post_spikes = list_spikes(self.post, self.ty)
        for k in range(self.n_post_spikes):
            self.steps[k] = self.ty[self.post[k]]
        sample_own(self.mask, self.y_own, self.ty, self.y_history)
        self.rounding = self.rounding_number()

    def run_lrn(self):
        """Apply the rule to the epoch that ends, then forget its spikes."""
        pre, post = self.pre[: self.n_pre_spikes], self.post[: self.n_post_spikes]
        self.settled = not self.apply_rule(pre, post)
        self.end_epoch()

    def apply_rule(self, pre, post):
        """Call ``self.learn``; False if nothing can move without activity."""
        raise NotImplementedError

    def fires(self):
        """1 if terms of ``uk`` count in this epoch, else 0."""
        return 1 if (self.time_step // self.epoch) % self.decimation == 0 else 0

    def lives(self, k, trace):
        """False for a trace that is 0, stays 0, and whose history says so already."""
        alive = self.impulses[k] != 0 or any_of(trace, 0, trace.size)
        was_alive = self.alive[k]
        self.alive[k] = alive
        return alive or was_alive

    def end_epoch(self):
        """Forget the spikes."""
        for j in range(self.tx.size):
            self.tx[j] = 0
        for i in range(self.ty.size):
            self.ty[i] = 0
            self.y0[i] = False


class LearningConnectionModelFloat(PyLearningConnection):
    """Traces, weights and tags in float64; nothing is rounded or bounded."""

    s_in_y1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_in_y3: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    x1: np.ndarray = LavaPyType(np.ndarray, float)
    x2: np.ndarray = LavaPyType(np.ndarray, float)
    y1: np.ndarray = LavaPyType(np.ndarray, float)
    y2: np.ndarray = LavaPyType(np.ndarray, float)
    y3: np.ndarray = LavaPyType(np.ndarray, float)
    tag_1: np.ndarray = LavaPyType(np.ndarray, float)
    tag_2: np.ndarray = LavaPyType(np.ndarray, float)
    x1_tau: np.ndarray = LavaPyType(np.ndarray, float)
    x1_impulse: np.ndarray = LavaPyType(np.ndarray, float)
    x2_tau: np.ndarray = LavaPyType(np.ndarray, float)
    x2_impulse: np.ndarray = LavaPyType(np.ndarray, float)
    y1_tau: np.ndarray = LavaPyType(np.ndarray, float)
    y1_impulse: np.ndarray = LavaPyType(np.ndarray, float)
    y2_tau: np.ndarray = LavaPyType(np.ndarray, float)
    y2_impulse: np.ndarray = LavaPyType(np.ndarray, float)
    y3_tau: np.ndarray = LavaPyType(np.ndarray, float)
    y3_impulse: np.ndarray = LavaPyType(np.ndarray, float)

    def _bounds_of(self, variable: str) -> tuple:
        low, high = -math.inf, math.inf
        if variable == "tag_2" or (
            variable == "weights" and self.sign_mode == SignMode.EXCITATORY.value
        ):
            low = 0.0
        if variable == "weights" and self.sign_mode == SignMode.INHIBITORY.value:
            high = 0.0
        return low, high, low, high

    def note_pre_spikes(self, s_in):
        """Spike times and repeated spikes of this epoch; payloads."""
        step, graded = self.step_of_epoch(), self.num_message_bits[0] > 0
        for j in self.s_in.events():
            if self.tx[j] > 0:
                if self.graded_mode == REGULAR:
                    repeat_spike(self.x1, j, self.impulses[X1])
                repeat_spike(self.x2, j, self.impulses[X2])
            if self.graded_mode != REGULAR:
                half = 0.5 * s_in[j] if graded else 0.5
                self.x1[j] = half if self.graded_mode == OVERWRITE else self.x1[j] + half
            self.tx[j] = step

    def note_post_spikes(self):
        """Spike times and repeated spikes of this epoch."""
        step = self.step_of_epoch()
        for i in self.s_in_bap.events():
            if self.ty[i] > 0:
                repeat_spike(self.y1, i, self.impulses[Y1])
                repeat_spike(self.y2, i, self.impulses[Y2])
                repeat_spike(self.y3, i, self.impulses[Y3])
            self.y0[i] = True
            self.ty[i] = step

    def take_post_traces(self, y1, y2, y3):
        """The traces that the post-synaptic neurons sent."""
        for i in range(self.y1.size):
            self.y1[i], self.y2[i], self.y3[i] = y1[i], y2[i], y3[i]

    def rounding_number(self):
        """Nothing is rounded."""
        return 0

    def make_histories(self):
        """Traces within the epoch that ends; they take their last values."""
        self.make_pre_history(X1, self.x_history[0], self.x1)
        self.make_pre_history(X2, self.x_history[1], self.x2)
        self.make_post_history(Y1, self.y_history[0], self.y1)
        self.make_post_history(Y2, self.y_history[1], self.y2)
        self.make_post_history(Y3, self.y_history[2], self.y3)

    def make_pre_history(self, k, history, trace):
        """History of trace number k."""
        if self.lives(k, trace):
            pre_history(history, trace, self.tx, self.decays[k], self.impulses[k])

    def make_post_history(self, k, history, trace):
        """History of trace number k; the traces of a three-factor rule keep their values."""
        if self.lives(k, trace):
            post_history(history, trace, self.ty, self.decays[k], self.impulses[k])
            if not self.three_factors:
                take_last(trace, history)
