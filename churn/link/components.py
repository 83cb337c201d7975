"""Connected components of the kept pairs, by scipy: 27 million edges in seconds, no graph objects."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ids = npt.NDArray[np.int64]


def components(left: Ids, right: Ids, *, least: int) -> tuple[Ids, Ids]:
    """Components of at least `least` nodes: (ids ascending, label of each: the component's smallest id).

    `left[i]` and `right[i]` are the ends of edge i. The labels do not depend on the order of the edges.
    """
    nodes, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    ends = codes.reshape(2, -1)
    graph = coo_array((np.ones(left.size, dtype=np.int8), (ends[0], ends[1])), shape=(nodes.size, nodes.size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, nodes)
    kept = np.bincount(label, minlength=count)[label] >= least
    return nodes[kept], smallest[label][kept]
