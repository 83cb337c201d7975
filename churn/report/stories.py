"""Sentences: the day in three, a cluster in one, a burst in one. Every figure comes from a record.

What comes out is made of `words.shown` texts, harmless in any format after that format's own escaping.
"""

from __future__ import annotations

from churn.report.cluster_records import Cluster, Lineage, SharedValue
from churn.report.patterns import scope_words, template_words
from churn.report.records import Burst, Day, Group, Spared, Trait
from churn.report.values import value_words
from churn.report.words import (
    BURST_KINDS,
    RELATIONS,
    RELATIONS_ONWARD,
    confidence,
    counted,
    joined,
    name_shown,
    number,
    outcome_knowledge,
    outcome_words,
    share,
    shown,
)


def day_in_three_sentences(day: Day) -> list[str]:
    """What arrived, what stood out, and how far the day may be believed."""
    return [_arrived(day), _stood_out(day), _believed(day)]


def _arrived(day: Day) -> str:
    head = day.headline
    if not head.registered and not head.reported:
        return "No registered and no reported domain landed on this day."
    bursts = counted(head.bursts, "burst stands", "bursts stand") if head.bursts else "no burst stands"
    spared = f"; {counted(len(day.spared), 'was', 'were')} kept from being flagged by verdict" if day.spared else ""
    return (
        f"{counted(head.registered, 'domain was', 'domains were')} newly registered and {number(head.reported)} "
        f"newly reported; {bursts} out of that{spared}."
    )


def _stood_out(day: Day) -> str:
    head = day.headline
    alleged = [group for group in day.groups if group.alleged]
    if not alleged:
        none = (
            "None of the bursts has a reported member"
            if day.bursts
            else f"Nothing {'else ' if day.spared else ''}rose above what is usual"
        )
        if not head.clusters:
            return f"{none}, and no cluster of related domains stood."
        return (
            f"{none}; {number(head.clusters_with_reported)} of {counted(head.clusters, 'cluster')} that stood "
            f"{'holds' if head.clusters_with_reported == 1 else 'hold'} reported domains, with "
            f"{counted(head.new_siblings, 'new sibling')} that nobody has reported."
        )
    strongest = alleged[0]
    return f"The strongest: {group_story(strongest)}"


def _believed(day: Day) -> str:
    head = day.headline
    broken = [shown(feed.feed, 40) for feed in day.feeds if feed.gate != "ok"]
    if not day.feeds:
        feeds = "No feed is on record for this day"
    elif broken:
        feeds = f"{head.feeds_ok} of {counted(head.feeds, 'feed')} passed {'its' if head.feeds == 1 else 'their'} gate"
        feeds += f" (not: {joined(broken[:4])}{', …' if len(broken) > 4 else ''})"
    else:
        feeds = "Every feed passed its gate" if head.feeds > 1 else "The one feed passed its gate"
    asked, failed, unasked = lookup_totals(day)
    if not asked + unasked:
        return f"{feeds}; no look-up was made."
    more = f", and {number(unasked)} more were not asked for want of budget or by rule" if unasked else ""
    why = [words for words in not_obtained_words(day) if "not asked" not in words]
    reasons = f": {', '.join(why[:3])}{', …' if len(why) > 3 else ''}" if failed else ""
    return (
        f"{feeds}; of {counted(asked, 'look-up')} that {'was' if asked == 1 else 'were'} made, {number(failed)} "
        f"({share(failed, asked)}) brought no answer{reasons}{more}."
    )


def lookup_totals(day: Day) -> tuple[int, int, int]:
    """Look-ups made; of those, without an answer; look-ups not asked. A domain counts once for each kind."""
    asked = failed = unasked = 0
    for row in day.lookups:
        if row.outcome.startswith("skipped_"):
            unasked += row.domains
        else:
            asked += row.domains
            failed += row.domains if outcome_knowledge(row.outcome) == "not_obtained" else 0
    return asked, failed, unasked


def group_title(group: Group) -> str:
    """The heading of a card."""
    if group.cluster:
        return cluster_title(group.cluster)
    burst = group.bursts[0]
    title = scope_words(burst.scope) if burst.scope else shown(burst.cluster_id or burst.burst_id, 80)
    return title[:1].upper() + title[1:]


def cluster_title(cluster: Cluster) -> str:
    """A cluster's readable name, else its id."""
    return shown(cluster.name or cluster.cluster_id, 80)


def group_story(group: Group) -> str:
    """One sentence about a card: what happened, against what was expected, and how much of it nobody has reported."""
    parts = joined([_happened(burst) for burst in group.bursts[:3]])
    if not group.cluster:
        return f"{parts}: {_of_no_cluster(group.bursts[0])}."
    cluster = group.cluster
    if not cluster.reported_members:
        return f"{parts}, in “{cluster_title(cluster)}”; none of its {counted(cluster.size, 'domain')} is reported."
    return (
        f"{parts}, in “{cluster_title(cluster)}”, {counted(cluster.size, 'related domain')} of which "
        f"{number(cluster.unreported)} {'is' if cluster.unreported == 1 else 'are'} not reported yet."
    )


def burst_story(group: Group) -> str:
    """The sentence of a card: the burst's own about a cluster; of others one that says its scope in words."""
    burst = group.bursts[0]
    if burst.scope:
        return f"{_happened(burst)}: {_of_no_cluster(burst)}."
    return shown(burst.story, 600) if burst.story else group_story(group)


def _of_no_cluster(burst: Burst) -> str:
    what = scope_words(burst.scope) if burst.scope else shown(burst.cluster_id or burst.burst_id, 80)
    told = number(burst.reported_members) if burst.reported_members else "none"
    return f"{what}, {told} of which {'is' if burst.reported_members <= 1 else 'are'} on a reported list"


_VERBS = {"listing": "reported together", "registration": "registered together", "growth": "new to the cluster"}


def _happened(burst: Burst) -> str:
    verb = _VERBS.get(burst.kind, BURST_KINDS.get(burst.kind, shown(burst.kind)))
    return f"{counted(burst.observed, 'domain')} {verb} where {number(burst.expected)} would be expected"


def cluster_story(cluster: Cluster, traits: list[Trait]) -> str:
    """One sentence about a cluster: its size, its reach, and what most of it shares."""
    text = f"{counted(cluster.size, 'domain')}, {number(cluster.reported_members)} of them reported"
    reach = [
        counted(values, one, many)
        for dimension, one, many in (
            ("registrar", "registrar", "registrars"),
            ("tld", "top-level domain", "top-level domains"),
            ("network", "network", "networks"),
        )
        if (values := next((trait.values_in_all for trait in traits if trait.dimension == dimension), 0))
    ]
    if reach:
        text += f", at {joined(reach)}"
    if named := [trait for trait in traits if trait.dimension == "pattern" and trait.value]:
        text += f"; {number(named[0].domains)} named with {template_words(named[0].value or '')}"
    if cluster.size_before is not None:
        text += f"; {number(cluster.new_members)} new since the day before, when it had {number(cluster.size_before)}"
    elif cluster.first_day:
        text += f"; first seen as a cluster on {cluster.first_day}"
    return f"{text}."


def top_values(traits: list[Trait], dimension: str, most: int = 3) -> str:
    """`Alpha 612, Beta 540, Gamma 549 and 4 more`: the most frequent values of a dimension with their counts."""
    here = [trait for trait in traits if trait.dimension == dimension]
    known = [trait for trait in here if trait.value is not None]
    parts = [f"{_value(dimension, trait)} ({number(trait.domains)})" for trait in known[:most]]
    more = (known[0].values_in_all if known else 0) - len(parts)
    if more > 0:
        parts.append(f"{number(more)} more")
    missing = sum(trait.domains for trait in here if trait.value is None)
    text = ", ".join(parts)
    if missing:
        text += f"{'; ' if text else ''}not obtained for {number(missing)}"
    return text or "none seen"


def spared_title(row: Spared) -> str:
    """What was counted that is no burst: the cluster's name, or the scope in words."""
    return scope_words(row.scope) if row.scope else shown(row.name or row.cluster_id or row.burst_id, 80)


def subject_words(subject: str) -> str:
    """What a verdict was given on: a cluster id, or a value."""
    field, equals, value = subject.partition("=")
    return value_words(field, value) if equals else f"cluster {shown(subject, 60)}"


def growth(cluster: Cluster) -> str:
    """Size and growth: `416 domains, 3 new since the day before, when it had 413`."""
    size = counted(cluster.size, "domain")
    if cluster.size_before is None:
        return f"{size}, a cluster since {cluster.first_day or 'this day'}"
    return f"{size}, {number(cluster.new_members)} new since the day before, when it had {number(cluster.size_before)}"


def sureness(cluster: Cluster) -> str:
    """How sure the memberships are, and how many stand on more than one leg."""
    held = (
        f"{number(cluster.holding)} of {counted(cluster.size, 'membership')} ({share(cluster.holding, cluster.size)})"
    )
    return f"{confidence(cluster.confidence)}; {held} hold without their strongest link"


def reason_words(link: SharedValue, size: int) -> str:
    """A value that holds a cluster: `546 of 1,699 share the name servers x, which 551 domains of the window have`.

    Those who share it are all members that have it, also those whom other values hold.
    """
    have = "has" if link.domains_with_value == 1 else "have"
    return (
        f"{number(link.in_cluster)} of {number(size)} share {value_words(link.field, link.value)}, "
        f"which {counted(link.domains_with_value, 'domain')} of the window {have}"
    )


def turn_words(turn: Lineage) -> str:
    """A turn of a cluster's life: `2026-03-06: split off from “pale shore” (c-…), 103 domains in common`."""
    verbs = RELATIONS if turn.direction == "from" else RELATIONS_ONWARD
    related = shown(turn.related_id, 60)
    other = f"“{shown(turn.related_name, 60)}” ({related})" if turn.related_name else related
    of_names = turn.relation == "hops"
    unit = ("name or owner", "names or owners") if of_names else ("domain", "domains")
    common = f", {counted(turn.shared_domains, *unit)} in common" if turn.shared_domains else ""
    return f"{turn.day}: {verbs.get(turn.relation, shown(turn.relation))} {other}{common}"


def _value(dimension: str, trait: Trait) -> str:
    text = trait.value or ""
    if dimension == "pattern":
        return template_words(text)
    if dimension == "tld":
        return shown(text, 64)
    return name_shown(text) if dimension == "name_servers" and len(text) <= 60 else shown(text, 60)


def not_obtained_words(day: Day) -> list[str]:
    """Why look-ups brought nothing, most frequent first: `412 timeout`."""
    totals: dict[str, int] = {}
    for row in day.lookups:
        if outcome_knowledge(row.outcome) == "not_obtained":
            totals[row.outcome] = totals.get(row.outcome, 0) + row.domains
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [f"{number(count)} {outcome_words(outcome)}" for outcome, count in ordered]
