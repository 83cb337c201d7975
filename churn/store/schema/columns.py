"""What a table of the schema is made of: kinds, types, and the columns that most tables have.

What belongs here: what every module of this package uses. What doesn't: tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT, TEXTS, INSTANT, DAY = "VARCHAR", "VARCHAR[]", "TIMESTAMPTZ", "DATE"
WHOLE, BIG, REAL, YES_NO, WHOLES = "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "INTEGER[]"
KEY = "UBIGINT"


class Kind(StrEnum):
    """Where a table comes from and who may replace it."""

    FACT = "fact"
    """Observed; in the lake; a stage or an import replaces its own files of a day."""
    DERIVED = "derived"
    """Computed from facts; in the lake by day; its stage replaces a day whole."""
    LEDGER = "ledger"
    """Judgements and deeds of people; append-only, never overwritten."""
    INDEX = "index"
    """Made when the warehouse is published, of its facts: numbers by which a few rows are found among millions."""
    VIEW = "view"
    """Computed when the warehouse is published, by the query of the same name in `store/sql`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is a DuckDB type; `values`, where given, is the closed list of what it may hold."""

    name: str
    type: str
    comment: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: rows are written sorted by `key`, so that the same rows are the same bytes."""

    name: str
    kind: Kind
    comment: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(column.name for column in self.columns)


def domain_column(comment: str = "registrable name, lower-case A-label") -> Column:
    """The column `domain`."""
    return Column("domain", TEXT, comment, required=True)


def day_column(comment: str = "UTC day that the row belongs to (the partition)") -> Column:
    """The column `day`."""
    return Column("day", DAY, comment, required=True)


RAW = Column("raw_sha256", TEXT, "digest of the bytes in landing that the row was read from")
