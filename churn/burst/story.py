"""One sentence a burst: what was counted, against what, and who sponsors it. Words and numbers, no domain names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from churn.markings import printable

_OF_CLUSTER = {
    "listing": "were newly put on reported lists",
    "registration": "were newly registered",
    "growth": "newly joined it",
}
_OF_OTHERS = {
    "listing": "were newly put on reported lists",
    "registration": "were newly registered",
    "growth": "came newly",
}


def story(row: Mapping[str, Any], cluster: Mapping[str, Any] | None, reported: int) -> str:
    """The sentence about one flagged question.

    `row` is of the table `question`: its `phrase`, where it has one, says which names were counted, with {} for its
    scope; without a phrase the cluster's members were. `cluster` (name, size, reported_members, registrars) is the one
    that it is about, if any. `reported` is how many of the counted are on a reported list.
    """
    expected = f"where {row['expected']:,.1f} would be expected"
    if cluster is None or row.get("phrase"):
        listed = f"{reported:,} of them are on a reported list" if reported else "none of them is reported"
        return f"{row['observed']:,} {_counted(row)} {_OF_OTHERS[row['kind']]}, {expected}; {listed}."
    whole = f"the {cluster['size']:,} domains of cluster {cluster['name']}"
    happened = f"{row['observed']:,} of {whole} {_OF_CLUSTER[row['kind']]}"
    unreported = cluster["size"] - cluster["reported_members"]
    listed = (
        f"{unreported:,} of its domains are on no reported list yet"
        if cluster["reported_members"]
        else "none is reported"
    )
    return f"{happened}, {expected}; {listed}{_sponsors(list(cluster['registrars'] or []))}."


def _counted(row: Mapping[str, Any]) -> str:
    scope = printable(str(row["scope"] or ""), 100)
    phrase = str(row["phrase"]) if row.get("phrase") else "names of {}" if scope else "names"
    return phrase.replace("{}", scope)


def _sponsors(registrars: list[str]) -> str:
    if not registrars:
        return ""
    shown = ", ".join(printable(registrar, 60) for registrar in registrars[:3])
    more = f" and {len(registrars) - 3} more" if len(registrars) > 3 else ""
    return f"; sponsored by {shown}{more}"
