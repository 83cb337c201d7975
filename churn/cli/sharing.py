"""What leaves the house: export of clusters for the platforms of analysts, in the clear or to named recipients."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from churn.cli.terminal import OUTPUT, Data, Day, Json, day_of, print_json, progress_bar, settings_for, shown
from churn.errors import UsageError
from churn.markings import Tlp

if TYPE_CHECKING:  # the libraries of the platforms take a second to import
    from churn.share import Export


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        "export",
        help="Write clusters of a day as STIX 2.1 (with a TAXII folder), MISP feed and CSV, marked by TLP. "
        "With --to each named recipient's file is encrypted with age, and nothing is written in the clear. "
        "Every export is recorded in the ledger.",
    )(export)


def export(  # noqa: PLR0913, PLR0917 - a command has the options that it has
    day: Day,
    out: Annotated[Path, typer.Option(help="folder to write to; plain files want one of their own")],
    formats: Annotated[str, typer.Option("--format", help="stix, misp, csv: one or several, joined by commas")] = "",
    clusters: Annotated[
        list[str] | None,
        typer.Option("--cluster", metavar="ID", help="may be repeated; default: all with a reported member"),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="RECIPIENT", help="name in recipients.toml of the data folder; may be repeated"),
    ] = None,
    tlp: Annotated[str, typer.Option(help="marking (TLP 2.0); a laxer one than the default wants a --note")] = (
        Tlp.AMBER_STRICT.value
    ),
    by: Annotated[str | None, typer.Option(help="who exports (default: the login name)")] = None,
    note: Annotated[str, typer.Option(help="why; kept in the ledger")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Export clusters of a day and record it."""
    from churn import share

    order = share.Order(
        day=day_of(day),
        out=out.expanduser(),
        by=getpass.getuser() if by is None else by,
        at=dt.datetime.now(dt.UTC),  # a person's deed is stamped with the person's clock
        formats=_listed([formats]) or share.FORMATS,
        clusters=_listed(clusters),
        recipients=_listed(to),
        tlp=_marking(tlp),
        note=note,
    )
    with progress_bar(quiet=as_json) as progress:
        done = share.export(settings_for(data), order, progress)
    if as_json:
        print_json(_as_json(done))
    else:
        _tell(done)


def _as_json(done: Export) -> dict[str, Any]:
    """What was exported, for other programs."""
    return {
        "export_id": done.export_id,
        "day": done.day,
        "tlp": done.tlp,
        "folder": str(done.folder),
        "recipients": done.recipients,
        "clusters": done.clusters,
        "reported": done.reported,
        "related_not_alleged": done.related,
        "left_out": done.left_out,
        "files": dict(done.files),
    }


def _tell(done: Export) -> None:
    OUTPUT.print(
        f"{len(done.clusters):,} clusters of {done.day} with {done.reported:,} reported domains and {done.related:,}"
        f" related ones that nobody alleges, as {done.tlp.value}: {len(done.files):,} files.",
        highlight=False,
    )
    if done.left_out:
        OUTPUT.print(f"Left out: {done.left_out:,} members whose name is no domain name.", highlight=False)
    OUTPUT.print("Encrypted to:" if done.recipients else "Not encrypted: for this machine only.", highlight=False)
    for name in done.recipients:
        OUTPUT.print(f"  • {shown(name)}", highlight=False)
    OUTPUT.print(str(done.folder), style="bold", markup=False, highlight=False, soft_wrap=True)
    OUTPUT.print(f"Recorded in the ledger as {done.export_id}.", highlight=False)


def _listed(texts: list[str] | None) -> tuple[str, ...]:
    """Parts of texts that are joined by commas."""
    return tuple(part.strip() for text in texts or () for part in text.split(",") if part.strip())


def _marking(text: str) -> Tlp:
    label = text.strip().upper()
    try:
        return Tlp(label if label.startswith("TLP:") else f"TLP:{label}")
    except ValueError:
        raise UsageError(f"{text!r} is no TLP 2.0 label; there are {', '.join(Tlp)}.") from None
