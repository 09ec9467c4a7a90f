"""What Injector, Extractor and VarWire do when their channel is full, empty, or holds items."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any

import numpy as np


class SendFull(IntEnum):
    """What sending does when the channel is full."""

    BLOCKING = auto()
    NON_BLOCKING_DROP = auto()


def send_full_blocking(src_port: Any, data: np.ndarray) -> None:
    """Wait until there is room."""
    src_port.send(data)


def send_full_non_blocking_drop(src_port: Any, data: np.ndarray) -> None:
    """Drop the item and warn."""
    if src_port.probe():
        src_port.send(data)
    else:
        warnings.warn(
            "the channel is full, so an item is dropped; use a larger buffer_size, or "
            "SendFull.BLOCKING to wait",
            UserWarning,
            stacklevel=3,
        )


SEND_FULL_FUNCTIONS = {
    SendFull.BLOCKING: send_full_blocking,
    SendFull.NON_BLOCKING_DROP: send_full_non_blocking_drop,
}


class ReceiveEmpty(IntEnum):
    """What receiving does when the channel is empty."""

    BLOCKING = auto()
    NON_BLOCKING_ZEROS = auto()


def receive_empty_blocking(dst_port: Any, _: np.ndarray) -> np.ndarray:
    """Wait for an item."""
    return dst_port.recv()


def receive_empty_non_blocking_zeros(_: Any, zeros: np.ndarray) -> np.ndarray:
    """Go on with zeros."""
    return zeros


RECEIVE_EMPTY_FUNCTIONS = {
    ReceiveEmpty.BLOCKING: receive_empty_blocking,
    ReceiveEmpty.NON_BLOCKING_ZEROS: receive_empty_non_blocking_zeros,
}


class ReceiveNotEmpty(IntEnum):
    """What receiving does when items are waiting."""

    FIFO = auto()
    ACCUMULATE = auto()


def receive_not_empty_fifo(dst_port: Any, _: np.ndarray, __: int) -> np.ndarray:
    """Take the oldest item."""
    return dst_port.recv()


def receive_not_empty_accumulate(
    dst_port: Any, zeros: np.ndarray, elements_in_buffer: int
) -> np.ndarray:
    """Take `elements_in_buffer` items and add them up."""
    data = zeros
    for _ in range(elements_in_buffer):
        data = data + dst_port.recv()
    return data


RECEIVE_NOT_EMPTY_FUNCTIONS = {
    ReceiveNotEmpty.FIFO: receive_not_empty_fifo,
    ReceiveNotEmpty.ACCUMULATE: receive_not_empty_accumulate,
}


@dataclass
class ChannelConfig:
    """Behaviour of a channel between user code and the network.

    Attributes
    ----------
    send_full : SendFull
        When the channel is full: wait, or drop the item.
    receive_empty : ReceiveEmpty
        When it is empty: wait, or go on with zeros.
    receive_not_empty : ReceiveNotEmpty
        When items wait: take the oldest, or the sum of all.

    Examples
    --------
    >>> ChannelConfig(receive_empty=ReceiveEmpty.NON_BLOCKING_ZEROS).send_full.name
    'BLOCKING'
    """

    send_full: SendFull = SendFull.BLOCKING
    receive_empty: ReceiveEmpty = ReceiveEmpty.BLOCKING
    receive_not_empty: ReceiveNotEmpty = ReceiveNotEmpty.FIFO

    def get_send_full_function(self) -> Callable:
        """The function ``f(src_port, data)`` that sends."""
        return SEND_FULL_FUNCTIONS[self.send_full]

    def get_receive_empty_function(self) -> Callable:
        """The function ``f(dst_port, zeros)`` that receives from an empty channel."""
        return RECEIVE_EMPTY_FUNCTIONS[self.receive_empty]

    def get_receive_not_empty_function(self) -> Callable:
        """The function ``f(dst_port, zeros, number of items)`` for a channel that holds items."""
        return RECEIVE_NOT_EMPTY_FUNCTIONS[self.receive_not_empty]


def validate_shape(shape: tuple[int, ...]) -> None:
    """Raise TypeError or ValueError unless `shape` is a tuple of ints > 0."""
    if not isinstance(shape, tuple):
        raise TypeError(f"<shape> must be a tuple of ints, got {shape!r}.")
    for entry in shape:
        _check_positive(entry, f"every entry of <shape> {shape!r}")


def validate_buffer_size(buffer_size: int) -> None:
    """Raise TypeError or ValueError unless `buffer_size` is an int > 0."""
    _check_positive(buffer_size, "<buffer_size>")


def _check_positive(value: int, what: str) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{what} must be an int, got {value!r} ({type(value).__name__}).")
    if operator.index(value) <= 0:
        raise ValueError(f"{what} must be > 0, got {value!r}.")


def validate_channel_config(channel_config: ChannelConfig) -> None:
    """Raise TypeError unless `channel_config` is a ChannelConfig with members of its enums."""
    if not isinstance(channel_config, ChannelConfig):
        raise TypeError(f"<channel_config> must be a ChannelConfig, got {channel_config!r}.")
    members = {
        "send_full": SendFull,
        "receive_empty": ReceiveEmpty,
        "receive_not_empty": ReceiveNotEmpty,
    }
    for name, enum in members.items():
        value = getattr(channel_config, name)
        if not isinstance(value, enum):
            raise TypeError(f"<channel_config>.{name} must be a {enum.__name__}, got {value!r}.")


def checked_channel(buffer_size: int, channel_config: ChannelConfig | None) -> ChannelConfig:
    """Validate what constructors are given; the default config for None."""
    validate_buffer_size(buffer_size)
    config = ChannelConfig() if channel_config is None else channel_config
    validate_channel_config(config)
    return config


def take(port: Any, config: ChannelConfig, shape: tuple[int, ...], limit: int) -> np.ndarray:
    """Receive as `config` says, from a port of a model or from the user's end of a pipe.

    At most `limit` items are added up, so that a busy sender cannot keep the receiver here.
    """
    zeros = np.zeros(shape)
    if not port.probe():
        return config.get_receive_empty_function()(port, zeros)
    if config.receive_not_empty is ReceiveNotEmpty.FIFO:
        return config.get_receive_not_empty_function()(port, zeros, 1)
    data = zeros
    for _ in range(limit):
        data = receive_not_empty_accumulate(port, data, 1)
        if not port.probe():
            break
    return data
