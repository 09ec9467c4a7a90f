"""The loops that a simulator cannot do without, written by hand in C.

Every loop stands alone: no delays, no bookkeeping, nothing but its own work. What a machine needs
for them is what :mod:`bench.limits` calls its limit.
"""

from __future__ import annotations

import ctypes
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC")
#: Thresholds of a table of Poisson counts, and generators of random numbers side by side.
TABLE, LANES = 16, 64
REALS = {"float64": ("double", np.float64), "float32": ("float", np.float32)}
TARGETS = {"uint16": ("uint16_t", np.uint16), "int32": ("int32_t", np.int32)}

_HEAD = """
#include <stdint.h>
#include <string.h>
#define STEP static __attribute__((noinline)) void

void copy(long n, long times, char *from, char *to)
{
    for (long t = 0; t < times; t++) {
        memcpy(to, from, n);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

long long read_all(long n, long times, const long long *from)
{
    long long sum = 0;
    for (long t = 0; t < times; t++)
        for (long i = 0; i < n; i++)
            sum += from[i] ^ t;
    return sum;
}

STEP draw_step(long n, const uint32_t *threshold, uint32_t *restrict state, uint8_t *restrict out)
{
    uint32_t x[LANES], count[LANES];
    memcpy(x, state, sizeof x);
    for (long first = 0; first + LANES <= n; first += LANES) {
        for (long k = 0; k < LANES; k++) {
            x[k] ^= x[k] << 13;
            x[k] ^= x[k] >> 17;
            x[k] ^= x[k] << 5;
            count[k] = 0;
        }
        for (long j = 0; j < TABLE; j++)
            for (long k = 0; k < LANES; k++)
                count[k] += x[k] > threshold[j];
        for (long k = 0; k < LANES; k++)
            out[first + k] = count[k];
    }
    memcpy(state, x, sizeof x);
}

void poisson(long n, long times, const uint32_t *threshold, uint32_t *state, uint8_t *out)
{
    for (long t = 0; t < times; t++)
        draw_step(n, threshold, state, out);
}
"""

# Four columns at a time: the sum is read and written less often.
# The step is not inlined into the loop over steps: gcc 12 makes that many times slower.
_UPDATES = """
STEP lif_step_NAME(long n, const REAL *restrict a_in, const REAL *restrict bias,
                   REAL *restrict u, REAL *restrict v, uint8_t *restrict spikes)
{
    for (long i = 0; i < n; i++) {
        REAL current = u[i] * (REAL)0.8 + a_in[i];
        REAL potential = v[i] * (REAL)0.95 + current + bias[i];
        u[i] = current;
        spikes[i] = potential > 1;
        v[i] = potential > 1 ? 0 : potential;
    }
}

void lif_NAME(long n, long times, REAL *arrays, uint8_t *spikes)
{
    for (long t = 0; t < times; t++)
        lif_step_NAME(n, arrays, arrays + n, arrays + 2 * n, arrays + 3 * n, spikes);
}

STEP iaf_step_NAME(long n, const REAL *restrict a_exc, const REAL *restrict a_inh,
                   REAL *restrict exc, REAL *restrict inh, REAL *restrict v,
                   INT *restrict wait, uint8_t *restrict spikes)
{
    for (long i = 0; i < n; i++) {
        REAL potential = v[i] * (REAL)0.995 + exc[i] * (REAL)0.0049 + inh[i] * (REAL)0.0049 + 1;
        exc[i] = exc[i] * (REAL)0.98 + a_exc[i];
        inh[i] = inh[i] * (REAL)0.99 + a_inh[i];
        potential = wait[i] > 0 ? v[i] : potential;
        INT spike = potential >= 100;
        v[i] = spike ? 0 : potential;
        wait[i] = spike ? 50 : wait[i] > 0 ? wait[i] - 1 : 0;
        spikes[i] = spike;
    }
}

void iaf_NAME(long n, long times, REAL *arrays, INT *wait, uint8_t *spikes)
{
    for (long t = 0; t < times; t++)
        iaf_step_NAME(n, arrays, arrays + n, arrays + 2 * n, arrays + 3 * n, arrays + 4 * n,
                      wait, spikes);
}

void stream_NAME(long spikes, long row, const int32_t *of, const REAL *restrict weight,
                 REAL *restrict sum)
{
    long s = 0;
    for (; s + 4 <= spikes; s += 4) {
        const REAL *a = weight + of[s] * row, *b = weight + of[s + 1] * row;
        const REAL *c = weight + of[s + 2] * row, *d = weight + of[s + 3] * row;
        for (long k = 0; k < row; k++)
            sum[k] += a[k] + b[k] + c[k] + d[k];
    }
    for (; s < spikes; s++) {
        const REAL *column = weight + of[s] * row;
        for (long k = 0; k < row; k++)
            sum[k] += column[k];
    }
}
"""

# Weights are float32, whatever the sum is.
_SCATTER = """
void scatter_INDEX_NAME(long spikes, long row, const int32_t *of, const TARGET *target,
                        const float *weight, REAL *sum)
{
    for (long s = 0; s < spikes; s++) {
        long first = of[s] * row, next = of[s + 2 < spikes ? s + 2 : s] * row;
        for (long k = 0; k < row; k += 16) {
            __builtin_prefetch(weight + next + k);
            __builtin_prefetch(target + next + k);
        }
        for (long k = first; k < first + row; k++)
            sum[target[k]] += weight[k];
    }
}
"""

# One weight for all.
_SCATTER += """
void count_INDEX_NAME(long spikes, long row, const int32_t *of, const TARGET *target, REAL *sum)
{
    for (long s = 0; s < spikes; s++) {
        long first = of[s] * row, next = of[s + 2 < spikes ? s + 2 : s] * row;
        for (long k = 0; k < row; k += 32)
            __builtin_prefetch(target + next + k);
        for (long k = first; k < first + row; k++)
            sum[target[k]] += (REAL)0.5;
    }
}
"""


@functools.cache
def library() -> ctypes.CDLL:
    """The loops, compiled into a folder that is removed once they are loaded."""
    source = _HEAD.replace("LANES", str(LANES)).replace("TABLE", str(TABLE))
    for name, (real, _) in REALS.items():
        whole = {"double": "int64_t", "float": "int32_t"}[real]
        loops = _UPDATES.replace("INT", whole)
        for index, (target, _) in TARGETS.items():
            loops += _SCATTER.replace("INDEX", index).replace("TARGET", target)
        source += loops.replace("NAME", name).replace("REAL", real)
    with tempfile.TemporaryDirectory() as folder:
        compiled, built = Path(folder, "loops.o"), Path(folder, "loops.so")
        command = ["gcc", *FLAGS, "-x", "c", "-c", "-", "-o", str(compiled)]
        subprocess.run(command, input=source, text=True, check=True, timeout=120)
        # Linked without -ffast-math: with it, loading the library would take denormal numbers for
        # zero in the whole process from then on.
        command = ["gcc", "-shared", str(compiled), "-o", str(built)]
        subprocess.run(command, check=True, timeout=120)
        return ctypes.CDLL(str(built))


def call(name: str, *arguments: int | np.ndarray) -> None:
    """Call a loop with numbers (long) and arrays; other Python threads go on meanwhile."""
    getattr(library(), name)(
        *(
            a.ctypes.data_as(ctypes.c_void_p) if isinstance(a, np.ndarray) else ctypes.c_long(a)
            for a in arguments
        )
    )
