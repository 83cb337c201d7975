"""The data dictionary, as Markdown, from the schema: `python -m churn.store.dictionary > docs/data-dictionary.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from churn.store.schema import Kind, Table, tables

_ABOUT = {
    Kind.FACT: "Facts: observed. In the lake, one folder a day; an import or a stage replaces its own files of a day.",
    Kind.DERIVED: "Derived: computed from facts. In the lake by day; the stage replaces its day whole.",
    Kind.LEDGER: "Ledger: deeds and judgements of people. Append-only; back it up.",
    Kind.INDEX: "Index: made of the facts when the database is published, to find one domain or one value at once.",
    Kind.VIEW: "Views: computed from the tables above whenever they are read.",
}


def data_dictionary() -> str:
    """The page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Generated from `churn/store/schema`; the same comments are in the database (`COMMENT ON`)."
    yield "Times are UTC. A null is *not obtained*; an empty list is *observed, and there is none*."
    for kind, about in _ABOUT.items():
        title, _, text = about.partition(": ")
        yield f"\n## {title}\n\n{text[0].upper()}{text[1:]}"
        for table in tables(kind):
            yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.name}\n\n{table.comment} Key: {', '.join(f'`{name}`' for name in table.key)}.\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in table.columns:
        values = f" ({', '.join(f'`{value}`' for value in column.values)})" if column.values else ""
        required = "" if not column.required else " **required**"
        yield f"| `{column.name}` | {column.type} | {column.comment}{values}{required} |"


if __name__ == "__main__":
    sys.stdout.write(data_dictionary() + "\n")
