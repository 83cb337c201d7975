"""Whose habits there are to learn: names that were reported before, grouped by operator as far as anyone says.

What belongs here: the groups. What doesn't: the model of their names (`habit_model`), and what it is used for
(`habits`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.store.queries import relation

OWNER_NAMES = 400
"""Names of one owner that are learnt, the newest."""
MOST_OWNERS = 150
LEAST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Reported names by owner; one entry a name and owner, by name.

    `day` is the day (number since 1970) on which the name came, `owner` the place of its owner in `owners`, and
    `is_arrival` whether a feed of new names brought it.
    """

    domains: pa.Array
    day: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    is_arrival: npt.NDArray[np.bool_]
    owners: list[str]


def known(con: duckdb.DuckDBPyConnection, day: dt.date) -> Known:
    """Names that were reported before `day`, by owner: of each owner the newest, of all the most active owners.

    An owner is told by a feed's label, an authority's series, or the cluster; where nobody says, names that are built
    alike under one suffix are taken for one's.
    """
    bounds = {"names": OWNER_NAMES, "owners": MOST_OWNERS, "least": LEAST_NAMES}
    kept = relation(con, "churn.burst", "habit_known", day=day, **bounds).to_arrow_table()
    owners, owner = np.unique(np.array(kept["owner"].to_pylist(), dtype=object), return_inverse=True)
    return Known(
        kept["domain"].combine_chunks(),
        kept["day"].cast(pa.int32()).to_numpy().astype(np.int64),
        owner.astype(np.int64),
        kept["is_arrival"].to_numpy(),
        [str(each) for each in owners],
    )
