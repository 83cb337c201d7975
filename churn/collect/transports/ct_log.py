"""The tiles of a static-CT log (c2sp.org/static-ct-api) since the last visit. The feed's URL is its monitoring prefix.

Each data tile lands as served, the checkpoint last. Their cursors are `<origin>#<index>`: a tile's names the entry from
which on it is to be read (what a partial tile had before was read then), the checkpoint's the one at which the next
visit goes on. `{day}` in the URL is the day: for a log kept as it was on each day.
"""

from __future__ import annotations

import base64

from churn.collect.feeds import on_day
from churn.collect.transports.http import Ask
from churn.collect.unpack import unpack
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError
from churn.store.landing import Manifest, read_landed, without_credentials
from churn.transparency import (
    FULL_TILE,
    LONGEST_CHECKPOINT,
    Checkpoint,
    FramingError,
    parse_checkpoint,
    tile_at,
    tile_path,
)

MOST_ENTRIES = 100_000
"""Entries of a visit, unless the feed's `maximum_rows` says otherwise; in whole tiles, and at least one of them."""


def visit_log(visit: Visit) -> None:
    """Land what the log has grown by since the last visit, as far as a visit goes; at the first, its newest entries.

    Raises as `fetch`; TerminalError for what is no checkpoint, is not signed by the feed's `log_key`, has another
    origin than before or takes back what the log had; TransientError where a tile is missing that should be there.
    """
    prefix = (visit.feed.url or "").rstrip("/")
    url = f"{prefix}/checkpoint"
    with visit.ask(_ask(visit, url)) as answer:
        if answer.path is None:
            raise TerminalError(
                f"{without_credentials(url)} answered {answer.status}; the feed's URL must be the log's monitoring"
                " prefix."
            )
        with answer.path.open("rb") as file:
            content = file.read(LONGEST_CHECKPOINT + 1)
    now = _checkpoint(url, content)
    _judge_signature(visit, url, now)
    closed = _closed(visit, url)
    if closed:
        _judge_growth(url, _checkpoint(url, read_landed(visit.settings, closed)), now)
    allowed = visit.feed.maximum_rows or MOST_ENTRIES
    start = _goes_on(visit, now.origin, closed, max(0, now.size - allowed))
    stop = _land_tiles(visit, prefix, now, start, _end(start, now.size, allowed))
    visit.land(url, content, answer, cursor=f"{now.origin}#{stop}")


def _ask(visit: Visit, url: str, **headers: str) -> Ask:
    return Ask(on_day(url, visit.day), headers=headers)


def _checkpoint(url: str, content: bytes) -> Checkpoint:
    try:
        return parse_checkpoint(unpack(content))
    except FramingError as error:
        raise TerminalError(
            f"{without_credentials(url)} is no checkpoint of a log ({error}); check the feed's URL."
        ) from None


def _judge_signature(visit: Visit, url: str, now: Checkpoint) -> None:
    if visit.feed.log_key is None:
        return
    try:
        signed = now.is_signed_by(base64.b64decode(visit.feed.log_key, validate=True))
    except ValueError:
        raise TerminalError(
            f"The log_key of the feed {visit.feed.name} is not the base64 of an ECDSA P-256 key; correct it."
        ) from None
    if not signed:
        raise TerminalError(
            f"{without_credentials(url)} is not signed by the feed's log_key; nothing of it is used. Check both"
            " with the log's operator."
        )


def _judge_growth(url: str, before: Checkpoint, now: Checkpoint) -> None:
    """A log only ever grows. That what it had is still in it is not shown: that would take a proof of consistency."""
    said = without_credentials(url)
    if now.origin != before.origin:
        raise TerminalError(
            f"{said} is now of the log {now.origin}, before of {before.origin}; declare another log as another feed."
        )
    if now.size < before.size or (now.size == before.size and now.root != before.root):
        raise TerminalError(
            f"{said} says {now.size:,} entries after {before.size:,}, or other ones: a log must never take back what it"
            " had. Tell its operator, and disable the feed until that is understood."
        )


def _closed(visit: Visit, url: str) -> Manifest | None:
    """The newest checkpoint with which a visit closed, on this day or before."""
    shown = without_credentials(url)
    today = [each for each in reversed(visit.landed) if each.url == shown]
    return next((each for each in (*today, *visit.earlier(url)) if each.closes and each.cursor), None)


def _goes_on(visit: Visit, origin: str, closed: Manifest | None, first: int) -> int:
    """The entry to go on at: after the day's tiles, else where the last visit closed, else `first`."""
    ours = [each for each in visit.landed if (each.cursor or "").rpartition("#")[0] == origin]
    stops = [tile.stop for each in ours if (tile := tile_at(each.url))]
    if closed and closed.cursor:
        stops.append(int(closed.cursor.rpartition("#")[2]))
    return max(stops, default=first)


def _end(start: int, size: int, allowed: int) -> int:
    """Where a visit stops: at the log's end if that is near enough, else at the end of a tile.

    A full tile is thus never read in two parts on one day, when it would land but once.
    """
    if size - start <= allowed:
        return size
    return min(size, max((start + allowed) // FULL_TILE, start // FULL_TILE + 1) * FULL_TILE)


def _land_tiles(visit: Visit, prefix: str, now: Checkpoint, start: int, stop: int) -> int:
    """Land the tiles with the entries from `start` to `stop`; where it came to."""
    for begin in range(start // FULL_TILE * FULL_TILE, stop, FULL_TILE):
        width = min(FULL_TILE, now.size - begin)
        url = f"{prefix}/{tile_path(begin // FULL_TILE, width)}"
        with visit.ask(_ask(visit, url, **{"Accept-Encoding": "gzip"})) as answer:
            if answer.path:
                first = max(start, begin)
                visit.land(url, answer.path, answer, cursor=f"{now.origin}#{first}", closes=False)
            elif width < FULL_TILE:
                # the log has grown, and such tiles may go (tlog-tiles): the full one comes next time
                return max(start, begin)
            else:
                raise TransientError(
                    f"{without_credentials(url)} answered {answer.status}, though the log has {now.size:,} entries; try"
                    " again later."
                )
    return max(start, stop)
