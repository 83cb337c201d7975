"""For a registrar's abuse desk: `churn associate`, the associated-domain check within its own portfolio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from churn.cli.terminal import OUTPUT, Data, Json, print_json, print_records, progress_bar, settings_for, shown
from churn.markings import printable

if TYPE_CHECKING:
    from churn.associate.answer import Answer

SHOWN = 25
REPORTED_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        "associate",
        help="Find, in a registrar's own portfolio, the domains that go with a reported one. Local: nothing leaves.",
    )(associate)


def associate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    portfolio: Annotated[Path, typer.Option(help="CSV (also .gz), Parquet or NDJSON of one's own domains")],
    domain: Annotated[list[str] | None, typer.Option(help="a reported domain; may be repeated")] = None,
    reported: Annotated[
        Path | None, typer.Option(help="a file of them: a packet's domains.csv or packet.json, or one a line")
    ] = None,
    at_least: Annotated[float, typer.Option(min=0.01, max=0.99, help="least probability that is listed")] = 0.5,
    out: Annotated[Path | None, typer.Option(help="write the answer: .csv for people, .json exact")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check a portfolio. With --data, what the published database knows of reported domains and groups helps."""
    from churn import associate as checking

    settings = settings_for(data)
    known = checking.known_of(settings) if data else None
    with progress_bar(quiet=as_json) as progress:
        answer = checking.check(
            settings,
            portfolio,
            checking.reported_of(domain or (), reported),
            at_least=at_least,
            known=known,
            progress=progress,
        )
    if out:
        checking.write_answer(answer, out)
    if as_json:
        print_json(answer.as_json())
    else:
        _print(answer)
        if out:
            OUTPUT.print(f"Written: {escape(printable(str(out)))}", highlight=False)


def _print(answer: Answer) -> None:
    book = answer.portfolio
    OUTPUT.print(
        f"[bold]{escape(printable(book.file))}[/bold]: {book.domains:,} domains of {book.rows:,} rows.", highlight=False
    )
    for reason, rows in (book.rejects | book.faults).items():
        OUTPUT.print(f"  left out: {rows:,} with {shown(reason)}", highlight=False)
    if book.not_used:
        OUTPUT.print(f"  columns not used: {shown(book.not_used)}", highlight=False)
    if book.absent:
        OUTPUT.print(f"  not compared, since there is no column for it: {', '.join(book.absent)}", highlight=False)
    if answer.not_here:
        OUTPUT.print(f"Reported, and not in the portfolio: {_few(answer.not_here)}", highlight=False)
    OUTPUT.print(f"Reported, and in the portfolio: {len(answer.reported):,}", highlight=False)
    for row in answer.reported[:REPORTED_SHOWN]:
        _print_reported(row, answer)
    if len(answer.reported) > REPORTED_SHOWN:
        OUTPUT.print(f"  … and {len(answer.reported) - REPORTED_SHOWN:,} more; --json gives all.")
    OUTPUT.print()
    print_records("Associated with them", map(_record, answer.associated), limit=SHOWN)
    if answer.known_reported:
        OUTPUT.print(f"Associated, and reported too: {_few([row['domain'] for row in answer.known_reported])}")
    OUTPUT.print(
        f"{len(answer.associated):,} associated with a probability of at least {answer.at_least:g}; "
        f"{answer.weak:,} more share something that says little.",
        highlight=False,
    )
    OUTPUT.print(answer.statement, highlight=False)


def _print_reported(row: dict[str, Any], answer: Answer) -> None:
    from churn.associate.desk import link_in_words

    created = f", created {shown(row['created_at'])}" if row["created_at"] else ""
    group = f", in group {shown(row['cluster_name'])} ({shown(row['cluster_id'])})" if row["cluster_id"] else ""
    OUTPUT.print(f"  [bold]{shown(row['domain'])}[/bold]{created}{group}", highlight=False)
    for code in row["codes"]:
        if (value := answer.values[code])["domains"] > 1:
            OUTPUT.print(f"    • {escape(link_in_words(value))}", highlight=False)
    for caution in row["cautions"]:
        OUTPUT.print(f"    ! {escape(caution['words'])}", highlight=False)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    """An associated domain as a row of the table."""
    return {
        "domain": row["domain"],
        "probability": min(round(row["probability"], 2), 0.99),  # no estimate is certain
        "goes with": row["reported_domain"],
        "created": row["created_at"],
        "shares": ", ".join(row["fields"]),
        "beware": "; ".join(each["caution"].replace("_", " ") for each in row["cautions"]),
    }


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return f"{shown(names[:10])}{more}"
