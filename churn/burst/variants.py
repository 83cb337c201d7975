"""Variants: names of a day whose label is that of a given name under another suffix, mistaken for it, or one edit off.

What belongs here: the variants among a day's names, and how many others are as near. What doesn't: which labels are
variants of which (`churn.labels.variants`); what follows of it (`siblings`, `verdicts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from churn.labels.edits import neighbours
from churn.labels.variants import COUNTER, variants
from churn.store.queries import relation, run

PACKAGE = "churn.burst"


def find_alike(con: duckdb.DuckDBPyConnection, given: str, new: str) -> None:
    """Leave the table `alike`: given_label, label, and how this one is a variant of that.

    `given` and `new` are tables with the column label.
    """
    pairs = variants(_labels(con, given, "label"), _labels(con, new, "label"))
    con.register("alike", pairs.filter(pc.not_equal(pairs["how"], COUNTER)))


def of_reported(con: duckdb.DuckDBPyConnection, day: dt.date, window_days: int, confirmed: Sequence[str]) -> pa.Table:
    """The day's arrivals that are variants of reported members: cluster_id, domain, and what `siblings.VARIANT` weighs.

    Reads cluster_member and sighting of the window that ends with `day`; of the clusters `confirmed` every member
    counts as reported.
    """
    given = {"day": day, "window_days": window_days, "confirmed": list(confirmed)}
    for step in ("variant_member", "variant_arrival", "variant_before"):
        run(con, PACKAGE, step, **given)
    find_alike(con, "variant_member", "variant_arrival")
    # any label: that a number is one edit from many others is what tells it from a name
    beside = neighbours(_labels(con, "alike", "given_label"), _labels(con, "variant_before", "label"))
    con.register("near_before", beside)
    features = relation(con, PACKAGE, "sibling_variant", **given).to_arrow_table()
    con.unregister("near_before")
    return features


def _labels(con: duckdb.DuckDBPyConnection, table: str, column: str) -> pa.ChunkedArray:
    return con.table(table).project(column).to_arrow_table()[column]
