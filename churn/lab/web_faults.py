"""The lab's HTTP server when it misbehaves: a connection that does to its answers what `Faults` says.

What belongs here: how each fault of a feed looks on the wire. What doesn't: which one shows when (`faults`), right
answers (`web`), faults of look-ups (`lookup_web`, `rdap_faults`).
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
from dataclasses import dataclass, replace
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


Change = Callable[["FaultyConnection", "Answer"], "Answer"]
Deliver = Callable[[asyncio.Transport, bytes, bytes], None]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of the right answer, and how it comes: transport, head and body of the message."""

    change: Change | None = None
    deliver: Deliver | None = None


RIGHT = Behaviour()


class FaultyConnection(HttpConnection):
    """One client connection; `asked` counts, for all connections, how often each path was asked for."""

    def __init__(self, site: Site, faults: Faults, asked: Counter[str]) -> None:
        super().__init__(site)
        self._faults, self._asked, self._path = faults, asked, ""
        self._shown = RIGHT
        self.target = self.subject = ""
        """What is asked for, and of whom it is a look-up."""

    def _respond(self, head: str) -> None:
        self._respond_with(head, self._chosen(head) if self._faults.http else RIGHT)

    def _respond_with(self, head: str, shown: Behaviour) -> None:
        self._shown = shown
        super()._respond(head)

    def _chosen(self, head: str) -> Behaviour:
        self._path = unquote([*head.split(" ", 2), "", ""][1])
        self._asked[self._path] += 1
        shown = (fault for fault in self._faults.http if fault.shows(self._path, self._asked[self._path]))
        fault = next(shown, None)
        return _BEHAVIOURS[fault.name] if fault else RIGHT

    def _send(self, answer: Answer, *, with_body: bool, close: bool) -> None:
        if self._shown.change:
            answer = self._shown.change(self, answer)
        deliver = self._shown.deliver if with_body else None
        if deliver is None:
            super()._send(answer, with_body=with_body, close=close)
            return
        transport, kept = self._transport, _Kept()
        self._transport = kept  # type: ignore[assignment]  # what `_send` needs of a transport
        super()._send(answer, with_body=True, close=True)
        self._transport = transport
        deliver(transport, *kept.content.split(b"\r\n\r\n", 1))

    @property
    def site(self) -> Site:
        """What has the right answers."""
        return self._site

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
def bomb() -> bytes:
    """Gzip of BOMB_BYTES of nothing: members of gzip one after the other, each of 4 MB."""
    return gzip.compress(bytes(BOMB_BYTES // 16), mtime=0) * 16


@cache
def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("list.txt", "w") as file:
        for _ in range(16):
            file.write(bytes(BOMB_BYTES // 16))
    return packed.getvalue()


def status_only(status: int, **headers: str) -> Answer:
    """An answer without a body; `_` in a header's name stands for `-`."""
    return Answer(status, b"", "text/plain", {name.replace("_", "-"): value for name, value in headers.items()})


def reset(transport: asyncio.Transport, head: bytes, body: bytes) -> None:
    """Half of it, then the connection is reset."""
    transport.write(head + b"\r\n\r\n" + body[: len(body) // 2])
    asyncio.get_running_loop().call_later(BREATH_SECONDS, reset_now, transport)


def reset_now(transport: asyncio.Transport) -> None:
    """Reset a connection."""
    made = transport.get_extra_info("socket")
    if made is not None and made.fileno() >= 0:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def drip(transport: asyncio.Transport, content: bytes, size: int, seconds: float) -> None:
    """Pieces of that size, one every so many seconds."""
    pieces = iter([content[at : at + size] for at in range(0, len(content), size)])

    def more() -> None:
        piece = next(pieces, None)
        if piece is None or transport.is_closing():
            transport.close()
            return
        transport.write(piece)
        asyncio.get_running_loop().call_later(seconds, more)

    more()


def with_length(transport: asyncio.Transport, head: bytes, body: bytes, length: int) -> None:
    """All of it, under another length."""
    told = re.sub(rb"(?i)(content-length:) *\d+", rb"\1 %d" % length, head)
    transport.write(told + b"\r\n\r\n" + body)
    transport.close()


def _drip(transport: asyncio.Transport, head: bytes, body: bytes) -> None:
    transport.write(head + b"\r\n\r\n")
    drip(transport, body, DRIP_BYTES, DRIP_SECONDS)


def instead(answer: Answer) -> Behaviour:
    """That answer in the place of the right one."""
    return Behaviour(lambda *_: answer)


def _changed(change: Callable[[FaultyConnection, bytes], bytes]) -> Behaviour:
    return Behaviour(lambda asked, answer: replace(answer, body=change(asked, answer.body)))


_BEHAVIOURS = {
    "empty": instead(Answer(200, b"", "text/plain")),
    "page": instead(Answer(200, PAGE, "text/html")),
    "unchanged": instead(status_only(304)),
    "busy": instead(status_only(429, Retry_After="1")),
    "busy-silent": instead(status_only(429)),
    "busy-long": instead(status_only(429, Retry_After="3600")),
    "down": instead(status_only(503)),
    "gone": instead(status_only(404)),
    "to-metadata": instead(status_only(302, Location="http://169.254.169.254/latest/meta-data/")),
    "to-private": instead(status_only(302, Location="http://10.0.0.1/list")),
    "to-elsewhere": instead(status_only(302, Location="http://lists.example/list")),
    "stale": _changed(lambda asked, _: asked.list_of(1)),
    "misdated": _changed(_misdated),
    "repeated": _changed(_repeated),
    "halved": _changed(_halved),
    "cut-gzip": _changed(lambda _, body: _like(b"\x1f\x8b", _plain(body))[: len(body) // 2]),
    "bomb": _changed(lambda *_: bomb()),
    "bomb-zip": _changed(lambda *_: _zip_bomb()),
    "long-line": _changed(_with_long_line),
    "hostile": _changed(_with_hostile_names),
    "reset": Behaviour(deliver=reset),
    "drip": Behaviour(deliver=_drip),
    "short": Behaviour(deliver=lambda to, head, body: with_length(to, head, body, len(body) + 1_000)),
    "long": Behaviour(deliver=lambda to, head, body: with_length(to, head, body, len(body) // 2)),
}
"""How each fault of HTTP_FAULTS shows."""
