"""What a packet is made of: a domain with its records, a group, all that one recipient is told of.

What belongs here: these records. What doesn't: how they are read (`gather`), and what is made of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from churn.packets.contacts import Contact, Scope
from churn.packets.networks import asn_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A domain with its newest records (rows of the tables so named) and, where it is told of, listings and tries.

    `places`, for a network only, are its addresses there, with how many names of the last 7 days are at each.
    """

    item: Row
    registration: Row
    hosting: Row | None
    certificate: Row | None
    listings: tuple[Row, ...]
    links: tuple[Row, ...]
    tries: tuple[Row, ...]
    places: tuple[Row, ...] = ()

    @property
    def domain(self) -> str:
        """The A-label."""
        return str(self.item["domain"])

    @property
    def state(self) -> str:
        """What is said of it: new, repeat, resolved or not_alleged."""
        return str(self.item["state"])


@dataclass(frozen=True, slots=True)
class Group:
    """A flagged cluster as it stood: its row of `cluster_day` (empty where there is none), burst, strongest links.

    `sponsors` gives, for each registrar's IANA id, how many members it sponsors and how many of these are reported;
    `networks` the same for each AS number.
    """

    cluster_id: str
    cluster: Row
    burst: Row
    links: tuple[Row, ...]
    sponsors: Mapping[int | None, tuple[int, int]]
    lineage: tuple[Row, ...]
    networks: Mapping[int | None, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that one recipient's packet is made of. `earlier` are its packets up to the day, newest first.

    `key` is a registrar's IANA id, or a network's AS number as `AS64500` (or `AS64500-` and a desk's mark, see
    `networks`), the name of which is `network_name`.
    """

    scope: Scope
    key: str
    contact: Contact
    alleged: tuple[Entry, ...]
    resolved: tuple[Entry, ...]
    siblings: tuple[Entry, ...]
    groups: tuple[Group, ...]
    earlier: tuple[Row, ...]
    network_name: str | None = None

    @property
    def recipient(self) -> str:
        """Kind and key, as a folder is named."""
        return f"{self.scope}-{self.key}"

    @property
    def number(self) -> int:
        """The registrar's IANA id or the network's AS number."""
        return asn_of(self.key) if self.scope == "network" else int(self.key)

    @property
    def name(self) -> str | None:
        """The registrar's name as most of its records give it; the network's as most of its prefixes do."""
        if self.scope == "network":
            return self.network_name
        names = Counter(entry.registration["registrar"] for entry in self.alleged)
        names.pop(None, None)
        return min(names, key=lambda name: (-names[name], name), default=None)


@dataclass(frozen=True, slots=True)
class Desk:
    """A registrar or network of the window, its contact, and how many domains reported in the window are its."""

    scope: Scope
    key: str
    name: str | None
    contact: Contact
    reported: int
