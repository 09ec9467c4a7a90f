"""Methods that must stay in Python, and the line that keeps each of them there."""

import functools
import time

import numpy as np
import pytest
from kernel_networks import refusal, run_cell

OFFSET = 10


def values() -> dict:
    return {"k": 0.25, "n": 1, "v": np.array([0.5, 1.5, 2.5])}


def prints(self):
    self.k += 1
    print(self.k) if self.k < 0 else None


def opens(self):
    if self.k < 0:
        open("nothing")


def draws(self):
    self.k = np.random.rand()


def uses_time(self):
    self.k = time.time()


def changes_global(self):
    global OFFSET
    OFFSET = OFFSET


def logs(self):
    self.log.debug("text")


def nests(self):
    def inner():
        return 1

    self.k = inner()


def imports(self):
    import math

    self.k = math.pi


def strict_zip(self):
    for a, _ in zip(self.v, self.v, strict=True):
        self.k += a


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def recurs(self):
    self.n = factorial(3)


def overwrites_message(self):
    self.k = float(self.proc_params.get("x") or 1)


STAY = [
    (prints, 2, "it calls print()"),
    (opens, 2, "it calls open()"),
    (draws, 1, "it draws from NumPy's global random numbers; self.rng is native"),
    (uses_time, 1, "it uses time.time"),
    (changes_global, 1, "it changes a global variable"),
    (logs, 1, "it writes to self.log"),
    (nests, 1, "it defines a function inside"),
    (imports, 1, "it imports a module inside; import at the top of the file"),
    (strict_zip, 1, "it calls zip(strict=True)"),
    (overwrites_message, 1, "it reads self.proc_params; keep what it needs in __init__"),
]


@pytest.mark.parametrize(("kernel", "line", "reason"), STAY, ids=[s[0].__name__ for s in STAY])
def test_stays_in_python_with_the_line_that_keeps_it_there(kernel, line, reason):
    found = refusal(kernel, values())
    assert found.reason == reason
    assert found.filename == __file__
    assert found.line == kernel.__code__.co_firstlineno + line


def test_recursion_is_refused():
    found = refusal(recurs, values())
    assert found.reason == "factorial calls itself"
    assert found.line == factorial.__code__.co_firstlineno


def test_a_wrapped_method_keeps_its_wrapper():
    def twice(function):
        @functools.wraps(function)
        def wrapper(self):
            function(self)
            function(self)

        return wrapper

    @twice
    def kernel(self):
        self.n += 1

    assert "decorator" in refusal(kernel, values()).reason
    found, _ = run_cell(kernel, values(), steps=1)  # warned already
    assert found["n"] == 3


def test_a_refused_helper_is_named_with_its_own_line():
    def shout(x):
        print(x) if x < 0 else None
        return x

    def kernel(self):
        self.k = shout(self.k)

    found = refusal(kernel, values())
    assert found.line == shout.__code__.co_firstlineno + 1
