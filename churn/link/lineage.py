"""Hops: an operator that moves on leaves names or owners behind that tell it from chance, though no domain is in both.

1. Who could be meant: today's clusters, of which one at least began within a week, and those that stand no more with
   the members of their newest day. On the first day of all nobody has come from anywhere.
2. By name: labels that are variants of each other (`churn.labels.variants`), under another public suffix; an edit may
   come on top of look-alikes. Kept where the labels that correspond are three or more, and more than chance explains:
   unrelated clusters tell how often labels correspond without a reason.
3. By owner: two values or more of registrants or certificate keys, of whose domains these two clusters have two thirds.
4. A hop is told once, on the first day on which it shows, and of two that have no other lineage in common.

What doesn't belong here: relations by common domains, and ids (`identity`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import duckdb

from churn.labels.edits import SHORTEST
from churn.labels.variants import variants
from churn.link.identity import Descent
from churn.store.queries import relation

YOUNG_DAYS = 7
_STEPS = ("hop_told", "hop_name", "hop_owner")


def hops(
    con: duckdb.DuckDBPyConnection,
    day: dt.date,
    earlier: dt.date | None,
    told: Iterable[Descent],
    *,
    tau: float,
    domains: int,
) -> list[Descent]:
    """The hops that show today, as rows of lineage: `cluster_id` is the younger one and stands, `related_id` the older.

    Reads of the day `today_member` (cluster_id, domain) and `identity` (cluster_id, first_day), of the lake
    cluster_day, cluster_member and lineage, of the linking owner (id, code) and candidate_value.
    `earlier` is the last linked day, `told` what else is told today, `tau` the least surprise (nats), and `domains`
    counts those of the window. `shared_domains` counts the names that correspond, or the domains that have the owners'
    values, on the side that has fewer.
    """
    if earlier is None:
        return []
    given = {"day": day, "earlier": earlier, "young_days": YOUNG_DAYS}
    given |= {"shortest": SHORTEST, "tau": tau, "domains": domains}
    relation(con, "churn.link", "hop_member", **given).create("hop_member")
    members = con.table("hop_member").project("label, young").to_arrow_table()
    young = members.filter(members["young"])
    con.from_arrow(variants(young["label"], members["label"], edits_of_skeletons=True)).create("hop_variant")
    for step in _STEPS:
        relation(con, "churn.link", step, **given).create(step)
    related = {frozenset((descent.cluster_id, descent.related_id)) for descent in told}
    found = (Descent(*row) for row in relation(con, "churn.link", "hop", earlier=earlier).fetchall())
    return [hop for hop in found if frozenset((hop.cluster_id, hop.related_id)) not in related]
