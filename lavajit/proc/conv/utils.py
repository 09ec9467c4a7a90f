"""Shapes, layouts and reference arithmetic of convolutions.

Images are (X, Y, channels), kernels (out channels, X, Y, in channels per group), and the
convolution is a true one: the kernel is applied flipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

#: Lava chooses a faster `conv` by it; here there is only one.
TORCH_IS_AVAILABLE = False

Pair = int | Sequence[int] | np.ndarray


class TensorOrder(IntEnum):
    """Order of the axes of kernels: N out channels, C in channels, H (y) and W (x).

    Images have the same order without N: (C, H, W), (H, W, C) or (W, H, C).
    """

    NCHW = 1
    CHWN = 2
    HWCN = 3
    NWHC = 4


def make_tuple(value: Pair) -> tuple[int, int]:
    """A pair from one number (for both axes) or two.

    Raises
    ------
    ValueError
        There are more or fewer.

    Examples
    --------
    >>> make_tuple(2), make_tuple([3]), make_tuple((1, 2))
    ((2, 2), (3, 3), (1, 2))
    """
    entries = np.ravel(value).tolist()
    if len(entries) == 1:
        return entries[0], entries[0]
    if len(entries) == 2:
        return entries[0], entries[1]
    raise ValueError(f"expected one number or a pair (x, y), got {value!r}")


def signed_clamp(x: np.ndarray, bits: int) -> np.ndarray:
    """Wrap integers to signed numbers of `bits` bits.

    Examples
    --------
    >>> signed_clamp(np.array([127, 128, -129]), bits=8)
    array([ 127, -128,  127])
    """
    half = 1 << (bits - 1)
    return (x + half) % (1 << bits) - half


def output_shape(
    input_shape: Sequence[int],
    out_channels: int,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> tuple[int, int, int]:
    """Shape of what a convolution gives.

    Parameters
    ----------
    input_shape : (X, Y, channels)
    out_channels : int
    kernel_size, stride, padding, dilation : (x, y)

    Raises
    ------
    ValueError
        The kernel does not fit into the image.

    Examples
    --------
    >>> output_shape((28, 28, 1), 8, (5, 5), (2, 2), (1, 1), (1, 1))
    (13, 13, 8)
    """
    sizes = []
    for axis, name in enumerate("xy"):
        extent = dilation[axis] * (kernel_size[axis] - 1) + 1
        padded = input_shape[axis] + 2 * padding[axis]
        size = int((padded - extent) // stride[axis] + 1)
        if size < 1:
            raise ValueError(
                f"the kernel does not fit along {name}: it covers {extent} pixels, the padded "
                f"image has {padded}; use a smaller kernel or dilation, or more padding"
            )
        sizes.append(size)
    return sizes[0], sizes[1], int(out_channels)


def conv(
    input_: np.ndarray,
    weight: np.ndarray,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> np.ndarray:
    """Convolve one image, in NumPy; for reference, the models have kernels of their own.

    Parameters
    ----------
    input_ : ndarray, shape (X, Y, C_in)
    weight : ndarray, shape (C_out, *kernel_size, C_in / groups)
    kernel_size, stride, padding, dilation : (x, y)
    groups : int

    Returns
    -------
    ndarray, shape (X', Y', C_out)
        Of the dtype of `weight`.
    """
    c_out = weight.shape[0]
    nx, ny, _ = output_shape(input_.shape, c_out, kernel_size, stride, padding, dilation)
    pad = [(padding[0], padding[0]), (padding[1], padding[1]), (0, 0)]
    image = np.pad(np.asarray(input_), pad)
    image = image.reshape(*image.shape[:2], groups, -1)
    kernel = weight[:, ::-1, ::-1].reshape(groups, c_out // groups, *weight.shape[1:])
    result = np.zeros((nx, ny, groups, c_out // groups), np.result_type(image, kernel))
    for i in range(kernel_size[0]):
        xs = slice(i * dilation[0], i * dilation[0] + nx * stride[0] - stride[0] + 1, stride[0])
        for j in range(kernel_size[1]):
            ys = slice(j * dilation[1], j * dilation[1] + ny * stride[1] - stride[1] + 1, stride[1])
            result += np.einsum("xygc,gkc->xygk", image[xs, ys], kernel[:, :, i, j])
    return result.reshape(nx, ny, c_out).astype(weight.dtype)


#: The same; Lava has a second implementation.
conv_scipy = conv


def conv_to_sparse(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    kernel: np.ndarray,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    group: int,
    order: TensorOrder = TensorOrder.NWHC,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the synapses of a convolution.

    Parameters
    ----------
    input_shape, output_shape : tuple of int
        Shapes of the images, in `order`.
    kernel : ndarray
        Kernel, in `order`.
    stride, padding, dilation : (x, y)
    group : int
        Number of groups.
    order : TensorOrder
        Order of the axes of images and kernel.

    Returns
    -------
    target, source : ndarray of int
        Flat (C order) output and input index of each synapse.
    weight : ndarray
        Its weight.

    Raises
    ------
    ValueError
        `order` is no TensorOrder.
    AssertionError
        The channels are not divisible by `group`.

    Examples
    --------
    >>> kernel = np.array([5, 7]).reshape(1, 2, 1, 1)
    >>> conv_to_sparse((3, 1, 1), (2, 1, 1), kernel, (1, 1), (0, 0), (1, 1), 1)
    (array([0, 0, 1, 1]), array([0, 1, 1, 2]), array([7, 5, 7, 5]))
    """
    axes = _axes(order)
    images = "".join(axis for axis in axes if axis != "N")
    weights = np.transpose(kernel, [axes.index(axis) for axis in "NWHC"])
    (nx, ny, c_in), (px, py, c_out) = (_sizes(s, images) for s in (input_shape, output_shape))
    assert c_in % group == 0 and c_out % group == 0, (
        f"{c_in} input and {c_out} output channels are not divisible into {group} groups"
    )
    n_in, n_out = c_in // group, c_out // group
    # Order of the list: group, output y and x, kernel y and x, output and input channel.
    sizes = (group, py, px, weights.shape[2], weights.shape[1], n_out, n_in)
    g, q, p, j, i, k, c = np.ogrid[tuple(slice(n) for n in sizes)]
    x = p * stride[0] + i * dilation[0] - padding[0]
    y = q * stride[1] + j * dilation[1] - padding[1]
    inside = np.broadcast_to((x >= 0) & (x < nx) & (y >= 0) & (y < ny), sizes)
    k, c_all = g * n_out + k, g * n_in + c
    target = _flat({"W": p, "H": q, "C": k}, output_shape, images)
    source = _flat({"W": x, "H": y, "C": c_all}, input_shape, images)
    value = weights[:, ::-1, ::-1][k, i, j, c]
    return tuple(np.broadcast_to(a, sizes)[inside] for a in (target, source, value))


def _axes(order: TensorOrder) -> str:
    try:
        return TensorOrder(order).name
    except ValueError:
        known = ", ".join(f"TensorOrder.{member.name}" for member in TensorOrder)
        raise ValueError(f"order must be one of {known}, got {order!r}") from None


def _sizes(shape: Sequence[int], axes: str) -> tuple[int, ...]:
    """(X, Y, channels) of an image."""
    return tuple(int(shape[axes.index(axis)]) for axis in "WHC")


def _flat(index: dict[str, np.ndarray], shape: Sequence[int], axes: str) -> np.ndarray:
    """C-order index of the positions with the given coordinates."""
    first, second, third = (index[axis] for axis in axes)
    return (first * shape[1] + second) * shape[2] + third
