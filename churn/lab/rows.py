"""The columns of a world's domains while it is being built, and the draft that the builders share.

What belongs here: the shape of the rows and the numbering of owners and addresses. What doesn't: what to put there.
Columns are small numbers that refer to the actors and pools, so that half a million rows stay small and quick.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from churn.lab.actors import Actors
from churn.lab.pools import NETWORK_SIZE, Pools
from churn.lab.scale import FIRST_DAY, Scale

KINDS = ("background", "batch", "brand", "reseller", "campaign")
BACKGROUND, BATCH, BRAND, RESELLER, CAMPAIGN = range(len(KINDS))
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
NEVER = -32_000
"""In `reported`: not on any list."""
DEDICATED = 768
"""Where in a network the addresses begin that are rented to one customer for many sites."""
EPOCH = int(dt.datetime.combine(FIRST_DAY, dt.time(), dt.UTC).timestamp())
DAY_SECONDS = 86_400

SCHEMA = pa.schema(
    [
        ("label", pa.string()),
        ("tld", pa.int16()),
        ("day", pa.int16()),  # number of the day of registration; negative before the first day
        ("created", pa.int64()),  # seconds since 1970
        ("registrar", pa.int16()),
        ("ns", pa.int32()),
        ("a", pa.int32()),
        ("aaaa", pa.int64()),  # the low 64 bits of an address in 2001:db8::/32; -1 none
        ("mx", pa.int32()),
        ("soa", pa.int32()),
        ("rcode", pa.int8()),
        ("registrant", pa.int32()),
        ("redacted", pa.bool_()),
        ("cert", pa.int32()),  # number of the key; -1: no TLS
        ("status", pa.int8()),
        ("kind", pa.int8()),
        ("campaign", pa.int16()),
        ("owner", pa.int32()),
        ("reported", pa.int16()),
        ("series", pa.int32()),  # number of the reporting authority's opaque tag; -1 none
        ("reseller", pa.int32()),  # number of a reseller whose name the record shows; -1 none
    ]
)
_DEFAULTS: dict[str, Any] = {
    "aaaa": -1,
    "mx": 0,
    "soa": 0,
    "rcode": NOERROR,
    "cert": -1,
    "status": 0,
    "campaign": -1,
    "reported": NEVER,
    "series": -1,
    "reseller": -1,
}


def rows(label: pa.Array, **columns: Any) -> pa.Table:
    """A table of SCHEMA; single values are repeated, columns left out take their defaults."""
    n = len(label)
    arrays: list[Any] = [label.cast(pa.string())]
    for column in list(SCHEMA)[1:]:
        value = columns.pop(column.name, _DEFAULTS.get(column.name))
        full = np.full(n, value) if np.ndim(value) == 0 else np.asarray(value)
        arrays.append(pa.array(full).cast(column.type))
    if columns:
        raise TypeError(f"no such columns: {sorted(columns)}")
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


@dataclass(slots=True)
class Draft:
    """A world that is being built."""

    scale: Scale
    actors: Actors
    pools: Pools
    tables: list[pa.Table] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    _owners: int = 0
    _dedicated: dict[int, int] = field(default_factory=dict)

    def owners(self, n: int = 1) -> int:
        """The first of n new owner numbers; also numbers of registrants and keys that nobody else has."""
        first = self._owners
        self._owners += n
        return first

    def dedicated(self, network: int, n: int) -> tuple[int, ...]:
        """Some addresses of a network that nobody else was given (as long as it has any)."""
        used = self._dedicated.get(network, 0)
        self._dedicated[network] = used + n
        span = NETWORK_SIZE - DEDICATED
        return tuple(network * NETWORK_SIZE + DEDICATED + (used + i) % span for i in range(n))

    def taken(self) -> np.ndarray:
        """How many registrations each day has so far."""
        counts = np.zeros(self.scale.days, dtype=np.int64)
        for table in self.tables:
            days = table["day"].to_numpy()
            counts += np.bincount(days[days >= 0], minlength=self.scale.days)
        return counts


def moment(day: Any, second: Any) -> Any:
    """Seconds since 1970 of a second of a day."""
    return EPOCH + np.asarray(day, dtype=np.int64) * DAY_SECONDS + np.clip(second, 0, DAY_SECONDS - 1).astype(np.int64)


def quick_succession(rng: np.random.Generator, n: int, seconds_each: float) -> np.ndarray:
    """Seconds of day of n registrations that a program makes one after another."""
    start = rng.integers(600, DAY_SECONDS - 7_200)
    return np.asarray(start + np.cumsum(rng.exponential(seconds_each, n)))
