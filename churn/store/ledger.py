"""The ledger: deeds and judgements of people, which no feed brings back. Append-only; never overwritten.

One Parquet file an act, `ledger/<table>/day=D/<act>.parquet`. Appending the same act again is a no-op; a different act
under the same name is refused. Back this folder up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from churn.settings import Settings
from churn.store.lake import Lake
from churn.store.schema import TABLES, Kind


def ledger_of(settings: Settings) -> Lake:
    """The ledger's files: the same layout as the lake's."""
    return Lake(settings.data / "ledger")


def append(settings: Settings, table: str, day: dt.date, act: str, rows: Iterable[dict[str, object]]) -> bool:
    """Record an act once; returns whether it is new. `act` names it: a packet id, a verdict's subject and instant."""
    if TABLES[table].kind is not Kind.LEDGER:
        raise ValueError(f"{table} is no table of the ledger")
    ledger = ledger_of(settings)
    if ledger.path(table, day, act).exists():
        return False
    ledger.write_rows(table, day, act, rows)
    return True
