"""One feed on one day: its bytes become sightings; what is no name is put aside; a gate says what to think of it.

1. Obtain the bytes (`obtain`): they land, or have landed.
2. Read them as entries (`formats`), still text.
3. Name them, all at once, in SQL (`churn.store.naming`); hash the series tags.
4. Of a list of reports, keep what is news.
5. Judge (`gate`), then write sightings, rejects and the feed's day. All is replaced whole: a rerun changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from churn.collect.claims import claimed_day
from churn.collect.entries import Landed
from churn.collect.feeds import Feed
from churn.collect.formats import FORMATS
from churn.collect.gate import Arrival, Expectation, Verdict, is_a_list, judge
from churn.collect.obtain import obtain
from churn.collect.unpack import UnreadableError
from churn.collect.visit import Visit
from churn.errors import ChurnError
from churn.pseudonyms import load_pseudonymiser
from churn.settings import Settings
from churn.store.database import lake_of, scratch, table_relation
from churn.store.landing import Manifest, landed, landed_days
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


def collect_day(visit: Visit) -> FeedDay:
    """Collect a feed on a day.

    Raises TransientError or TerminalError where a required feed can't be had, after writing its day as missing.
    """
    settings, feed, day = visit.settings, visit.feed, visit.day
    try:
        manifests = obtain(visit)
    except ChurnError as error:
        return missed_day(settings, feed, day, error)
    with scratch(settings) as con:
        _show_past(con, visit)
        unreadable = _read_entries(con, visit, manifests)
        _name_entries(con, visit)
        return _write(con, visit, _arrival(con, visit, manifests, unreadable))


def missed_day(settings: Settings, feed: Feed, day: dt.date, error: ChurnError) -> FeedDay:
    """Write a feed's day as missing, because of `error`, which is raised where the day must not go on without it."""
    result = FeedDay(feed, Verdict("missing", str(error)))
    _write_missing(settings, day, result)
    if feed.gates_the_day:
        raise error
    return result


def _show_past(con: duckdb.DuckDBPyConnection, visit: Visit) -> None:
    """The views `earlier_sighting`, all that the feed ever gave before, and `earlier_feed_day`, how it was lately."""
    yesterday = visit.day - dt.timedelta(days=1)
    for table, since in (("sighting", None), ("feed_day", visit.settings.window_start(yesterday))):
        files = lake_of(visit.settings).files(table, since, yesterday)
        own = [path for path in files if path.stem == visit.feed.writer]
        table_relation(con, table, own).create_view(f"earlier_{table}")


def _read_entries(con: duckdb.DuckDBPyConnection, visit: Visit, manifests: list[Manifest]) -> str | None:
    """Fill the tables `entry`, `unread` and `tally`; returns why, where nothing of what landed can be read."""
    load_names(con)
    for statement in ("printable_text", "instant_of", "entry", "unread", "tally"):
        run(con, "churn.collect", statement)
    problems = []
    for manifest in manifests:
        try:
            FORMATS[visit.feed.format].read(Landed(con, visit, manifest))
        except UnreadableError as error:
            problems.append(str(error))
            run(con, "churn.collect", "unread_add", line=None, reason=str(error), excerpt=manifest.url)
    return "; ".join(problems) if problems and len(problems) == len(manifests) else None


def _name_entries(con: duckdb.DuckDBPyConnection, visit: Visit) -> None:
    """Fill `named_entry` and, from it, `sighting_of_day`."""
    feed = visit.feed
    spell_foreign(con, "entry")
    run(con, "churn.collect", "named_entry", kind=feed.kind)
    pseudonyms = load_pseudonymiser(visit.settings)
    tags = [tag for (tag,) in run(con, "churn.collect", "series").fetchall()]
    hashes = [pseudonyms.hash("series", tag) for tag in tags]
    columns = [pa.array(tags, pa.string()), pa.array(hashes, pa.string())]
    con.register("series_hashed", pa.table(columns, names=["series", "series_hash"]))
    run(con, "churn.collect", "sighting_of_day", feed=feed.name, day=visit.day)


def _arrival(
    con: duckdb.DuckDBPyConnection, visit: Visit, manifests: list[Manifest], unreadable: str | None
) -> Arrival:
    lines, foreign_lines, rejects, names, remarks = run(con, "churn.collect", "arrival").fetchall()[0]
    rows, new_rows, newest_at = run(con, "churn.collect", "sighting_figures").fetchall()[0]
    whole = visit.feed.whole and not visit.feed.compares
    comes_whole = whole or visit.feed.compares  # what it said before, it says again: that is no repetition
    if whole or visit.feed.kind == "reported":
        run(con, "churn.collect", "sighting_news", whole=whole, by_domain=visit.feed.format == "static-ct")
    news = con.table("sighting_of_day").shape[0]
    days_before = run(con, "churn.collect", "days_before").fetchall()[0][0]
    if whole and "seen_at" not in visit.feed.columns:
        newest_at = _unchanged_since(visit, manifests)
    end = dt.datetime.combine(visit.day + dt.timedelta(days=1), dt.time(), dt.UTC)
    return Arrival(
        contents=len(manifests),
        lines=lines,
        foreign_lines=foreign_lines,
        rejects=rejects,
        rows=names if whole else rows,
        new_rows=news if whole else new_rows,
        fetched_at=max((manifest.fetched_at for manifest in manifests), default=None),
        freshness_hours=max((end - newest_at).total_seconds() / 3600, 0.0) if newest_at else None,
        repeats=None if comes_whole else _repeated_day(visit, manifests),
        claims=claimed_day(visit.settings, manifests),
        unreadable=unreadable,
        remarks=remarks,
        whole=comes_whole,
        backlog=whole and not days_before,
    )


def _earlier_contents(visit: Visit) -> Iterator[tuple[dt.date, list[Manifest]]]:
    """What landed on each of the days before, the latest first."""
    for day in reversed(landed_days(visit.settings, visit.feed.name)):
        if visit.day - dt.timedelta(days=_REPEAT_DAYS) <= day < visit.day:
            yield day, landed(visit.settings, visit.feed.name, day)


def _same(some: list[Manifest], others: list[Manifest]) -> bool:
    return {each.sha256 for each in some} == {each.sha256 for each in others}


def _repeated_day(visit: Visit, manifests: list[Manifest]) -> dt.date | None:
    """The latest earlier day on which the very same contents landed."""
    return next((day for day, earlier in _earlier_contents(visit) if manifests and _same(manifests, earlier)), None)


def _unchanged_since(visit: Visit, manifests: list[Manifest]) -> dt.datetime | None:
    """When a whole list was first had as it has been ever since."""
    for _, earlier in _earlier_contents(visit):
        if not _same(manifests, earlier):
            break
        manifests = earlier
    return max((manifest.fetched_at for manifest in manifests), default=None)


def _write(con: duckdb.DuckDBPyConnection, visit: Visit, arrival: Arrival) -> FeedDay:
    feed, day = visit.feed, visit.day
    lake, writer = lake_of(visit.settings), feed.writer
    earlier = [] if feed.brings_news else [rows for (rows,) in run(con, "churn.collect", "earlier_rows").fetchall()]
    verdict = judge(arrival, day, earlier, _expectation(feed))
    rows = con.table("sighting_of_day") if is_a_list(arrival) else None
    written = lake.write("sighting", day, writer, rows) if rows else 0
    if not written:
        lake.remove("sighting", day, writer)
    if arrival.rejects:
        run(con, "churn.collect", "reject", feed=feed.name, day=day, at_most=REJECTS_KEPT)
        lake.write("reject", day, writer, con.table("reject_of_day"))
    else:
        lake.remove("reject", day, writer)
    at_limit = feed.maximum_rows is not None and arrival.lines >= feed.maximum_rows
    detail = verdict.detail or ("as many rows as it may have: it may be cut off" if at_limit else None)
    _write_feed_day(visit.settings, day, feed, Verdict(verdict.gate, detail), arrival)
    return FeedDay(feed, verdict, arrival.lines, written, arrival.rejects)


def _expectation(feed: Feed) -> Expectation:
    tells_time = "seen_at" in feed.columns or feed.whole
    return Expectation(feed.expected_rows, feed.stale_after_hours, feed.most_seen_before, tells_time)


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
        "backlog": arrival.backlog,
    }
    lake_of(settings).write_rows("feed_day", day, feed.writer, [row])


def _write_missing(settings: Settings, day: dt.date, result: FeedDay) -> None:
    lake, writer = lake_of(settings), result.feed.writer
    lake.remove("sighting", day, writer)
    lake.remove("reject", day, writer)
    _write_feed_day(settings, day, result.feed, result.verdict, Arrival(contents=0))
