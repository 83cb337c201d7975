"""Registered for abuse, or broken into: what speaks for either, in words, and what is asked for accordingly.

Age against the first report, batch, name and shared values only: what a site shows is never looked at. What belongs
here: the judgement of one domain. What doesn't: whether it is told of at all (SQL), and how that is worded (`wording`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from churn.packets.dossier import Dossier, Entry
from churn.packets.wording import counted

YOUNG_DAYS = 90
"""Reported within so many days of its creation, in a group of its like: registered for abuse, not compromised."""
OLD_DAYS = 365
"""Reported so long after its creation, without a batch or a name of the group's kind: somebody's own, broken into."""
SHARED_NAMES = 10
"""So many names of the last 7 days at one address that are not of the group: many customers behind one address."""


def assessment(entry: Entry) -> tuple[str, list[str]]:
    """`registered_for_abuse`, `compromised` or, where nothing decides it, `undetermined`; with the reasons."""
    families = {link["family"] for link in entry.links}
    is_batch, is_alike = "registration" in families, "name" in families
    created, reported = entry.registration["created_at"], entry.item["first_reported_at"]
    speaks_for = [
        *(["created in one minute with others of the group"] if is_batch else []),
        *(["named as others of the group are"] if is_alike else []),
    ]
    speaks_against = [
        *([] if is_batch else ["in no batch with others of the group"]),
        *([] if is_alike else ["with a name unlike theirs"]),
    ]
    if created is None or reported is None:
        return "undetermined", ["its age at the first report is not known", *speaks_for, *speaks_against]
    age = max((reported - created).days, 0)
    told = f"first reported {counted(age, 'day')} after its creation"
    if age <= YOUNG_DAYS:
        shared = sorted(families - {"name", "registration"})
        return "registered_for_abuse", [
            told,
            *speaks_for,
            *([f"shares {', '.join(shared)} with a group of reported domains"] if shared else []),
        ]
    if is_batch and is_alike:
        return "registered_for_abuse", [told, *speaks_for, "so it was registered in stock"]
    if age > OLD_DAYS and not speaks_for:
        return "compromised", [told, *speaks_against, "so it is most probably somebody's own site that was broken into"]
    return "undetermined", [told, *speaks_for, *speaks_against, "it may be an older name whose site was broken into"]


def requested(entry: Entry) -> str:
    """Key of the action that is asked for: only what looks registered for abuse is asked to be held or stopped."""
    judgement, _ = assessment(entry)
    if entry.item["scope"] == "registrar":
        return {"registered_for_abuse": "suspend", "compromised": "notify_registrant"}.get(judgement, "review")
    if judgement == "compromised":
        return "notify_customer"
    if is_shared(entry):
        return "identify_customer"
    return "stop_service" if judgement == "registered_for_abuse" else "review_customer"


def signs(entries: Iterable[Entry]) -> str | None:
    """What speaks for abuse in those that look registered for it, each with how many it is true of; None: no such."""
    taken = [entry for entry in entries if assessment(entry)[0] == "registered_for_abuse"]
    if not taken:
        return None
    families = Counter(family for entry in taken for family in {link["family"] for link in entry.links})
    longest = max(entry.item["first_reported_at"] - entry.registration["created_at"] for entry in taken).days
    told = [
        f"first reported less than {counted(max(longest, 0) + 1, 'day')} after creation",
        *(
            words if len(taken) == 1 else f"{'all' if number == len(taken) else f'{number:,}'} {words}"
            for family, words in (
                ("registration", "created in one minute with others of the group"),
                ("name", "named as others of it are"),
                ("infrastructure", "sharing infrastructure with it"),
            )
            if (number := families[family])
        ),
    ]
    return f"{len(taken):,} {'looks' if len(taken) == 1 else 'look'} registered for abuse: {', '.join(told)}."


def is_shared(entry: Entry) -> bool:
    """Whether an address of it at this network has many customers behind it."""
    return any(place["names"] - place["of_group"] >= SHARED_NAMES for place in entry.places)


def told_by_kind(dossier: Dossier) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The domains told of: first those that are not known to be broken into, then those that look compromised."""
    broken = [assessment(entry)[0] == "compromised" for entry in dossier.alleged]
    pairs = list(zip(dossier.alleged, broken, strict=True))
    return tuple(entry for entry, is_broken in pairs if not is_broken), tuple(e for e, is_broken in pairs if is_broken)
