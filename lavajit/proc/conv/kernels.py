"""The two ways to convolve, as functions for kernels; see :mod:`lavajit.proc.conv`.

`image` is (X, Y, C_in), `grid` (stride, padding, dilation), each (x, y), in one tuple; `events` and
`values` are as in :mod:`lavajit.proc.delivery`.
"""

from __future__ import annotations

#: Following one event costs as much as streaming this many inputs, with groups of fewer than four
#: input channels, and of more.
FOLLOW_COST_NARROW, FOLLOW_COST = 1.2, 2.5


def convolve(out, weight, image, groups, grid, x, events, values):
    """out += convolution of the image, the cheaper way; `values` as in lavajit.proc.delivery."""
    cost = FOLLOW_COST_NARROW if weight.shape[3] < 4 else FOLLOW_COST
    if cost * events.size < x.size:
        follow_events(out, weight, image, groups, grid, events, values)
    else:
        for j in range(x.size):
            if x[j] == 0:
                values[j] = 0
        stream_inputs(out, weight, image, groups, grid, values)


def first_output(at, reach, stride):
    """First output along an axis that sees the padded position `at`."""
    return max(0, -((reach - at) // stride))


def follow_events(out, weight, image, groups, grid, events, values):
    """Add each event to the outputs that see it."""
    _, n_y, n_c = image
    sx, sy, px, py, dx, dy = grid
    n_p, n_q, c_out = out.shape
    _, k_x, k_y, c_group = weight.shape
    k_group = c_out // groups
    for event in events:
        pixel, channel = event // n_c, event % n_c
        x, y = pixel // n_y + px, pixel % n_y + py
        group, c = channel // c_group, channel % c_group
        first_k, value = group * k_group, values[event]
        first_q = first_output(y, dy * (k_y - 1), sy)
        for p in range(first_output(x, dx * (k_x - 1), sx), min(n_p, x // sx + 1)):
            away_x = x - p * sx
            if dx > 1 and away_x % dx != 0:
                continue
            i = k_x - 1 - away_x // dx
            for q in range(first_q, min(n_q, y // sy + 1)):
                away_y = y - q * sy
                if dy > 1 and away_y % dy != 0:
                    continue
                j = k_y - 1 - away_y // dy
                for k in range(first_k, first_k + k_group):
                    out[p, q, k] += weight[k, i, j, c] * value


def stream_inputs(out, weight, image, groups, grid, values):
    """Add all inputs of each output, in the order of the inputs."""
    n_x, n_y, n_c = image
    sx, sy, px, py, dx, dy = grid
    n_p, n_q, _ = out.shape
    _, k_x, k_y, c_group = weight.shape
    for p in range(n_p):
        for q in range(n_q):
            for i in range(k_x):
                x = p * sx + i * dx - px
                if not 0 <= x < n_x:
                    continue
                for j in range(k_y):
                    y = q * sy + j * dy - py
                    if not 0 <= y < n_y:
                        continue
                    for group in range(groups):
                        at = (x * n_y + y) * n_c + group * c_group
                        tap = (k_x - 1 - i, k_y - 1 - j)
                        add_pixel(out, p, q, weight, tap, group, groups, at, values)


def add_pixel(out, p, q, weight, tap, group, groups, at, values):
    """Add the input channels of one pixel and group, from values[at] on, four at a time."""
    i, j = tap
    c_group, k_group = weight.shape[3], out.shape[2] // groups
    first_k, paired = group * k_group, c_group - c_group % 4
    for c in range(0, paired, 4):
        in_a, in_b = values[at + c], values[at + c + 1]
        in_c, in_d = values[at + c + 2], values[at + c + 3]
        for k in range(first_k, first_k + k_group):
            # From the left: the same order of additions as one channel after the other.
            out[p, q, k] = (
                out[p, q, k]
                + weight[k, i, j, c] * in_a
                + weight[k, i, j, c + 1] * in_b
                + weight[k, i, j, c + 2] * in_c
                + weight[k, i, j, c + 3] * in_d
            )
    for c in range(paired, c_group):
        value = values[at + c]
        for k in range(first_k, first_k + k_group):
            out[p, q, k] += weight[k, i, j, c] * value
