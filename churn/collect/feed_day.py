"""One feed on one day: its bytes become sightings; what is no name is put aside; a gate says what to think of it.

1. Obtain the bytes (`obtain`): they land, or have landed.
2. Read them as entries (`name_lists`, `csv_lists`), still text.
3. Name them, all at once, in SQL (`churn.store.naming`); hash the series tags.
4. Judge (`gate`), then write sightings, rejects and the feed's day. All is replaced whole: a rerun changes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from churn.collect.csv_lists import read_csv
from churn.collect.feeds import Feed
from churn.collect.gate import Arrival, Verdict, is_a_list, judge
from churn.collect.name_lists import read_names
from churn.collect.obtain import obtain
from churn.collect.unpack import UnreadableError, unpack
from churn.errors import ChurnError
from churn.pseudonyms import load_pseudonymiser
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.landing import Manifest, landed, landed_days, read_landed
from churn.store.naming import load_names, spell_foreign
from churn.store.queries import run

REJECTS_KEPT = 100_000
"""Entries of a feed's day that are put aside one by one; the result counts all of them."""
_REPEAT_DAYS = 30


@dataclass(frozen=True, slots=True)
class FeedDay:
    """What became of a feed on a day."""

    feed: Feed
    verdict: Verdict
    lines: int = 0
    rows: int = 0
    rejects: int = 0


def collect_day(settings: Settings, feed: Feed, day: dt.date) -> FeedDay:
    """Collect a feed on a day.

    Raises TransientError or TerminalError where a required feed can't be had, after writing its day as missing.
    """
    try:
        manifests = obtain(settings, feed, day)
    except ChurnError as error:
        result = FeedDay(feed, Verdict("missing", str(error)))
        _write_missing(settings, day, result)
        if feed.gates_the_day:
            raise
        return result
    since = day - dt.timedelta(days=settings.window_days)
    with lake_database(settings, since=since, until=day - dt.timedelta(days=1)) as con:
        unreadable = _read_entries(con, settings, feed, manifests)
        _name_entries(con, settings, feed, day)
        return _write(con, settings, feed, day, _arrival(con, settings, feed, day, manifests, unreadable))


def _read_entries(
    con: duckdb.DuckDBPyConnection, settings: Settings, feed: Feed, manifests: list[Manifest]
) -> str | None:
    """Fill the tables `entry` and `unread`; returns why, where nothing of what landed can be read."""
    load_names(con)
    for statement in ("printable_text", "instant_of", "entry", "unread"):
        run(con, "churn.collect", statement)
    problems = []
    for manifest in manifests:
        try:
            content = unpack(read_landed(settings, manifest))
            if feed.format == "names":
                read_names(con, content, feed, manifest)
            else:
                read_csv(con, content, feed, manifest, settings.data / "tmp")
        except UnreadableError as error:
            problems.append(str(error))
            run(con, "churn.collect", "unread_add", reason=str(error), excerpt=manifest.url)
    return "; ".join(problems) if problems and len(problems) == len(manifests) else None


def _name_entries(con: duckdb.DuckDBPyConnection, settings: Settings, feed: Feed, day: dt.date) -> None:
    """Fill `named_entry` and, from it, `sighting_of_day`."""
    spell_foreign(con, "entry")
    run(con, "churn.collect", "named_entry")
    pseudonyms = load_pseudonymiser(settings)
    tags = [tag for (tag,) in run(con, "churn.collect", "series").fetchall()]
    hashes = [pseudonyms.hash("series", tag) for tag in tags]
    columns = [pa.array(tags, pa.string()), pa.array(hashes, pa.string())]
    con.register("series_hashed", pa.table(columns, names=["series", "series_hash"]))
    run(con, "churn.collect", "sighting_of_day", kind=feed.kind, feed=feed.name, day=day)


def _arrival(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    feed: Feed,
    day: dt.date,
    manifests: list[Manifest],
    unreadable: str | None,
) -> Arrival:
    lines, foreign_lines, rejects = run(con, "churn.collect", "arrival").fetchall()[0]
    rows, new_rows, newest_at = run(con, "churn.collect", "sighting_figures", feed=feed.name).fetchall()[0]
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    return Arrival(
        contents=len(manifests),
        lines=lines,
        foreign_lines=foreign_lines,
        rejects=rejects,
        rows=rows,
        new_rows=new_rows,
        fetched_at=max((manifest.fetched_at for manifest in manifests), default=None),
        freshness_hours=max((end - newest_at).total_seconds() / 3600, 0.0) if newest_at else None,
        repeats=_repeats(settings, day, manifests),
        unreadable=unreadable,
    )


def _repeats(settings: Settings, day: dt.date, manifests: list[Manifest]) -> dt.date | None:
    """An earlier day on which the very same contents landed."""
    now = {manifest.sha256 for manifest in manifests}
    for manifest in manifests[:1]:
        for earlier in reversed(landed_days(settings, manifest.feed)):
            near = day - dt.timedelta(days=_REPEAT_DAYS) <= earlier < day
            if near and {other.sha256 for other in landed(settings, manifest.feed, earlier)} == now:
                return earlier
    return None


def _write(con: duckdb.DuckDBPyConnection, settings: Settings, feed: Feed, day: dt.date, arrival: Arrival) -> FeedDay:
    lake, writer = lake_of(settings), f"feed-{feed.name}"
    earlier = [rows for (rows,) in run(con, "churn.collect", "earlier_rows", feed=feed.name).fetchall()]
    verdict = judge(arrival, earlier, feed.stale_after_hours if "seen_at" in feed.columns else None)
    if arrival.rows and is_a_list(arrival):
        lake.write("sighting", day, writer, con.table("sighting_of_day"))
    else:
        lake.remove("sighting", day, writer)
    if arrival.rejects:
        run(con, "churn.collect", "reject", feed=feed.name, day=day, at_most=REJECTS_KEPT)
        lake.write("reject", day, writer, con.table("reject_of_day"))
    else:
        lake.remove("reject", day, writer)
    rows = arrival.rows if is_a_list(arrival) else 0
    at_limit = feed.maximum_rows is not None and arrival.lines >= feed.maximum_rows
    detail = verdict.detail or ("as many rows as it may have: it may be cut off" if at_limit else None)
    _write_feed_day(settings, day, feed, Verdict(verdict.gate, detail), arrival)
    return FeedDay(feed, verdict, arrival.lines, rows, arrival.rejects)


def _write_feed_day(settings: Settings, day: dt.date, feed: Feed, verdict: Verdict, arrival: Arrival) -> None:
    used = is_a_list(arrival)
    row = {
        "feed": feed.name,
        "day": day,
        "kind": feed.kind,
        "rows": arrival.rows if used else 0,
        "new_rows": arrival.new_rows if used else 0,
        "fetched_at": arrival.fetched_at,
        "freshness_hours": arrival.freshness_hours if used else None,
        "gate": verdict.gate,
        "detail": verdict.detail,
    }
    lake_of(settings).write_rows("feed_day", day, f"feed-{feed.name}", [row])


def _write_missing(settings: Settings, day: dt.date, result: FeedDay) -> None:
    lake, writer = lake_of(settings), f"feed-{result.feed.name}"
    lake.remove("sighting", day, writer)
    lake.remove("reject", day, writer)
    _write_feed_day(settings, day, result.feed, result.verdict, Arrival(contents=0))
