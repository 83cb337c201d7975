"""The lab's HTTP server when it misbehaves: a connection that does to its answers what `Faults` says.

What belongs here: how each fault looks on the wire. What doesn't: which one shows when (`faults`), and right answers
(`web`). Used only where there are faults to show.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import io
import re
import socket
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from urllib.parse import unquote

from churn.lab.faults import Faults
from churn.lab.web import Answer, HttpConnection, Site

BOMB_BYTES = 1 << 26
LINE_BYTES = 2 << 20
DRIP_BYTES = 64
DRIP_SECONDS = 0.01
BREATH_SECONDS = 0.05
"""How long the bytes before a reset have to arrive."""
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head>\n<body>\n<p>We will be back.</p>\n</body></html>\n"
HOSTILE = (
    "<script>alert(1)</script>.example",
    '=HYPERLINK("http://x.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*.example",
    "\x1b]0;owned\x07\x1b[2J.example",
    "\u202eelpmaxe.moc",
    "\u2066a\u2069.example",
    "nul\x00.example",
    "'; DROP TABLE sighting; --",
    "../../etc/passwd",
)
"""What no list of names should hold, and some do."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FaultyConnection(HttpConnection):
    """One client connection; `asked` counts, for all connections, how often each path was asked for."""

    def __init__(self, site: Site, faults: Faults, asked: Counter[str]) -> None:
        super().__init__(site)
        self._faults, self._asked, self._path, self._fault = faults, asked, "", ""

    def _respond(self, head: str) -> None:
        self._path = unquote([*head.split(" ", 2), "", ""][1])
        self._asked[self._path] += 1
        shown = (fault for fault in self._faults.http if fault.shows(self._path, self._asked[self._path]))
        fault = next(shown, None)
        self._fault = fault.name if fault else ""
        super()._respond(head)

    def _send(self, answer: Answer, *, with_body: bool, close: bool) -> None:
        if self._fault in _INSTEAD:
            answer = _INSTEAD[self._fault]
        elif self._fault in _CHANGED:
            answer = replace(answer, body=_CHANGED[self._fault](self, answer.body))
        deliver = _DELIVERED.get(self._fault) if with_body else None
        if deliver is None:
            super()._send(answer, with_body=with_body, close=close)
            return
        transport, kept = self._transport, _Kept()
        self._transport = kept  # type: ignore[assignment]  # what `_send` needs of a transport
        super()._send(answer, with_body=True, close=True)
        self._transport = transport
        deliver(transport, *kept.content.split(b"\r\n\r\n", 1))

    def list_of(self, days_before: int) -> bytes:
        """The list that the site has for a day before the one that is asked for."""
        day = dt.date.fromisoformat(self.day) - dt.timedelta(days=days_before)
        return self._site.answer(self._path.partition("?")[0].replace(self.day, day.isoformat()), {}).body

    @property
    def day(self) -> str:
        """The day in the path that is asked for."""
        found = _DAY.search(self._path)
        return found[0] if found else dt.date.min.isoformat()


class _Kept:
    """In the place of a transport: keeps what would have been sent."""

    content = b""

    def write(self, content: bytes) -> None:
        """Keep it."""
        self.content += content

    def close(self) -> None:
        """The delivery closes."""


def _plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _like(served: bytes, plain: bytes) -> bytes:
    """Bytes packed as those that would have been served are."""
    return gzip.compress(plain, mtime=0) if served.startswith(b"\x1f\x8b") else plain


def _misdated(asked: FaultyConnection, body: bytes) -> bytes:
    """The date in a comment: ten days before the one that is asked for."""
    day = dt.date.fromisoformat(asked.day) - dt.timedelta(days=10)
    return _like(body, f"# the list of {day}\n".encode() + _plain(body))


def _repeated(asked: FaultyConnection, body: bytes) -> bytes:
    return _like(body, _plain(asked.list_of(1)) + b"\n")


def _halved(_: FaultyConnection, body: bytes) -> bytes:
    lines = _plain(body).splitlines(keepends=True)
    return _like(body, b"".join(lines[: len(lines) // 3]))


def _with_long_line(_: FaultyConnection, body: bytes) -> bytes:
    return _like(body, _plain(body) + b"x" * LINE_BYTES + b"\n")


def _with_hostile_names(_: FaultyConnection, body: bytes) -> bytes:
    plain = _plain(body)
    commas = plain.partition(b"\n")[0].count(b",")
    return _like(body, plain + "".join(f"{name}{',' * commas}\n" for name in HOSTILE).encode() + b"\xff\xfe.example\n")


@cache
def _bomb() -> bytes:
    """Members of gzip one after the other, each of 4 MB."""
    return gzip.compress(bytes(BOMB_BYTES // 16), mtime=0) * 16


@cache
def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("list.txt", "w") as file:
        for _ in range(16):
            file.write(bytes(BOMB_BYTES // 16))
    return packed.getvalue()


def _status(status: int, **headers: str) -> Answer:
    return Answer(status, b"", "text/plain", {name.replace("_", "-"): value for name, value in headers.items()})


_INSTEAD = {
    "empty": Answer(200, b"", "text/plain"),
    "page": Answer(200, PAGE, "text/html"),
    "unchanged": _status(304),
    "busy": _status(429, Retry_After="1"),
    "busy-silent": _status(429),
    "busy-long": _status(429, Retry_After="3600"),
    "down": _status(503),
    "gone": _status(404),
    "to-metadata": _status(302, Location="http://169.254.169.254/latest/meta-data/"),
    "to-private": _status(302, Location="http://10.0.0.1/list"),
    "to-elsewhere": _status(302, Location="http://lists.example/list"),
}
"""Answers in the place of the right one."""

_CHANGED: dict[str, Callable[[FaultyConnection, bytes], bytes]] = {
    "stale": lambda asked, _: asked.list_of(1),
    "misdated": _misdated,
    "repeated": _repeated,
    "halved": _halved,
    "cut-gzip": lambda _, body: _like(b"\x1f\x8b", _plain(body))[: len(body) // 2],
    "bomb": lambda *_: _bomb(),
    "bomb-zip": lambda *_: _zip_bomb(),
    "long-line": _with_long_line,
    "hostile": _with_hostile_names,
}
"""What becomes of the right answer's bytes."""


def _reset(transport: asyncio.Transport, head: bytes, body: bytes) -> None:
    transport.write(head + b"\r\n\r\n" + body[: len(body) // 2])
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asyncio.get_running_loop().call_later(BREATH_SECONDS, transport.abort)


def _drip(transport: asyncio.Transport, head: bytes, body: bytes) -> None:
    pieces = iter([head + b"\r\n\r\n", *(body[at : at + DRIP_BYTES] for at in range(0, len(body), DRIP_BYTES))])

    def more() -> None:
        piece = next(pieces, None)
        if piece is None or transport.is_closing():
            transport.close()
            return
        transport.write(piece)
        asyncio.get_running_loop().call_later(DRIP_SECONDS, more)

    more()


def _with_length(transport: asyncio.Transport, head: bytes, body: bytes, length: int) -> None:
    told = re.sub(rb"(?i)(content-length:) *\d+", rb"\1 %d" % length, head)
    transport.write(told + b"\r\n\r\n" + body)
    transport.close()


_DELIVERED: dict[str, Callable[[asyncio.Transport, bytes, bytes], None]] = {
    "reset": _reset,
    "drip": _drip,
    "short": lambda transport, head, body: _with_length(transport, head, body, len(body) + 1_000),
    "long": lambda transport, head, body: _with_length(transport, head, body, len(body) // 2),
}
"""How the right answer comes."""
