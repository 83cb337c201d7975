"""`churn import`: sightings, registrations, hosting and certificates that somebody else has gathered.

Set-wise from the file to the lake; no row passes through Python. For each file:

1. Show it (`given_files`) and check its columns: an unknown one is refused by name.
2. Type and judge every row (`import_columns`), name the domains, fill in the defaults.
3. Keep the result once, in order, in a Parquet file of our own.
4. Write the good rows to their days and the bad ones to `reject`.

The writer is named after the file's content: importing a file twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from churn.collect.feeds import load_feeds
from churn.collect.given_files import Given, format_of, open_given
from churn.collect.import_columns import MACROS, rules, settled, value
from churn.errors import UsageError
from churn.results import Progress, StageResult, silent
from churn.settings import EVENING, Settings
from churn.store.database import lake_of, scratch
from churn.store.files import storage_error
from churn.store.landing import remember_import
from churn.store.naming import load_names, spell_foreign
from churn.store.queries import relation, run
from churn.store.schema import IMPORTABLE, TABLES, Table

REJECTS_KEPT = 100_000
"""Rows of a file that are put aside one by one; the result counts all of them."""
_SORTED_ROWS = 1_000_000
"""Days with more rows than this keep the order of the file."""
_FIRST_DAY, _LAST_DAY = dt.date(1990, 1, 1), dt.date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Import:
    """One file on its way into a table. `instant`, when it first came, stands for times that it does not give."""

    table: Table
    path: Path
    digest: str
    instant: dt.datetime
    day: dt.date | None
    feed: str | None
    kind: str | None

    @property
    def writer(self) -> str:
        """Name of its files in the lake."""
        return f"import-{self.digest[:16]}"


def import_files(
    settings: Settings,
    table: str,
    files: Sequence[Path],
    feed: str | None = None,
    day: dt.date | None = None,
    progress: Progress = silent,
) -> StageResult:
    """Import CSV, Parquet and NDJSON files into a table (a name of IMPORTABLE, with or without a final s).

    `feed` is the feed of sightings that name none; `day` the day of rows that name none, else that of their time.
    Raises UsageError where a file, or its columns, can't be what the table takes; bad rows raise nothing.
    """
    started = time.monotonic()
    target = _table(table)
    if feed and target.name != "sighting":
        raise UsageError(f"--feed is for sightings; {target.name} has no feed.")
    for path in files:
        format_of(path)
    rows, rejects, days, faults = 0, 0, Counter[str](), dict[str, dict[str, int]]()
    for number, path in enumerate(files):
        progress(number, len(files), path.name)
        item = _item(settings, target, path, feed, day)
        with _scratch(settings) as con:
            written, refused = _import_file(con, settings, item)
            faults |= {path.name: refused} if refused else {}
            rejects += sum(run(con, "churn.collect", "import_reject_count").fetchone() or ())
        days.update({each.isoformat(): count for each, count in written.items()})
        rows += sum(written.values())
    progress(len(files), len(files), target.name)
    return StageResult(
        "import",
        day or settings.now(dt.datetime.now(dt.UTC).date()).date(),
        rows_in=rows + rejects,
        rows_out=rows,
        rejects=rejects,
        seconds=round(time.monotonic() - started, 3),
        found={"table": target.name, "days": dict(sorted(days.items()))} | ({"rejected": faults} if faults else {}),
    )


def _table(name: str) -> Table:
    for each in IMPORTABLE:
        if name in {each, f"{each}s"}:
            return TABLES[each]
    raise UsageError(f"No table to import into is called {name}; there are {', '.join(IMPORTABLE)}.")


def _item(settings: Settings, table: Table, path: Path, feed: str | None, day: dt.date | None) -> Import:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    now = settings.now(day or dt.datetime.now(dt.UTC).date())
    instant = remember_import(settings, table.name, digest, path.name, now)
    kind = None
    if feed and settings.feeds_file.is_file() and (declared := load_feeds(settings).get(feed)):
        kind = declared.kind
    return Import(table, path, digest, instant, day, feed, kind)


@contextmanager
def _scratch(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with scratch(settings) as con:
        load_names(con)
        run(con, "churn.collect", "keep_order")
        for macro in MACROS:
            run(con, "churn.collect", macro)
        run(con, "churn.collect", "unread")
        yield con


def _import_file(
    con: duckdb.DuckDBPyConnection, settings: Settings, item: Import
) -> tuple[dict[dt.date, int], dict[str, int]]:
    """Rows written by day, and the most frequent reasons of those that were not."""
    given_as, kept = (
        settings.data / "tmp" / f"{item.writer}-{item.table.name}-{step}.parquet" for step in ("given", "named")
    )
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        given = open_given(con, item.path, item.table, given_as)
        _check_columns(item, given)
        _show_checked(con, settings, item.table, given)
        spell_foreign(con, "checked")
        relation(con, "churn.collect", "named_given").project(_result(item, given)).write_parquet(
            str(kept), compression="lz4"
        )
        con.read_parquet(str(kept)).create_view("imported", replace=True)
        return _write_days(con, settings, item), _write_rejects(con, settings, item, given)
    except duckdb.IOException as error:
        raise storage_error(error, kept) from error
    except duckdb.Error as error:
        raise UsageError(f"{item.path} can't be read: {str(error).splitlines()[0]}. Check what wrote it.") from None
    finally:
        given_as.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)


def _check_columns(item: Import, given: Given) -> None:
    have, table = set(given.types), item.table
    if unknown := sorted(have - set(table.column_names)):
        raise UsageError(
            f"{item.path.name} has the columns {', '.join(unknown)[:300]}, which {table.name} has not; it takes"
            f" {', '.join(table.column_names)}. Rename them or leave them out."
        )
    missing = [column.name for column in table.columns if column.required and column.name not in have | _default(item)]
    if "day" in missing and have & {"seen_at", "observed_at"}:
        missing.remove("day")
    if "fqdn" in have and "domain" in missing:
        missing.remove("domain")
    if missing:
        options = {"feed": "--feed", "day": "--day", "kind": "--feed with a feed that the file of feeds declares"}
        hints = [f" (or give {options[name]})" if name in options else "" for name in missing]
        wanted = ", ".join(name + hint for name, hint in zip(missing, hints, strict=True))
        raise UsageError(f"{item.path.name} lacks columns that {table.name} must have: {wanted}.")


def _default(item: Import) -> set[str]:
    """Required columns that a file need not have."""
    given = {"feed": item.feed, "kind": item.kind, "day": item.day}
    fixed = {"fqdn"} if item.table.name == "sighting" else {"source", "observed_at", "day"}
    return fixed | {name for name, option in given.items() if option}


def _show_checked(con: duckdb.DuckDBPyConnection, settings: Settings, table: Table, given: Given) -> None:
    """The view `checked`: typed values, `name_text` to name, and the fault of the row with what to show of it."""
    columns = table.columns
    originals = [f'"{name}" AS given_{name}' for name in given.types]
    values = [f'{value(column, given)} AS "{column.name}"' for column in columns]
    row = ["row_place", f"{given.fault} AS row_fault", f"{given.fault_text} AS row_fault_text"]
    con.view("given").project(", ".join([*row, *originals, *values])).create_view("valued", replace=True)
    judged = list(rules(table, given, hashed=settings.hash_personal_data))
    cases = " ".join(f"WHEN {rule.condition} THEN '{rule.reason}'" for rule in judged)
    shown = " ".join(f"WHEN {rule.condition} THEN CAST({rule.shown} AS VARCHAR)" for rule in judged)
    names = [f"nullif(given_{name}, '')" for name in ("fqdn", "domain") if name in given.types]
    con.view("valued").project(
        ", ".join(
            [
                "row_place",
                *map(settled, columns),
                f"CAST(coalesce({', '.join(names)}) AS VARCHAR) AS name_text",
                f"CASE WHEN row_fault IS NOT NULL THEN row_fault {cases} END AS row_fault",
                f"CASE WHEN row_fault IS NOT NULL THEN row_fault_text {shown} END AS row_fault_text",
            ]
        )
    ).create_view("checked", replace=True)


def _result(item: Import, given: Given) -> str:
    """The columns of the table with their defaults, and the fault of the row."""
    given_day = "day" if "day" in given.types else "CAST(NULL AS DATE)"
    defaults = {
        "domain": "name_domain",
        "fqdn": "name_fqdn",
        "feed": _or_default("feed", item.feed),
        "kind": _or_default("kind", item.kind),
        "source": _or_default("source", "import"),
    }
    moment = "seen_at" if item.table.name == "sighting" else "observed_at"
    fixed = f"DATE '{item.day}'" if item.day else f"CAST({moment} AS DATE)"
    by_name = {column.name: defaults.get(column.name, f'"{column.name}"') for column in item.table.columns}
    by_name["day"] = f"coalesce({given_day}, {fixed}, DATE '{item.instant:%Y-%m-%d}')"
    late = f"CAST({by_name['day']} AS TIMESTAMPTZ) + INTERVAL {EVENING.hour} HOUR"
    now = f"TIMESTAMPTZ '{item.instant.isoformat()}'"
    by_name[moment] = f"coalesce({moment}, CASE WHEN {by_name['day']} = CAST({now} AS DATE) THEN {now} ELSE {late} END)"
    required = [
        column.name for column in item.table.columns if column.required and column.name not in {"domain", "fqdn"}
    ]
    empty = " ".join(f"WHEN ({by_name[name]}) IS NULL THEN '{name} is missing'" for name in required)
    days = f"WHEN ({by_name['day']}) NOT BETWEEN DATE '{_FIRST_DAY}' AND DATE '{_LAST_DAY}' THEN 'day is out of range'"
    fault = f"coalesce(row_fault, name_reason, CASE {empty} {days} END) AS fault"
    text = "CASE WHEN fault IS NOT NULL THEN left(coalesce(row_fault_text, name_text), 400) END AS fault_text"
    columns = [f'{expression} AS "{name}"' for name, expression in by_name.items()]
    return ", ".join([*columns, fault, text, "row_place"])


def _or_default(column: str, default: str | None) -> str:
    return f"""coalesce("{column}", '{default.replace("'", "''")}')""" if default else f'"{column}"'


def _write_days(con: duckdb.DuckDBPyConnection, settings: Settings, item: Import) -> dict[dt.date, int]:
    days: dict[dt.date, int] = dict(run(con, "churn.collect", "import_days").fetchall())
    for day, rows in days.items():
        good = con.view("imported").filter(f"fault IS NULL AND day = DATE '{day}'")
        lake_of(settings).write(item.table.name, day, item.writer, good, in_order=rows > _SORTED_ROWS)
    return days


def _write_rejects(con: duckdb.DuckDBPyConnection, settings: Settings, item: Import, given: Given) -> dict[str, int]:
    day = item.day or item.instant.date()
    run(con, "churn.collect", "import_rejects", table=item.table.name, day=day, header_lines=given.header_lines)
    faults: dict[str, int] = dict(run(con, "churn.collect", "import_faults").fetchall())
    if faults:
        first = relation(con, "churn.collect", "import_reject_first", at_most=REJECTS_KEPT)
        lake_of(settings).write("reject", day, item.writer, first)
    else:
        lake_of(settings).remove("reject", day, item.writer)
    return faults
