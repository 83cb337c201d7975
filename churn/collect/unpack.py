"""Unpacking what was served: gzip (RFC 1952) and zip of one file, within limits on size and ratio; else as it is.

A decompression bomb is stopped while it grows, not after. Nothing is ever unpacked to a path that an archive names.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from typing import IO

from churn.errors import TerminalError
from churn.markings import printable

LARGEST = 1 << 30
"""Most bytes that a list may unpack to."""
STEEPEST = 200
"""Most bytes that a byte may become, over the whole of a list; small lists may do as they please."""
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, OverflowError, struct.error)
"""What `zipfile` raises over broken archives, by its documentation or without."""
_SMALL = 1 << 22
_STEP = 1 << 20


class UnreadableError(TerminalError):
    """What landed can't be unpacked or read; the message says why. What in it can't be printed becomes U+FFFD."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message, 1_000))


def unpack(content: bytes) -> bytes:
    """The list's own bytes. Raises UnreadableError for a bomb, a broken archive or one of several files."""
    if content.startswith(b"\x1f\x8b"):
        return _gunzip(content)
    if content.startswith(b"PK\x03\x04"):
        return _unzip(content)
    return content


def _gunzip(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return _read(file, len(content))
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableError(f"the gzip data is cut off or broken: {error}") from None


def _unzip(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # `is_dir` of Python 3.11 stumbles over a member without a name.
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
            if len(members) != 1:
                raise UnreadableError(f"the zip archive holds {len(members)} files, not one")
            if members[0].compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise UnreadableError("the zip archive is compressed in another way than deflate")
            with archive.open(members[0]) as file:
                return _read(file, len(content))
    except ZIP_ERRORS as error:
        raise UnreadableError(f"the zip archive can't be read: {error}") from None


def _read(file: gzip.GzipFile | IO[bytes], packed: int) -> bytes:
    out, limit = bytearray(), min(LARGEST, max(_SMALL, packed * STEEPEST))
    while piece := file.read(_STEP):
        out += piece
        if len(out) > limit:
            raise UnreadableError(f"{packed:,} bytes unpack to more than {limit:,}: this is no list")
    return bytes(out)
