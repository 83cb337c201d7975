"""Variants: names of a day whose label is that of a given name under another suffix, mistaken for it, or one edit off.

What belongs here: which labels are variants of which, and how many others are as near. What doesn't: what follows of it
(`siblings`, `verdicts`); the search for edits (`churn.labels`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from churn.labels.edits import SHORTEST, near, neighbours
from churn.store.queries import relation, run

PACKAGE = "churn.burst"


def find_alike(con: duckdb.DuckDBPyConnection, given: str, new: str) -> None:
    """Leave the table `alike`: given_label, label, and whether one is mistaken for the other (`mistaken`).

    `given` and `new` are tables with the columns label and skeleton.
    """
    for name, table in (("given_name", given), ("new_name", new)):
        con.table(table).project("label, skeleton").distinct().create_view(name)
    con.register("near_label", near(_labels(con, given, "label"), _labels(con, new, "label")))
    run(con, PACKAGE, "alike", shortest=SHORTEST)
    con.unregister("near_label")


def of_reported(con: duckdb.DuckDBPyConnection, day: dt.date, window_days: int, confirmed: Sequence[str]) -> pa.Table:
    """The day's arrivals that are variants of reported members: cluster_id, domain, and what `siblings.VARIANT` weighs.

    Reads cluster_member, sighting and name_form of the window that ends with `day`; of the clusters `confirmed` every
    member counts as reported.
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
