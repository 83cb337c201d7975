"""Reading: the clusters to share, out of the published copy, as of a day.

What belongs here: rows into records, and what is left out of them because it is not what its column says (a name that
is no domain name, an address that is none). What doesn't: formats.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

import duckdb

from churn.errors import UsageError
from churn.markings import printable
from churn.names import NotANameError, normalise
from churn.settings import Settings
from churn.share.records import Certificate, Cluster, Hosting, Member, Network, Registration, Use
from churn.store.database import published
from churn.store.queries import relation, run

MOST_CERTIFICATES = 3
"""Certificates of one domain that are shared, the newest."""
MOST_RECORDS = 20
"""Addresses, name servers and mail exchangers of one domain that are shared, each: an answer may name thousands."""

Row = dict[str, Any]
Prefixes = dict[ipaddress.IPv4Network | ipaddress.IPv6Network, Network]


def read_clusters(settings: Settings, day: dt.date, clusters: Collection[str] = ()) -> list[Cluster]:
    """The clusters of `day` that are named; where none is, those with a reported member, but none judged benign.

    A verdict counts as it is known now, not as of the day: who judges, does so on the morning after.
    Raises UsageError where the day was not linked, or a named cluster did not stand on it.
    """
    with published(settings) as con:
        run(con, "churn.share", "chosen", day=day, clusters=list(clusters))
        run(con, "churn.share", "member", day=day)
        chosen = _rows(con, "clusters")
        _check(con, day, clusters, {row["cluster_id"] for row in chosen})
        certificates = _certificates(_rows(con, "certificates", day=day, most=MOST_CERTIFICATES))
        rows = _rows(con, "members", day=day)
        prefixes = _prefixes(rows, _rows(con, "networks", day=day))
        uses = _uses(_rows(con, "uses", day=day, since=settings.window_start(day)))
    members: dict[str, list[Member]] = defaultdict(list)
    left_out: dict[str, int] = defaultdict(int)
    for row in rows:
        if _is_name(row["domain"]):
            members[row["cluster_id"]].append(_member(row, certificates.get(row["domain"], ())))
        else:
            left_out[row["cluster_id"]] += 1
    return [
        Cluster(
            **row,
            day=day,
            members=tuple(members[row["cluster_id"]]),
            left_out=left_out[row["cluster_id"]],
            uses=uses.get(row["cluster_id"], {}),
            networks=_networks(members[row["cluster_id"]], prefixes),
        )
        for row in chosen
    ]


def _check(con: duckdb.DuckDBPyConnection, day: dt.date, asked: Collection[str], found: set[str]) -> None:
    if not relation(con, "churn.share", "linked", day=day).fetchall():
        raise UsageError(f"Nothing of {day} is published: run `churn run --day {day}` first, or name a linked day.")
    if missing := sorted(set(asked) - found):
        raise UsageError(f"On {day} there was no cluster {', '.join(map(printable, missing))}; its report names them.")


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    rows: list[Row] = relation(con, "churn.share", name, **parameters).to_arrow_table().to_pylist()
    return rows


def _is_name(domain: str) -> bool:
    try:
        return normalise(domain) == domain
    except NotANameError:
        return False


def _member(row: Row, certificates: tuple[Certificate, ...]) -> Member:
    return Member(
        domain=row["domain"],
        role=row["role"],
        score=row["score"],
        reported=row["reported"],
        joined_day=row["joined_day"],
        reported_day=row["reported_day"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        last_reported_day=row["last_reported_day"],
        reported_by=tuple(row["reported_by"][:MOST_RECORDS]),
        labels=tuple(row["labels"][:MOST_RECORDS]),
        registration=_registration(row["registration"]),
        hosting=_hosting(row["hosting"]),
        certificates=certificates,
    )


def _registration(row: Row | None) -> Registration | None:
    if row is None or row["observed_at"] is None:
        return None
    return Registration(
        registrar=row["registrar"],
        registrar_iana_id=row["registrar_iana_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
        status=tuple(row["status"] or ()),
        nameservers=_names(row["nameservers"]),
        observed_at=row["observed_at"],
    )


def _hosting(row: Row | None) -> Hosting | None:
    if row is None or row["observed_at"] is None:
        return None
    return Hosting(
        rcode=row["rcode"],
        addresses=tuple(islice(_addresses([*(row["a"] or ()), *(row["aaaa"] or ())]), MOST_RECORDS)),
        ns=_names(row["ns"]),
        mx=_names(row["mx"]),
        soa_mname=next(iter(_names([row["soa_mname"]])), None),
        observed_at=row["observed_at"],
    )


def _names(texts: Iterable[str | None] | None) -> tuple[str, ...]:
    """Host names among what an answer gave for such."""
    found = dict.fromkeys(text for text in texts or () if text and _is_name(text))
    return tuple(islice(found, MOST_RECORDS))


def _addresses(texts: Iterable[str]) -> Iterator[str]:
    """Addresses among what an answer gave for such, each once."""
    seen = set()
    for text in texts:
        try:
            address = str(ipaddress.ip_address(text))
        except ValueError:
            continue
        if address not in seen:
            seen.add(address)
            yield address


def _certificates(rows: Iterable[Row]) -> dict[str, tuple[Certificate, ...]]:
    found: dict[str, list[Certificate]] = defaultdict(list)
    for row in rows:
        found[row.pop("domain")].append(Certificate(**row))
    return {domain: tuple(certificates) for domain, certificates in found.items()}


def _uses(rows: Iterable[Row]) -> dict[str, dict[tuple[str, str], Use]]:
    found: dict[str, dict[tuple[str, str], Use]] = defaultdict(dict)
    for row in rows:
        use = Use(row["domains_with_value"], row["in_cluster"])
        found[row["cluster_id"]][row["kind"], row["value"]] = use
    return dict(found)


def _prefixes(members: Iterable[Row], networks: Iterable[Row]) -> Prefixes:
    """Whose each prefix is: as network registries told, else as an answer with one prefix and one network did."""
    told = [(row["prefix"], row["asn"], row["name"]) for row in networks]
    alone = [
        (hosting["prefix"][0], hosting["asn"][0], next(iter(hosting["as_name"] or ()), None))
        for row in members
        if (hosting := row["hosting"]) and len(hosting["prefix"] or ()) == 1 and len(hosting["asn"] or ()) == 1
    ]
    found: Prefixes = {}
    for prefix, number, name in [*told, *alone]:
        try:
            found.setdefault(ipaddress.ip_network(prefix, strict=False), Network(number, name))
        except ValueError:
            continue
    return found


def _networks(members: Iterable[Member], prefixes: Prefixes) -> dict[str, Network]:
    """The network of each address: that of the longest prefix that holds it."""
    longest_first = sorted(prefixes, key=lambda prefix: (-prefix.prefixlen, str(prefix)))
    found = {}
    for text in {address for member in members if member.hosting for address in member.hosting.addresses}:
        address = ipaddress.ip_address(text)
        holder = next((p for p in longest_first if p.version == address.version and address in p), None)
        if holder is not None:
            found[text] = prefixes[holder]
    return found
