"""Convolutional connections.

Images are (X, Y, channels); each step sends the activation of the previous step, then receives::

    send a_buf
    x = recv() ;  x = (x != 0) for binary inputs
    a_buf[p, q, k] = sum over c, i, j of weight[k, i, j, c]
                     * x[p * sx + dx * (Kx - 1 - i) - px, q * sy + dy * (Ky - 1 - j) - py, g + c]

with stride s, dilation d, padding p (zeros outside the image) and g the first input channel of the
group that output channel k belongs to: a true convolution, whose kernel is flipped. Tags
``floating_pt`` (float64) and ``fixed_pt``, where the result is the exact sum wrapped to 24 bits
signed; weights are neither clipped nor truncated, and `weight_exp` and `num_weight_bits` have no
effect, as in Lava.

Two ways to the same sums: follow the events to the outputs they reach, or stream all inputs, output
by output. Both add up in the order of the inputs, so finite weights give equal bits. Following
one event costs as much as streaming 1.1 to 1.3 inputs where a group has 1 to 3 channels, 2 to 5
where it has more (3x3 and 5x5 kernels, 1 to 64 outputs), which decides.

Different from Lava: a kernel whose channels do not match the image is an error, as are a stride or
dilation below 1 and a padding below 0; fixed-point graded inputs must be integers.
"""

from lavajit.proc.conv.process import AbstractPyConvModel, Conv, PyConvModelFixed, PyConvModelFloat

__all__ = ["AbstractPyConvModel", "Conv", "PyConvModelFixed", "PyConvModelFloat"]
