"""The step loop comes from the disk cache in later interpreters."""

import subprocess
import sys


def test_network_without_native_kernels_in_a_fresh_interpreter():
    tests = __file__.rpartition("/runtime/")[0]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from small_networks import Clock, run\n"
        "clock = Clock()\n"
        "run(clock, 3)\n"
        "print(clock.ticks.get())\n"
    )
    for _ in range(2):  # the first one may compile the loop, the second one loads it
        done = subprocess.run(
            [sys.executable, "-c", script, tests], capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "[3 3]\n", done.stderr
