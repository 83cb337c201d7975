"""The schema, as data, in one place: DDL, comments, Parquet types, checks and the data dictionary come from here.

columns     what a table is made of: kinds, types, common columns
facts       what was observed
clusters, bursts, recipients    what is derived, in the order of the flow
ledger      what people did and decided
index       by which the published copy finds a domain or a value
views       computed from all these

What belongs here: table and column names, types, meanings, keys. What doesn't: SQL, I/O, anything about a stage.

Naming rules: the same quantity has the same name everywhere. Suffixes: `_at` a UTC instant, `_day` a UTC date,
`_hash` a keyed hash (HMAC-SHA256, hex), `_sha256` a plain digest (hex), `_ms` milliseconds, `_id` an identifier.
`domain` is the registrable name, `fqdn` the name as listed; both lower-case A-labels without a final dot.
A null is "not obtained"; an empty list is "observed, and there is none".
"""

from __future__ import annotations

from churn.store.schema.bursts import BURSTS
from churn.store.schema.clusters import CLUSTERS
from churn.store.schema.columns import (
    BIG,
    DAY,
    INSTANT,
    KEY,
    REAL,
    TEXT,
    TEXTS,
    WHOLE,
    WHOLES,
    YES_NO,
    Column,
    Kind,
    Table,
)
from churn.store.schema.facts import FACTS, IMPORTABLE
from churn.store.schema.index import INDEX, KEYED_FIELDS
from churn.store.schema.ledger import LEDGER
from churn.store.schema.recipients import RECIPIENTS
from churn.store.schema.views import VIEWS

__all__ = [
    "BIG",
    "DAY",
    "IMPORTABLE",
    "INSTANT",
    "KEY",
    "KEYED_FIELDS",
    "REAL",
    "TABLES",
    "TEXT",
    "TEXTS",
    "WHOLE",
    "WHOLES",
    "YES_NO",
    "Column",
    "Kind",
    "Table",
    "tables",
]

TABLES: dict[str, Table] = {
    table.name: table for table in (*FACTS, *CLUSTERS, *BURSTS, *RECIPIENTS, *LEDGER, *INDEX, *VIEWS)
}


def tables(*kinds: Kind) -> tuple[Table, ...]:
    """The tables of the given kinds, in the order of the flow."""
    return tuple(table for table in TABLES.values() if table.kind in kinds)
