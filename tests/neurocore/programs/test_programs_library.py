"""Programs of the library equal the fixed-point models of the same neurons, step by step."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import lavajit
from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.neurocore.programs import ProgramGroup, library, of
from lavajit.proc.graded.inverse_root import make_fpinv_table

N, STEPS = 7, 60
RNG = np.random.default_rng(11)


def per_neuron(low, high):
    return RNG.integers(low, high, N)


def whole(low, high, ports=1):
    """Random input of each port."""
    return [RNG.integers(low, high, (STEPS, N)) for _ in range(ports)]


LIF = {
    "du": per_neuron(0, 4095),
    "dv": per_neuron(0, 4095),
    "bias_mant": per_neuron(-100, 200),
    "bias_exp": per_neuron(-3, 6),
}
RF = {"period": per_neuron(5, 20), "alpha": 0.04, "state_exp": 6, "decay_bits": 12, "vth": 1}
SDN = {"vth": per_neuron(1, 30), "spike_exp": 2, "state_exp": 3}
ATRLIF = {
    "delta_i": 0.25,
    "delta_v": 0.5,
    "delta_theta": 0.125,
    "delta_r": 0.375,
    "theta_0": 5,
    "theta_step": 3.75,
    "bias_mant": per_neuron(-3, 90),
    "bias_exp": 2,
}
ATRLIF_PAR = {
    "keep_i": 4095 - 1024,
    "keep_v": 2048,
    "keep_theta": 4096 - 512,
    "keep_r": 4096 - 1536,
    "theta_0": 5 << 6,
    "theta_step": 240,
}

#: Process, its parameters, inputs, and parameters of the program that are no Vars.
CASES = {
    "LIF": (LIF | {"vth": per_neuron(1, 60)}, whole(-20, 40), {}),
    "LIFReset": (
        LIF | {"vth": 20, "reset_interval": per_neuron(1, 9), "reset_offset": per_neuron(0, 9)},
        whole(-20, 40),
        ("reset_interval", "reset_offset"),
    ),
    "TernaryLIF": (LIF | {"vth_hi": 20, "vth_lo": per_neuron(-30, 9)}, whole(-40, 40), {}),
    "LIFRefractory": (
        LIF | {"vth": 9, "refractory_period": per_neuron(1, 6)},
        whole(-20, 40),
        ("refractory_period",),
    ),
    "RF": (RF, whole(-99, 99, 2), {}),
    "RF_IZ": (RF, whole(-99, 99, 2), {}),
    "ATRLIF": (ATRLIF, whole(-40, 90), ATRLIF_PAR),
    "Delta": (SDN, whole(-40, 40), {}),
    "Delta cum_error": (SDN | {"cum_error": True}, whole(-40, 40), {}),
    "Sigma": ({}, whole(-(2**22), 2**23), {}),
    "SigmaDelta": (SDN | {"bias": per_neuron(-9, 9)}, whole(-99, 99), {"act_mode": 1}),
    "SigmaDelta UNIT": (
        SDN | {"act_mode": 0, "cum_error": True},
        whole(-99, 99),
        {"act_mode": 0},
    ),
    "ProdNeuron": ({"vth": per_neuron(1, 99), "exp": 3}, whole(-(2**17), 2**17, 2), {}),
    "GradedVec": ({"vth": per_neuron(1, 30)}, whole(-40, 40), {}),
    "GradedReluVec": ({"vth": 9}, whole(-40, 40), {}),
    "NormVecDelay": ({"vth": 9}, whole(-(2**17), 2**17, 2), ("delay",)),
    "NormVecDelay by 2": ({"vth": 9, "delay": 2}, whole(-40, 40, 2), ("delay",)),
    "InvSqrt": ({"fp_base": 12}, whole(0, 2**23), {"guesses": make_fpinv_table(12)}),
}
FAST = ("LIF", "GradedVec")


@pytest.mark.parametrize(
    "case", [each if each in FAST else pytest.param(each, marks=pytest.mark.slow) for each in CASES]
)
def test_program_equals_the_model_on_the_cpu(case):
    parameters, inputs, others = CASES[case]
    process = getattr(lavajit, case.split()[0])(shape=(N,), **parameters)
    program = of(type(process))
    if isinstance(others, tuple):
        others = {name: process.proc_params[name] for name in others}
    sinks = connected(process, inputs)
    group = ProgramGroup(program, N, values_of(process, program) | others)
    for step in range(STEPS):
        process.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
        sent = np.atleast_2d(group.step(*(each[step] for each in inputs)))
        for sink, payloads in zip(sinks, sent, strict=True):
            assert_array_equal(payloads, sink.data.get()[:, step])
        for name, values in group.state.items():
            assert_array_equal(values, state_of(process, name, step + 1), f"{name} at {step}")
    assert any(sink.data.get().any() for sink in sinks)
    process.stop()


def connected(process, inputs):
    """Sinks of all outputs; sources send the inputs."""
    for port, data in zip(process.in_ports, inputs, strict=True):
        SourceRingBuffer(data=data.T).s_out.connect(port)
    sinks = []
    for port in process.out_ports:
        sinks.append(SinkRingBuffer(shape=(N,), buffer=STEPS))
        port.connect(sinks[-1].a_in)
    return sinks


def values_of(process, program):
    """Parameters of the program that are Vars of the Process."""
    held = {name: getattr(process, name, None) for name in program.par}
    return {name: np.ravel(var.init).astype(int) for name, var in held.items() if var is not None}


def state_of(process, name, step):
    """A state variable as the Process keeps it."""
    if name != "wait":
        return getattr(process, name).get()
    if hasattr(process, "refractory_period_end"):
        return np.maximum(process.refractory_period_end.get() - step, 0)
    interval, offset = (process.proc_params[f"reset_{each}"] for each in ("interval", "offset"))
    return interval - (step - offset) % interval


def test_programs_are_found_by_process_class():
    class Mine(lavajit.LIF):
        pass

    assert of(Mine) is of(lavajit.LIF) is library()["LIF"]
    assert of(lavajit.LIFReset) is library()["LIFReset"]
    assert of(lavajit.Dense) is None
    assert all(hasattr(lavajit, name) for name in library())
