"""A few seconds: the whole way from Processes to numbers, for running before every commit."""

from __future__ import annotations

import numpy as np

from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps


def test_lif_dense_lif():
    source = LIF(shape=(2,), bias_mant=[4, 6], vth=10)
    dense = Dense(weights=np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    target = LIF(shape=(3,), vth=100)
    source.out_ports.s_out.connect(dense.in_ports.s_in)
    dense.out_ports.a_out.connect(target.in_ports.a_in)
    config = Loihi2SimCfg(select_tag="floating_pt")
    # u stays 0 and v grows by the bias each step: 6, 12 -> spike of neuron 1 in step 2, of neuron 0
    # in step 3.
    spikes = []
    for _ in range(4):
        source.run(RunSteps(1), run_cfg=config)
        spikes.append((source.v.get() == 0).tolist())
    assert spikes == [[False, False], [False, True], [True, False], [False, True]]
    # Dense passes a spike on one step later: step 3 brings column 1, step 4 column 0.
    np.testing.assert_array_equal(target.u.get(), [2.0 + 1.0, 4.0 + 3.0, 6.0 + 5.0])
    np.testing.assert_array_equal(target.v.get(), [2.0 + 3.0, 4.0 + 7.0, 6.0 + 11.0])
    source.stop()
