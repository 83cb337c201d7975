"""The stage: every feed of a day, one after the other or one at a time, and the gate behind them.

What becomes of one feed is in `feed_day`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable

import pyarrow.parquet as pq

from churn.collect.credentials import Credentials, from_environment, shown_to
from churn.collect.feed_day import FeedDay, collect_day, missed_day
from churn.collect.feeds import Feed, load_feeds
from churn.collect.gate import Verdict
from churn.collect.visit import Visit
from churn.errors import ChurnError, GateError, TransientError, UsageError
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store import queries
from churn.store.database import lake_database, lake_of


def feed_names(settings: Settings, cadence: str | None = None) -> list[str]:
    """Names of the enabled feeds, or of those with a cadence. Raises UsageError where no file declares any."""
    return [name for name, feed in load_feeds(settings).items() if cadence in (None, feed.cadence)]


def collect_feed(
    settings: Settings,
    day: dt.date,
    feed_name: str,
    progress: Progress = silent,
    credentials: Credentials = from_environment,
) -> StageResult:
    """Collect one feed on one day; `credentials` says what its provider gave.

    Raises TransientError or TerminalError where a required feed can't be had, after writing the day as missing. A gate
    that is not ok does not raise here: it stands in `found` and in `feed_day`; `run` and `check_gates` stop the day.
    """
    feeds = load_feeds(settings)
    if feed_name not in feeds:
        raise UsageError(
            f"No enabled feed is called {feed_name}; {settings.feeds_file} has {', '.join(feeds) or 'none'}."
        )
    progress(0, 1, feed_name)
    started = time.monotonic()
    result = _result(day, [_collect(settings, feeds[feed_name], day, credentials)], time.monotonic() - started)
    progress(1, 1, feed_name)
    return result


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Collect all enabled feeds on one day.

    Raises GateError where a required feed's gate is not ok, and what kept a required feed from coming: at the end, when
    everything else is written. Without feeds, sightings that were imported for the day will do.
    """
    started = time.monotonic()
    feeds = _feeds_or_imports(settings, day)
    done, failures = list[FeedDay](), list[ChurnError]()
    for number, feed in enumerate(feeds.values()):
        progress(number, len(feeds), feed.name)
        try:
            done.append(_collect(settings, feed, day, from_environment))
        except ChurnError as error:
            failures.append(error)
    progress(len(feeds), len(feeds), "feeds")
    for failure in sorted(failures, key=lambda error: not isinstance(error, TransientError)):
        raise failure
    _stop_at_gates(day, done)
    if not feeds:
        return StageResult("collect", day, found={"imported": _imported_rows(settings, day)})
    return _result(day, done, time.monotonic() - started)


def _collect(settings: Settings, feed: Feed, day: dt.date, credentials: Credentials) -> FeedDay:
    try:
        credential = shown_to(feed.name, feed.credential, credentials)
    except UsageError as error:
        return missed_day(settings, feed, day, error)
    return collect_day(Visit(settings, feed, day, credential))


def check_gates(settings: Settings, day: dt.date) -> None:
    """Raise GateError where a required feed has no good day in the lake; reads only."""
    with lake_database(settings, since=day, until=day, only=("feed_day",)) as con:
        gates = {feed: (gate, detail) for feed, gate, detail in queries.run(con, "churn.collect", "gates").fetchall()}
    none = ("missing", "it was not collected")
    _stop_at_gates(
        day, [FeedDay(f, Verdict(*gates.get(f.name, none))) for f in _feeds_or_imports(settings, day).values()]
    )


def _feeds_or_imports(settings: Settings, day: dt.date) -> dict[str, Feed]:
    imported = _imported_rows(settings, day)
    try:
        feeds = load_feeds(settings)
    except UsageError:
        if imported and not settings.feeds_file.exists():
            return {}
        raise
    if not feeds and not imported:
        raise UsageError(f"No feed is enabled in {settings.feeds_file}: enable one, or use `churn import`.")
    return feeds


def _imported_rows(settings: Settings, day: dt.date) -> int:
    files = [path for path in lake_of(settings).files("sighting", day, day) if path.name.startswith("import-")]
    return sum(pq.ParquetFile(path).metadata.num_rows for path in files)


def _stop_at_gates(day: dt.date, done: Iterable[FeedDay]) -> None:
    closed = [each for each in done if each.verdict.gate != "ok" and each.feed.gates_the_day]
    if closed:
        what = "; ".join(f"{each.feed.name} is {each.verdict.gate} ({each.verdict.detail})" for each in closed)
        remedy = "Mend the feed and run the day again, or set required = false for it."
        raise GateError(f"The day {day} stops at the gate: {what}. {remedy}")


def _result(day: dt.date, done: list[FeedDay], seconds: float) -> StageResult:
    gates = {each.feed.name: each.verdict.gate for each in done if each.verdict.gate != "ok"}
    return StageResult(
        "collect",
        day,
        rows_in=sum(each.lines for each in done),
        rows_out=sum(each.rows for each in done),
        rejects=sum(each.rejects for each in done),
        seconds=round(seconds, 3),
        found={each.feed.name: each.rows for each in done} | ({"gates": gates} if gates else {}),
    )
