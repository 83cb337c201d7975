"""The record of every byte that reached a host of the world: the proof that nothing was asked of any site.

What belongs here: writing and reading that record. What doesn't: the listeners (`hosts`). A line of JSON per receipt:
`connection` (number), `service` (`tls` or `website`), `sni`, `raw` (bytes as they came, hex) and `application` (what a
TLS client said inside, or all of it at the website's port, hex). A TLS handshake that says nothing leaves
`application` empty on all its lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Receipt:
    """Bytes that arrived together on one connection."""

    connection: int
    service: str
    sni: str | None
    raw: bytes
    application: bytes


class Recorder:
    """Writes receipts as they come; every line is on disk before the answer goes out."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)

    def write(self, receipt: Receipt) -> None:
        """Append one receipt."""
        line = {
            "connection": receipt.connection,
            "service": receipt.service,
            "sni": receipt.sni,
            "raw": receipt.raw.hex(),
            "application": receipt.application.hex(),
        }
        self._file.write(json.dumps(line) + "\n")


def receipts(path: Path) -> Iterator[Receipt]:
    """All receipts of a record, in the order in which they came."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            raw, application = bytes.fromhex(row["raw"]), bytes.fromhex(row["application"])
            yield Receipt(row["connection"], row["service"], row["sni"], raw, application)


def application_bytes(path: Path) -> bytes:
    """Everything that any client said to any site; empty where metadata only was read."""
    return b"".join(receipt.application for receipt in receipts(path))
