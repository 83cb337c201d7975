"""Which members of a core stay in it without their strongest link, where counting does not tell.

What belongs here: the few members that would be left with pairs of few domains only; whether one can go on from those
to enough of the cluster. What doesn't: the many that keep a pair of enough domains, and the attached ones
(`sql/tied.sql`, `sql/robustness.sql`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array

from churn.link.components import LEAST, LEAST_REPORTED, Ids

Rows = npt.NDArray[np.intp]


def tied_by_few(few: pa.Table) -> Ids:
    """The ids that were asked about and stay, ascending, from the rows of the step `few_together`.

    When a member has lost a value, everybody else is still tied as before. So its component is what one reaches from
    the pairs that it has left, never going on through the member itself. One need not go far: a component of LEAST
    domains is a cluster, and so is one of LEAST_REPORTED with a reported domain (as in `components`); whoever reaches
    a domain whose own pairs suffice is there. Each step adds a domain or is the last.
    """
    columns = {name: few[name].to_numpy() for name in few.column_names}
    ids, first, row_node = np.unique(columns["id"], return_index=True, return_inverse=True)
    groups, row_group = np.unique(columns["bond"], return_inverse=True)
    shape = (ids.size, groups.size)
    ties = _matrix(row_node, row_group, shape)
    stays = columns["stays"]
    left = _matrix(row_node[stays], row_group[stays], shape)
    suffices, reported = columns["suffices"][first], columns["reported"][first]
    starts = np.flatnonzero(columns["asked"][first])
    found: list[Rows] = []
    reached = near = left[starts] @ ties.T
    for _ in range(LEAST - 1):
        others = _others(reached, starts)
        size = np.diff(reached.indptr)
        enough = (size >= LEAST) | (others @ suffices) | (size >= LEAST_REPORTED) & (reached @ reported)
        found.append(starts[enough])
        starts, near, others = starts[~enough], near[~enough], others[~enough]
        reached = others @ ties @ ties.T + near
    return ids[np.sort(np.concatenate(found))]


def _matrix(row: Rows, column: Rows, shape: tuple[int, int]) -> csr_array:
    matrix = csr_array((np.ones(row.size, dtype=np.bool_), (row, column)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _others(reached: csr_array, starts: Rows) -> csr_array:
    """What was reached but for where one started, row by row."""
    row, column = reached.nonzero()
    other = column != starts[row]
    return _matrix(row[other], column[other], reached.shape)
