"""The facts of a world straight into a lake, as collecting and enriching would have found them, without serving it.

What belongs here: the tables of facts for tests and benchmarks of what comes after them (linking, bursts, reports).
What doesn't: the protocols; how a stage asks. The values have the forms that the stages give them, and names, times,
hosts, addresses and persons are the world's; digests of keys and persons are plain ones, since nobody here has a key.

Simpler than the stages: nothing fails that the world does not make fail, no look-up is repeated on a later day, one
record a registration holds what registry and registrar know together, and certificates have no log.
"""

from __future__ import annotations

import csv
import datetime as dt
import ipaddress
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from churn.lab.feeds import reported_list
from churn.lab.pools import BENCHMARK_SIZE, NETWORK_SIZE, PLATFORMS, SINGLES, V6_NET
from churn.lab.records import epp_name, person, reseller_name
from churn.lab.reported import STATUSES
from churn.lab.routing import Route, routes
from churn.lab.world import World
from churn.settings import EVENING, load_settings
from churn.store.database import scratch
from churn.store.lake import Lake
from churn.store.queries import relation, run

PACKAGE = "churn.lab"
SAMPLE_SHARE = 0.1
"""Of the budget of registrations, for a sample of the day's names by hash."""
CERTIFICATES = 500
"""Certificates a day, where registrations have a budget: of reported names, then of those that share with them."""
_FACTS = {
    "registered": ("sighting", "feed-lab_nrd"),
    "reported": ("sighting", "feed-lab_reported"),
    "feed_day": ("feed_day", "feed-lab"),
    "hosting": ("hosting", "dns"),
    "registration": ("registration", "rdds"),
    "certificate": ("certificate", "tls"),
}
"""Queries (`sql/fact_<name>.sql`), each with the table and the writer of its rows."""
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_LISTED = pa.schema(
    [
        ("fqdn", _TEXT),
        ("seen_at", pa.timestamp("us", tz="UTC")),
        ("reference", _TEXT),
        ("label", _TEXT),
        ("series", _TEXT),
    ]
)
_ASKED = pa.schema([("domain", _TEXT), ("kind", _TEXT)])
_PERSON = pa.schema(
    [("number", pa.int32())] + [(name, _TEXT) for name in ("name", "organisation", "email", "phone", "country")]
)
_V6 = pa.schema(
    [
        ("number", pa.int64()),
        ("value", _TEXT),
        ("prefix", _TEXTS),
        ("asn", pa.list_(pa.int32())),
        ("as_name", _TEXTS),
        ("country", _TEXTS),
    ]
)


def write_facts(
    world: World,
    lake: Lake,
    *,
    registrations_per_day: int | None,
    registrants: bool = True,
    days: Collection[dt.date] | None = None,
) -> None:
    """Write sighting, hosting, registration, certificate and feed_day of the world's days (all, or those of `days`).

    Every name of a day is resolved. `registrations_per_day` is the budget of look-ups: reported names first, then those
    that share rare infrastructure with reported ones, and a sample; None looks all of them up. Mail servers, mailboxes
    of zones, IPv6 and certificates are known of the chosen only. With `registrants=False` nobody shows a registrant.
    """
    with scratch(load_settings(data=lake.root.parent)) as con:
        _show(con, world, registrants)
        for day in world.days if days is None else sorted(days):
            number = (day - world.days[0]).days
            told = {"number": number, "day": day, "at": dt.datetime.combine(day, EVENING), "seed": str(world.seed)}
            run(con, PACKAGE, "fact_name", **told)
            run(con, PACKAGE, "fact_chosen", **told, budget=registrations_per_day, sample_share=SAMPLE_SHARE)
            _show_listed(con, world, day)
            _show_chosen(con, world)
            told["certificates"] = None if registrations_per_day is None else CERTIFICATES
            for name, (table, writer) in _FACTS.items():
                lake.write(table, day, writer, relation(con, PACKAGE, f"fact_{name}", **told))


def write_networks(world: World, lake: Lake, day: dt.date) -> None:
    """Write the table network of one day: who announces each prefix, and whose block it is with which abuse desk.

    The other tables need none of it; packets for hosters do.
    """
    at = dt.datetime.combine(day, EVENING)
    rows = []
    for route in routes(world):
        about = {"prefix": str(route.prefix), "observed_at": at, "asn": route.asn, "country": route.country, "day": day}
        rows.append(about | {"source": "table", "name": route.name})
        rows.append(about | {"source": "rdap", "name": route.name, "abuse_email": route.abuse_email})
    lake.write_rows("network", day, "networks", rows)


def write_checks(
    world: World, lake: Lake, at: dt.datetime, writer: str, *, registry: Collection[str], dns: Collection[str]
) -> None:
    """Write what registries say of some domains, and the DNS of some, at an instant (UTC): facts, look-ups of its day.

    `world` is the world as it stands then; of a domain that is not in it they say that there is none.
    """
    asked = [(name, kind) for kind, names in (("rdap", registry), ("dns", dns)) for name in sorted(names)]
    columns = [pa.array(column, pa.string()) for column in zip(*asked, strict=True)] if asked else [[], []]
    with scratch(load_settings(data=lake.root.parent)) as con:
        _show(con, world, registrants=True)
        con.from_arrow(pa.table(columns, schema=_ASKED)).create("check_asked")
        for step in ("check_name", "check_chosen"):
            run(con, PACKAGE, step)
        _show_chosen(con, world)
        for table, name in (("hosting", "fact_hosting"), ("registration", "fact_registration")):
            relation(con, PACKAGE, name, at=at, day=at.date()).create(f"check_{table}")
        for table in ("hosting", "registration", "lookup"):
            rows = relation(con, PACKAGE, f"checked_{table}", at=at, day=at.date())
            lake.write(table, at.date(), writer, rows)


def _show(con: duckdb.DuckDBPyConnection, world: World, registrants: bool) -> None:
    """The world as tables: `world_name`, and what its numbers refer to."""
    numbered = world.domains.append_column("row", pa.array(range(len(world.domains)), pa.int64()))
    if not registrants:
        place = numbered.schema.get_field_index("redacted")
        numbered = numbered.set_column(place, "redacted", pa.repeat(pa.scalar(True), len(numbered)))
    con.register("world_name", numbered)
    actors, pools = world.actors, world.pools
    for name, rows in {
        "registrar": _fields(
            actors.registrars, ("iana_id", "name", "rdap", "whois_host", "abuse_email", "abuse_phone")
        ),
        "registry": _fields(actors.registries.values(), ("tld", "kind", "layout", "whois_host", "address")),
        "epp_status": _numbered([sorted(map(epp_name, each)) for each in STATUSES]),
        "name_server": _numbered([list(value) for value in pools.ns.values]),
        "mail_server": _numbered([list(value) for value in pools.mx.values]),
        "mailbox": _numbered(pools.soa.values),
        "address": _addresses(world),
    }.items():
        con.from_arrow(rows).create(name)


def _numbered(values: Sequence[object]) -> pa.Table:
    return pa.table({"number": pa.array(range(len(values)), pa.int32()), "value": pa.array(values)})


def _fields(items: Iterable[object], names: tuple[str, ...]) -> pa.Table:
    """The attributes of parties in the order of their numbers."""
    kept = list(items)
    numbers = pa.array(range(len(kept)), pa.int32())
    return pa.table({"number": numbers, **{name: [getattr(item, name) for item in kept] for name in names}})


def _addresses(world: World) -> pa.Table:
    """The sets of addresses that anybody has (value[]) by number, with prefix[], asn[], as_name[], country[]."""
    announced = routes(world)

    def route(member: int) -> Route:
        """Platforms come first among the routes, then two of each hoster."""
        if member >= BENCHMARK_SIZE:
            return announced[(member - BENCHMARK_SIZE) // 256]
        return announced[len(PLATFORMS) + member // NETWORK_SIZE * 2]

    rows = []
    for number in pc.unique(world.domains["a"]).to_pylist():
        members = (number,) if number < SINGLES else world.pools.addresses.values[number - SINGLES]
        texts = sorted(world.pools.address_texts(number))
        rows.append({"number": number, "value": texts, **_networks({route(member) for member in members})})
    return pa.Table.from_pylist(rows)


def _networks(found: Iterable[Route]) -> dict[str, object]:
    """What is written of networks: each list sorted on its own. ZZ is nobody's country (ISO 3166)."""
    return {
        "prefix": sorted({str(route.prefix) for route in found}),
        "asn": sorted({route.asn for route in found}),
        "as_name": sorted({route.name for route in found}),
        "country": sorted({route.country for route in found} - {"ZZ"}) or None,
    }


def _show_chosen(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """What is known of the chosen only, as tables: `known_person`, `known_reseller`, `known_v6`."""
    chosen = relation(con, PACKAGE, "fact_chosen_numbers").to_arrow_table()
    people = {number: person(number) for number in _distinct(chosen["registrant"])}
    named = {number: reseller_name(number) for number in _distinct(chosen["reseller"])}
    announced = routes(world)
    v6 = [
        {
            "number": number,
            "value": str(ipaddress.IPv6Address(V6_NET + number)),
            **_networks([announced[len(PLATFORMS) + (number >> 32) * 2 + 1]]),
        }
        for number in _distinct(chosen["aaaa"])
    ]
    rows = [
        {"number": number, **{name: getattr(who, name) for name in _PERSON.names[1:]}} for number, who in people.items()
    ]
    for name, table in {
        "known_person": pa.Table.from_pylist(rows, schema=_PERSON),
        "known_reseller": pa.table(
            {"number": pa.array(named, pa.int32()), "value": pa.array(named.values(), pa.string())}
        ),
        "known_v6": pa.Table.from_pylist(v6, schema=_V6),
    }.items():
        con.register(name, table)


def _distinct(column: pa.ChunkedArray) -> list[int]:
    values: list[int] = pc.unique(column.combine_chunks()).drop_null().to_pylist()
    return values


def _show_listed(con: duckdb.DuckDBPyConnection, world: World, day: dt.date) -> None:
    """The day's list of reported addresses, as the table `listed`."""
    entries = csv.DictReader(reported_list(world, day).decode().splitlines())
    rows = [
        {
            "fqdn": urlsplit(entry["url"]).hostname,
            "seen_at": dt.datetime.fromisoformat(entry["reported_at"]),
            "reference": entry["id"],
            "label": entry["class"],
            "series": entry["series"],
        }
        for entry in entries
    ]
    con.register("listed", pa.Table.from_pylist(rows, schema=_LISTED))
