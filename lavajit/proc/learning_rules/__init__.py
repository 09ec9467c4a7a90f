"""Learning rules that are known by name.

:class:`STDPLoihi` is spike-timing dependent plasticity with two factors, and
:class:`RewardModulatedSTDP` the same with a reward and an eligibility trace.
"""

from lavajit.proc.learning_rules.r_stdp import RewardModulatedSTDP
from lavajit.proc.learning_rules.stdp import STDPLoihi

__all__ = ["RewardModulatedSTDP", "STDPLoihi"]
