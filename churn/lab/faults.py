"""Faults on demand: what the lab's servers do wrong when they are told to.

What belongs here: all that a lab can be told to do wrong, as data that travels to the servers' processes; faults of
feeds by name. What doesn't: faults of look-ups by name (`lookup_faults`), limits (`lookup_limits`), how a server
misbehaves (`web_faults`, for feeds).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from churn.lab.lookup_faults import LOOKUP_FAULTS, PASSING, LookupFault
from churn.lab.lookup_limits import Limit

HTTP_FAULTS = {
    "stale": "the list of the day before, under today's address",
    "misdated": "the list says inside that it is of ten days before",
    "repeated": "the names of the day before, in other bytes",
    "halved": "a third of the list",
    "empty": "nothing, and 200",
    "page": "an HTML page, and 200",
    "cut-gzip": "gzip that ends early, its length told rightly",
    "bomb": "gzip of 64 MB of nothing",
    "bomb-zip": "the same as a zip archive",
    "long-line": "the list, and a line of 2 MB",
    "hostile": "the list, and names with HTML, formulas, terminal escapes, text directions and NULs",
    "unchanged": "304, whatever was asked",
    "busy": "429, to be asked again in a second",
    "busy-silent": "429 without Retry-After",
    "busy-long": "429, to be asked again in an hour",
    "down": "503",
    "gone": "404",
    "to-metadata": "a redirect to a link-local address",
    "to-private": "a redirect to a private address",
    "to-elsewhere": "a redirect to another host",
    "reset": "half the bytes, then the connection is reset",
    "drip": "64 bytes every 10 ms",
    "short": "a Content-Length of 1,000 bytes more than there are",
    "long": "a Content-Length of half of what there is",
}
"""What the HTTP server can do wrong, by name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of HTTP_FAULTS at the paths (with their query) that a pattern of `fnmatch` matches.

    It shows on those asks of a path, counted from 1; on all of them where none is named.
    """

    name: str
    path: str
    asks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in HTTP_FAULTS:
            raise ValueError(f"no fault is called {self.name!r}; there are {', '.join(HTTP_FAULTS)}")

    def shows(self, path: str, ask: int) -> bool:
        """Whether it shows on that ask of that path."""
        return fnmatchcase(path, self.path) and (not self.asks or ask in self.asks)


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults the servers show, of feeds (`http`) and of `lookups`, and what they allow (`limits`).

    Without arguments: none, and everything. Of several faults or limits that match, the first counts.
    """

    http: tuple[Fault, ...] = ()
    lookups: tuple[LookupFault, ...] = ()
    limits: tuple[Limit, ...] = ()

    def of(self, protocol: str) -> tuple[LookupFault, ...]:
        """The faults of a protocol's look-ups."""
        return tuple(fault for fault in self.lookups if fault.protocol == protocol)

    def as_json(self) -> dict[str, Any]:
        """Plain values for the servers' processes."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Faults:
        """The faults that `as_json` told of, lists in place of tuples. Raises ValueError for a name that is none."""
        return cls(
            tuple(Fault(**each | {"asks": tuple(each["asks"])}) for each in values["http"]),
            tuple(
                LookupFault(**each | {"asks": tuple(each["asks"]), "share": tuple(each["share"])})
                for each in values["lookups"]
            ),
            tuple(Limit(**each) for each in values["limits"]),
        )


LIMITS = (
    Limit("rdap/registry/netlab", per_second=40, ban_after=40, ban_seconds=20),
    Limit("rdap/registry/orglab", per_second=20, beyond="busy-silent", ban_after=40, ban_seconds=20, banned="reset"),
    Limit("rdap/registry/infolab", per_second=20, beyond="busy-notice"),
    Limit("rdap/registry/shoplab", per_second=20, beyond="forbidden"),
    Limit("rdap/registry/storelab", at_once=3, answer_seconds=0.02, beyond="down"),
    Limit("rdap/registrar/99000?", per_second=40, ban_per_minute=900, ban_seconds=20),
    Limit("rdap/rir", per_second=20),
    Limit("crtsh", per_minute=120),
    Limit("whois/whois.nic.xblab", per_second=20, ban_after=20, ban_seconds=20),
    Limit("whois/whois.nic.xclab", per_second=20, beyond="empty", ban_after=20, ban_seconds=20, banned="denied"),
    Limit("whois/whois.nic.qmlab", at_once=2, answer_seconds=0.02, beyond="reset"),
)
"""Limits of every kind, on some endpoints each."""
_SERVERS = {"rdap": "rdap/*", "whois": "whois/whois.*", "dns": "dns", "crtsh": "crtsh"}
"""Which endpoints have all faults: not the root of WHOIS, without which a whole TLD can't be asked about."""


def all_lookup_faults(share: float) -> Faults:
    """Every fault of look-ups, and LIMITS. `share` (0..1) of the names asked by each protocol meet a fault of it.

    The faults of a protocol share them equally, by hash: no name meets two of one protocol. Faults that pass in real
    life (`lookup_faults.PASSING`) show on the first ask only, the others always.
    """
    made = []
    for protocol, names in LOOKUP_FAULTS.items():
        for number, name in enumerate(names):
            piece = share * number / len(names), share * (number + 1) / len(names)
            asks = (1,) if (protocol, name) in PASSING else ()
            made.append(LookupFault(protocol, name, _SERVERS[protocol], "*[.:]*", piece, asks))
    return Faults(lookups=tuple(made), limits=LIMITS)
