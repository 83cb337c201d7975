"""The picture of why a cluster is one: its domains, those that the same values hold drawn as one, and these values.

What belongs here: which values are drawn, which domains stand together, the geometry, and the picture in words. What
doesn't: the forces (`layout`) and the markup (the templates).

1. Values are taken while there are not too many groups of domains that the same of them hold: first those that hold
   domains that none before holds, then the others, each time those of most members first.
2. Domains that the same values hold are a group: a circle by their number, with a core by how many are reported.
3. A value is a square, joined to the groups that it holds. Labels that would cover each other are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from churn.report.cluster_records import Cluster, Member, SharedValue
from churn.report.layout import Reals, places
from churn.report.values import value_brief, value_words
from churn.report.words import counted, joined, name_shown, number

Together = tuple[tuple[int, ...], list[Member]]
"""Places of the drawn values that hold domains, and these."""
Label = tuple[str, str]
WIDTH, HEIGHT, MARGIN = 1100.0, 560.0, 16.0
LONGEST_LABEL = 34
_PULL = {"name": 0.25, "arrival": 0.25, "registration": 0.5}
"""How much a family of evidence draws its domains together in the picture, where it isn't 1."""
_LETTER, _LINE = 5.9, 13.0
_LARGEST, _SMALLEST = 26.0, 3.2


@dataclass(frozen=True, slots=True)
class GroupNode:
    """Domains that the same of the drawn values hold; `core` is the radius of the reported part."""

    number: int
    size: int
    reported: int
    words: str
    x: int
    y: int
    radius: float
    core: float


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A value that is drawn; `path` are its edges, `groups` the numbers of the groups that it holds."""

    link: SharedValue
    words: str
    label: str
    anchor: str
    x: int
    y: int
    half: float
    groups: list[int]
    path: str

    @property
    def told(self) -> str:
        """What it is and whom it holds."""
        return f"{self.words}: {counted(self.link.members, 'member')}, {number(self.link.reported)} reported"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of `width` by `height` units."""

    width: float
    height: float
    values: list[ValueNode]
    groups: list[GroupNode]
    group_of: dict[str, int]
    """Domain -> number of its group."""
    unheld: int
    """Members that none of the drawn values holds."""
    values_in_all: int

    @property
    def families(self) -> list[str]:
        """Families of the drawn values."""
        return sorted({value.link.family for value in self.values})

    @property
    def alternative(self) -> str:
        """The picture in one sentence; a table beside it says the rest."""
        top = [f"{value.words} holds {number(value.link.members)}" for value in self.values[:3]]
        text = (
            f"{counted(sum(group.size for group in self.groups), 'domain')} in "
            f"{counted(len(self.groups), 'group')} held by {counted(len(self.values), 'shared value')}"
        )
        return f"{text}: {joined(top)}." if top else f"{text}."


def picture_of(cluster: Cluster, most_groups: int) -> Picture | None:
    """The picture of a cluster's ledger with at most `most_groups` groups; None where nothing can be drawn."""
    links = [link for link in cluster.links if link.members > 1]
    chosen = _chosen(cluster.members, links, most_groups)
    together: dict[tuple[int, ...], list[Member]] = {}
    for member in cluster.members:
        held = tuple(place for place in member.held_by if place in chosen)
        if held:
            together.setdefault(held, []).append(member)
    if not together:
        return None
    ordered = sorted(together.items(), key=lambda item: (-len(item[1]), item[0]))
    drawn = [link for link in links if link.place in chosen]
    return _drawn(cluster, drawn, ordered)


def _chosen(members: list[Member], links: list[SharedValue], most_groups: int) -> set[int]:
    """Places of the values that are drawn."""
    holds: dict[int, list[int]] = {link.place: [] for link in links}
    for at, member in enumerate(members):
        for place in member.held_by:
            if place in holds:
                holds[place].append(at)
    first: list[int] = []
    covered: set[int] = set()
    for place, held in holds.items():
        if not covered.issuperset(held):
            first.append(place)
            covered.update(held)
    chosen: set[int] = set()
    group = [0] * len(members)  # the number of each member's group: one, until values split it
    for place in dict.fromkeys([*first, *holds]):
        split = _split(group, holds[place])
        if max(split) <= most_groups:  # one more is allowed: that of the domains that nothing drawn holds
            group = split
            chosen.add(place)
    return chosen


def _split(group: list[int], held: list[int]) -> list[int]:
    """Group numbers, from 0 without a gap, once a value sets the members that it holds apart from the others."""
    apart = set(held)
    numbers: dict[tuple[int, bool], int] = {}
    return [numbers.setdefault((of, at in apart), len(numbers)) for at, of in enumerate(group)]


def _drawn(cluster: Cluster, drawn: list[SharedValue], ordered: list[Together]) -> Picture:
    unit = min(_LARGEST / len(ordered[0][1]) ** 0.5, 7.0)
    radii = [max(_SMALLEST, unit * len(members) ** 0.5) for _, members in ordered]
    halves = [3.5 + 3.0 * (link.members / max(1, cluster.size)) ** 0.5 for link in drawn]
    node_of = {link.place: at for at, link in enumerate(drawn)}
    edges = [(node_of[place], len(drawn) + at) for at, (held, _) in enumerate(ordered) for place in held]
    strength = [_PULL.get(drawn[value].family, 1.0) / len(ordered[group - len(drawn)][0]) for value, group in edges]
    at = places(
        np.array([*(1.8 * half for half in halves), *radii]),
        np.array(edges, dtype=np.int64),
        np.array(strength),
        (WIDTH, HEIGHT),
        MARGIN,
    )
    groups = [_group(n, members, at[len(drawn) + n], radii[n]) for n, (_, members) in enumerate(ordered)]
    held_groups: dict[int, list[GroupNode]] = {link.place: [] for link in drawn}
    for group, (held, _) in zip(groups, ordered, strict=True):
        for place in held:
            held_groups[place].append(group)
    labels = _labels(drawn, at)
    values = [_value(link, (at[n], halves[n]), labels[n], held_groups[link.place]) for n, link in enumerate(drawn)]
    group_of = {member.domain: n for n, (_, members) in enumerate(ordered) for member in members}
    return Picture(WIDTH, HEIGHT, values, groups, group_of, len(cluster.members) - len(group_of), cluster.values_in_all)


def _group(place: int, members: list[Member], at: Reals, radius: float) -> GroupNode:
    reported = sum(member.reported for member in members)
    x, y = _whole(at)
    core = round(radius * (reported / len(members)) ** 0.5, 1)
    others = f" and {number(len(members) - 1)} more" if len(members) > 1 else ""
    words = f"{name_shown(members[0].domain)}{others}; {number(reported)} reported"
    return GroupNode(place, len(members), reported, words, x, y, round(radius, 1), core)


def _value(link: SharedValue, node: tuple[Reals, float], label: Label, groups: list[GroupNode]) -> ValueNode:
    x, y = _whole(node[0])
    path = "".join(f"M{x} {y}L{group.x} {group.y}" for group in groups)
    words = value_words(link.field, link.value)
    return ValueNode(link, words, *label, x, y, round(node[1], 1), [group.number for group in groups], path)


def _whole(at: Reals) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def _labels(drawn: list[SharedValue], at: Reals) -> list[Label]:
    """The values' labels and how they are anchored; empty where one would cover another's."""
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for n, link in enumerate(drawn):
        text = value_brief(link.field, link.value)
        text = text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
        wide, x, y = _LETTER * len(text), float(at[n, 0]), float(at[n, 1]) - 9.0
        anchor = "start" if x < wide / 2 else "end" if x > WIDTH - wide / 2 else "middle"
        left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = (left, y - _LINE, left + wide, y)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            labels.append(("", anchor))
        else:
            taken.append(box)
            labels.append((text, anchor))
    return labels
