"""How the faults of WHOIS look on the wire, and what its limits are told with.

What belongs here: one behaviour a fault. What doesn't: which one shows when (`lookup_faults`), right answers (`whois`),
connections (`whois_server`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

from churn.lab import whois
from churn.lab.lookup_faults import place_of
from churn.lab.records import Record
from churn.lab.web_faults import BREATH_SECONDS, HOSTILE, PAGE, drip, reset_now

DRIP_SECONDS = 0.1
PADDING_LINES = 40_000
THROTTLED = (
    "WHOIS LIMIT EXCEEDED - SEE WWW.NIC.EXAMPLE/WHOIS FOR DETAILS\n",
    "% Query rate limit exceeded. Please wait a while and try again.\n",
    "Number of allowed queries exceeded.\n",
    "%% Too many requests from your address; access is limited to 20 queries a minute.\n",
    "Your connection limit exceeded. Please slow down and try again later.\n",
    "% You have been temporarily blocked for excessive querying.\n%\n% Quota: 0 of 100 queries left.\n",
    "ERROR: 55000000002: Connection refused; access control limit reached.\n",
    "-1: Excessive querying, try again later\n",
    "Lookup quota exceeded\n" + whois.FOOTER,
)
"""How servers say that there is a limit; none of it is a record, nor says that the name is free."""
DENIED = (
    "% Access denied. Your IP address is blocked because of too many queries.\n",
    "Requests of this client are not permitted. Please use a web browser to look up names.\n",
    "IP address is on the blacklist; for help write to support@nic.example.\n",
)
"""How servers say that they won't answer this client any more."""
BIDI = ("\u202eelpmaxe", "\u2066a\u2069")
ESCAPES = ("\x1b]0;owned\x07", "\x1b[2J\x1b[31mred", "\x9b31m", "\x1bP+q\x1b\\", "a\rb\x08\x08\x08c")
_NAMES = re.compile(r"(?m)^(.*?(?:Registrar|Reseller|Organization|Name|registrar|person|Registrant)\b.*?: *)(\S.*)$")
_REFERRAL = re.compile(r"(?m)^(Registrar WHOIS Server: ).*$")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that a fault answers: the server's host name, the name asked for, what is right, and for whom else."""

    host: str
    subject: str
    right: str
    found: Record | None
    other: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """The bytes of an answer and how they are sent, which ends the connection."""

    content: Callable[[Query], bytes]
    send: Callable[[asyncio.Transport, bytes], None]


def chosen(texts: tuple[str, ...], host: str) -> str:
    """The words that a server uses, always the same."""
    return texts[int(place_of("words", host) * len(texts))]


def plain(text: str, encoding: str = "utf-8") -> bytes:
    """A text as WHOIS servers send it."""
    return text.replace("\n", "\r\n").encode(encoding, "replace")


def whole(transport: asyncio.Transport, content: bytes) -> None:
    """All of it, and the end."""
    transport.write(content)
    transport.close()


def _reset(transport: asyncio.Transport, content: bytes) -> None:
    if not content:
        reset_now(transport)
        return
    transport.write(content)
    asyncio.get_running_loop().call_later(BREATH_SECONDS, reset_now, transport)


def _never(transport: asyncio.Transport, content: bytes) -> None:
    """The connection stays open, and nothing comes."""


def _text(change: Callable[[Query], str], encoding: str = "utf-8") -> Spoilt:
    return Spoilt(lambda query: plain(change(query), encoding), whole)


def _half(query: Query) -> bytes:
    content = plain(query.right)
    return content[: len(content) // 2]


def _renamed(names: tuple[str, ...]) -> Callable[[Query], str]:
    def change(query: Query) -> str:
        following = cycle(names)
        return _NAMES.sub(lambda line: line[1] + next(following), query.right)

    return change


def _refer(to: Callable[[Query], str]) -> Spoilt:
    """A referral to there, in the place of the right one or behind the answer."""

    def change(query: Query) -> str:
        place = to(query)
        text, changed = _REFERRAL.subn(lambda line: line[1] + place, query.right)
        return text if changed else f"{text}\nRegistrar WHOIS Server: {place}\nrefer: {place}\n"

    return _text(change)


def _back(query: Query) -> str:
    """The registrar's server from the registry's, and the other way round."""
    if query.found is None:
        return query.host
    registry, registrar = query.found.registry.whois_host, query.found.registrar.whois_host
    return registry if query.host == registrar else registrar


BEHAVIOURS = {
    "throttled": _text(lambda query: chosen(THROTTLED, query.host)),
    "denied": _text(lambda query: chosen(DENIED, query.host)),
    "empty": _text(lambda _: ""),
    "page": Spoilt(lambda _: PAGE, whole),
    "other": _text(lambda query: query.other()),
    "too-long": _text(lambda query: query.right + "Remarks: x, and so on without end\n".ljust(53) * PADDING_LINES),
    "latin-1": _text(_renamed(("Müller & Söhne", "Café Ñandú S.A.")), "latin-1"),
    "utf-16": _text(lambda query: query.right, "utf-16"),
    "shift-jis": _text(
        lambda query: _renamed(("株式会社テスト", "ドメイン管理者"))(query) + "[登録者名]  テスト\n", "shift_jis"
    ),
    "nul": _text(lambda query: query.right.replace("\n", "\0\n\0")),
    "garbage": Spoilt(lambda _: bytes(range(128, 256)) * 16, whole),
    "hostile": _text(_renamed(HOSTILE + BIDI)),
    "escapes": _text(_renamed(ESCAPES)),
    "loop": _refer(_back),
    "self": _refer(lambda query: query.host),
    "refer-private": _refer(lambda _: "10.0.0.1"),
    "refer-metadata": _refer(lambda _: "169.254.169.254"),
    "refer-url": _refer(lambda _: "https://www.registrar.example/whois?domain="),
    "refer-hostile": _refer(lambda _: "whois .example/../\x1b[2J;rm -rf " + "a" * 5_000),
    "cut": Spoilt(_half, whole),
    "reset": Spoilt(_half, _reset),
    "timeout": Spoilt(lambda _: b"", _never),
    "drip": Spoilt(
        lambda query: plain(query.right), lambda transport, content: drip(transport, content, 1, DRIP_SECONDS)
    ),
}
"""How each fault of WHOIS_FAULTS shows."""
RESET_AT_ONCE = Spoilt(lambda _: b"", _reset)


def told(name: str) -> Spoilt:
    """What a query beyond a limit, or of a client that is banned, is answered with; names as in `lookup_limits`."""
    return RESET_AT_ONCE if name == "reset" else BEHAVIOURS[name]
