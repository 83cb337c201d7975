"""Identity over days: today's clusters take the ids of earlier ones by overlap, and what merged or split is told.

1. The earlier and the present cluster that have most in common are matched first, and so on; each is matched once. Core
   members weigh three times as much as attached ones, which come and go. Of an earlier cluster its newest day counts,
   also where days lie between: a cluster that stands again takes its id back.
2. A match needs more than a third of the smaller of the two: a stray domain takes no identity with it.
3. A present cluster without a match gets a new id, made of the day and its smallest domain.
4. Lineage: of a cluster that keeps its id, that it continues or, after a pause, revives; where more than a third came
   from a cluster whose id another one carries, or nobody, that it split off or swallowed it.

Who has an id by a verdict (`verdicts`) takes no part in the matching, and of the lineage its part.

What doesn't belong here: relations between clusters without a common domain (`lineage`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

from churn.link.codename import codename
from churn.store.lake import arrow_columns

QUIET_DAYS = 7
"""Days without a registration or report after which a cluster is dormant (as in the view `cluster`)."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a present component and an earlier cluster, on its newest day, have in common: a row of `cluster_identity`.

    `shared` counts the domains in both, `fresh` those of them that were in no other cluster since, `weight` weighs
    them; `earlier_size` counts the earlier cluster's domains that are in the window still. `standing` tells whether it
    stood on the last linked day. The two days are those of the newest registration or report.
    """

    component: int
    cluster_id: str
    shared: int
    fresh: int
    weight: int
    earlier_size: int
    present_size: int
    standing: bool
    earlier_activity: dt.date
    present_activity: dt.date


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a present component is."""

    component: int
    cluster_id: str
    name: str
    first_day: dt.date


_TABLE = pa.schema(
    [("component", pa.int64()), ("cluster_id", pa.string()), ("name", pa.string()), ("first_day", pa.date32())]
)


@dataclass(frozen=True, slots=True)
class Descent:
    """One row of lineage: how today's `cluster_id` comes from the earlier `related_id`."""

    cluster_id: str
    related_id: str
    relation: str
    shared_domains: int
    by_verdict: bool = False


def identify(
    day: dt.date,
    smallest: Mapping[int, str],
    overlaps: Iterable[Overlap],
    first_days: Mapping[str, dt.date],
    given: Mapping[int, str] = MappingProxyType({}),
) -> tuple[list[Identity], list[Descent]]:
    """Ids of today's components and their lineage; neither the order nor the numbers of components matter.

    `smallest` maps each component to its smallest domain; `first_days` each earlier cluster to its first day;
    `given` are ids that components have by verdicts.
    """
    ordered = sorted(overlaps, key=lambda o: (-o.weight, not o.standing, o.cluster_id, smallest[o.component]))
    carried = dict(given)
    taken = set(given.values())
    for overlap in ordered:
        if overlap.component not in carried and overlap.cluster_id not in taken and tells(overlap.shared, overlap):
            carried[overlap.component] = overlap.cluster_id
            taken.add(overlap.cluster_id)
    identities = []
    for component in sorted(smallest, key=smallest.__getitem__):
        cluster_id = carried.get(component) or _unused(day, smallest[component], taken)
        taken.add(cluster_id)
        first_day = first_days.get(cluster_id, day)
        identities.append(Identity(component, cluster_id, codename(cluster_id), first_day))
    ids = {identity.component: identity.cluster_id for identity in identities}
    return identities, list(_descents(ordered, ids))


def identity_table(identities: Sequence[Identity]) -> pa.Table:
    """The table `identity`: component, cluster_id, name, first_day."""
    return arrow_columns(identities, _TABLE)


def new_id(day: dt.date, smallest_domain: str, digits: int = 10) -> str:
    """A new identity: `c-20260308-1f2e3d4c5b`."""
    return f"c-{day:%Y%m%d}-{hashlib.sha256(smallest_domain.encode()).hexdigest()[:digits]}"


def _unused(day: dt.date, smallest_domain: str, taken: set[str]) -> str:
    """A new identity that nobody has: of a million clusters of one day, two may well share ten hexadecimal digits."""
    ids = (new_id(day, smallest_domain, digits) for digits in range(10, 65))
    return next(cluster_id for cluster_id in ids if cluster_id not in taken)


def tells(domains: int, overlap: Overlap) -> bool:
    """Whether so many domains in common are more than strays."""
    return domains * 3 > min(overlap.earlier_size, overlap.present_size)


def _descents(overlaps: Iterable[Overlap], ids: Mapping[int, str]) -> Iterable[Descent]:
    living = set(ids.values())
    for overlap in overlaps:
        present = ids[overlap.component]
        if present == overlap.cluster_id:
            relation = "revives" if _revives(overlap) else "continues"
            yield Descent(present, overlap.cluster_id, relation, overlap.shared)
        elif tells(overlap.fresh, overlap):
            relation = "splits" if overlap.cluster_id in living else "merges"
            yield Descent(present, overlap.cluster_id, relation, overlap.fresh)


def _revives(overlap: Overlap) -> bool:
    """Whether it did not stand on the last linked day, or has new members after more than `QUIET_DAYS` of silence."""
    quiet = (overlap.present_activity - overlap.earlier_activity).days > QUIET_DAYS
    return not overlap.standing or (quiet and overlap.present_size > overlap.shared)
