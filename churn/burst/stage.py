"""The tests of a day.

1. Every source puts its questions into the table `question`, and the domains that they count into `question_member`.
2. Each count gets a p-value against its expectation: negative binomial, upper tail.
3. One false-discovery rate over all questions of the day, of which each kind and source has an equal part, however many
   questions it asks: a million naming templates do not silence some hundred clusters.
4. Bursts are the questions below that rate with `burst_least` domains and more; each gets a sentence.
5. What is benign by a verdict is no burst, and is told; what came of the watched is told too (`verdicts`).
6. Siblings: who, unreported, is most probably of those who were reported (`siblings`, `habits`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from churn.burst import clusters, habit_batches, habits, keys, verdicts
from churn.burst.counts import adjusted, upper_tail
from churn.burst.siblings import siblings
from churn.burst.story import story
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.lake import arrow_rows
from churn.store.queries import relation
from churn.store.queries import run as run_query

SOURCES: tuple[Callable[[duckdb.DuckDBPyConnection, Settings, dt.date], None], ...] = (
    clusters.questions,
    keys.questions,
    habits.questions,
    habit_batches.questions,
)
"""Each fills `question`, `question_member` and, where it asks more than it tells, `quiet` (see `sql`)."""
TABLES = (
    *("sighting", "registration", "feed_day", "name_form", "cluster_day", "cluster_member", "link", "burst"),
    *verdicts.READ,
)
BASES = ("question", "question_member", "quiet", "distrusted", "exposure")


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Test the counts of `day`; replaces that day of the tables that are written below."""
    with lake_database(settings, since=settings.window_start(day), until=day, only=TABLES) as con:
        standing = verdicts.judge(con, settings, day)
        tests = answers(con, settings, day, progress)
        flagged = tests[(tests["q_value"] < settings.burst_q) & (tests["observed"] >= settings.burst_least)]
        found = _bursts(con, day, pa.Table.from_pandas(flagged, preserve_index=False).to_pylist())
        reasons = verdicts.spare(con, day)
        tables = {
            "judgement": con.table("judged").to_arrow_table(),
            "watched": verdicts.watched(con, settings, day, standing),
            "sibling": _siblings(con, settings, day),
            "burst_member": relation(con, "churn.burst", "burst_member", day=day).to_arrow_table(),
        }
    bursts = [row for row in found if row["burst_id"] not in reasons]
    tables["spared"] = arrow_rows(
        "spared", [row | reasons[row["burst_id"]] for row in found if row["burst_id"] in reasons]
    )
    tables["burst"] = arrow_rows("burst", bursts)
    for name, rows in tables.items():
        lake_of(settings).write_arrow(name, day, "burst", rows)
    kinds = Counter(str(burst["kind"]) for burst in bursts)
    told = {"bursts": len(bursts), "tests": len(tests), **dict(sorted(kinds.items()))}
    told |= {"spared": tables["spared"].num_rows, "watched": tables["watched"].num_rows}
    return StageResult("burst", day, rows_in=len(tests), rows_out=len(bursts), found=told)


def _siblings(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> pa.Table:
    confirmed = verdicts.confirmed(con)
    found = [siblings(con, settings, day, confirmed), habits.siblings(con, day)]
    con.from_arrow(pa.concat_tables(found)).create("likely")
    return relation(con, "churn.burst", "likely_sibling", confirmed=confirmed).to_arrow_table()


def answers(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, progress: Progress = silent
) -> pd.DataFrame:
    """The day's questions with `p_value`, `q_value` and `questions`, how many of their kind were asked.

    `con` holds the lake up to the day; it gets the tables of the questions.
    """
    for base in BASES:
        run_query(con, "churn.burst", base, day=day)
    for number, source in enumerate(SOURCES):
        progress(number, len(SOURCES) + 1, source.__module__.rpartition(".")[2])
        source(con, settings, day)
    progress(len(SOURCES), len(SOURCES) + 1, "tests")
    tests: pd.DataFrame = relation(con, "churn.burst", "all_questions").df()
    observed, mean, size = (tests[name].to_numpy(np.float64) for name in ("observed", "expected", "dispersion"))
    given = tests["p_value"].to_numpy(np.float64)
    tests["p_value"] = np.where(np.isnan(given), upper_tail(observed, mean, size), given)
    tests["q_value"] = adjusted(tests["p_value"].to_numpy(), tests["error_part"].to_numpy(np.float64))
    return tests


def _bursts(con: duckdb.DuckDBPyConnection, day: dt.date, flagged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The flagged questions as rows of `burst`; leaves the table `flagged`, which names their members."""
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    questions = [str(row["question_id"]) for row in flagged]
    ids = [f"b-{day:%Y%m%d}-{question}" for question in questions]
    con.from_arrow(
        pa.table({"burst_id": pa.array(ids, pa.string()), "question_id": pa.array(questions, pa.string())})
    ).create("flagged")
    reported = dict(relation(con, "churn.burst", "reported_of_burst").fetchall())
    described = relation(con, "churn.burst", "cluster_of_burst", day=day).to_arrow_table().to_pylist()
    clusters_of = {row["cluster_id"]: row for row in described}
    return [
        {
            "day": day,
            "burst_id": burst_id,
            "kind": row["kind"],
            "cluster_id": row["cluster_id"],
            "scope": row["scope"],
            "observed": row["observed"],
            "expected": round(row["expected"], 4),
            "p_value": row["p_value"],
            "q_value": row["q_value"],
            "window_start": start,
            "window_end": start + dt.timedelta(days=1),
            "reported_members": reported.get(burst_id, 0),
            "story": story(row, clusters_of.get(row["cluster_id"]), reported.get(burst_id, 0)),
        }
        for burst_id, row in zip(ids, flagged, strict=True)
    ]
