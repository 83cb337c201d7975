"""The network stage: whose the addresses of the day are, and where their abuse desks are.

1. Networks of all addresses of the day's hosting rows: by the operator's own table, else by Team Cymru's zones.
2. The columns of hosting that tell networks; each part of the day is replaced whole, where that changes it.
3. Rows of `network` for those that were seen: of a table here, of the zones in `networks.origins`.
4. Abuse desks of the networks of reported names, then of those whose registration is looked up (`networks.desks`).

Without a table and without zones nothing is known of networks: null, not empty.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import time
from collections.abc import Iterable, Mapping

from churn.enrich.buckets import BUCKETS, Buckets
from churn.enrich.keeping import keep
from churn.enrich.networks import NetworkFile, Whose, addresses_of, filled, read_network_file
from churn.enrich.networks.desks import Desk, look_up_desks
from churn.enrich.networks.origins import block_of, networks_by_zones
from churn.enrich.plan import outcomes_of_day
from churn.enrich.talking.addresses import is_special
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

TABLE_WRITER = "networks-table"


def network(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Fill in the networks of the day's hosting rows, and look up the abuse desks that are wanted.

    To be called when the day's DNS is complete. What an earlier run asked is not asked again. Raises UsageError for a
    wrong table, TransientError where another process does the same look-ups.
    """
    started = time.monotonic()
    buckets = Buckets(settings, day)
    domains = _first_domains(buckets)
    found = networks_of(settings, day, domains, TABLE_WRITER, progress)
    if found is not None:
        _fill(buckets, found)
    whose = found or {}
    look_up_desks(settings, day, _wanted(settings, day, whose), progress)
    return StageResult(
        "network",
        day,
        rows_in=len(domains),
        rows_out=len(whose),
        seconds=time.monotonic() - started,
        found={"networks": _count(whose), "outcomes": {"network": outcomes_of_day(settings, day).get("network", {})}},
    )


def networks_of(
    settings: Settings, day: dt.date, domains: Mapping[str, str], writer: str, progress: Progress = silent
) -> Whose | None:
    """Networks of addresses, by the operator's table or else the zones; None where there is neither.

    `domains` gives for each address one on whose behalf it is asked about. What a table tells is kept as `writer`'s.
    """
    if settings.network_table:
        file = read_network_file(settings.network_table)
        whose = file.table.whose(domains)
        _write_seen(settings, day, file, whose, writer)
        return whose
    return networks_by_zones(settings, day, domains, progress) if settings.network_zone else None


def _first_domains(buckets: Buckets) -> dict[str, str]:
    """Every address of the day, and the first domain that has it."""
    first: dict[str, str] = {}
    for bucket in range(BUCKETS):
        hosting = buckets.hosting(bucket)
        for name in ("a", "aaaa"):
            for domain, addresses in zip(hosting["domain"].to_pylist(), hosting[name].to_pylist(), strict=True):
                for address in addresses or ():
                    if first.get(address, domain) >= domain:
                        first[address] = domain
    return first


def _fill(buckets: Buckets, whose: Whose) -> None:
    for bucket in range(BUCKETS):
        hosting = buckets.hosting(bucket)
        complete = filled(hosting, {address: whose[address] for address in addresses_of(hosting) if address in whose})
        if not complete.equals(hosting):
            buckets.replace_hosting(bucket, complete)


def _write_seen(settings: Settings, day: dt.date, file: NetworkFile, whose: Whose, writer: str) -> None:
    """The networks of a table that hold addresses of the day."""
    about = {"source": "table", "endpoint": file.name, "observed_at": file.observed_at, "day": day}
    rows = [
        {"prefix": prefix, "asn": seen.asn, "name": seen.as_name, "country": seen.country} | about
        for prefix, seen in sorted({each.prefix: each for found in whose.values() for each in found}.items())
    ]
    keep(settings, "network", day, writer, rows)


def _wanted(settings: Settings, day: dt.date, whose: Whose) -> list[Desk]:
    """The networks whose desks are wanted: those of reported names first, then those of most names."""
    with lake_database(settings, since=day, until=day, only=("sighting", "hosting", "lookup_plan")) as con:
        names = run_query(con, "churn.enrich", "network_wanted", day=day).fetchall()
    desks: dict[str, Desk] = {}
    weights: dict[str, list[int]] = {}
    for domain, rank, addresses in names:
        for address in addresses:
            if is_special(address) and not settings.allow_private_addresses:
                continue
            found = whose.get(address, ())
            key = found[0].prefix if found else str(block_of(ipaddress.ip_address(address)))
            desks.setdefault(key, Desk(address, found[0].asn if found else None, domain))
            weight = weights.setdefault(key, [0, 0])
            weight[min(rank, 1)] -= 1
    return [desks[key] for key in sorted(desks, key=lambda key: (weights[key], key))]


def _count(whose: Mapping[str, Iterable[object]]) -> int:
    return len({network for found in whose.values() for network in found})
