"""Obtaining a feed's bytes of a day: from what has landed, else by its URL, its path or its inbox.

A day that has landed is not fetched again: a past day is a function of what landed on it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from churn.collect.feeds import Feed
from churn.collect.fetch import Answer, Known, fetch
from churn.collect.unpack import UnreadableError, unpack
from churn.errors import TerminalError
from churn.settings import Settings
from churn.store.landing import Manifest, Origin, land, landed, landed_days, read_landed, without_credentials

_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def obtain(settings: Settings, feed: Feed, day: dt.date) -> list[Manifest]:
    """What landed of a feed on a day, after landing what there is to land. Raises as `fetch` does."""
    if feed.inbox:
        for path in inbox_files(settings, feed, day):
            _land_file(settings, feed, day, path)
    elif not any(_readable(settings, manifest) for manifest in landed(settings, feed.name, day)):
        if (
            not feed.changes_daily
            and settings.clock == "wall"
            and day < settings.now(day).date() - dt.timedelta(days=1)
        ):
            return landed(settings, feed.name, day)  # what is served now is not what was served then
        if feed.url:
            _land_url(settings, feed, day, feed.url.replace("{day}", day.isoformat()))
        elif feed.path:
            path = settings.feeds_file.parent / feed.path.replace("{day}", day.isoformat())
            if path.exists():
                _land_file(settings, feed, day, path)
    return landed(settings, feed.name, day)


def inbox_files(settings: Settings, feed: Feed, day: dt.date) -> Iterator[Path]:
    """Files of a feed's inbox that belong to a day: that in their name, else that of their last change (UTC)."""
    for path in sorted((settings.data / "inbox" / feed.name).glob("[!.]*")):
        if path.is_file() and _day_of(path) == day:
            yield path


def _day_of(path: Path) -> dt.date:
    for year, month, day in _DAY.findall(path.name):
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()


def _readable(settings: Settings, manifest: Manifest) -> bool:
    try:
        unpack(read_landed(settings, manifest))
    except UnreadableError:
        return False
    return True


def _land_file(settings: Settings, feed: Feed, day: dt.date, path: Path) -> None:
    try:
        if path.stat().st_size > feed.maximum_bytes:
            raise TerminalError(
                f"{path} has more than {feed.maximum_bytes:,} bytes; if so many are meant, set maximum_bytes."
            )
        content = path.read_bytes()
    except OSError as error:
        raise TerminalError(
            f"Can't read {path}: {error.strerror}. Check that it is a file and yours to read."
        ) from None
    land(settings, feed.name, day, content, Origin(str(path), settings.now(day)))


def _land_url(settings: Settings, feed: Feed, day: dt.date, url: str) -> None:
    before = _last_of(settings, feed, day, url)
    known = Known(before.etag, before.last_modified) if before else None
    answer = fetch(url, limit=feed.maximum_bytes, allow_private=feed.allow_private, known=known)
    content = answer.content
    if content is None and answer.status == 304 and before:
        content = read_landed(settings, before)
    if content is not None:
        land(settings, feed.name, day, content, _origin(settings, day, url, answer))


def _origin(settings: Settings, day: dt.date, url: str, answer: Answer) -> Origin:
    return Origin(url, settings.now(day), answer.status, answer.etag, answer.last_modified)


def _last_of(settings: Settings, feed: Feed, day: dt.date, url: str) -> Manifest | None:
    """The newest earlier landing of the same URL, to ask whether it has changed since."""
    for earlier in reversed(landed_days(settings, feed.name)):
        if earlier < day:
            for manifest in reversed(landed(settings, feed.name, earlier)):
                if manifest.url == without_credentials(url):
                    return manifest
    return None
