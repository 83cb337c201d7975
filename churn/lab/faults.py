"""Faults on demand: what the lab's servers do wrong when they are told to.

What belongs here: names of faults and where they show, as data that travels to the servers' processes. What doesn't:
how a server misbehaves (`web_faults`, for HTTP).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

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
    """Which faults the servers show. Without arguments: none. Of several that match, the first shows."""

    http: tuple[Fault, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values for the servers' processes."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Faults:
        """The faults that `as_json` told of, asks as lists included. Raises ValueError for a name that is none."""
        return cls(tuple(Fault(each["name"], each["path"], tuple(each["asks"])) for each in values["http"]))
