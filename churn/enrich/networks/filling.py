"""The columns of `hosting` that tell networks, by what is known of its addresses."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from churn.enrich.networks.table import Network, Whose
from churn.store.lake import arrow_schema

COLUMNS = ("prefix", "asn", "as_name", "country")
_Lists = tuple[list[object] | None, ...]
"""A value a column of COLUMNS."""
_UNKNOWN: _Lists = (None,) * len(COLUMNS)


def addresses_of(hosting: pa.Table) -> list[str]:
    """Every IPv4 and IPv6 address in rows of `hosting`, once, in the order of their appearance."""
    lists = pa.chunked_array([chunk for name in ("a", "aaaa") for chunk in hosting[name].chunks], pa.list_(pa.string()))
    found: list[str | None] = pc.unique(pc.list_flatten(lists)).to_pylist()
    return [address for address in found if address]


def filled(hosting: pa.Table, whose: Whose) -> pa.Table:
    """Rows of `hosting` with the networks of their addresses.

    Null where an address is known and nothing was obtained of it, or where a network is known and this of it is not;
    an empty list where there is no address, or nobody announces it.
    """
    known: dict[tuple[object, object], _Lists] = {}
    rows = []
    for a, aaaa in zip(hosting["a"].to_pylist(), hosting["aaaa"].to_pylist(), strict=True):
        key = (None if a is None else tuple(a), None if aaaa is None else tuple(aaaa))
        if key not in known:
            known[key] = _UNKNOWN if a is None and aaaa is None else _lists(whose, [*(a or ()), *(aaaa or ())])
        rows.append(known[key])
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    for name, column in zip(COLUMNS, columns, strict=True):
        field = arrow_schema("hosting").field(name)
        hosting = hosting.set_column(hosting.schema.get_field_index(name), field, pa.array(column, field.type))
    return hosting


def _lists(whose: Whose, addresses: Sequence[str]) -> _Lists:
    obtained = [whose[address] for address in addresses if address in whose]
    if addresses and not obtained:
        return _UNKNOWN
    networks = {network for each in obtained for network in each}
    return tuple(_values(networks, name) for name in COLUMNS)


def _values(networks: set[Network], name: str) -> list[object] | None:
    values = sorted({value for network in networks if (value := getattr(network, name)) is not None})
    return values if values or not networks else None
