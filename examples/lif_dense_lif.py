"""Two populations of the library's LIF neurons, joined by a Dense connection.

A spike takes one time step through a Dense: the first population fires in steps 4, 8 and 12, the
second one feels it in steps 5, 9 and 13.
"""

import numpy as np

from lavajit import LIF, Dense, Loihi1SimCfg, RunSteps

if __name__ == "__main__":
    source = LIF(shape=(2,), bias_mant=3, vth=10)
    weights = Dense(weights=np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]]))
    target = LIF(shape=(3,), du=0.5, dv=0.0, vth=10)

    source.out_ports.s_out.connect(weights.in_ports.s_in)
    weights.out_ports.a_out.connect(target.in_ports.a_in)

    for _ in range(3):
        target.run(condition=RunSteps(num_steps=5), run_cfg=Loihi1SimCfg())
        print("current", target.u.get(), "voltage", target.v.get())
    target.stop()
