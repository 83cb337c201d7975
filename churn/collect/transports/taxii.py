"""A collection of a TAXII 2.1 server (OASIS, 10 June 2021): the pages of its objects since the last visit.

The next visit asks for what was added after the last date that the server told (X-TAXII-Date-Added-Last). A server that
tells none is asked for what came after the beginning of the last visit, by its own clock (Date). Every page lands with
where the visit stands after it, so one that is broken off goes on, if the server lets it; else it begins anew. What
objects say is for `formats.stix`, which takes each once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

from churn.collect.cursors import cursor_of
from churn.collect.feeds import on_day
from churn.collect.transports.http import Answer, Ask
from churn.collect.unpack import UnreadableError, unpack
from churn.collect.visit import Visit
from churn.errors import TerminalError
from churn.store.landing import Manifest

MEDIA_TYPE = "application/taxii+json;version=2.1"
PAGE_OBJECTS = 1_000
MOST_PAGES = 2_000
"""Pages of one visit, which have at most `maximum_bytes` together; what there is beyond comes with the next one."""
_LONGEST_TOKEN = 4_096
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,20}(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a visit stands after a page. `begun_after` and `after` are dates of adding: of its first request, its next.

    `last` is the latest such date told, `untold` says that objects came without one, `date` is the server's clock at
    the beginning, `next` the next page's token, `page` a number that grows by one with each of a feed's pages. With a
    token that stays the same from page to page (medallion) it is not `resumable`: then the server counts what it has
    sent, and a page that got lost is not sent again.
    """

    page: int = 0
    begun_after: str | None = None
    after: str | None = None
    next: str | None = None
    last: str | None = None
    date: str | None = None
    resumable: bool = False
    untold: bool = False
    more: bool = False
    remark: str | None = None

    @property
    def reached(self) -> str | None:
        """Where the next visit begins: after the last date told, else after this one's beginning."""
        return self.date if self.untold and self.last == self.begun_after else self.last


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A page: whether it has `some` objects, whether there are `more`, and the next page's token."""

    content: bytes
    some: bool
    more: bool
    token: str | None


def visit_taxii(visit: Visit) -> None:
    """Land the pages that are new. Raises as `fetch`, and TerminalError for what is no envelope."""
    url = _objects_url(on_day(visit.feed.url or "", visit.day))
    today = [manifest for manifest in visit.landed if manifest.cursor]
    stands = max(today, key=_page, default=None)
    if stands is None or stands.closes:
        last = _place(stands or _last_of_days_before(visit, url))
        _begin(visit, url, last.page, last.reached)
        return
    place = _place(stands)
    try:
        if place.resumable:
            _land_pages(visit, url, place)
            return
    except TerminalError:
        pass  # the token is forgotten
    _begin(visit, url, place.page, place.begun_after)


def _begin(visit: Visit, url: str, page: int, after: str | None) -> None:
    _land_pages(visit, url, _Place(page, begun_after=after, after=after, last=after))


def _last_of_days_before(visit: Visit, url: str) -> Manifest | None:
    closing = [manifest for manifest in visit.earlier(url) if manifest.closes]
    return max((each for each in closing if each.day == closing[0].day), key=_page, default=None)


def _land_pages(visit: Visit, url: str, place: _Place) -> None:
    """Land pages up to the last. A page that came before says that they go round; a token alone does not."""
    had, room = set[bytes](), visit.feed.maximum_bytes
    for number in range(1, MOST_PAGES + 1):
        with visit.ask(Ask(_asked(url, place), headers={"Accept": MEDIA_TYPE})) as answer:
            page = _envelope(url, answer)
            room -= len(page.content)
            place = _moved(place, page, answer.headers)
            digest = hashlib.sha256(page.content).digest()
            if place.more and digest in had:
                place = replace(place, more=False, remark="the server's pages go round in circles: cut off")
            elif place.more and (number == MOST_PAGES or room <= 0):
                place = replace(place, more=False, remark="more than a visit takes: the rest comes with the next")
            had.add(digest)
            visit.land(url, page.content, answer, cursor=json.dumps(asdict(place)), closes=not place.more)
        if not place.more:
            return


def _asked(url: str, place: _Place) -> str:
    wanted = {"limit": str(PAGE_OBJECTS), "added_after": place.after, "next": place.next}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"


def _envelope(url: str, answer: Answer) -> _Envelope:
    """What a page is. Raises TerminalError where it is no envelope."""
    if answer.path is None:
        raise TerminalError(f"{url} answered {answer.status}; the feed's URL must be that of a TAXII 2.1 collection.")
    try:
        content = answer.path.read_bytes()
        value = json.loads(unpack(content))
    except (ValueError, RecursionError, UnreadableError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("objects", []), list):
        raise TerminalError(f"{url} answered no TAXII 2.1 envelope; check the feed's URL and format.")
    token = value.get("next")
    known = isinstance(token, str | int) and not isinstance(token, bool) and 0 < len(str(token)) <= _LONGEST_TOKEN
    more, some = value.get("more") is True, bool(value.get("objects"))
    return _Envelope(content, some, more, str(token) if known else None)


def _moved(place: _Place, page: _Envelope, headers: Mapping[str, str]) -> _Place:
    """Where a visit stands after a page. Without a token, the last date says where the next page is."""
    told = headers.get("x-taxii-date-added-last", "")
    last = told if page.some and _TIMESTAMP.fullmatch(told) else None
    moved = replace(
        place,
        page=place.page + 1,
        next=page.token if page.more else None,
        resumable=page.token is None or place.next not in {None, page.token},
        last=last or place.last,
        date=place.date or _instant(headers.get("date", "")),
        untold=place.untold or (page.some and not last),
        more=page.more,
    )
    if not page.more or page.token:
        return moved
    if last and last != place.after:
        return replace(moved, after=last)
    return replace(moved, more=False, remark="the server has more objects but does not say where: cut off")


def _instant(date: str) -> str | None:
    """An HTTP date as TAXII spells an instant."""
    try:
        return parsedate_to_datetime(date).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    except (ValueError, TypeError, OverflowError):
        return None


def _page(manifest: Manifest) -> int:
    return _place(manifest).page


def _place(manifest: Manifest | None) -> _Place:
    known = cursor_of(manifest)
    try:
        return _Place(**known)  # type: ignore[arg-type]  # our own cursor, of whichever version
    except TypeError:
        return _Place()


def _objects_url(collection: str) -> str:
    parts = urlsplit(collection)
    return parts._replace(path=f"{parts.path.rstrip('/').removesuffix('/objects')}/objects/").geturl()
