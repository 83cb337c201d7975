"""From bytes to text entries: what a reader of a format is given, and where it puts what it read.

A reader fills two tables of a connection: `entry` (line, name_text, seen_text, reference, label, series, kind; all text
as it stands) and `unread` (line, reason, excerpt), and may add to `tally` what it read that is neither. `add` does so
for readers in Python. What belongs here: that seam. What doesn't: any format, and what a name is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from churn.collect.unpack import unpack
from churn.collect.visit import Visit
from churn.store.landing import Manifest, read_landed
from churn.store.queries import run

UNBOUNDED = 1 << 62
LONGEST_TEXT = 4096
"""Characters of a field that are kept; no name is longer, and the rest of a text is of no use."""


class Entry(NamedTuple):
    """One entry, all text as the list has it; `kind` is null where it is the feed's. `line` counts from 1."""

    line: int | None
    name_text: str
    seen_text: str | None = None
    reference: str | None = None
    label: str | None = None
    series: str | None = None
    kind: str | None = None


class Unread(NamedTuple):
    """Something that is no entry, and why."""

    line: int | None
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Landed:
    """One landed content that is to be read into the tables of a connection."""

    con: duckdb.DuckDBPyConnection
    visit: Visit
    manifest: Manifest

    def content(self) -> bytes:
        """The list's own bytes, unpacked. Raises UnreadableError."""
        return unpack(read_landed(self.visit.settings, self.manifest))

    @property
    def scratch(self) -> Path:
        """A folder for files of the moment."""
        return self.visit.settings.data / "tmp"

    def add(self, entries: Iterable[Entry], unread: Iterable[Unread] = (), *, once: bool = False) -> None:
        """Add what was read, up to the feed's `maximum_rows`; `once`: but what another content of the day has too."""
        columns = list(zip(*entries, strict=True)) or [()] * len(Entry._fields)
        types = [pa.int64(), *[pa.string()] * (len(Entry._fields) - 1)]
        arrays = [pa.array(map(_bounded, column), kind) for column, kind in zip(columns, types, strict=True)]
        self.con.register("read_entries", pa.table(arrays, names=list(Entry._fields)))
        run(self.con, "churn.collect", "entry_add_once" if once else "entry_add", **self.bindings())
        self.con.unregister("read_entries")
        for line, reason, excerpt in unread:
            run(self.con, "churn.collect", "unread_add", line=line, reason=reason, excerpt=_bounded(excerpt))

    def bindings(self) -> dict[str, object]:
        """Parameters that every statement adding entries takes."""
        return {
            "digest": self.manifest.sha256,
            "fetched_at": self.manifest.fetched_at,
            "maximum_rows": self.visit.feed.maximum_rows or UNBOUNDED,
        }


def _bounded(value: object) -> object:
    """Text that Arrow can hold (a lone surrogate, which JSON may spell, is none), of bounded length."""
    return value[:LONGEST_TEXT].encode("utf-8", "replace").decode() if isinstance(value, str) else value
