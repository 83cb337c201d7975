"""Bring your own data: `churn import` and `churn parse`."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from churn.cli.terminal import (
    OUTPUT,
    Data,
    Json,
    MaybeDay,
    day_of,
    print_json,
    print_results,
    progress_bar,
    settings_for,
    shown,
)
from churn.errors import UsageError


class AnswerKind(StrEnum):
    """Protocols whose answers can be parsed."""

    WHOIS = "whois"
    RDAP = "rdap"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("import", help="Take in CSV, Parquet or NDJSON with the columns of a table; bad rows go to reject.")(
        import_table
    )
    app.command("parse", help="Show what the enricher makes of raw WHOIS or RDAP answers. Nothing is stored.")(parse)


def import_table(
    table: Annotated[str, typer.Argument(help="sightings, registrations, hosting or certificates")],
    files: Annotated[list[Path], typer.Argument(help="CSV (also .gz), Parquet or NDJSON files")],
    feed: Annotated[str | None, typer.Option(help="Feed that the rows belong to, where they don't say.")] = None,
    day: MaybeDay = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Import files into a table of the lake."""
    from churn.collect.importing import import_files

    started = time.monotonic()
    with progress_bar(quiet=as_json) as progress:
        result = import_files(
            settings_for(data), table, files, feed=feed, day=day_of(day) if day else None, progress=progress
        )
    seconds = round(time.monotonic() - started, 3)
    if as_json:
        print_json(result.as_json() | {"seconds": seconds})
    else:
        print_results([result])


def parse(
    kind: Annotated[AnswerKind, typer.Argument(help="protocol of the answers")],
    files: Annotated[list[Path], typer.Argument(help="files that each hold one raw answer")],
    domain: Annotated[str | None, typer.Option(help="The domain that was asked for.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Parse raw answers; with --json one object a line."""
    from churn.enrich import parse_rdap, parse_whois
    from churn.pseudonyms import load_pseudonymiser
    from churn.store.schema import TABLES

    pseudonymiser = load_pseudonymiser(settings_for(data))
    read = parse_whois if kind is AnswerKind.WHOIS else parse_rdap
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise UsageError(f"Can't read {file}: {error.strerror}.") from None
        outcome, record, detail = read(raw, domain, pseudonymiser)
        if as_json:
            columns = dict.fromkeys(TABLES["registration"].column_names) | {"domain": domain}
            print_json({"file": str(file), "outcome": str(outcome), "detail": detail} | columns | (record or {}))
        else:
            _print_parsed(file, str(outcome), detail, record)


def _print_parsed(file: Path, outcome: str, detail: str | None, record: dict[str, Any] | None) -> None:
    OUTPUT.print(f"[bold]{shown(file.name)}[/bold]: {outcome}{f' ({shown(detail)})' if detail else ''}")
    for name, value in (record or {}).items():
        if value not in (None, []):
            OUTPUT.print(f"  {name:24} {shown(value)}", highlight=False)
