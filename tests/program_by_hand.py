"""Running the text of a program's kernel as Python, without compiling it."""

from types import SimpleNamespace

import numpy as np

from lavajit.neurocore.programs.source import KernelText


def by_hand(program, inputs, par=None, state=None, tables=None, seed=1):
    """Payloads of one neuron for each input, and its state and traces at the end."""
    fields = {f"state_{name}": np.zeros(1, np.int32) for name in program.state}
    fields |= {f"trace_{k}": np.zeros(1, np.int32) for k in program.body.traces}
    fields |= {f"par_{name}": np.array([value]) for name, value in (par or {}).items()}
    fields |= {f"table_{name}": np.array(value) for name, value in (tables or {}).items()}
    group = SimpleNamespace(
        q=np.zeros(1, np.int32),
        q2=np.zeros(1, np.int32),
        s1=np.zeros(1, np.int32),
        s2=np.zeros(1, np.int32),
        step=np.zeros(1, np.int64),
        random=np.array([seed], np.int64),
        executed=np.zeros(1, np.int64),
        **fields,
    )
    for name, value in (state or {}).items():
        fields[f"state_{name}"][0] = value
    run, sent = KernelText(program, counted=True).group(), []
    for value in inputs:
        group.q[0], group.q2[0] = value if isinstance(value, tuple) else (value, 0)
        group.step[0] += 1
        run(group)
        sent.append(int(group.s1[0]))
    group.sent = sent
    group.at = lambda name: int(fields[name][0])
    return group
