"""examples/lif_dense_lif.py as it is written for Lava."""

import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi1SimCfg
from lava.proc.dense.process import Dense
from lava.proc.lif.process import LIF

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
