"""The reported list's other entries: unrelated domains, an innocent caught by accident; what registrars did then."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from churn.lab.rows import BACKGROUND, NEVER, NXDOMAIN, RESELLER
from churn.lab.scale import Scale

LOCKED, ADD_PERIOD, PLAIN, FULLY_LOCKED, CLIENT_HOLD, SERVER_HOLD, INACTIVE, PENDING_DELETE = range(8)
STATUSES = (
    ("client transfer prohibited",),
    ("add period", "client transfer prohibited"),
    ("active",),
    ("client delete prohibited", "client transfer prohibited", "client update prohibited"),
    ("client hold", "client transfer prohibited"),
    ("client transfer prohibited", "server hold"),
    ("inactive",),
    ("pending delete",),
)
"""EPP status names as RDAP spells them (RFC 8056)."""


def report(rng: np.random.Generator, scale: Scale, table: pa.Table) -> pa.Table:
    """Fill in the unrelated entries of every day's list, and the status of every domain."""
    kind, day = table["kind"].to_numpy(), table["day"].to_numpy()
    reported, series = table["reported"].to_numpy().copy(), table["series"].to_numpy().copy()
    for number in range(scale.days):
        recent = np.flatnonzero((kind == BACKGROUND) & (day <= number) & (day > number - 3) & (reported == NEVER))
        old = np.flatnonzero((kind == BACKGROUND) & (day < 0) & (reported == NEVER))
        count = int(rng.poisson(scale.reported_background))
        aged = min(len(old) // (scale.days - number + 1), count // 4)
        chosen = np.concatenate([rng.choice(recent, count - aged, replace=False), rng.choice(old, aged, replace=False)])
        reported[chosen] = number
        series[chosen] = np.where(rng.random(count) < 0.15, 10_000_000 + rng.integers(0, 5_000, count), -1)
    last = scale.days - 1
    look_alikes = np.flatnonzero((kind == RESELLER) & (day == last))
    reported[rng.choice(look_alikes)] = last
    return _with(table, reported=reported, series=series, status=_status(rng, scale, table, reported))


def _status(rng: np.random.Generator, scale: Scale, table: pa.Table, reported: np.ndarray) -> np.ndarray:
    """A name that is not in the zone is inactive; of those reported before the last day some are on hold since."""
    status: np.ndarray = np.where(table["rcode"].to_numpy() == NXDOMAIN, INACTIVE, table["status"].to_numpy())
    earlier = (reported != NEVER) & (reported < scale.days - 1)
    chance = rng.random(len(status))
    return np.select([earlier & (chance < 0.2), earlier & (chance < 0.25)], [CLIENT_HOLD, SERVER_HOLD], status)


def _with(table: pa.Table, **columns: np.ndarray) -> pa.Table:
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(
            place, table.schema.field(place), pa.array(values).cast(table.schema.field(place).type)
        )
    return table
