"""What analysts' verdicts change of the day's clusters: what they split parts, what they merged stays together.

1. Split: the domains that a standing split names, as far as the linking puts them into a cluster, are a component of
   their own, with an id made of the verdict. The newest split that names a domain decides.
2. Withdrawn: what had been merged takes its own id back where it parts, and what had been split off gives its id up
   where it is one component with the rest again.
3. Merge: today's components that carry one of the merged ids, or of which more than a third came from one of these
   clusters, are one component with the id that was named first. Who was split off joins by its id alone.
4. The members' components are rewritten, and counted anew how many of a cluster have a value.

Like everything else of a day it is a function of facts and of verdicts up to that day. What belongs here: components
and ids. What doesn't: what verdicts say of clusters without changing them (`burst/verdicts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from churn.link.engine import Engine
from churn.link.identity import Descent, Overlap, new_id, tells


@dataclass(frozen=True, slots=True)
class Group:
    """Clusters that were merged: the id that all carry from then on, and the ids of all."""

    cluster_id: str
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Given:
    """The merges and splits that were given up to the day, oldest first: rows of the steps of these names."""

    splits: Sequence[dict[str, Any]]
    merges: Sequence[dict[str, Any]]


def read(engine: Engine) -> Given:
    """The verdicts of the tables verdict and standing_verdict."""
    return Given(engine.rows("split_verdict").to_pylist(), engine.rows("merge_verdict").to_pylist())


def part(engine: Engine, given: Given) -> dict[int, str]:
    """Step 1: component of each split, and its id.

    Rewrites the table member. Leaves the table natural_member: the components as they were linked.
    """
    engine.make("natural_member")
    component_of: dict[str, int] = {}
    ids: dict[int, str] = {}
    for number, row in enumerate(given.splits, start=1):
        if row["stands"]:
            ids[-number] = split_id(row["day"], row["subject"], row["domains"])
            component_of |= dict.fromkeys(row["domains"], -number)
    if not ids:
        return {}
    numbers = pa.array(list(component_of.values()), pa.int64())
    engine.put("parted", pa.table({"domain": list(component_of), "component": numbers}))
    _rewrite(engine, "parted_member")
    present = _smallest(engine)
    return {component: cluster_id for component, cluster_id in ids.items() if component in present}


def split_id(day: dt.date, subject: str, domains: Iterable[str]) -> str:
    """The id of what a verdict, first given on that day, splits off: the same on every day, and nobody else's."""
    return new_id(day, "\n".join(["split", subject, *sorted(domains)]))


def undone(given: Given, overlaps: Sequence[Overlap]) -> dict[int, str]:
    """Step 2: components that have an id since a verdict was withdrawn."""
    best: dict[str, Overlap] = {}
    telling = [overlap for overlap in overlaps if tells(overlap.shared, overlap)]
    for overlap in sorted(telling, key=lambda o: (-o.weight, o.component)):
        best.setdefault(overlap.cluster_id, overlap)
    ids: dict[int, str] = {}
    for row in given.merges:
        back = best.get(row["other"])
        parts = sum(overlap.cluster_id == row["subject"] for overlap in telling)
        if not row["stands"] and back and not back.standing and parts > 1:
            ids[back.component] = row["other"]
    for row in given.splits:
        own, rest = (best.get(of) for of in (split_id(row["day"], row["subject"], row["domains"]), row["subject"]))
        if not row["stands"] and own and rest and own.component == rest.component:
            ids[rest.component] = row["subject"]
    return ids


def groups(given: Given) -> list[Group]:
    """The groups of merged clusters, of all merges that stand, by their ids."""
    merges = [row for row in given.merges if row["stands"]]
    first: dict[str, str] = {}

    def root(cluster_id: str) -> str:
        while cluster_id in first:
            cluster_id = first[cluster_id]
        return cluster_id

    for row in merges:
        if root(row["subject"]) != root(row["other"]):
            first[root(row["other"])] = root(row["subject"])
    ids: dict[str, set[str]] = {}
    for cluster_id in (row[column] for row in merges for column in ("subject", "other")):
        ids.setdefault(root(cluster_id), set()).add(cluster_id)
    return [Group(cluster_id, frozenset(ids[cluster_id])) for cluster_id in sorted(ids)]


def merge(
    engine: Engine,
    merged: Sequence[Group],
    ids: Mapping[int, str],
    overlaps: Sequence[Overlap],
    parted: Mapping[int, str],
) -> dict[int, str]:
    """Step 3: the component of each group that is there today, and its id. Rewrites member where several are one.

    `ids` are those that the components have without the merges, `parted` those of splits.
    """
    group_of = {cluster_id: group.cluster_id for group in merged for cluster_id in group.ids}
    claimed = {component: group_of[own] for component, own in ids.items() if own in group_of}
    for overlap in sorted(overlaps, key=lambda o: (-o.weight, o.cluster_id, o.component)):
        group = group_of.get(overlap.cluster_id)
        if group and overlap.component not in parted and tells(overlap.shared, overlap):
            claimed.setdefault(overlap.component, group)
    target: dict[str, int] = {}
    for component in sorted(claimed, key=_smallest(engine).__getitem__):
        target.setdefault(claimed[component], component)
    into = {component: target[cluster_id] for component, cluster_id in claimed.items()}
    if len(target) < len(into):
        numbers = (pa.array(list(side), pa.int64()) for side in (into, into.values()))
        engine.put("merged", pa.table(dict(zip(("component", "into_component"), numbers, strict=True))))
        _rewrite(engine, "merged_member")
    return {component: cluster_id for cluster_id, component in target.items()}


def recount(engine: Engine) -> None:
    """Step 4: the table inside again, over the rewritten members."""
    engine.drop("inside")
    engine.make("inside")


def told(descents: Iterable[Descent], merged: Sequence[Group], parted: Iterable[str]) -> list[Descent]:
    """The lineage, with what verdicts did marked so; `parted` are ids that come of a split or a withdrawal."""
    splits = frozenset(parted)
    ids_of = {group.cluster_id: group.ids for group in merged}
    return [
        replace(descent, by_verdict=True)
        if (descent.relation == "splits" and descent.cluster_id in splits)
        or (descent.relation == "merges" and descent.related_id in ids_of.get(descent.cluster_id, ()))
        else descent
        for descent in descents
    ]


def _smallest(engine: Engine) -> dict[int, str]:
    return {row["component"]: row["smallest_domain"] for row in engine.rows("component").to_pylist()}


def _rewrite(engine: Engine, step: str) -> None:
    rows = engine.rows(step)
    engine.drop("member")
    engine.put("member", rows)
