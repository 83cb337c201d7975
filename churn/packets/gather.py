"""Reading: from lake and ledger to one `Dossier` a recipient. The method is the numbered steps of `sql/`.

    1 flagged   the day's flagged listing bursts      7 answer     the day's newest answer of the DNS
    2 member    members of their clusters             8 place      whose the addresses are (`networks`)
    3 told      what each recipient was told before   9 addressed  who is asked: sponsor, networks
    4 reported  when each stood on a reported list    10 item      what is said of each domain, to whom
    5 record    newest registration record, sponsor   11 recipient who gets a packet
    6 standing  on hold, deleted, not delegated

What belongs here: queries and grouping. What doesn't: wording, formats, files.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import pyarrow as pa

from churn.packets.contacts import Contact, Correction, Observation, Scope, Subject, resolve
from churn.packets.dossier import Desk, Dossier, Entry, Group, Row
from churn.packets.networks import Networks, asn_of, networks_of
from churn.settings import Settings
from churn.store import queries

STEPS = (
    "flagged", "member", "told", "reported", "record", "standing", "answer", "addressed", "item", "recipient",
)  # fmt: skip
"""The steps in SQL. Between `answer` and `addressed` the table `place` is made."""

TABLES = (
    "sighting", "registration", "hosting", "certificate", "network", "lookup", "registry_answer", "cluster_day",
    "cluster_member", "link", "lineage", "burst", "judgement", "packet", "packet_item", "verdict", "standing_verdict",
    "standing_judgement", "cluster_verdict",
)  # fmt: skip
"""The tables of lake and ledger that are read."""

_PLACE = pa.schema(
    [
        ("domain", pa.string()),
        ("address", pa.string()),
        ("asn", pa.int32()),
        ("recipient", pa.string()),
        ("announced", pa.string()),
        ("block", pa.string()),
        ("block_name", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A day's dossiers, what no registrar or no network could be told of, every desk, counts of domains by state."""

    dossiers: tuple[Dossier, ...]
    unrouted: tuple[Row, ...]
    unplaced: tuple[Row, ...]
    desks: tuple[Desk, ...]
    tally: Mapping[tuple[str, str], int]
    members: int


def gather(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, corrections: Mapping[Subject, Correction]
) -> Gathered:
    """Read the day from a database of lake and ledger up to that day."""
    bound = {
        "day": day,
        "since": settings.window_start(day),
        "burst_q": settings.burst_q,
        "repeat_before": day - dt.timedelta(days=settings.repeat_days),
    }
    networks = networks_of(_rows(con, "announced", **bound), _rows(con, "registered", **bound), corrections)
    for step in STEPS:
        if step == "addressed":
            _make_place(con, networks)
        queries.run(con, "churn.packets", step, **bound)
    contacts = _registrar_contacts(_rows(con, "contact_observation", **bound), corrections)
    tries = _by(_rows(con, "tries"), "domain")
    dossiers = tuple(_dossiers(con, day, contacts, networks, tries))
    return Gathered(
        dossiers,
        tuple(row | {"tries": tries.get(row["domain"], ())} for row in _rows(con, "unrouted")),
        tuple(row | {"tries": tries.get(row["domain"], ())} for row in _rows(con, "unplaced")),
        tuple(_desks(con, bound, contacts, networks, {dossier.key for dossier in dossiers})),
        {(row["scope"], row["state"]): row["domains"] for row in _rows(con, "tally")},
        sum(row["domains"] for row in _rows(con, "group_sponsors")),
    )


def _make_place(con: duckdb.DuckDBPyConnection, networks: Networks) -> None:
    """Step 8. Where each domain is: a row an address and AS that announces it; these null where it is not known."""
    places = [asdict(place) for answer in _rows(con, "answers") for place in networks.places(answer)]
    con.from_arrow(pa.Table.from_pylist(places, schema=_PLACE)).create("place")


def _dossiers(
    con: duckdb.DuckDBPyConnection,
    day: dt.date,
    contacts: Mapping[int, Contact],
    networks: Networks,
    tries: Mapping[Any, tuple[Row, ...]],
) -> Iterator[Dossier]:
    groups = _groups(con, day)
    earlier = _by(_rows(con, "earlier_packets", day=day), "scope", "recipient")
    for (scope, key), entries in _entries(con, day, tries, networks.names).items():
        if scope == "network":
            contact, name = networks.contacts.get(key) or resolve(()), networks.names.get(asn_of(key))
        else:
            contact, name = contacts.get(int(key)) or resolve(()), None
        alleged = tuple(entry for entry in entries if entry.state in {"new", "repeat"})
        told_of = {entry.item["cluster_id"] for entry in alleged}
        yield Dossier(
            scope,
            key,
            contact,
            alleged,
            tuple(entry for entry in entries if entry.state == "resolved"),
            tuple(entry for entry in entries if entry.state == "not_alleged" and entry.item["cluster_id"] in told_of),
            tuple(group for group in groups if group.cluster_id in told_of),
            earlier.get((scope, key), ()),
            name,
        )


def _entries(
    con: duckdb.DuckDBPyConnection, day: dt.date, tries: Mapping[Any, tuple[Row, ...]], names: Mapping[int, str]
) -> Mapping[tuple[Scope, str], list[Entry]]:
    """The entries of each recipient: registrars by their numbers, then networks by theirs."""
    listings = _by(_rows(con, "listings", day=day), "domain")
    links = _by(_rows(con, "links", day=day), "domain")
    places = _places(con, day)
    entries: dict[tuple[Scope, str], list[Entry]] = defaultdict(list)
    for row in _rows(con, "entries"):
        item, hosting = row["item"], _present(row["hosting"])
        domain, here = item["domain"], places.get((item["recipient"], item["domain"]), ())
        if item["scope"] == "network" and hosting is not None:
            hosting = _only_here(hosting, here, names)
        entries[item["scope"], item["recipient"]].append(
            Entry(
                item,
                row["registration"],
                hosting,
                _present(row["certificate"]),
                listings.get(domain, ()),
                links.get(domain, ()),
                tries.get(domain, ()),
                here,
            )
        )
    by_number = sorted(
        entries, key=lambda each: (each[0] == "network", int(each[1].strip("AS").partition("-")[0]), each)
    )
    return {recipient: entries[recipient] for recipient in by_number}


def _places(con: duckdb.DuckDBPyConnection, day: dt.date) -> Mapping[Any, tuple[Row, ...]]:
    near = {row["address"]: row for row in _rows(con, "neighbours", day=day)}
    nobody = {"names": 0, "of_group": 0}
    placed = [row | near.get(row["address"], nobody) for row in _rows(con, "places")]
    return _by(placed, "recipient", "domain")


def _only_here(hosting: Row, here: tuple[Row, ...], names: Mapping[int, str]) -> Row:
    """A row of `hosting` without the addresses that other networks hold, and whose these are."""
    own, asns = {place["address"] for place in here}, sorted({place["asn"] for place in here})
    return hosting | {
        "a": [address for address in hosting["a"] or () if address in own],
        "aaaa": [address for address in hosting["aaaa"] or () if address in own],
        "prefix": sorted({place["announced"] for place in here if place["announced"]}),
        "asn": asns,
        "as_name": [names[asn] for asn in asns if asn in names] or None,
        "country": hosting["country"] if hosting["asn"] == asns else None,
    }


def _groups(con: duckdb.DuckDBPyConnection, day: dt.date) -> tuple[Group, ...]:
    links = _by(_rows(con, "group_links", day=day), "cluster_id")
    sponsors = _by(_rows(con, "group_sponsors"), "cluster_id")
    holders = _by(_rows(con, "group_networks"), "cluster_id")
    lineage = _by(_rows(con, "group_lineage", day=day), "cluster_id")
    return tuple(
        Group(
            row["cluster_id"],
            _present(row["cluster"]) or {},
            row["burst"],
            links.get(row["cluster_id"], ()),
            {s["sponsor"]: (s["domains"], s["reported"]) for s in sponsors.get(row["cluster_id"], ())},
            lineage.get(row["cluster_id"], ()),
            {s["asn"]: (s["domains"], s["reported"]) for s in holders.get(row["cluster_id"], ())},
        )
        for row in _rows(con, "groups")
    )


def _registrar_contacts(rows: Iterable[Row], corrections: Mapping[Subject, Correction]) -> Mapping[int, Contact]:
    observed: dict[int, list[Observation]] = defaultdict(list)
    for row in rows:
        iana_id = row.pop("iana_id")
        observed[iana_id].append(Observation(**row))
    ids = sorted(observed.keys() | {subject.number for subject in corrections if subject.scope == "registrar"})
    return {
        iana_id: resolve(observed.get(iana_id, ()), corrections.get(Subject("registrar", iana_id))) for iana_id in ids
    }


def _desks(
    con: duckdb.DuckDBPyConnection,
    bound: Row,
    contacts: Mapping[int, Contact],
    networks: Networks,
    told: Collection[str],
) -> Iterator[Desk]:
    """Every registrar and network. An AS that is split by its desks has no domains but those that it is told of."""
    reported = {(row["scope"], row["number"]): row["domains"] for row in _rows(con, "reported_weight", **bound)}
    names = {row["number"]: row["name"] for row in _rows(con, "registrar_name", **bound)}
    for iana_id, contact in contacts.items():
        number = reported.get(("registrar", iana_id), 0)
        yield Desk("registrar", str(iana_id), names.get(iana_id), contact, number)
    for key, contact in networks.contacts.items():
        is_rest = asn_of(key) in networks.split and "-" not in key and key not in told
        number = 0 if is_rest else reported.get(("network", asn_of(key)), 0)
        yield Desk("network", key, networks.names.get(asn_of(key)), contact, number)


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    cursor = queries.run(con, "churn.packets", name, **parameters)
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]


def _by(rows: Iterable[Row], *columns: str) -> dict[Any, tuple[Row, ...]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns)].append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def _present(row: Row | None) -> Row | None:
    """A joined structure; None where nothing was joined, which DuckDB gives as a structure of nulls."""
    return row if row is not None and any(value is not None for value in row.values()) else None
