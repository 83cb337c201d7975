"""Connected components of what ties domains together: one pass of union-find, compiled by numba.

scipy's `connected_components` needs the domains numbered on both ends of an edge, and the edges turned round: at 30
million ties, five times as long. The tests compare the two with networkx.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

Ids = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

LEAST, LEAST_REPORTED = 5, 3
"""Domains that make a cluster: fewer that share two traits are a coincidence worth no analyst's minute, unless one of
them is reported, and the others are what an analyst looks for."""


def components(knot: Ids, id_: Ids, reported: Ids) -> tuple[Ids, Ids]:
    """Components that are large enough: (ids ascending, label of each: the component's smallest id).

    Tie i is between the domain `id_[i]` and all others of the knot `knot[i]`, numbers near each other. The labels do
    not depend on the order of the ties.
    """
    if not knot.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    encoded = pa.array(id_).dictionary_encode()
    nodes, places = encoded.dictionary.to_numpy(), encoded.indices.to_numpy()
    least_knot = knot.min()
    label = _labels(knot, places, least_knot, int(knot.max() - least_knot) + 1, nodes.size)
    smallest = np.full(nodes.size, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, nodes)
    least = np.full(nodes.size, LEAST)
    least[label[np.isin(nodes, reported)]] = LEAST_REPORTED
    kept = (np.bincount(label, minlength=nodes.size) >= least)[label]
    order = np.argsort(nodes[kept])
    return nodes[kept][order], smallest[label][kept][order]


@njit(cache=True, nogil=True)
def _labels(knot: Ids, places: Places, least_knot: int, knots: int, nodes: int) -> Places:  # pragma: no cover - compiled
    """The least place of each one's component: of two trees the root of the greater place goes below the other one."""
    parent = np.arange(nodes).astype(np.int32)
    of_knot = np.full(knots, -1, np.int32)
    for tie in range(knot.size):
        root = _root(parent, places[tie])
        k = knot[tie] - least_knot
        if of_knot[k] >= 0:
            other = _root(parent, of_knot[k])
            root, greater = min(root, other), max(root, other)
            parent[greater] = root
        of_knot[k] = root
    for node in range(nodes):  # whose parent is before it
        parent[node] = parent[parent[node]]
    return parent


@njit(cache=True, nogil=True)
def _root(parent: Places, node: int) -> int:  # pragma: no cover - compiled
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
