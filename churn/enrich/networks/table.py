"""IP address to announced prefix, origin AS, its name and country, by an operator's own routing table.

The table is CSV with a header: prefix, asn, name, country (further columns are left alone). The most specific prefix
that holds an address counts (longest match, RFC 4632). Without a table nothing is known of networks: null, not empty.
"""

from __future__ import annotations

import csv
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from churn.errors import UsageError
from churn.markings import printable
from churn.store.lake import arrow_schema

COLUMNS = ("prefix", "asn", "as_name", "country")


@dataclass(frozen=True, slots=True)
class Network:
    """An announced prefix and whose it is."""

    prefix: str
    asn: int
    as_name: str
    country: str | None


Lengths = dict[int, dict[int, Network]]


@dataclass(frozen=True, slots=True)
class NetworkTable:
    """Networks by IP version, then by length of the prefix (longest first), then by its leading bits."""

    versions: dict[int, Lengths]

    def find(self, address: str) -> Network | None:
        """The most specific network that holds an address; None where none does."""
        ip = ipaddress.ip_address(address)
        number = int(ip)
        for length, networks in self.versions.get(ip.version, {}).items():
            found = networks.get(number >> (ip.max_prefixlen - length))
            if found:
                return found
        return None


def read_network_table(path: Path) -> NetworkTable:
    """Read the table. Raises UsageError, with the line, where a row is no network."""
    lengths: dict[int, Lengths] = {4: {}, 6: {}}
    line = 1
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                line += 1
                network = ipaddress.ip_network(row["prefix"])
                country = (row.get("country") or "").strip().upper() or None
                found = Network(str(network), int(row["asn"]), printable(row["name"], 100), country)
                key = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
                lengths[network.version].setdefault(network.prefixlen, {})[key] = found
    except OSError as error:
        raise UsageError(f"Can't read the network table {path}: {error.strerror}; correct network_table.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"The network table {path} is wrong at line {line}: {error}.") from None
    return NetworkTable({version: dict(sorted(found.items(), reverse=True)) for version, found in lengths.items()})


def with_networks(hosting: pa.Table, table: NetworkTable | None) -> pa.Table:
    """Rows of `hosting` with the networks of their addresses filled in; as they are where there is no table."""
    if table is None:
        return hosting
    known: dict[str, Network | None] = {}
    rows = zip(hosting["a"].to_pylist(), hosting["aaaa"].to_pylist(), strict=True)
    columns: dict[str, list[list[object] | None]] = {name: [] for name in COLUMNS}
    for a, aaaa in rows:
        networks = _networks(table, known, (*(a or ()), *(aaaa or ())))
        for name, values in columns.items():
            values.append(None if a is None and aaaa is None else _values(networks, name))
    for name, column in columns.items():
        place = hosting.schema.get_field_index(name)
        field = arrow_schema("hosting").field(name)
        hosting = hosting.set_column(place, field, pa.array(column, field.type))
    return hosting


def _networks(table: NetworkTable, known: dict[str, Network | None], addresses: Iterable[str]) -> list[Network]:
    found = []
    for address in addresses:
        if address not in known:
            known[address] = table.find(address)
        network = known[address]
        if network:
            found.append(network)
    return found


def _values(networks: list[Network], name: str) -> list[object]:
    return sorted({value for network in networks if (value := getattr(network, name)) is not None})
