"""Where does a fixed-point network part from its float version, and why?

The same recurrent network twice: in real numbers, and in the integers of a neuromorphic chip, whose
voltages are 2^6 times as large and whose decays have 12 bits.
"""

from functools import partial

import numpy as np

from lavajit import LIF, Dense, Loihi2SimCfg, first_difference

STEPS = 200


def build(du, dv, bias_exp):
    neurons = LIF(
        shape=(5,),
        du=du,
        dv=dv,
        vth=100,
        bias_mant=np.array([3, 4, 5, 6, 7]),
        bias_exp=bias_exp,
        name="neurons",
    )
    loop = Dense(weights=4 * np.roll(np.eye(5, dtype=int), 1, axis=0), name="loop")
    neurons.s_out.connect(loop.s_in)
    loop.a_out.connect(neurons.a_in)
    return neurons


in_float = partial(build, du=0.1, dv=0.03, bias_exp=0)
in_integers = partial(build, du=round(0.1 * 2**12), dv=round(0.03 * 2**12), bias_exp=6)
real, fixed = Loihi2SimCfg(select_tag="floating_pt"), Loihi2SimCfg(select_tag="fixed_pt")

if __name__ == "__main__":
    compare = partial(first_difference, (in_float, in_integers), real, fixed, steps=STEPS)
    print("Voltages that differ by more than 1% of the threshold:")
    print(compare(watch=["v"], scale={"v": 2**6}, atol=0.01 * 100 * 2**6) or "none")
    print("\nSpikes that differ:")
    print(compare(watch=["s_out"]) or "none")
    print("\nThe integer model in native code and the same model in Python:")
    debug = Loihi2SimCfg(select_tag="fixed_pt", debug=True)
    found = first_difference(in_integers, fixed, debug, steps=STEPS)
    print(found or f"no difference in {STEPS} steps")
