"""What all workers share; runs in any interpreter that has NumPy.

==========  ==================  ================================================================
request     further keys        answer
==========  ==================  ================================================================
start       the job             seconds of "build" and of the "first" step, "synapses", "versions"
run         steps               "seconds" (wall clock) and "cpu" (processor time of the program)
report      -                   of the last run: "rates" in Hz and "spikes" by population, "cv";
                                "memory", the most bytes that have been resident
stop        -                   nothing, the program ends
==========  ==================  ================================================================

An answer that has "error" says what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback

import numpy as np

#: Fewest intervals that a coefficient of variation is computed from.
MIN_INTERVALS = 5


class Contender:
    """One network in one simulator: what workers override."""

    def start(self, job: dict) -> dict:
        """Build the network and run its first step."""
        raise NotImplementedError

    def run(self, steps: int) -> None:
        """Advance by `steps`; spikes of this run replace those of the last."""
        raise NotImplementedError

    def spikes(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Times (ms) and neurons of the spikes of the last run, and how many ms it took."""
        raise NotImplementedError

    def memory(self) -> int:
        """Most bytes that have been resident."""
        return peak_memory()

    def timed_run(self, steps: int) -> dict:
        """Seconds of a run."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.run(steps)
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def serve(contender: Contender) -> None:
    """Answer requests until there are no more. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "stop":
            break
        try:
            answer = _answer(contender, request)
        except Exception as error:  # whatever it is, the other side has to know
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def _answer(contender: Contender, request: dict) -> dict:
    if request["do"] == "start":
        contender.populations = request["job"]["populations"]
        return contender.start(request["job"])
    if request["do"] == "run":
        return contender.timed_run(request["steps"])
    times, neurons, milliseconds = contender.spikes()
    found = {"cv": variation(times, neurons), "memory": contender.memory()}
    counts = {
        name: int(np.count_nonzero((neurons >= first) & (neurons < end)))
        for name, (first, end) in contender.populations.items()
    }
    rates = {
        name: 1e3 * counts[name] / (end - first) / milliseconds
        for name, (first, end) in contender.populations.items()
    }
    return found | {"spikes": counts, "rates": rates}


def variation(times: np.ndarray, neurons: np.ndarray) -> float | None:
    """Mean coefficient of variation of the inter-spike intervals; None if there are too few."""
    order = np.lexsort((times, neurons))
    times, neurons = np.asarray(times, float)[order], np.asarray(neurons)[order]
    same = np.diff(neurons) == 0
    intervals, of = np.diff(times)[same], neurons[1:][same]
    if not of.size:
        return None
    number = np.bincount(of)
    kept = number >= MIN_INTERVALS
    if not kept.any():
        return None
    mean = np.bincount(of, intervals)[kept] / number[kept]
    square = np.bincount(of, intervals**2)[kept] / number[kept]
    return float(np.mean(np.sqrt(np.maximum(0, square - mean**2)) / mean))


def peak_memory(process: int | str = "self") -> int:
    """Most bytes of a process that have been resident, 0 where the system does not say."""
    # Not getrusage: its figure is not less than that of the process that started this one.
    try:
        with open(f"/proc/{process}/status") as status:
            for line in status:
                if line.startswith("VmHWM"):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    return 0


def dense_arrays(n: int, density: float, gain: float) -> dict[str, np.ndarray]:
    """Initial potentials (n,) and weights (n, n) of LIF - Dense - LIF, equal in all simulators.

    The first population counts to 1 by `density`, so that this is the share of spikes in a step.
    """
    rng = np.random.default_rng(n)
    return {"v": rng.random(n), "weights": rng.random((n, n)) * (2 * gain / n)}
