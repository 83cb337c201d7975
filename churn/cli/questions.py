"""What analysts ask after reading the report: explain, pivot, cluster; and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from churn.cli.terminal import (
    OUTPUT,
    Data,
    Day,
    Json,
    MaybeDay,
    day_of,
    print_json,
    print_records,
    print_results,
    progress_bar,
    settings_for,
    shown,
)
from churn.cli.wording import explained, pivoted, portrayed
from churn.names import Name


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("explain", help="Say why a domain is in its cluster: its ledger, in words.")(explain)
    app.command("pivot", help="List the domains that share a value, e.g. address=192.0.2.7, with its count.")(pivot)
    app.command("cluster", help="Show one cluster: story, members, lineage, bursts.")(cluster)
    app.command("outcomes", help="See what became of the domains that packets told of.")(outcomes)


def explain(
    domain: Annotated[str, typer.Argument(help="domain name; defanged spellings are read too")],
    day: MaybeDay = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Explain one domain."""
    from churn import ask

    answer = ask.explain(settings_for(data), domain, day_of(day) if day else None)
    if as_json:
        print_json(asdict(answer))
        return
    OUTPUT.print(
        f"[bold]{shown(answer.domain)}[/bold]{_in_unicode(answer.domain)} as of {answer.day or 'no linked day yet'}"
    )
    OUTPUT.print()
    _print(explained(answer))
    print_records("Seen on", answer.sightings, limit=10)
    print_records("Changed", answer.changes, limit=10)


def _in_unicode(domain: str) -> str:
    unicode = Name(domain, domain).unicode
    return f" ({shown(unicode)})" if unicode != domain else ""


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        OUTPUT.print(line, highlight=False)
    OUTPUT.print()


def pivot(
    question: Annotated[str, typer.Argument(metavar="FIELD=VALUE", help="a field of evidence and its value")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List the domains that share a value."""
    from churn import ask

    answer = ask.pivot(settings_for(data), question)
    if as_json:
        print_json(asdict(answer))
        return
    _print(pivoted(answer))
    print_records("", answer.members)


def cluster(
    cluster_id: Annotated[str, typer.Argument(metavar="ID", help="cluster id, as in the report")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show one cluster."""
    from churn import ask

    answer = ask.cluster(settings_for(data), cluster_id)
    if as_json:
        print_json(asdict(answer))
        return
    OUTPUT.print(f"[bold]{shown(answer.cluster['name'])}[/bold] {answer.cluster['cluster_id']}", highlight=False)
    OUTPUT.print()
    _print(portrayed(answer))
    print_records("Days", reversed(answer.days), limit=10)
    print_records("What its members share", answer.shared)
    print_records("Lineage", answer.lineage)
    print_records("Packets", answer.packets, limit=20)
    print_records("Members", answer.members)


def outcomes(
    day: Day,
    ask: Annotated[
        bool, typer.Option("--ask", help="First ask registries and the DNS anew about what is due for a check.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Record what look-ups say of the domains that packets told of before, who came back, and the scoreboard."""
    from churn import enrich, outcome
    from churn.flow import publish, timed

    settings, one = settings_for(data), day_of(day)
    steps = (*((enrich.recheck_told,) if ask else ()), outcome.run, publish)
    with progress_bar(quiet=as_json) as progress:
        results = [timed(step, settings, one, progress) for step in steps]
    if as_json:
        print_json(results[-2].as_json())
    else:
        print_results(results)
