"""What verdicts say of a day's clusters, which bursts they keep from being flagged, and what came of the watched.

1. What is said of each cluster of the day (`judgement`): by itself, by what it comes from, by a value that it shares.
2. Who shows a value of which a verdict stands, by the day's facts.
3. Bursts of what is benign are none, and have a row that says why (`spared`).
4. What came of what is watched (`watched`): new members, hops, spelling variants, and who shows a watched value.

What belongs here: reading verdicts. What doesn't: verdicts that change clusters (`link/verdicts`), and how a confirmed
cluster raises its siblings (`siblings`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from churn.burst.variants import find_alike
from churn.settings import Settings
from churn.store.database import lake_database, narrow
from churn.store.lake import arrow_schema
from churn.store.queries import relation, run

PACKAGE = "churn.burst"
READ = ("lineage", "verdict", "standing_verdict", "standing_judgement", "judgement")
"""What is read besides the tables of the other questions."""
ROWS_PER_SUBJECT = 10_000

_FACTS = ("sighting", "registration", "hosting", "certificate", "name_form")
_EVIDENCE = ("registration_evidence", "hosting_evidence", "report_evidence", "evidence_row")
_HOLDER = pa.schema([("subject", pa.string()), ("domain", pa.string())])


@dataclass(frozen=True, slots=True)
class Standing:
    """How many verdicts stand, and how many of them are about values; `earlier` is the last linked day before."""

    verdicts: int
    values: int
    earlier: dt.date | None


def judge(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> Standing:
    """Steps 1 and 2: leaves the tables `judged`, as `judgement` but of this run, and `holder` (subject, domain)."""
    run(con, PACKAGE, "judged", day=day)
    ((count, values),) = relation(con, PACKAGE, "verdicts_stand").fetchall()
    ((earlier,),) = relation(con, PACKAGE, "last_linked", day=day).fetchall()
    holders = _HOLDER.empty_table()
    if values:
        with lake_database(settings, since=day, until=day, only=_read_of_values()) as of_day:
            holders = relation(of_day, PACKAGE, "holder").to_arrow_table()
    con.from_arrow(holders).create("holder")
    return Standing(count, values, earlier)


def confirmed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The clusters of the day that are confirmed, after `judge`."""
    return [cluster_id for (cluster_id,) in relation(con, PACKAGE, "confirmed").fetchall()]


def spare(con: duckdb.DuckDBPyConnection, day: dt.date) -> dict[str, dict[str, object]]:
    """Step 3, after `judge` and over the table `flagged`: by burst why it is none; leaves the table `spared`.

    Each reason has the columns subject, how, given_by, given_at and note.
    """
    run(con, PACKAGE, "spared", day=day)
    rows = con.table("spared").to_arrow_table().to_pylist()
    return {str(row.pop("burst_id")): row for row in rows}


def watched(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, standing: Standing) -> pa.Table:
    """Step 4, after `judge`: the day's rows of `watched`, at most 10,000 of a subject and kind."""
    if not standing.verdicts:
        return arrow_schema("watched").empty_table()
    for names in ("watched_name", "watched_arrival"):
        run(con, PACKAGE, names, day=day)
    find_alike(con, "watched_name", "watched_arrival")
    con.from_arrow(_held_before(con, settings, day, standing)).create("held_before")
    kinds = ("watched_joined", "watched_hop", "watched_variant", "watched_value")
    given = {"day": day, "earlier": standing.earlier}
    con.from_arrow(pa.concat_tables([relation(con, PACKAGE, kind, **given).to_arrow_table() for kind in kinds])).create(
        "came"
    )
    return relation(con, PACKAGE, "watched", day=day, rows=ROWS_PER_SUBJECT).to_arrow_table()


def _held_before(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, standing: Standing) -> pa.Table:
    """Of the day's holders of values those who showed theirs on an earlier day of the window."""
    holders = con.table("holder").to_arrow_table()
    before = day - dt.timedelta(days=1)
    if not standing.values or not holders.num_rows:
        return _HOLDER.empty_table()
    with lake_database(settings, since=settings.window_start(day), until=before, only=_read_of_values()) as past:
        past.from_arrow(holders).create("holding")
        narrow(past, "holding", dict.fromkeys(_FACTS, ("*",)), _EVIDENCE)
        return relation(past, PACKAGE, "holder_before").to_arrow_table()


def _read_of_values() -> tuple[str, ...]:
    return (*_FACTS, *_EVIDENCE, "verdict", "standing_verdict")
