"""A network of models/ run in pieces."""

from collections.abc import Iterable

from lavajit import Result


def run_in_pieces(network, pieces: Iterable[int], *options, **more) -> Result:
    """Spikes of all pieces; they become those that the network's statistics are of."""
    whole = None
    for steps in pieces:
        network.run(steps, *options, **more)
        whole = network.result if whole is None else whole + network.result
    network.result = whole
    return whole
