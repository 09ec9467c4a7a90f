"""Kernels of neuron programs as text: a loop over neurons around the lines of a program."""

from __future__ import annotations

import hashlib
import linecache
from functools import lru_cache
from types import FunctionType

import numpy as np

from lavajit.neurocore.programs import arithmetic
from lavajit.neurocore.programs.body import COUNT
from lavajit.neurocore.programs.limits import INPUT_BITS

_INDENT = "    "


class KernelText:
    """Writes the kernel of a program.

    Parameters
    ----------
    program : NeuronProgram
    counted : bool
        The kernel counts the operations it executes.
    """

    def __init__(self, program, counted: bool):
        self.program = program
        self.body = program.body
        self.counted = counted

    def group(self) -> FunctionType:
        """``run(self)`` of a group by itself, whose arrays are all flat."""
        fields = ["payload = self.s1", "sent_q = self.q"]
        if self.has("q2"):
            fields.append("sent_q2 = self.q2")
        if self.has("spike2"):
            fields.append("payload2 = self.s2")
        fields += [f"state_{name} = self.state_{name}" for name in self.program.state]
        fields += [f"trace_{k} = self.trace_{k}" for k in sorted(self.body.traces)]
        fields += [f"par_{name} = self.par_{name}" for name in self.program.par]
        fields += [f"table_{name} = self.table_{name}" for name in self.program.tables]
        fields += ["now = np.int64(self.step[0])"] if self.has("t") else []
        fields += ["lfsr = self.random[0]"] if self.has("rnd") else []
        after = ["self.random[0] = lfsr"] if self.has("rnd") else []
        return self._function("run", fields, after)

    def model(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> FunctionType:
        """``run_spk(self)`` of a ProcessModel with these ports."""
        fields = [f"sent_q = self.{inputs[0]}.recv().ravel()"]
        if self.has("q2"):
            fields.append(f"sent_q2 = self.{inputs[1]}.recv().ravel()")
        fields.append(f"payload = self.{outputs[0]}.buffer().ravel()")
        if self.has("spike2"):
            fields.append(f"payload2 = self.{outputs[1]}.buffer().ravel()")
        fields += [f"state_{name} = self.{name}.ravel()" for name in self.program.state]
        fields += [f"trace_{k} = self.y{k}.ravel()" for k in sorted(self.body.traces)]
        fields += [f"par_{name} = self.{name}" for name in self.program.par]
        fields += [f"table_{name} = self.{name}.ravel()" for name in self.program.tables]
        fields += ["now = np.int64(self.time_step)"] if self.has("t") else []
        fields += ["lfsr = self.random_state[0]"] if self.has("rnd") else []
        after = ["self.random_state[0] = lfsr"] if self.has("rnd") else []
        sends = outputs[: 2 if self.has("spike2") else 1]
        after += [f"self.{name}.send(self.{name}.buffer())" for name in reversed(sends)]
        return self._function("run_spk", fields, after)

    def has(self, name: str) -> bool:
        """True if the program uses it."""
        return name in self.body.uses

    def _function(self, name: str, before: list[str], after: list[str]) -> FunctionType:
        lines = [*before, *(["executed = 0"] if self.counted else [])]
        lines += ["for i in range(payload.size):"]
        lines += [_INDENT + line for line in self._neuron()]
        lines += ["self.executed[0] += executed"] if self.counted else []
        text = "\n".join([f"def {name}(self):", *(_INDENT + line for line in [*lines, *after])])
        return _compiled(text + "\n", name, self.program.name)

    def _neuron(self) -> list[str]:
        bits, shift = INPUT_BITS.value - 1, self.program.input_shift
        lines = []
        for name in ("q", "q2"):
            if self.has(name):
                value = f"np.int64(sent_{name}[i])" + (f" << {shift}" if shift else "")
                lines.append(f"{name} = wrap({value}, {bits})")
        lines += ["t = word32(now)"] if self.has("t") else []
        lines += [f"v_{name} = np.int64(state_{name}[i])" for name in self.program.state]
        lines += [f"y{k} = np.int64(trace_{k}[i])" for k in sorted(self.body.traces)]
        lines += [f"p_{name} = np.int64(element(par_{name}, i))" for name in self.program.par]
        starts = ["sent", *(["sent2"] if self.has("spike2") else []), *self.body.locals]
        lines += [f"{name} = np.int64(0)" for name in starts]
        lines += self._update()
        return lines + self._stores()

    def _update(self) -> list[str]:
        """The lines of the program; each way out stores what was computed."""
        lines = []
        for line in self.body.lines:
            text = line.lstrip()
            if text.startswith(COUNT) and not self.counted:
                continue
            margin = line[: len(line) - len(text)]
            if text == "return":
                lines += [margin + store for store in [*self._stores(), "continue"]]
            else:
                lines.append(line)
        return lines

    def _stores(self) -> list[str]:
        lines = [f"state_{name}[i] = np.int32(v_{name})" for name in sorted(self.body.written)]
        lines += [f"trace_{k}[i] = np.int32(y{k})" for k in sorted(self.body.traces)]
        lines.append("payload[i] = np.int32(sent)")
        return lines + (["payload2[i] = np.int32(sent2)"] if self.has("spike2") else [])


@lru_cache(maxsize=512)
def _compiled(text: str, function: str, program: str) -> FunctionType:
    """The function that `text` defines; its text stays available to tracebacks and compilers."""
    from lavajit.model.elements import element

    name = f"<neuron program {program} {hashlib.sha256(text.encode()).hexdigest()[:16]}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = {"np": np, "element": element, "__name__": __name__}
    namespace.update({helper.__name__: helper for helper in arithmetic.HELPERS})
    exec(compile(text, name, "exec"), namespace)
    return namespace[function]
