"""Which lists come in: `churn feeds`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from churn.cli.terminal import OUTPUT, Data, Json, print_json, print_records, settings_for, shown
from churn.errors import UsageError
from churn.settings import Settings

if TYPE_CHECKING:
    from churn.collect.overview import FeedLine

HELP = (
    "Show the feeds of this installation: what each is, whether its credential is held (never the secret), and how its"
    ' last day went. Feeds are declared in feeds.toml in the data folder: [bold]use = \\["openphish"][/bold] takes them'
    " from the catalogue, which [bold]--all[/bold] lists; a NAME shows the terms of one and how to get it. A credential"
    " that stands in Airflow's database is not seen from here."
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("feeds", help=HELP)(feeds)


def feeds(
    name: Annotated[str | None, typer.Argument(help="one feed, to see all that is known of it")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those of the catalogue too.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List feeds, or show one."""
    from churn.collect.overview import overview

    settings = settings_for(data)
    lines = overview(settings, catalogue_too=everything or name is not None)
    if name is not None:
        _show_one(lines, name, as_json=as_json)
    elif as_json:
        print_json({"file": str(settings.feeds_file), "feeds": [_record(line) for line in lines]})
    else:
        print_records("Feeds", map(_row, lines), limit=len(lines))
        _print_details(lines)
        if not any(line.declared for line in lines):
            _say_how_to_begin(settings)


def _show_one(lines: list[FeedLine], name: str, *, as_json: bool) -> None:
    line = next((line for line in lines if line.feed.name == name), None)
    if line is None:
        raise UsageError(f"No feed is called {name}: neither your file of feeds nor the catalogue has it; see --all.")
    if as_json:
        print_json(_record(line))
        return
    for key, value in _record(line).items():
        if value not in (None, "", [], {}):
            OUTPUT.print(
                f"[bold]{key.replace('_', ' '):20}[/bold] {escape(_text(value))}", highlight=False, soft_wrap=True
            )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_text(each)}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _record(line: FeedLine) -> dict[str, Any]:
    """All that is known of a feed; the credential by its name and whether it is held."""
    from churn.collect.overview import how_to_give

    missing = line.feed.credential if line.credential == "missing" else None
    return {
        **line.feed.model_dump(mode="json"),
        "declared": line.declared,
        "enabled": line.enabled,
        "credential_held": None if line.feed.credential is None else line.credential == "held",
        "to_do": how_to_give(missing) if missing else None,
        "last": line.last,
    }


def _row(line: FeedLine) -> dict[str, Any]:
    """Few columns of short words, so that it can be read on 80 characters too."""
    feed, last = line.feed, line.last
    cadence = "inbox" if feed.inbox else feed.cadence
    return {
        "feed": feed.name,
        "list": f"{feed.kind} {feed.format} {cadence}",
        "on": "yes" if line.enabled else "no" if line.declared else "not used",
        "credential": line.credential,
        "TLP": feed.tlp.removeprefix("TLP:"),
        "last day": f"{last['day']} {last['rows'] or 0:,} rows {last['gate']}" if last else None,
    }


def _print_details(lines: list[FeedLine]) -> None:
    for line in lines:
        if line.last and line.last["detail"]:
            OUTPUT.print(f"{line.feed.name}: {shown(line.last['detail'])}", highlight=False, soft_wrap=True)


def _say_how_to_begin(settings: Settings) -> None:
    what = "declares no feed" if settings.feeds_file.exists() else "is not there yet"
    OUTPUT.print(
        f'{settings.feeds_file} {what}. One line is enough for a first one: use = ["openphish"]. `churn feeds --all`'
        " lists the catalogue, `churn feeds openphish` the terms of one; docs/feeds.md tells how to get each.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
