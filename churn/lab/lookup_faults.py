"""Faults of look-ups: what the lab's RDAP, WHOIS, DNS and crt.sh do wrong when they are told to, as data.

What belongs here: names of faults, and which look-ups show them. What doesn't: how a server misbehaves (`rdap_faults`,
`whois_faults`, `dns_faults`), limits (`lookup_limits`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

_HTTP = {
    "busy": "429, to be asked again in a second",
    "busy-date": "429, to be asked again at a time that is told as a date",
    "busy-silent": "429 without Retry-After",
    "busy-notice": "200 with a notice that there is a limit, and no object",
    "forbidden": "403",
    "down": "503 as an HTML page",
    "bad-gateway": "502 as an HTML page",
    "page": "an HTML page, and 200",
    "nothing": "200 without a byte of body",
    "timeout": "no answer, and the connection stays open",
    "drip": "a byte every tenth of a second",
    "cut": "the connection ends before the length that was told",
    "reset": "half the answer, then the connection is reset",
    "garbage": "bytes that are no HTTP",
    "too-long": "the right answer with 2 MB more in it",
    "bad-json": "JSON that ends in the middle, its length told rightly",
    "odd-json": "JSON with NaN, numbers of 5,000 digits, lone surrogates and keys told twice",
    "deep-json": "100,000 lists, each in the one before",
    "wrong-types": "every text a number, every list an object",
    "latin-1": "names with accents in Latin-1, said to be UTF-8",
    "gzip": "packed by gzip, though nobody asked for it",
    "bomb": "gzip of 64 MB of nothing",
    "hostile": "HTML, formulas, terminal escapes, text directions and NULs in every name",
    "to-loopback": "a redirect to a closed port of the loopback",
    "to-private": "a redirect to a private address",
    "to-metadata": "a redirect to a link-local address",
    "to-scheme": "a redirect to what is no URL of HTTP",
    "to-itself": "a redirect to where it was asked",
}
RDAP_FAULTS = _HTTP | {
    "bad-jcard": "jCards that are none, in each of ten ways",
    "other": "an answer for another name or network",
    "related-loop": "the registrar refers to the registry, which refers to the registrar (or itself)",
    "related-private": "a `related` link to a private address",
    "related-metadata": "a `related` link to a link-local address",
    "related-scheme": "`related` links to files, by FTP and to scripts",
}
"""What RDAP servers can do wrong, by name."""
CRTSH_FAULTS = {name: about for name, about in _HTTP.items() if name != "busy-notice"} | {
    "empty": "an empty list, and 200",
    "other": "certificates of another name",
}
"""What crt.sh can do wrong, by name."""
WHOIS_FAULTS = {
    "throttled": "a text that says that there is a limit, each server in its words",
    "denied": "a text that says that access is denied",
    "empty": "the end of the connection without a byte",
    "timeout": "no answer, and the connection stays open",
    "drip": "a byte every tenth of a second",
    "cut": "half the answer",
    "reset": "half the answer, then the connection is reset",
    "too-long": "the right answer with 2 MB more behind it",
    "latin-1": "names with accents in Latin-1",
    "utf-16": "the answer in UTF-16",
    "shift-jis": "names in Shift-JIS, labels too",
    "nul": "NULs between lines",
    "garbage": "bytes of no encoding",
    "page": "an HTML page",
    "hostile": "HTML, formulas and text directions in every name",
    "escapes": "terminal escapes in every name",
    "other": "an answer for another name",
    "loop": "the registry refers to the registrar's server, which refers to the registry's",
    "self": "a referral to the server that was asked",
    "refer-private": "a referral to a private address",
    "refer-metadata": "a referral to a link-local address",
    "refer-url": "a referral that is a URL of a web site",
    "refer-hostile": "a referral with spaces, slashes, escapes and 5,000 letters",
}
"""What WHOIS servers can do wrong, by name."""
DNS_FAULTS = {
    "servfail": "SERVFAIL",
    "refused": "REFUSED",
    "nxdomain": "NXDOMAIN, though the name is there",
    "formerr": "FORMERR",
    "silent": "no answer",
    "truncated": "an empty answer that says it is truncated, and none by TCP",
    "other": "records of another name",
    "other-question": "an answer to another question",
    "wrong-id": "the right answer under another number",
    "garbage": "a header, and bytes that are no records",
    "cname-loop": "two names that are each the other's canonical name",
    "private": "addresses that are private, link-local or the loopback's",
    "oversized": "4,000 records: truncated by UDP, 64 kB by TCP",
    "hostile": "names with HTML, escapes, NULs and dots in their labels",
}
"""What the built-in DNS server can do wrong, by name."""
LOOKUP_FAULTS = {"rdap": RDAP_FAULTS, "whois": WHOIS_FAULTS, "dns": DNS_FAULTS, "crtsh": CRTSH_FAULTS}
"""The faults of each protocol."""
PASSING = frozenset(
    {
        *(("rdap", name) for name in ("busy", "busy-date", "busy-silent", "busy-notice", "down", "bad-gateway")),
        *(("crtsh", name) for name in ("busy", "busy-date", "busy-silent", "down", "bad-gateway", "empty")),
        ("whois", "throttled"),
        ("whois", "empty"),
        ("dns", "servfail"),
        ("dns", "refused"),
    }
)
"""Faults that `churn.lab.faults.all_lookup_faults` shows on the first ask of a name only."""


@dataclass(frozen=True, slots=True)
class LookupFault:
    """A fault of LOOKUP_FAULTS[protocol] for the look-ups of some subjects at some endpoints.

    `endpoint` and `subject` are patterns of `fnmatch`: endpoints are named as in `lookup_limits`, and `dns`; a subject
    is a domain in lower case, or an IP address. `share` is a piece of 0..1, by the hash of protocol and subject: (0,
    0.02) are two of a hundred names. It shows on those asks of the subject at the endpoint (DNS: for the record type,
    UDP and TCP apart), counted from 1; on all where none is named.
    """

    protocol: str
    name: str
    endpoint: str = "*"
    subject: str = "*"
    share: tuple[float, float] = (0.0, 1.0)
    asks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known = LOOKUP_FAULTS.get(self.protocol, {})
        if self.name not in known:
            raise ValueError(f"{self.protocol} has no fault {self.name!r}; it has {', '.join(known) or 'none'}")

    def meets(self, endpoint: str, subject: str, place: float) -> bool:
        """Whether that subject, whose place in its protocol's 0..1 this is, meets it at that endpoint."""
        first, end = self.share
        return first <= place < end and fnmatchcase(subject, self.subject) and fnmatchcase(endpoint, self.endpoint)


@lru_cache(maxsize=4_096)
def place_of(protocol: str, subject: str) -> float:
    """Where a subject has its place in 0..1 of a protocol."""
    return int.from_bytes(hashlib.sha256(f"{protocol} {subject}".encode()).digest()[:7]) / 2**56


class Shown:
    """The faults of one protocol, and how often every subject that meets one was asked for."""

    def __init__(self, protocol: str, faults: Iterable[LookupFault]) -> None:
        self._protocol = protocol
        self._faults = [fault for fault in faults if fault.protocol == protocol]
        self._asked: dict[tuple[str, str], int] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._faults)

    def next(self, endpoint: str, subject: str, kind: str = "") -> str:
        """The name of the fault that this ask meets; empty where none does. Of several, the first in their order."""
        met = self.of(endpoint, subject)
        if not met:
            return ""
        key = endpoint, f"{kind} {subject}"
        ask = self._asked[key] = self._asked.get(key, 0) + 1
        return next((fault.name for fault in met if not fault.asks or ask in fault.asks), "")

    def of(self, endpoint: str, subject: str) -> list[LookupFault]:
        """The faults that a subject meets at an endpoint, on whatever ask."""
        if not self._faults:
            return []
        place = place_of(self._protocol, subject)
        return [fault for fault in self._faults if fault.meets(endpoint, subject, place)]

    def reset(self) -> None:
        """Count asks anew."""
        self._asked.clear()
