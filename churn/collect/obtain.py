"""Obtaining a feed's bytes of a day: from what has landed, else by its transport.

A day that has landed is not fetched again: a past day is a function of what landed on it. Only the current day of a
feed with a shorter cadence is, when that has gone by; and a day that stopped at the gate, while its list is still
served, for the provider may have put it right.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import suppress

import pyarrow.parquet as pq

from churn.collect.formats import FORMATS
from churn.collect.transports.single import visit_one
from churn.collect.unpack import UnreadableError, unpack
from churn.collect.visit import Visit
from churn.errors import ChurnError
from churn.store.database import lake_of
from churn.store.landing import Manifest, read_landed, set_aside

_log = logging.getLogger("churn.collect")
_CADENCE = {"hourly": dt.timedelta(minutes=50), "daily": dt.timedelta(hours=23)}
"""Somewhat less than their names say: a clock that ticks a little early must not skip a turn."""


def obtain(visit: Visit) -> list[Manifest]:
    """What landed of a feed on a day, after landing what there is to land. Raises as its transport does.

    A later visit of the same day that fails takes nothing away: the day goes on with what it has.
    """
    last = None if visit.feed.inbox else _last_visit(visit)
    if _is_due(visit, last):
        try:
            FORMATS[visit.feed.format].visit(visit)
        except ChurnError as error:
            if last is None:
                raise
            _log.warning("%s on %s goes on with what landed by %s: %s", visit.feed.name, visit.day, last, error)
    elif _is_still_served(visit) and _is_stopped(visit):
        _obtain_anew(visit)
    return visit.landed


def _is_still_served(visit: Visit) -> bool:
    """Whether asking again may bring another content of the same day; a visit of many contents goes on by itself."""
    if visit.feed.inbox or FORMATS[visit.feed.format].visit is not visit_one:
        return False
    recent = visit.settings.now(visit.day).date() - dt.timedelta(days=1)
    return visit.feed.changes_daily or (visit.settings.clock == "wall" and visit.day >= recent)


def _is_stopped(visit: Visit) -> bool:
    path = lake_of(visit.settings).path("feed_day", visit.day, visit.feed.writer)
    return path.is_file() and pq.read_table(path, columns=["gate"])["gate"].to_pylist() != ["ok"]


def _obtain_anew(visit: Visit) -> None:
    """Let what comes take the place of what had come; where nothing does, that stands, and the gate says so again."""
    before = visit.landed
    with suppress(ChurnError):
        FORMATS[visit.feed.format].visit(visit)
    if len(visit.landed) > len(before):
        for manifest in before:
            set_aside(visit.settings, manifest)


def _last_visit(visit: Visit) -> dt.datetime | None:
    """When the day's last visit that landed all there was to land came to its end."""
    return max((each.fetched_at for each in visit.landed if each.closes and _readable(visit, each)), default=None)


def _is_due(visit: Visit, last: dt.datetime | None) -> bool:
    feed, now = visit.feed, visit.settings.now(visit.day)
    if feed.inbox:
        return True
    if visit.settings.clock == "day" or feed.changes_daily:
        return last is None
    if visit.day < now.date() - dt.timedelta(days=1):
        return False  # what is served now is not what was served then
    return last is None or (visit.day == now.date() and now - last >= _CADENCE[feed.cadence])


def _readable(visit: Visit, manifest: Manifest) -> bool:
    if visit.feed.compares:
        return True  # judged when it is read, as a stream
    try:
        unpack(read_landed(visit.settings, manifest))
    except UnreadableError:
        return False
    return True
