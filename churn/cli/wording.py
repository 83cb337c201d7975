"""The answers of `explain`, `pivot` and `cluster` in words, as lines of Rich markup.

What belongs here: sentences. What doesn't: what is true (`churn.ask`), tables, printing. Outside text passes `shown`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from churn.cli.terminal import shown
from churn.markings import printable, probability

if TYPE_CHECKING:  # each command imports what it runs, when it runs
    from churn.ask import Explanation, Pivot, Portrait

Record = dict[str, Any]

FIELDS = {
    "registrant_email": "registrant's e-mail address (keyed hash)",
    "registrant_phone": "registrant's telephone number (keyed hash)",
    "registrant_org": "registrant's organisation (keyed hash)",
    "created_minute": "registrar and minute of creation",
    "name_servers": "name servers",
    "address": "address",
    "prefix": "network",
    "mail_exchangers": "mail exchangers",
    "soa_mailbox": "mailbox of the zone (SOA)",
    "certificate_key": "certificate key (SHA-256)",
    "skeleton": "name, up to its spelling and ending,",
    "template": "naming template",
    "stem": "stem of the name",
    "word": "first word of the name",
    "series": "authority's series tag (keyed hash)",
    "batch": "feed and minute of the report",
    "arrival_day": "day of arrival",
}
BASES = {
    "member": "a member of the cluster",
    "habit": "a name in the habit of those reported",
    "variant": "a spelling variant of a reported name",
}
NOT_KNOWN_HERE = (
    "No fact of it is kept: no feed has listed it, and nothing was looked up. Check the spelling; if it came from"
    " elsewhere, bring it in with `churn import sightings FILE --feed NAME --day D`, run that day, and ask again."
)
NOT_GUILTY = "Related is not guilty: a cluster is a hypothesis, and each line above is what it rests on."


def short(value: str) -> str:
    """A shared value for people; of a digest its first digits."""
    return f"{value[:12]}…" if len(value) == 64 and value.isalnum() else shown(value)


def explained(answer: Explanation) -> Iterator[str]:
    """What a domain is in, why, what if not, who was told, and what is not known."""
    if not answer.known:
        yield NOT_KNOWN_HERE
        return
    if answer.membership is None:
        yield "It is in no cluster: nothing selective that it shares with others was seen."
    else:
        yield from _why(answer, answer.membership)
    yield from _arrived(answer.arrival)
    yield from _unreported(answer)
    for burst in answer.bursts:
        yield f"Counted by the {burst['kind']} burst of {burst['day']}: {escape(printable(burst['story'] or '', 1000))}"
    yield from _told(answer)
    for row in answer.unknown:
        yield unknown_in_words(row)
    if answer.membership is not None:
        yield NOT_GUILTY


def _why(answer: Explanation, row: Record) -> Iterator[str]:
    joined = "by two traits of independent families" if row["role"] == "core" else "by a value that the cluster holds"
    yield (
        f"A member of cluster {shown(row['name'])} ({row['cluster_id']}: {row['size']:,} domains, "
        f"{row['reported_members']:,} reported; first seen on {row['first_day']}) {joined}; of the same operator as "
        f"the others with a probability of {probability(row['score'])}."
    )
    for link in answer.links:
        yield f"  • {_link(link)}"
    if answer.links:
        strongest = (
            f"{FIELDS.get(answer.links[0]['field'], answer.links[0]['field'])} {short(answer.links[0]['value'])}"
        )
        if row["holds_without_strongest"]:
            yield f"What if not: without its strongest link ({strongest}) the membership holds."
        else:
            yield f"What if not: without its strongest link ({strongest}) the membership would not hold."


def _link(link: Record) -> str:
    inside, of_all = link["in_cluster"], link["domains_with_value"]
    where = "all of them here" if inside == of_all else f"{inside:,} of them here"
    since = f", in the cluster since {shown(link['since'])}" if link["since"] else ""
    return (
        f"{FIELDS.get(link['field'], link['field'])} {short(link['value'])}: {of_all:,} domains of the window have it, "
        f"{where} (seen in {link['source']}, {shown(link['observed_at'])}{since})"
    )


def _arrived(arrival: Record | None) -> Iterator[str]:
    if arrival is None:
        return
    came = f"It arrived on {arrival['day']}, a day that is not linked yet, and"
    if arrival["standing"]:
        yield f"{came} was placed in the standing cluster {shown(arrival['name'])} ({arrival['cluster_id']})."
    else:
        yield f"{came} would begin the cluster {arrival['cluster_id']}."


def _unreported(answer: Explanation) -> Iterator[str]:
    if answer.sibling is not None:
        sure = probability(answer.sibling["probability"])
        yield (
            f"Nobody has reported it. Of the same operator as those who were reported with a probability of {sure}: "
            f"{BASES.get(answer.sibling['basis'], answer.sibling['basis'])}. Not alleged."
        )
    left = answer.siblings_left
    if left and left["unreported"]:
        yield (
            f"Unreported siblings of its cluster's reported domains: {left['unreported']:,}; {left['likely']:,} of "
            "them of the same operator with a probability of 0.9 or more."
        )


def _told(answer: Explanation) -> Iterator[str]:
    for packet in answer.packets:
        how = "as an unlisted sibling, not alleged" if packet["state"] == "not_alleged" else f"as {packet['state']}"
        whom = escape(printable(packet["recipient"] or packet["scope"] or "a recipient"))
        yield f"Told to {whom} on {packet['day']} {how} (packet {packet['packet_id']})."
    if answer.outcomes:
        newest = answer.outcomes[-1]
        who = {None: "", "nobody": "; nobody has acted"}.get(newest["actor"], f"; acted: {newest['actor']}")
        state = shown((newest["state"] or "not known").replace("_", " "))
        yield f"At the last review, on {newest['day']}, it stood as {state}{who}."
    elif any(packet["state"] != "not_alleged" for packet in answer.packets):
        yield "What became of it was not reviewed yet (`churn outcomes --day D`)."


def unknown_in_words(row: Record) -> str:
    """What is not known, and why."""
    fields = ", ".join(field.replace("_", " ") for field in row["fields"])
    what = "There is none" if row["state"] == "absent" else "Not known"
    tried = f", {row['source']}, {shown(row['tried_at'])}" if row["tried_at"] else ""
    return f"{what}: {fields} ({row['why'].replace('_', ' ')}{tried})."


def pivoted(answer: Pivot) -> Iterator[str]:
    """How many have a value, how many of those are reported, since when, and what sharing it says."""
    what = f"{FIELDS.get(answer.field, answer.field)} {shown(answer.value)}"
    if not answer.domains:
        yield f"No domain has {what}. Values are compared whole, as `churn explain` and the report tell them."
        return
    have = "1 domain has" if answer.domains == 1 else f"{answer.domains:,} domains have"
    yield (
        f"{have} {what}: {answer.reported:,} reported, {answer.domains - answer.reported:,} not; "
        f"seen from {answer.first_day} to {answer.last_day}."
    )
    if answer.window is None:
        yield "In the last linked window it links nobody: fewer than three domains have it there, or far too many."
    else:
        yield (
            f"In the window of {answer.window['day']} {answer.window['domains']:,} domains have it; sharing it is a "
            f"surprise of {answer.window['weight']:.1f} nats."
        )


def portrayed(answer: Portrait) -> Iterator[str]:
    """What a cluster is, what it was flagged for, who was told and what they did, and what analysts decided."""
    cluster, newest = answer.cluster, answer.days[-1]
    yield (
        f"{shown(cluster['name'])} is {cluster['state']}: {newest['size']:,} domains on {newest['day']}, "
        f"{newest['reported_members']:,} of them reported; it stands since {cluster['first_day']}; named like "
        f"{shown(cluster['pattern'])}. Half of the memberships are right with a probability above "
        f"{probability(newest['confidence'])}."
    )
    for burst in answer.bursts:
        line = f"{burst['day']}: {burst['kind']} burst, q = {burst['q_value']:.1g}. {burst['story']}"
        yield escape(printable(line, 1000))
    if answer.siblings:
        likely = sum(row["probability"] >= 0.9 for row in answer.siblings)
        yield (
            f"Nobody has reported {len(answer.siblings):,} of them; {likely:,} are, with a probability of 0.9 or more, "
            "of those who were."
        )
    if answer.arrivals:
        day = answer.arrivals[-1]["day"]
        yield f"{len(answer.arrivals):,} arrivals of {day}, which is not linked yet, were placed in it."
    for row in answer.outcomes:
        who = "" if row["actor"] in {None, "nobody"} else f", by the {row['actor']}"
        yield f"Of those told of, {row['domains']:,}: {shown(row['state'].replace('_', ' '))}{who}."
    for row in answer.verdicts:
        yield f"{shown(row['given_by'])} decided {row['verdict']} on {shown(row['given_at'])}: {shown(row['note'])}"
