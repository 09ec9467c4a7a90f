"""LIF in C: what a loop written by hand for one population costs."""

from __future__ import annotations

import ctypes
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bench.library.neurons import LIFReference
from bench.library.reference import FIXED, FLOAT, ROWS, SINGLE

# No fused multiply-add: with it the results would differ in the last bit.
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")

# One LIF loop for each precision: REAL is the type, NAME the arithmetic.
REAL_SOURCE = """
STEP step_NAME(long n, const REAL *restrict a_in, const REAL *restrict bias,
                REAL du, REAL dv, REAL vth,
                REAL *restrict u, REAL *restrict v, REAL *restrict spikes)
{
    for (long i = 0; i < n; i++) {
        REAL current = u[i] * (1 - du) + a_in[i];
        REAL potential = v[i] * (1 - dv) + current + bias[i];
        u[i] = current;
        spikes[i] = potential > vth ? 1 : 0;
        v[i] = potential > vth ? 0 : potential;
    }
}

void lif_NAME(long n, long steps, long t, long rows, const REAL *table,
               const REAL *bias, REAL du, REAL dv, REAL vth,
               REAL *u, REAL *v, REAL *spikes)
{
    for (long step = 0; step < steps; step++, t++)
        step_NAME(n, table + (t % rows) * n, bias, du, dv, vth, u, v, spikes);
}
"""

# The step is a function of its own, not inlined: written inside the loop over steps, the loop over
# neurons takes 5 to 15 times as long with gcc 12, which would flatter lavajit.
SOURCE = """
#include <stdint.h>
#define STEP static __attribute__((noinline)) void

static inline int32_t decayed(int32_t x, int32_t factor)
{
    return (int64_t)x * factor / 4096;
}

STEP step_fixed(long n, const int32_t *restrict a_in, const int32_t *restrict bias,
                int32_t du, int32_t dv, int32_t vth,
                int32_t *restrict u, int32_t *restrict v, int32_t *restrict spikes)
{
    const int32_t half = 1 << 23, most = (1 << 23) - 1, threshold = vth << 6;
    for (long i = 0; i < n; i++) {
        int32_t current = decayed(u[i], 4096 - (du + 1)) + a_in[i] * 64;
        current = current > half ? current - 2 * half : current;
        current = current <= -half ? current + 2 * half : current;
        int32_t potential = decayed(v[i], 4096 - dv) + current + bias[i];
        potential = potential > most ? most : potential < -most ? -most : potential;
        u[i] = current;
        spikes[i] = potential > threshold;
        v[i] = potential > threshold ? 0 : potential;
    }
}

void lif_fixed(long n, long steps, long t, long rows, const int32_t *table,
               const int32_t *bias, int32_t du, int32_t dv, int32_t vth,
               int32_t *u, int32_t *v, int32_t *spikes)
{
    for (long step = 0; step < steps; step++, t++)
        step_fixed(n, table + (t % rows) * n, bias, du, dv, vth, u, v, spikes);
}
"""


@functools.cache
def library() -> ctypes.CDLL:
    """The loops, compiled into a folder that is removed once they are loaded."""
    reals = {"float": "double", "float32": "float"}
    source = SOURCE + "".join(
        REAL_SOURCE.replace("REAL", real).replace("NAME", name) for name, real in reals.items()
    )
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder, "lif.so")
        command = ["gcc", *FLAGS, "-x", "c", "-", "-o", str(built)]
        subprocess.run(command, input=source, text=True, check=True)
        return ctypes.CDLL(str(built))


class CLoopReference(LIFReference):
    """LIF, against a loop in C."""

    arithmetics = (FLOAT, FIXED, SINGLE)
    family, sizes, against = "c_loop", (1_000, 10_000), "C, gcc -O3 -march=native"

    def prepare(self):
        kind = np.int32 if self.fixed else self.real_type
        number = np.ctypeslib.as_ctypes_type(kind)
        bias = self.bias_mant << 6 if self.fixed else self.bias_mant
        self.bias = bias.astype(kind)
        self.u, self.v, self.spikes_out = (np.zeros(self.n, kind) for _ in range(3))
        self.scalars = [number(x) for x in (self.du, self.dv, self.vth)]
        self.function = getattr(library(), f"lif_{self.arith}")
        # Rows that lie behind each other; the attribute keeps them alive.
        self.table = np.ascontiguousarray(self.rows[0])

    def run(self, steps):
        counts = [ctypes.c_long(k) for k in (self.n, steps, self.t, ROWS)]
        arrays = [a.ctypes.data_as(ctypes.c_void_p) for a in (self.table, self.bias)]
        states = [a.ctypes.data_as(ctypes.c_void_p) for a in (self.u, self.v, self.spikes_out)]
        self.function(*counts, *arrays, *self.scalars, *states)
        self.t += steps
        return [self.spikes_out.copy()]

    def _compare(self, what, found, wanted):
        # The same operations in the same order: not a bit may differ, in float neither.
        if not np.array_equal(found, wanted):
            raise AssertionError(f"LIF ({self.arith}), {what}: got {found}, C has {wanted}")
