"""Certificates in the tiles of static-CT logs that landed on a day, as far as they name a domain of that day.

Nobody is asked, so this costs no budget. Most certificates of a log name nobody of interest: those are passed over by a
glance at their bytes, five times as fast as reading them. Pre-certificates count as certificates do.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from itertools import count, islice

from churn.enrich.keeping import keep
from churn.enrich.meaning.certificate import parse_certificate
from churn.enrich.meaning.record import Record
from churn.names import NotANameError, parse
from churn.results import Progress
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.landing import Manifest, landed, read_landed
from churn.store.queries import run as run_query
from churn.transparency import FramingError, Leaf, Tile, leaves, tile_at

ROWS = 20_000
"""Rows of a file, and the most that are held in memory."""
LONGEST_CERTIFICATE = 1 << 16
LONGEST_TILE = 1 << 26
_MOST_GLANCES = 1_000
_DNS_NAME = re.compile(rb"\x82(?=([\x03-\x7f])|\x81([\x80-\xff]))")
"""Where a dNSName may begin in DER: its tag (RFC 5280, GeneralName [2]), then its length."""
_GZIP = b"\x1f\x8b"


def certificates_of_tiles(settings: Settings, day: dt.date, progress: Progress) -> int:
    """Write a `certificate` row for each domain of the day that a newly logged certificate names; how many.

    Raises TerminalError where a landed tile is gone.
    """
    with lake_database(settings, since=day, until=day, only=("sighting", "feed_day")) as con:
        wanted = frozenset(
            str(domain).encode() for (domain,) in run_query(con, "churn.enrich", "names_of_day", day=day).fetchall()
        )
        feeds = [str(feed) for (feed,) in run_query(con, "churn.enrich", "feeds_of_day", day=day).fetchall()]
    tiles = [found for feed in feeds for manifest in landed(settings, feed, day) if (found := _tile(manifest))]
    rows = _rows(settings, day, tiles, wanted, progress)
    written = 0
    for number in count():
        batch = list(islice(rows, ROWS))
        if not batch:
            break
        keep(settings, "certificate", day, _writer(number), batch)
        written += len(batch)
    _remove_from(settings, day, number)
    return written


def _writer(number: int) -> str:
    return f"ct-{number:04d}"


def _remove_from(settings: Settings, day: dt.date, number: int) -> None:
    """Remove files of an earlier run that had more of them."""
    lake = lake_of(settings)
    while lake.path("certificate", day, _writer(number)).exists():
        lake.remove("certificate", day, _writer(number))
        number += 1


def _tile(manifest: Manifest) -> tuple[Manifest, Tile, str, int] | None:
    """What landed, if it is a data tile: the tile, its log's name, and the first entry that is new in it."""
    tile = tile_at(manifest.url)
    origin, _, first = (manifest.cursor or "").rpartition("#")
    return (manifest, tile, origin, int(first)) if tile and origin and first.isdecimal() else None


def _rows(
    settings: Settings,
    day: dt.date,
    tiles: list[tuple[Manifest, Tile, str, int]],
    wanted: frozenset[bytes],
    progress: Progress,
) -> Iterator[dict[str, object]]:
    for done, (manifest, tile, origin, first) in enumerate(tiles, 1):
        about = {"observed_at": manifest.fetched_at, "source": "ct", "ct_log": origin, "day": day}
        for index, leaf in _new_leaves(read_landed(settings, manifest), tile, first):
            for row in named_rows(leaf.certificate, wanted):
                yield row | about | {"ct_index": index}
        if done % 20 == 0 or done == len(tiles):
            progress(done, len(tiles), "tiles of certificates read")


def _new_leaves(content: bytes, tile: Tile, first: int) -> Iterator[tuple[int, Leaf]]:
    """Entries from `first` on with their places in the log, as far as the tile can be read (`collect` says how far)."""
    try:
        if content.startswith(_GZIP):
            content = zlib.decompressobj(wbits=31).decompress(content, LONGEST_TILE)
        for index, leaf in zip(range(tile.first, tile.stop), leaves(content), strict=False):
            if index >= first and leaf.index == index:
                yield index, leaf
    except (FramingError, zlib.error):
        return


def named_rows(der: bytes, wanted: frozenset[bytes]) -> list[Record]:
    """Rows of `certificate` for the wanted registrable domains that a certificate names; whatever the bytes are."""
    if len(der) > LONGEST_CERTIFICATE or not may_name(der, wanted):
        return []
    _, record, _ = parse_certificate(der)
    if record is None:
        return []
    domains = {domain for name in record["names"] if (domain := _registrable(name)) and domain.encode() in wanted}
    return [record | {"domain": domain} for domain in sorted(domains)]


def may_name(der: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether a certificate could name one of the domains or a name below it; False is certain, True is not."""
    for glances, found in enumerate(_DNS_NAME.finditer(der)):
        if glances == _MOST_GLANCES:
            return True
        start = found.end() + (1 if found[1] else 2)
        name = der[start : start + der[start - 1]].lower().strip().removesuffix(b".")
        while name:
            if name in wanted:
                return True
            _, _, name = name.partition(b".")
    return False


def _registrable(name: str) -> str | None:
    try:
        return parse(name.removeprefix("*.")).domain
    except NotANameError:
        return None
