"""A landed zone file against the last good copy of the same zone: names that are new, and names that are gone.

What a copy delegates is kept in a cache by its digest, so that yesterday's file is not read again; the cache may be
deleted at any time. A copy that is cut off or has shrunk to less than half is not compared, nor compared with: its
missing names have not been dropped. What doesn't belong here: reading a master file (`master_file`), comparing
(`zone_changes`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from churn.collect.entries import Landed, Unread
from churn.collect.formats.master_file import UnreadLine, ZoneFigures, write_delegations
from churn.collect.formats.zone_changes import zone_changes
from churn.collect.unpack import UnreadableError
from churn.collect.visit import Visit
from churn.store.files import write_bytes
from churn.store.landing import Manifest, stored_file
from churn.store.queries import run

COPIES_WEIGHED = 7
"""Earlier copies among which the largest says what size is usual."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """One landed copy of a zone, and what it holds."""

    manifest: Manifest
    figures: ZoneFigures


def read_zone(landed: Landed) -> None:
    """Add what changed since the last good copy; nothing where this is the first.

    Raises UnreadableError where this is no whole zone file, or one that has shrunk too much to be believed.
    """
    visit = landed.visit
    today = _Copy(landed.manifest, _figures(visit, landed.manifest))
    earlier = list(islice(_earlier_copies(landed), COPIES_WEIGHED))
    base = _last_good(earlier)
    if base:
        _refuse_part(today, base)
        older, newer = _delegations(visit, base.manifest), _delegations(visit, today.manifest)
        zone_changes(landed.con, older, newer).create("zone_change")
        run(landed.con, "churn.collect", "entry_add_zone", **landed.bindings())
        run(landed.con, "churn.collect", "zone_change_forget")
    landed.add((), (Unread(each.line, each.reason, each.excerpt) for each in today.figures.unread_lines))
    remark = None if base else "the first copy of a zone: its changes will be told from the next on"
    run(landed.con, "churn.collect", "tally_add", names=today.figures.delegations, remark=remark)
    _tidy(landed, kept={today.manifest.sha256, base.manifest.sha256 if base else ""})


def _last_good(earlier: list[_Copy]) -> _Copy | None:
    """The newest copy that is neither small beside the others nor without the end that any of them has."""
    usual = max((copy.figures.delegations for copy in earlier), default=0)
    closed = any(copy.figures.is_closed for copy in earlier)
    good = (copy for copy in earlier if copy.figures.delegations * 2 >= usual and copy.figures.is_closed >= closed)
    return next(good, None)


def _refuse_part(today: _Copy, base: _Copy) -> None:
    names, before = today.figures.delegations, base.figures.delegations
    what = f"the zone {today.figures.apex} of {today.manifest.day}"
    if names * 2 < before:
        raise UnreadableError(f"{what} has {names:,} names, that of {base.manifest.day} had {before:,}: not compared")
    if base.figures.is_closed and not today.figures.is_closed:
        raise UnreadableError(f"{what} does not end with its SOA record, as it did before: cut off, not compared")


def _earlier_copies(landed: Landed) -> Iterator[_Copy]:
    for manifest in landed.visit.earlier_copies(landed.manifest):
        try:
            yield _Copy(manifest, _figures(landed.visit, manifest))
        except UnreadableError:
            continue  # it was told on its own day


def _figures(visit: Visit, manifest: Manifest) -> ZoneFigures:
    """What a copy holds, from its note in the cache, else read from the file."""
    try:
        known = json.loads(_cache(visit, manifest).with_suffix(".json").read_text(encoding="utf-8"))
        unread = tuple(UnreadLine(**line) for line in known.pop("unread_lines"))
        return ZoneFigures(**known, unread_lines=unread)
    except (OSError, ValueError, KeyError, TypeError):
        return _read(visit, manifest)


def _delegations(visit: Visit, manifest: Manifest) -> Path:
    """What a copy delegates: Parquet with a column `fqdn`, from the cache, else read from the file."""
    path = _cache(visit, manifest)
    if not path.is_file():
        _read(visit, manifest)
    return path


def _read(visit: Visit, manifest: Manifest) -> ZoneFigures:
    path = _cache(visit, manifest)
    figures = write_delegations(stored_file(visit.settings, manifest), path, _origin(manifest))
    write_bytes(path.with_suffix(".json"), json.dumps(asdict(figures)).encode())
    return figures


def _origin(manifest: Manifest) -> str | None:
    """The zone that a file's name is of, for one that does not say it: `se.zone.gz`, `axfr://host/se`."""
    name = manifest.url.rpartition("/")[2].split(".zone")[0].removesuffix(".gz").removesuffix(".txt")
    return name if name and all(part.isalnum() or "-" in part for part in name.split(".")) else None


def _cache(visit: Visit, manifest: Manifest) -> Path:
    return visit.settings.data / "cache" / "zones" / f"{manifest.sha256[:32]}.parquet"


def _tidy(landed: Landed, kept: set[str]) -> None:
    """Of a zone's copies only the delegations of the two compared stay; the notes, which are small, all do."""
    for manifest in landed.visit.earlier_copies(landed.manifest):
        if manifest.sha256 not in kept:
            _cache(landed.visit, manifest).unlink(missing_ok=True)
