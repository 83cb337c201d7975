"""The traits of each day: what its domains show, as numbers, made of the day's facts and kept until those change.

What belongs here: making and keeping `name_form` (in the lake, for people too) and the two files of numbers below
`state/traits/day=D/`, which only the linking reads. What doesn't: what a trait is (`sql/trait.sql`, the views
`*_evidence`).

A day's facts are in its own partitions, so each day is joined by itself, in little memory; the window's linking reads
the kept numbers. A day is made again where its facts' files or the queries have changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import resources
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from churn.link.engine import MACROS, PACKAGE, DuckEngine
from churn.link.forms import forms
from churn.link.segment_dictionary import Dictionary, kept_dictionary
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.files import replacing
from churn.store.lake import day_of
from churn.store.queries import query, relation

FACTS = ("sighting", "registration", "hosting", "certificate")
EVIDENCE_COLUMNS = {
    "sighting": ("domain", "day", "seen_at", "kind", "feed", "series_hash"),
    "registration": (
        *("domain", "day", "observed_at", "created_at", "registrar", "registrar_iana_id"),
        *("registrant_email_hash", "registrant_phone_hash", "registrant_org_hash"),
    ),
    "hosting": ("domain", "day", "observed_at", "ns", "a", "mx", "soa_rname"),
    "certificate": ("domain", "day", "observed_at", "spki_sha256"),
}
"""The columns of facts out of which the views of evidence are made; these need `name_form` too."""
MAKERS = (
    *("link/forms.py", "link/segmenting.py", "link/segment_dictionary.py"),
    *("labels/skeletons.py", "labels/texts.py"),
)
"""The modules that make forms."""
FILES = ("trait", "trait_further")
CHUNK_BYTES = 32_000_000
AT_ONCE = 2
"""Chunks at a time: half of the work of one, names and files, keeps one processor busy."""
VIEWS = ("registration_evidence", "hosting_evidence", "report_evidence")


def ensure(settings: Settings, since: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Make the traits of the days that lack them or whose facts have changed; yields first and last day of each chunk.

    Small days are made together, since each query costs as much as some ten thousand rows.
    """
    facts = _facts(settings, since, until)
    method = method_digest()
    stamps = {day: _stamp(method, paths) for day, paths in facts.items()}
    lacking = {day: paths for day, paths in facts.items() if not _has(settings, day, stamps[day])}
    chunks = list(_chunks(lacking))
    if not chunks:
        return
    words = words_of(settings)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for chunk, _ in zip(chunks, pool.map(partial(_make, settings, words), chunks), strict=True):
            for day in chunk:
                (folder_of(settings, day) / "made_of").write_text(stamps[day])
            yield chunk[0], chunk[-1]


def words_of(settings: Settings) -> Dictionary:
    """The dictionary of words, kept beside the traits."""
    return kept_dictionary(settings.data / "state" / "dictionary")


def _facts(settings: Settings, since: dt.date, until: dt.date) -> dict[dt.date, list[Path]]:
    """The files of facts of each day, ascending."""
    days: dict[dt.date, list[Path]] = {}
    lake = lake_of(settings)
    for path in (path for table in FACTS for path in lake.files(table, since, until)):
        days.setdefault(day_of(path), []).append(path)
    return dict(sorted(days.items()))


def method_digest() -> str:
    """A digest of the queries and of the modules that make forms: where they change, traits are made again."""
    texts = [*MACROS, *(query(PACKAGE, file) for file in FILES), *(query("churn.store", view) for view in VIEWS)]
    texts.extend(resources.files("churn").joinpath(maker).read_text(encoding="utf-8") for maker in MAKERS)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _stamp(method: str, paths: list[Path]) -> str:
    """What the traits of a day are made of: names, sizes and times of its files, and the method."""
    files = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return hashlib.sha256(f"{method} {files}".encode()).hexdigest()


def _has(settings: Settings, day: dt.date, stamp: str) -> bool:
    made_of = folder_of(settings, day) / "made_of"
    return made_of.is_file() and made_of.read_text() == stamp


def _chunks(facts: dict[dt.date, list[Path]]) -> Iterator[list[dt.date]]:
    """Consecutive days with some CHUNK_BYTES of facts together; a large day is a chunk by itself."""
    chunk: list[dt.date] = []
    size = 0
    for day, paths in facts.items():
        chunk.append(day)
        size += sum(path.stat().st_size for path in paths)
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def folder_of(settings: Settings, day: dt.date) -> Path:
    """Where the numbers of a day are."""
    return settings.data / "state" / "traits" / f"day={day.isoformat()}"


def kept(settings: Settings, file: str, since: dt.date, until: dt.date) -> list[Path]:
    """The files of that name of the days from `since` to `until`, ascending."""
    days = [since + dt.timedelta(days=n) for n in range((until - since).days + 1)]
    return [path for day in days if (path := folder_of(settings, day) / f"{file}.parquet").is_file()]


def _make(settings: Settings, words: Dictionary, chunk: list[dt.date]) -> None:
    lake = lake_of(settings)
    with lake_database(settings, since=chunk[0], until=chunk[-1], only=(*FACTS, *VIEWS)) as con:
        names = relation(con, PACKAGE, "new_name").to_arrow_table()
        named = forms(names["domain"], words).append_column("day", names["day"])
        con.from_arrow(named).create_view("name_form")
        DuckEngine(con)
        made = {file: relation(con, PACKAGE, file).to_arrow_table() for file in FILES}
    for day, rows in _by_day(named, chunk):
        lake.write_arrow("name_form", day, "link", rows)
    for file, table in made.items():
        for day, rows in _by_day(table, chunk):
            folder_of(settings, day).mkdir(parents=True, exist_ok=True)
            with replacing(folder_of(settings, day) / f"{file}.parquet") as temporary:
                # hashes have no order and few twins: a dictionary of them costs ten times the writing and saves nothing
                pq.write_table(rows, temporary, compression="lz4", use_dictionary=False)


def _by_day(table: pa.Table, chunk: list[dt.date]) -> Iterator[tuple[dt.date, pa.Table]]:
    """The rows of each day of the chunk."""
    if len(chunk) == 1:
        yield chunk[0], table
        return
    days = table["day"].to_numpy()
    if (days[1:] < days[:-1]).any():
        order = np.argsort(days, kind="stable")
        table, days = table.take(order), days[order]
    for day in chunk:
        first, after = (int(np.searchsorted(days, np.datetime64(day), side)) for side in ("left", "right"))
        yield day, table.slice(first, after - first)


def view(con: duckdb.DuckDBPyConnection, settings: Settings, file: str, since: dt.date, until: dt.date) -> None:
    """A view of that name over the kept files of the window."""
    paths = [str(path) for path in kept(settings, file, since, until)]
    if paths:
        con.read_parquet(paths).create_view(file)
    else:
        relation(con, PACKAGE, file).create(file)
