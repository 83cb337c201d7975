"""Zone files: from a master file as a registry serves it, plain or gzip, to the names that the zone delegates.

A file is read piece by piece; memory does not grow with it. What becomes of the pieces is in `master_reading`, which
bytes are a record in `master_records`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from isal import isal_zlib

from churn.collect.unpack import STEEPEST, UnreadableError
from churn.store.files import replacing

LARGEST_ZONE = 1 << 37
"""Most bytes that a zone may unpack to, unless said otherwise; the largest are at 30 GB."""
_STEP = 4 << 20
_PACKED_STEP = 1 << 18
_SMALL = 1 << 22
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """What is no record: its first line (from 1), why, and how it begins (at most 200 characters)."""

    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """What a zone file was found to hold.

    `apex` is the owner of the SOA record (the origin given, where there is none), `serial` its serial number.
    `delegations` counts names; one that comes up in two places of an unsorted file counts twice. `is_closed`: the last
    record is the SOA once more, as a zone transfer ends, so nothing is cut off. Of `unread_lines`, the first 1,000.
    """

    apex: str | None
    serial: int | None
    records: int
    delegations: int
    is_closed: bool
    unread: int
    unread_lines: tuple[UnreadLine, ...]


def write_delegations(
    source: Path, target: Path, origin: str | None = None, *, largest: int = LARGEST_ZONE
) -> ZoneFigures:
    """Write the names that a zone file delegates to a Parquet file with one column, `fqdn`, in the file's order.

    Errors: those of `read_delegations`; TransientError and TerminalError where `target` can't be written.
    """
    schema = pa.schema([("fqdn", pa.string())])
    with (
        replacing(target) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd", use_dictionary=False) as file,
    ):

        def keep(names: pa.StringArray) -> None:
            file.write_batch(pa.record_batch([names], schema=schema))

        return read_delegations(source, keep, origin, largest=largest)


def read_delegations(
    source: Path,
    keep: Callable[[pa.StringArray], object],
    origin: str | None = None,
    *,
    largest: int = LARGEST_ZONE,
    step: int = _STEP,
) -> ZoneFigures:
    """Hand the names that a zone file delegates to `keep`, some 100,000 at once, in the file's order.

    These are the owners of NS records (class IN) strictly below the apex, wildcards left out, in lower case without a
    final dot. Reads plain files and gzip, `step` bytes at once. Raises UnreadableError for gzip that is cut off, broken
    or a bomb, for more than `largest` bytes, and for what holds no record; UsageError for an origin that is no name.
    """
    from churn.collect.formats.master_reading import new_reading  # noqa: PLC0415 - numba, which takes a second to load

    reading = new_reading(origin, keep)
    try:
        with source.open("rb") as file:
            reading.read(_ahead(_unpacked(file, source.stat().st_size, largest, step)), step)
    except OSError as error:
        raise UnreadableError(f"{source.name} can't be read: {error.strerror}") from None
    figures = reading.figures()
    if figures.records == 0:
        raise UnreadableError(f"{source.name} is no zone file: none of its lines is a record")
    return figures


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the next of which is made while one is read: both let go of Python's lock."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = pool.submit(next, pieces, None)
            yield piece


def _unpacked(file: IO[bytes], packed: int, largest: int, step: int) -> Iterator[bytes]:
    """The file's own bytes, at most `step` at once, gzip of one or more members undone."""
    is_gzip = file.read(2) == _GZIP
    file.seek(0)
    limit = min(largest, max(_SMALL, packed * STEEPEST)) if is_gzip else largest
    unpacked = 0
    for piece in _gunzip(file, step) if is_gzip else iter(lambda: file.read(step), b""):
        unpacked += len(piece)
        if unpacked > limit:
            raise UnreadableError(f"{packed:,} bytes unpack to more than {limit:,}: this is no zone")
        yield piece


def _gunzip(file: IO[bytes], step: int) -> Iterator[bytes]:
    member, packed = isal_zlib.decompressobj(wbits=31), file.read(_PACKED_STEP)
    try:
        while packed:
            yield member.decompress(packed, step)
            packed = member.unconsumed_tail or member.unused_data or file.read(_PACKED_STEP)
            if member.eof and (packed := _without_padding(packed, file)):
                member = isal_zlib.decompressobj(wbits=31)
        while not member.eof and (piece := member.decompress(b"", step)):
            yield piece
    except isal_zlib.error as error:  # type: ignore[misc]  # it is an exception, its stub knows it as an object
        raise UnreadableError(f"the gzip data is broken: {error}") from None
    if not member.eof:
        raise UnreadableError("the gzip data is cut off")


def _without_padding(packed: bytes, file: IO[bytes]) -> bytes:
    while packed and not packed.strip(b"\0"):
        packed = file.read(_PACKED_STEP)
    return packed.lstrip(b"\0")
