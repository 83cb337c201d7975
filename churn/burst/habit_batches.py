"""Questions about a reported list: names that a feed added in one minute, with those of other minutes that are alike.

1. A batch is what one feed added in one minute and had not before.
2. Batches are put together, the most alike first, as long as names of two of them are nearly as alike as names within
   each: an operator's names come in several minutes, and two operators' in neighbouring ones.
3. By chance a batch would have as many names as the feed's usual one, very unevenly. A feed that is served once a day,
   or gives no time, thereby says nothing.

What doesn't belong here: the label that a feed gives is not used; new names (`habits`); clusters.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from churn.burst.habit_alike import together, vectors
from churn.settings import Settings
from churn.store.queries import relation, run

MOST_BATCHES = 500
SAMPLE = 20_000


def questions(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Ask about the batches of today's reported names: rows of `question` and `question_member`.

    Reads sighting and the base tables of the day, of the window that ends with `day`.
    """
    names = relation(con, "churn.burst", "habit_listed", day=day).to_arrow_table().to_pandas()
    if names.empty:
        return
    usual = dict(relation(con, "churn.burst", "habit_batch_size", day=day).fetchall())
    sample = relation(con, "churn.burst", "habit_reported_sample", names=SAMPLE).to_arrow_table()["domain"]
    names["batch"] = names.groupby(["feed", "minute"], sort=True).ngroup()
    largest = names.groupby("batch").size().sort_values(ascending=False, kind="stable").index[:MOST_BATCHES]
    names = names[names["batch"].isin(largest)]
    names["batch"] = pd.factorize(names["batch"], sort=True)[0]
    names["group"] = together(
        vectors(pa.array(names["domain"], pa.string()), sample), names["batch"].to_numpy(np.int64)
    )
    batches = names.drop_duplicates("batch")
    expected = batches["feed"].map(usual).groupby(batches["group"]).sum()
    members = names.drop_duplicates(["group", "domain"])
    observed = members.groupby("group").size()
    asked = pd.DataFrame({"observed": observed, "expected": expected[observed.index]})
    asked["scope"] = batches.groupby("group")["feed"].min() + ", " + _minutes(batches)
    _ask(con, asked[asked["observed"] >= settings.burst_least], members)


def _minutes(batches: pd.DataFrame) -> pd.Series[str]:
    minutes = batches.groupby("group")["minute"].agg(["min", "size"])
    first = minutes["min"].dt.strftime("%Y-%m-%d %H:%M") + " UTC"
    told: pd.Series[str] = first.where(minutes["size"] == 1, first + " and others like it")
    return told


def _ask(con: duckdb.DuckDBPyConnection, asked: pd.DataFrame, members: pd.DataFrame) -> None:
    numbers = pd.Series(np.arange(1, len(asked) + 1), index=asked.index)
    asked = asked.assign(
        question_id="listing-together-" + numbers.astype(str),
        kind="listing",
        source="batch",
        dispersion=1.0,
        phrase="names that were added together ({})",
    )
    con.register("asked", pa.Table.from_pandas(asked, preserve_index=False))
    run(con, "churn.burst", "ask")
    held = members[members["group"].isin(asked.index)]
    rows = {"question_id": held["group"].map(asked["question_id"]), "domain": held["domain"]}
    con.register("habit_member", pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False))
    run(con, "churn.burst", "habit_question_member")
