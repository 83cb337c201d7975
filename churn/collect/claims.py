"""The day that a content says it is of: by the name of the file inside it, or the comments at its beginning.

A list can lie about its date: one served as that of 17 May was once that of 6 May. What doesn't belong here: what to
think of it (`gate`).
"""

from __future__ import annotations

import datetime as dt
import gzip
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from churn.collect.unpack import ZIP_ERRORS
from churn.errors import ChurnError
from churn.settings import Settings
from churn.store.landing import Manifest, stored_file

_HEAD_BYTES = 4096
_DATE = re.compile(r"(?<!\d)(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")


def claimed_day(settings: Settings, manifests: Iterable[Manifest]) -> dt.date | None:
    """The latest day that any of the contents claims; None where none does."""
    claims = (_claim(stored_file(settings, manifest), manifest) for manifest in manifests)
    return max((claim for claim in claims if claim), default=None)


def day_in(text: str) -> dt.date | None:
    """The first date that a text holds: 2026-03-01, 2026/03/01 or 20260301."""
    for year, month, day in _DATE.findall(text):
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def undated(text: str) -> str:
    """A text with its dates left out, so that two days' names of the same thing are one."""
    return _DATE.sub("", text)


def _claim(stored: Path, manifest: Manifest) -> dt.date | None:
    try:
        with gzip.open(stored) as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(b"PK\x03\x04") and manifest.compressed_here:  # else a bomb would be unpacked to its end
                with zipfile.ZipFile(file) as archive:
                    return day_in(" ".join(archive.namelist()[:1])[:_HEAD_BYTES])
    except (*ZIP_ERRORS, ChurnError):
        return None  # what can't be read claims nothing; its reader says so
    name = "" if manifest.compressed_here else _inner_name(stored)
    return day_in(name) or day_in(_comments(head))


def _inner_name(stored: Path) -> str:
    """The file name in a gzip header (RFC 1952, 2.3.1)."""
    with stored.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) < 10 or not head[3] & 8 or head[3] & 4:
        return ""
    return head[10:].partition(b"\0")[0].decode("latin-1")


def _comments(head: bytes) -> str:
    lines = head.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if line.startswith(("#", ";", "//")))
