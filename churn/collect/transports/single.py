"""One content a day: what a URL serves, what a path holds, every file of an inbox that belongs to the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from churn.collect.claims import day_in
from churn.collect.feeds import Feed, on_day
from churn.collect.visit import Visit
from churn.errors import TerminalError
from churn.settings import Settings


def visit_one(visit: Visit) -> None:
    """Land what there is. Raises as `fetch`, and TerminalError for a file that can't be read."""
    settings, feed = visit.settings, visit.feed
    if feed.inbox:
        for path in inbox_files(settings, feed, visit.day):
            _land_file(visit, path)
    elif feed.url:
        visit.fetch_and_land(on_day(feed.url, visit.day))
    elif feed.path:
        path = settings.feeds_file.parent / on_day(feed.path, visit.day)
        if path.exists():
            _land_file(visit, path)


def inbox_files(settings: Settings, feed: Feed, day: dt.date) -> Iterator[Path]:
    """Files of a feed's inbox that belong to a day: that in their name, else that of their last change (UTC)."""
    for path in sorted((settings.data / "inbox" / feed.name).glob("[!.]*")):
        if path.is_file() and (day_in(path.name) or _changed(path)) == day:
            yield path


def _changed(path: Path) -> dt.date:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()


def _land_file(visit: Visit, path: Path) -> None:
    limit = visit.feed.maximum_bytes
    try:
        if path.stat().st_size > limit:
            raise TerminalError(f"{path} has more than {limit:,} bytes; if so many are meant, set maximum_bytes.")
        with path.open("rb"):
            pass
    except OSError as error:
        raise TerminalError(
            f"Can't read {path}: {error.strerror}. Check that it is a file and yours to read."
        ) from None
    visit.land(str(path), path)
