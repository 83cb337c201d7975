"""Two sorted lists of names, side by side: the loop that numba compiles. Each name is looked at once, none is kept.

A zone file is sorted by the octets of its names, or by their labels (RFC 4034, 6.1), in which `a.test` comes before
`a-b.test`; for the names of one level below an apex that is the order in which a dot comes before every other octet.
Whether a list is sorted as is said is found on the way. Reading the lists is for `zone_changes`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

BY_OCTETS, BY_LABELS = ord("."), 0
"""What a dot counts as: the two orders."""
OLDER, NEWER = 0, 1

# Nothing here allocates, so numba's reference counts may go, as in `master_records`.
_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)


class Piece(NamedTuple):
    """Names of a list as Arrow has them: that of row r is octets[offsets[r]:offsets[r + 1]]. `over`: no more follow."""

    offsets: NDArray[np.int32]
    octets: NDArray[np.uint8]
    rows: int
    over: bool


class Rows(NamedTuple):
    """Of the older and the newer list: the row to look at next; the rows that only it has, and how many these are."""

    at: NDArray[np.int64]
    found: NDArray[np.int64]
    counts: NDArray[np.int64]


@_compiled
def advance(older: Piece, newer: Piece, rows: Rows, dot: int) -> bool:
    """Go on until a piece is at its end and another must come; false where a name is not beyond the one before it."""
    row, other = rows.at[OLDER], rows.at[NEWER]
    while (row < older.rows or older.over) and (other < newer.rows or newer.over):
        if row == older.rows and other == newer.rows:
            break
        order = -1 if other == newer.rows else 1
        if row < older.rows and other < newer.rows:
            order = _order(older, row, newer, other, dot)
        if order < 0:
            rows.found[OLDER, rows.counts[OLDER]] = row
            rows.counts[OLDER] += 1
        elif order > 0:
            rows.found[NEWER, rows.counts[NEWER]] = other
            rows.counts[NEWER] += 1
        if order <= 0:
            row += 1
            if row < older.rows and _order(older, row - 1, older, row, dot) >= 0:
                return False
        if order >= 0:
            other += 1
            if other < newer.rows and _order(newer, other - 1, newer, other, dot) >= 0:
                return False
    rows.at[OLDER], rows.at[NEWER] = row, other
    return True


@_compiled
def _order(one: Piece, row: int, two: Piece, other: int, dot: int) -> int:
    """Less than, equal to or greater than 0, as the one name is beside the other."""
    at, stop = one.offsets[row], one.offsets[row + 1]
    beside, end = two.offsets[other], two.offsets[other + 1]
    while at < stop and beside < end:
        if one.octets[at] != two.octets[beside]:
            left = dot if one.octets[at] == BY_OCTETS else int(one.octets[at])
            right = dot if two.octets[beside] == BY_OCTETS else int(two.octets[beside])
            return left - right
        at += 1
        beside += 1
    return (stop - at) - (end - beside)
