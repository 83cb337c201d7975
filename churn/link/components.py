"""Connected components of what ties domains together: one pass of union-find, compiled by numba.

scipy's `connected_components` wants domains on both ends of an edge, and turns the edges round: at 30 million ties,
four times as long. The tests compare with networkx.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

Ids = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

_compiled = njit(cache=True, nogil=True, error_model="numpy")

LEAST, LEAST_REPORTED = 5, 3
"""Domains that make a cluster: fewer that share two traits are a coincidence worth no analyst's minute, unless one of
them is reported, and the others are what an analyst looks for."""


def components(ids: Ids, reported: npt.NDArray[np.bool_], ties: pa.Table) -> pa.Table:
    """Components that are large enough: (id ascending, component: its smallest id, reported).

    `ids` ascend; each row of `ties` (knot: int64, place: int32) ties the domain at a place of them to all others of
    its knot. Knots are numbers near each other. The order of the rows changes nothing.
    """
    if not ties.num_rows:
        ids, reported = ids[:0], reported[:0]
        return pa.table({"id": ids, "component": ids, "reported": reported})
    least_knot, greatest_knot = (bound.as_py() for bound in pc.min_max(ties["knot"]).values())
    of_knot = np.full(greatest_knot - least_knot + 1, -1, np.int32)
    label = np.arange(ids.size, dtype=np.int32)
    for batch in ties.to_batches():
        _tie(label, of_knot, batch["knot"].to_numpy(), batch["place"].to_numpy(), least_knot)
    _settle(label)
    least = np.full(ids.size, LEAST)
    least[label[reported]] = LEAST_REPORTED
    kept = (np.bincount(label, minlength=ids.size) >= least)[label]
    return pa.table({"id": ids[kept], "component": ids[label[kept]], "reported": reported[kept]})


@_compiled
def _tie(parent: Places, of_knot: Places, knots: Ids, places: Places, least_knot: int) -> None:  # pragma: no cover
    """Join the trees of those who hang on one knot: the root of the greater place goes below the other one."""
    for tie in range(knots.size):
        root = _root(parent, places[tie])
        knot = knots[tie] - least_knot
        if of_knot[knot] >= 0:
            other = _root(parent, of_knot[knot])
            root, greater = min(root, other), max(root, other)
            parent[greater] = root
        of_knot[knot] = root


@_compiled
def _settle(parent: Places) -> None:  # pragma: no cover - compiled
    """Give each node the root of its tree, which is before it."""
    for node in range(parent.size):
        parent[node] = parent[parent[node]]


@_compiled
def _root(parent: Places, node: int) -> int:  # pragma: no cover - compiled
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
