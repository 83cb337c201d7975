"""How results look on a terminal: tables for people, one JSON object for machines, progress on stderr.

Everything from outside goes through `shown`: no escape sequence reaches the terminal, names are defanged.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from churn.errors import UsageError
from churn.markings import defang, printable
from churn.results import Progress as ProgressCallable
from churn.results import StageResult, silent
from churn.settings import Settings, load_settings

OUTPUT = Console()
ERRORS = Console(stderr=True)

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (default: CHURN_DATA, else data/).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Day = Annotated[str, typer.Option("--day", help="UTC day, YYYY-MM-DD.")]
MaybeDay = Annotated[str | None, typer.Option("--day", help="UTC day, YYYY-MM-DD.")]


def settings_for(data: Path | None) -> Settings:
    """Settings with the command line's data folder."""
    return load_settings(data=data)


def day_of(text: str) -> dt.date:
    """A day from the command line. Raises UsageError for anything but YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it as YYYY-MM-DD.") from None


def shown(value: Any) -> str:
    """A value as text for people: lists joined, outside text made printable, names defanged, markup escaped."""
    if value is None:
        return "—"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return escape(defang(printable(str(value))))


def print_json(record: Any) -> None:
    """One JSON object on stdout, names exact."""
    sys.stdout.write(json.dumps(record, default=str, ensure_ascii=True) + "\n")


LONGEST_NAME = 30
"""Columns that a table keeps for a domain at least, where it is so long."""


def print_records(title: str, records: Iterable[Mapping[str, Any]], limit: int = 50) -> None:
    """Records as a table; beyond the limit only their number is told."""
    rows = list(records)
    if not rows:
        return
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for name in rows[0]:
        # a name in one piece, as far as a narrow terminal lets it be: other columns fold first
        longest = max(len(shown(row[name])) for row in rows[:limit]) if name == "domain" else 0
        table.add_column(name.replace("_", " "), overflow="fold", min_width=min(longest, LONGEST_NAME))
    for row in rows[:limit]:
        table.add_row(*(shown(value) for value in row.values()))
    OUTPUT.print(table)
    if len(rows) > limit:
        OUTPUT.print(f"… and {len(rows) - limit:,} more; --json gives all.")
    OUTPUT.print()


def print_results(results: Iterable[StageResult]) -> None:
    """Stage results as a table."""
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("day", "stage", "rows in", "rows out", "rejects", "seconds", "found"):
        table.add_column(name, justify="right" if name in {"rows in", "rows out", "rejects", "seconds"} else "left")
    for result in results:
        numbers = (f"{result.rows_in:,}", f"{result.rows_out:,}", f"{result.rejects:,}", f"{result.seconds:.1f}")
        table.add_row(result.day.isoformat(), result.stage, *numbers, ", ".join(_found(result.found)))
    OUTPUT.print(table)


def _found(found: Mapping[str, Any]) -> Iterator[str]:
    """What a stage found, in words: what is nothing is left out, and so are paths, which have lines of their own."""
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from _found(value)
        elif value and not (isinstance(value, str) and "/" in value):
            yield f"{shown(value)} {escape(key.replace('_', ' '))}"


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[ProgressCallable]:
    """A progress bar on stderr where a person looks at it; silent otherwise."""
    if quiet or not ERRORS.is_terminal:
        yield silent
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERRORS, transient=True) as bars:
        task = bars.add_task("starting", total=None)

        def tell(done: int, total: int, what: str) -> None:
            bars.update(task, completed=done, total=total or None, description=escape(what))

        yield tell
