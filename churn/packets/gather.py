"""Reading: from lake and ledger to one `Dossier` a registrar. The method is the numbered steps of `sql/`.

    1 flagged   the day's flagged listing bursts      5 record     newest registration record and sponsor
    2 member    members of their clusters             6 standing   on hold, deleted, not delegated
    3 told      what each registrar was told before   7 item       what is said of each domain, to whom
    4 reported  when each stood on a reported list    8 recipient  who gets a packet

What belongs here: queries and grouping. What doesn't: wording, formats, files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from churn.packets.contacts import Contact, Correction, Observation, resolve
from churn.settings import Settings
from churn.store import queries

Row = dict[str, Any]

STEPS = ("flagged", "member", "told", "reported", "record", "standing", "item", "recipient")


@dataclass(frozen=True, slots=True)
class Entry:
    """A domain with its newest records (rows of the tables so named) and, where it is told of, listings and tries."""

    item: Row
    registration: Row
    hosting: Row | None
    certificate: Row | None
    listings: tuple[Row, ...]
    links: tuple[Row, ...]
    tries: tuple[Row, ...]

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

    `sponsors` gives, for each registrar's IANA id, how many members it sponsors and how many of these are reported.
    """

    cluster_id: str
    cluster: Row
    burst: Row
    links: tuple[Row, ...]
    sponsors: Mapping[int | None, tuple[int, int]]
    lineage: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that one registrar's packet is made of. `earlier` are its packets up to the day, newest first."""

    iana_id: int
    contact: Contact
    alleged: tuple[Entry, ...]
    resolved: tuple[Entry, ...]
    siblings: tuple[Entry, ...]
    groups: tuple[Group, ...]
    earlier: tuple[Row, ...]

    @property
    def name(self) -> str | None:
        """The registrar's name as most of its records give it."""
        names = Counter(entry.registration["registrar"] for entry in self.alleged)
        names.pop(None, None)
        return min(names, key=lambda name: (-names[name], name), default=None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A day's dossiers, what could not be routed, every registrar's contact, and counts of domains by state."""

    dossiers: tuple[Dossier, ...]
    unrouted: tuple[Row, ...]
    contacts: Mapping[int, Contact]
    tally: Mapping[str, int]
    members: int


def gather(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, corrections: Mapping[int, Correction]
) -> Gathered:
    """Read the day from a database of lake and ledger up to that day."""
    since = settings.window_start(day)
    bound = {
        "day": day,
        "since": since,
        "burst_q": settings.burst_q,
        "repeat_before": day - dt.timedelta(days=settings.repeat_days),
    }
    for step in STEPS:
        queries.run(con, "churn.packets", step, **bound)
    contacts = _contacts(_rows(con, "contact_observation", **bound), corrections)
    tries = _by(_rows(con, "tries"), "domain")
    unrouted = tuple(row | {"tries": tries.get(row["domain"], ())} for row in _rows(con, "unrouted"))
    tally = {row["state"]: row["domains"] for row in _rows(con, "tally")}
    members = sum(row["domains"] for row in _rows(con, "group_sponsors"))
    return Gathered(_dossiers(con, day, contacts, tries), unrouted, contacts, tally, members)


def _dossiers(
    con: duckdb.DuckDBPyConnection, day: dt.date, contacts: Mapping[int, Contact], tries: Mapping[Any, tuple[Row, ...]]
) -> tuple[Dossier, ...]:
    listings = _by(_rows(con, "listings", day=day), "domain")
    links = _by(_rows(con, "links", day=day), "domain")
    groups = _groups(con, day)
    earlier = _by(_rows(con, "earlier_packets", day=day), "recipient")
    entries: dict[int, list[Entry]] = defaultdict(list)
    for row in _rows(con, "entries"):
        domain = row["item"]["domain"]
        entries[row["item"]["recipient"]].append(
            Entry(
                row["item"],
                row["registration"],
                _present(row["hosting"]),
                _present(row["certificate"]),
                listings.get(domain, ()),
                links.get(domain, ()),
                tries.get(domain, ()),
            )
        )
    return tuple(
        _dossier(iana_id, entries[iana_id], contacts.get(iana_id) or resolve(()), groups, earlier.get(iana_id, ()))
        for iana_id in sorted(entries)
    )


def _dossier(
    iana_id: int, entries: list[Entry], contact: Contact, groups: tuple[Group, ...], earlier: tuple[Row, ...]
) -> Dossier:
    alleged = tuple(entry for entry in entries if entry.state in {"new", "repeat"})
    told_of = {entry.item["cluster_id"] for entry in alleged}
    return Dossier(
        iana_id,
        contact,
        alleged,
        tuple(entry for entry in entries if entry.state == "resolved"),
        tuple(entry for entry in entries if entry.state == "not_alleged" and entry.item["cluster_id"] in told_of),
        tuple(group for group in groups if group.cluster_id in told_of),
        earlier,
    )


def _groups(con: duckdb.DuckDBPyConnection, day: dt.date) -> tuple[Group, ...]:
    links = _by(_rows(con, "group_links", day=day), "cluster_id")
    sponsors = _by(_rows(con, "group_sponsors"), "cluster_id")
    lineage = _by(_rows(con, "group_lineage", day=day), "cluster_id")
    return tuple(
        Group(
            row["cluster_id"],
            _present(row["cluster"]) or {},
            row["burst"],
            links.get(row["cluster_id"], ()),
            {s["sponsor"]: (s["domains"], s["reported"]) for s in sponsors.get(row["cluster_id"], ())},
            lineage.get(row["cluster_id"], ()),
        )
        for row in _rows(con, "groups")
    )


def _contacts(rows: Iterable[Row], corrections: Mapping[int, Correction]) -> Mapping[int, Contact]:
    observed: dict[int, list[Observation]] = defaultdict(list)
    for row in rows:
        iana_id = row.pop("iana_id")
        observed[iana_id].append(Observation(**row))
    ids = sorted(observed.keys() | corrections.keys())
    return {iana_id: resolve(observed.get(iana_id, ()), corrections.get(iana_id)) for iana_id in ids}


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    cursor = queries.run(con, "churn.packets", name, **parameters)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]


def _by(rows: Iterable[Row], column: str) -> dict[Any, tuple[Row, ...]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def _present(row: Row | None) -> Row | None:
    """A joined structure; None where nothing was joined, which DuckDB gives as a structure of nulls."""
    return row if row is not None and any(value is not None for value in row.values()) else None
