"""Who has the kept pairs of values, and by which of them each domain is held: one compiled pass over what is shared.

The steps `joint_member` and `in_pair` say the same in SQL, for engines of many machines. On one machine their joins and
groups of tens of millions of rows take ten times as long as looking up the pairs of each row by their rarer value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from churn.link.fields import CODES, FIELDS

Numbers = NDArray[np.int64]
Codes = NDArray[np.int32]
Weights = NDArray[np.float64]

_compiled = njit(cache=True, nogil=True, error_model="numpy")


class Pairs(NamedTuple):
    """The kept pairs, in the order of the codes of their rarer values, which drive them.

    The value at a place of a field has the code `field * CODES + place`. The pairs that it drives are those from
    `starts[firsts[field] + place]` to the next start; places that reach into the next field's drive none.
    """

    joint_id: Numbers
    driver: Codes
    driver_field: Codes
    other: Codes
    other_field: Codes
    surprise: Weights
    starts: Codes
    firsts: Numbers


def by_driver(joint: pa.Table) -> Pairs:
    """The rows of the table joint (joint_id, driver, driver_field, other, other_field, surprise, and more)."""
    joint = joint.sort_by([("driver", "ascending"), ("joint_id", "ascending")])
    driver, field = joint["driver"].to_numpy(), joint["driver_field"].to_numpy()
    ends = np.searchsorted(field, np.arange(len(FIELDS)), side="right")
    last = np.append(driver, 0)[ends - 1]  # where there are none at all, of no field
    room = np.where(np.bincount(field, minlength=len(FIELDS)) > 0, last - np.arange(len(FIELDS)) * CODES + 1, 0)
    firsts = np.concatenate([[0], np.cumsum(room)])
    driven = np.bincount(firsts[field] + driver - field * np.int64(CODES), minlength=firsts[-1])
    return Pairs(
        joint_id=joint["joint_id"].to_numpy(),
        driver=driver,
        driver_field=field.astype(np.int32),
        other=joint["other"].to_numpy(),
        other_field=joint["other_field"].to_numpy().astype(np.int32),
        surprise=joint["surprise"].to_numpy(),
        starts=np.concatenate([[0], np.cumsum(driven)]).astype(np.int32),
        firsts=firsts,
    )


def members(shared: pa.Table, pairs: Pairs) -> tuple[pa.Table, pa.Table]:
    """The rows of joint_member (joint_id, id) and of in_pair (id, code, surprise) of rows of `shared`, one a domain.

    `shared` has `id`, and for each field the code of its value; 0 for none.
    """
    ids = shared["id"].to_numpy()
    codes = np.stack([shared[field.name].to_numpy() for field in FIELDS])
    row, pair = _found(codes, pairs)
    held, code, surprise = _held(row, pair, pairs)
    return (
        pa.table({"joint_id": pairs.joint_id[pair], "id": ids[row]}),
        pa.table({"id": ids[held], "code": code, "surprise": surprise}),
    )


@_compiled
def _found(codes: Codes, pairs: Pairs) -> tuple[Codes, Codes]:  # pragma: no cover - compiled
    """The rows, ascending, and the pairs that they have: the value that drives it, and the other one."""
    found = np.empty((2, codes.shape[1]), np.int32)
    count = 0
    for row in range(codes.shape[1]):
        for field in range(codes.shape[0]):
            at = pairs.firsts[field] + codes[field, row] - field * CODES
            if codes[field, row] == 0 or at >= pairs.firsts[field + 1]:
                continue
            for pair in range(pairs.starts[at], pairs.starts[at + 1]):
                if codes[pairs.other_field[pair], row] == pairs.other[pair]:
                    if count == found.shape[1]:
                        longer = np.empty((2, 2 * count), np.int32)
                        longer[:, :count] = found
                        found = longer
                    found[0, count], found[1, count] = row, pair
                    count += 1
    return found[0, :count], found[1, :count]


@_compiled
def _held(row: Codes, pair: Codes, pairs: Pairs) -> tuple[Codes, Codes, Weights]:  # pragma: no cover - compiled
    """The rows, the codes by which pairs hold them, and the surprise of the best of those pairs."""
    held, code, best = np.empty(2 * row.size, np.int32), np.empty(2 * row.size, np.int32), np.empty(2 * row.size)
    place = np.full(pairs.firsts.size, -1)  # of the value of each field among those of this row
    count, first = 0, 0
    for found in range(row.size):
        if row[found] != row[first]:
            place[:] = -1
            first = found
        p = pair[found]
        sides = (pairs.driver_field[p], pairs.driver[p]), (pairs.other_field[p], pairs.other[p])
        for field, value in sides:
            if place[field] < 0:
                place[field] = count
                held[count], code[count], best[count] = row[found], value, pairs.surprise[p]
                count += 1
            else:
                best[place[field]] = max(best[place[field]], pairs.surprise[p])
    return held[:count], code[:count], best[:count]
