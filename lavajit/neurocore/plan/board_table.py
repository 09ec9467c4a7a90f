"""What cores use of their limits, as a table of text."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.plan.board import NcBoard, Part

_WIDTH = 8


def table(board: NcBoard, counts: bool = False) -> str:
    """Utilisation of cores, from the last group to the first.

    One row stands for the cores that hold equally large parts of the same groups; it shows the
    largest use of each column. The last column counts these cores. The shape of a part of a
    convolution's target stands behind its row.

    Parameters
    ----------
    board : NcBoard
    counts : bool
        True: counts, not percentages of what a core has.

    Returns
    -------
    str

    Examples
    --------
    >>> from lavajit.neurocore.plan.board_table import table
    >>> from lavajit.neurocore.plan.compile import compile_net
    >>> from lavajit.neurocore.plan.groups import NeuronGroup
    >>> from lavajit.neurocore.plan.net import NcNet
    >>> net = NcNet()
    >>> net.groups.append(NeuronGroup("sums", "Sigma", (4095,), program=object()))
    >>> print(table(compile_net(net, "loihi2"), counts=True))
    Per core distribution:
    -------------------------------------------------------------------------
    | AxonIn |NeuronGr| Neurons|Synapses| AxonMap| AxonMem|  Total |  Cores |
    |-----------------------------------------------------------------------|
    |       0|       1|    4095|       0|       0|       0|    4096|       1|
    |-----------------------------------------------------------------------|
    | Total                                                        |       1|
    -------------------------------------------------------------------------
    """
    columns, most = list(board.chip.columns), board.chip.limits
    outer = "-" * ((_WIDTH + 1) * (len(columns) + 1) + 1)
    inner = f"|{outer[2:]}|"
    title = "Per core distribution:" if counts else "Per core utilization:"
    lines = [title, outer, _row([_centred(each) for each in [*columns, "Cores"]]), inner]
    for used, cores, shape in _rows(board):
        cells = [f"{n:{_WIDTH}d}" if counts else _share(n, most[c]) for c, n in used.items()]
        lines.append(_row([*cells, f"{cores:{_WIDTH}d}"]) + shape)
    total = " Total".ljust((_WIDTH + 1) * len(columns) - 1)
    return "\n".join([*lines, inner, _row([total, f"{len(board.cores):{_WIDTH}d}"]), outer])


def _rows(board: NcBoard) -> list[tuple[dict[str, int], int, str]]:
    held: dict[int, list[Part]] = {}
    for part in board.parts:
        held.setdefault(part.core, []).append(part)
    place = {group: i for i, group in enumerate(board.net.groups)}
    alike: dict[tuple, list[int]] = {}
    for core, parts in held.items():
        key = tuple((place[part.group], part.neurons.size) for part in parts)
        alike.setdefault(key, []).append(core)
    rows = []
    for key in sorted(alike, key=lambda key: [(-group, -size) for group, size in key]):
        cores = [board.chip.amounts(board.cores[core].usage) for core in alike[key]]
        used = {column: max(usage[column] for usage in cores) for column in board.chip.columns}
        shapes = [_shape(board, part) for part in held[alike[key][0]]]
        rows.append((used, len(cores), "".join(f" {shape}" for shape in shapes if shape)))
    return rows


def _shape(board: NcBoard, part: Part) -> str:
    """Places and channels that a part of a convolution's target has."""
    for link in board.net.links:
        convolution = link.synapses.convolution
        if link.target is part.group and convolution is not None:
            if np.prod(convolution.output_shape) == part.group.n:
                places = np.unravel_index(part.neurons, convolution.output_shape)
                return "Conv({}, {}, {})".format(*(np.unique(each).size for each in places))
    return ""


def _share(used: int, limit: int) -> str:
    return f"{100 * used / limit:{_WIDTH - 1}.2f}%"


def _centred(heading: str) -> str:
    left = (_WIDTH - len(heading) + 1) // 2
    return (" " * left + heading).ljust(_WIDTH)


def _row(cells: list[str]) -> str:
    return f"|{'|'.join(cells)}|"
