"""Columns of an import: from what a file gives to the types and rules of the schema, as SQL expressions.

The rules of a type are macros in `sql/`; what is said here is which of them a column needs. Wherever the file has the
right type already the value passes untouched, so that Parquet imports at the speed of the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from churn.collect.formats.csv_list import quoted
from churn.collect.given_files import Given
from churn.store import schema
from churn.store.schema import Column, Table

LONGEST_TEXT = 65_536
MACROS = (
    "printable_text",
    "instant_of",
    "given_text",
    "given_instant",
    "given_whole",
    "given_list",
    "json_list",
    "sorted_list",
    "host_list",
)
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
_HOSTS = frozenset({"nameservers", "ns", "mx"})
_SETS = frozenset({"a", "aaaa"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition under which a row is put aside: SQL over the rows of `valued`, the reason, and the column to show."""

    condition: str
    reason: str
    shown: str


def value(column: Column, given: Given) -> str:
    """The typed value of a column: null where the file gives none, or none of this type."""
    if column.name not in given.types:
        return f"CAST(NULL AS {column.type})"
    typed = _typed(column, quoted(column.name), given)
    return f"host_list({typed})" if column.name in _HOSTS else typed


def settled(column: Column) -> str:
    """The value as it is kept: sets are sorted."""
    name = quoted(column.name)
    return f"sorted_list({name}) AS {name}" if column.name in _HOSTS | _SETS else name


def _typed(column: Column, name: str, given: Given) -> str:
    have, json = given.types[column.name], column.name in given.lists_are_json
    text = name if have == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    match column.type:
        case schema.TEXT:
            return f"given_text({text})" if given.is_text else f"nullif({text}, '')"
        case schema.INSTANT:
            is_time = have == "DATE" or have.startswith("TIMESTAMP")
            return f"given_instant({f'CAST({name} AS TIMESTAMPTZ)' if is_time else f'instant_of({text})'})"
        case schema.WHOLE | schema.BIG:
            return f"TRY_CAST({name if have in _INTEGERS else f'given_whole({text})'} AS {column.type})"
        case schema.TEXTS | schema.WHOLES:
            if have == column.type:
                return name
            items = name if have.endswith("[]") else f"{'json_list' if json else 'given_list'}({text})"
            return f"TRY_CAST({items} AS {column.type})"
        case _:
            return name if have == column.type else f"TRY_CAST({text} AS {column.type})"


def rules(table: Table, given: Given, *, hashed: bool) -> Iterator[Rule]:
    """What a row must not be. In `valued`, a column `x` has its value, and `given_x` is what the file gives.

    With `hashed`, columns of personal data take hashes only.
    """
    for column in table.columns:
        name, have = column.name, given.types.get(column.name)
        if have is None:
            continue
        original = f"given_{name}"
        if have == "VARCHAR" or column.type == schema.TEXT:
            yield Rule(f"strlen({original}::VARCHAR) > {LONGEST_TEXT}", f"{name} is longer than 64 KiB", original)
        elif have.endswith("[]"):
            yield Rule(f"len({original}) > {LONGEST_TEXT}", f"{name} has more than 65,536 entries", "NULL")
        if column.type != schema.TEXT:
            is_given = f"given_text({original}) IS NOT NULL" if have == "VARCHAR" else f"{original} IS NOT NULL"
            yield Rule(f"{is_given} AND {name} IS NULL", f"{name} {_WRONG[column.type]}", original)
        if column.values:
            listed = ", ".join(f"'{each}'" for each in column.values)
            yield Rule(f"{name} NOT IN ({listed})", f"{name} is none of {', '.join(column.values)}", original)
        if name.endswith("sha256") or (hashed and name.endswith("_hash")):
            yield Rule(f"NOT regexp_full_match({name}, '[0-9a-f]{{16,128}}')", f"{name} is no hash in hex", "NULL")


_WRONG = {
    schema.INSTANT: "is no time",
    schema.DAY: "is no date",
    schema.WHOLE: "is no whole number, or too large",
    schema.BIG: "is no whole number, or too large",
    schema.REAL: "is no number",
    schema.YES_NO: "is neither true nor false",
    schema.TEXTS: "is no list",
    schema.WHOLES: "is no list of whole numbers",
}
