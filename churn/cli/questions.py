"""What analysts ask after reading the report: explain, pivot, cluster; and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape

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
from churn.markings import printable, probability


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
    OUTPUT.print(f"[bold]{shown(answer.domain)}[/bold] as of {answer.day or 'no linked day yet'}")
    OUTPUT.print()
    print_records("Seen on", answer.sightings)
    print_records("Changed", answer.changes, limit=10)
    for row in answer.unknown:
        OUTPUT.print(_unknown_in_words(row), highlight=False)
    if answer.membership is None:
        OUTPUT.print("It is in no cluster: nothing selective that it shares with others was seen.")
        return
    OUTPUT.print(_membership_in_words(answer.membership), highlight=False)
    for link in answer.links:
        OUTPUT.print(f"  • {_link_in_words(link)}", highlight=False)
    OUTPUT.print("Related is not guilty: a cluster is a hypothesis, and each line above is what it rests on.")


def _unknown_in_words(row: dict[str, Any]) -> str:
    fields = ", ".join(field.replace("_", " ") for field in row["fields"])
    what = "There is none" if row["state"] == "absent" else "Not known"
    tried = f", {row['source']}, {shown(row['tried_at'])}" if row["tried_at"] else ""
    return f"{what}: {fields} ({row['why'].replace('_', ' ')}{tried})."


def _membership_in_words(row: dict[str, Any]) -> str:
    joined = "by two traits of independent families" if row["role"] == "core" else "by a value that the cluster holds"
    holds = "holds" if row["holds_without_strongest"] else "would not hold"
    return (
        f"A member of cluster {shown(row['name'])} ({row['cluster_id']}: {row['size']:,} domains, "
        f"{row['reported_members']:,} reported) {joined}; of the same operator as the others with a probability of "
        f"{probability(row['score'])}; the membership {holds} without its strongest link."
    )


def _link_in_words(link: dict[str, Any]) -> str:
    seen = f"{link['source']}, {shown(link['observed_at'])}"
    return (
        f"{link['field'].replace('_', ' ')} {_short(link['value'])}: {link['domains_with_value']:,} domains of the "
        f"window have it, {link['in_cluster']:,} of them in this cluster ({seen})"
    )


def _short(value: str) -> str:
    """A shared value for people; of a digest its first digits."""
    return f"{value[:12]}…" if len(value) == 64 and value.isalnum() else shown(value)


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
    OUTPUT.print(f"{answer.domains:,} domains have {shown(answer.field)} {shown(answer.value)}.", highlight=False)
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
    print_records("Cluster", [answer.cluster])
    for burst in answer.bursts:
        line = f"{burst['day']}: {burst['kind']} burst, q = {burst['q_value']:.1g}. {burst['story']}"
        OUTPUT.print(escape(printable(line, 1000)), highlight=False)
    OUTPUT.print()
    print_records("Days", answer.days)
    print_records("What its members share", answer.shared)
    print_records("Lineage", answer.lineage)
    print_records("Members", answer.members)


def outcomes(day: Day, data: Data = None, as_json: Json = False) -> None:
    """Record what the day's look-ups say of the domains that packets told of before."""
    from churn.packets import review_outcomes

    with progress_bar(quiet=as_json) as progress:
        result = review_outcomes(settings_for(data), day_of(day), progress)
    if as_json:
        print_json(result.as_json())
    else:
        print_results([result])
