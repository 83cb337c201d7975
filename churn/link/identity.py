"""Identity over days: today's clusters take yesterday's ids by overlap, and what merged or split is told.

1. The pair of an earlier and a present cluster that shares most is matched first; each is matched once.
2. A present cluster without a match gets a new id, made of the day and its smallest domain.
3. An earlier cluster that gave a third of its members to one that does not carry its id has merged into it, where it
   does not live on, or has split, where it does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from churn.link.codename import codename


@dataclass(frozen=True, slots=True)
class Overlap:
    """`shared` domains are in the present `component` and in the earlier cluster, which had `earlier_size`."""

    component: int
    cluster_id: str
    shared: int
    earlier_size: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a present component is."""

    component: int
    cluster_id: str
    name: str
    first_day: dt.date


@dataclass(frozen=True, slots=True)
class Descent:
    """One row of lineage."""

    cluster_id: str
    related_id: str
    relation: str
    shared_domains: int


def identify(
    day: dt.date,
    smallest: Mapping[int, str],
    overlaps: Iterable[Overlap],
    first_days: Mapping[str, dt.date],
) -> tuple[list[Identity], list[Descent]]:
    """Ids of today's components and their lineage.

    `smallest` maps each component to its smallest domain; `first_days` each earlier cluster to its first day.
    """
    ordered = sorted(overlaps, key=lambda o: (-o.shared, o.cluster_id, o.component))
    carried: dict[int, str] = {}
    for overlap in ordered:
        if overlap.component not in carried and overlap.cluster_id not in carried.values():
            carried[overlap.component] = overlap.cluster_id
    identities = []
    for component in sorted(smallest):
        cluster_id = carried.get(component) or new_id(day, smallest[component])
        first_day = first_days.get(cluster_id, day)
        identities.append(Identity(component, cluster_id, codename(cluster_id), first_day))
    ids = {identity.component: identity.cluster_id for identity in identities}
    return identities, list(_descents(ordered, ids))


def new_id(day: dt.date, smallest_domain: str) -> str:
    """A new identity: `c-20260308-1f2e3d4c5b`."""
    return f"c-{day:%Y%m%d}-{hashlib.sha256(smallest_domain.encode()).hexdigest()[:10]}"


def _descents(overlaps: Iterable[Overlap], ids: Mapping[int, str]) -> Iterable[Descent]:
    living = set(ids.values())
    for overlap in overlaps:
        present = ids[overlap.component]
        if present == overlap.cluster_id:
            relation = "continues"
        elif overlap.shared * 3 < overlap.earlier_size:
            continue
        else:
            relation = "splits" if overlap.cluster_id in living else "merges"
        yield Descent(present, overlap.cluster_id, relation, overlap.shared)
