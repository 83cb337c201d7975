"""What a format needs beyond the records: cards, sections and charts, in the order of the page.

No markup and no escaping here; page and mail are made from the same view.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace

from churn.report.changes import Line, changes_of
from churn.report.charts import Chart, Frame, bar_chart
from churn.report.cluster_records import Cluster, Member, SharedValue, Sibling
from churn.report.patterns import coarse_words
from churn.report.reading import CHART_DAYS, SECTIONS
from churn.report.records import Burst, Day, Group, SeriesPoint, Trait
from churn.report.stories import burst_story, cluster_story, reason_words, top_values, turn_words
from churn.report.structure import Picture, picture_of
from churn.report.timeline import Timeline, timeline_of
from churn.report.words import BURST_KINDS, BURST_SERIES, DIMENSIONS, SERIES_WORDS, shown

Facts = list[tuple[str, str]]
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_CARD_FACTS = ("registrar", "network", "tld", "pattern", "reported_by")
_SECTION_FACTS = ("registrar", "network", "prefix", "address", "name_servers", "tld", "pattern", "reported_by", "label")
_REASONS = 10
_LIKELIEST = 12
"""Siblings that a section names; the CSV file beside it has them all."""
_PICTURES = ((3, 240), (12, 120), (SECTIONS, 60))
"""Groups of a picture, at most, for the sections up to a place: the strongest get the finest."""


@dataclass(frozen=True, slots=True)
class Test:
    """One burst of a card, with the chart of what it counts."""

    title: str
    burst: Burst
    chart: Chart


@dataclass(frozen=True, slots=True)
class Card:
    """The bursts of one cluster, told together; `place` is that of its section, from 1, or 0."""

    number: int
    group: Group
    place: int
    tests: list[Test]
    facts: Facts
    size: int
    reported: int
    story: str
    why: list[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A shared value that is told; `more` values of its field, told by their number only, follow it."""

    link: SharedValue
    more: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What of a section takes work to draw and does not depend on how long the tables may be."""

    picture: Picture | None
    timeline: Timeline | None


@dataclass(frozen=True, slots=True)
class Section:
    """A cluster's part of the page; `rows` are the members that it shows, `left_out` those it doesn't."""

    cluster: Cluster
    file: str
    siblings_file: str
    story: str
    reasons: list[Reason]
    figures: Figures
    charts: list[Chart]
    points: list[SeriesPoint]
    facts: Facts
    changes: list[Line]
    turns: list[str]
    likeliest: list[Sibling]
    rows: list[Member]

    @property
    def left_out(self) -> int:
        """Members that stand in the CSV file only."""
        return len(self.cluster.members) - len(self.rows)


@dataclass(frozen=True, slots=True)
class View:
    """A report, ready to be put into a format."""

    day: Day
    day_charts: list[Chart]
    cards: list[Card]
    sections: list[Section]

    @property
    def places(self) -> dict[str, int]:
        """Where a cluster's section is, from 1."""
        return {section.cluster.cluster_id: place for place, section in enumerate(self.sections, 1)}


def figures_of(day: Day) -> list[Figures]:
    """Pictures and timelines of the day's clusters, in their order."""
    return [
        Figures(
            picture_of(cluster, next(groups for most, groups in _PICTURES if place <= most)),
            timeline_of(cluster, day.day),
        )
        for place, cluster in enumerate(day.clusters, 1)
    ]


def view_of(day: Day, figures: list[Figures], rows_each: int, rows_in_all: int) -> View:
    """The view of a day; its tables hold at most `rows_each` members a cluster and `rows_in_all` together."""
    frame = _frame(day)
    rows = _shared_out([len(cluster.members) for cluster in day.clusters], rows_each, rows_in_all)
    sections = [_section(day, frame, *of_cluster) for of_cluster in zip(day.clusters, figures, rows, strict=True)]
    places = {section.cluster.cluster_id: place for place, section in enumerate(sections, 1)}
    cards = [_card(day, frame, group, (number, places.get(group.key, 0))) for number, group in enumerate(day.groups, 1)]
    return View(day, _day_charts(day, frame), cards, sections)


def _frame(day: Day) -> Frame:
    oldest = day.day - dt.timedelta(days=CHART_DAYS - 1)
    return Frame(max(oldest, min([day.day, *(count.day for count in day.days)])), day.day)


def _shared_out(sizes: list[int], each: int, in_all: int) -> list[int]:
    """Rows for every table: a few for all, then as many as there are, the first ones first."""
    few = max(1, min(50, in_all // max(1, len(sizes))))
    rows = [min(size, few, each) for size in sizes]
    left = in_all - sum(rows)
    for at, size in enumerate(sizes):
        more = max(0, min(size, each, rows[at] + left) - rows[at])
        rows[at] += more
        left -= more
    return rows


def _day_charts(day: Day, frame: Frame) -> list[Chart]:
    what = (("Registered", "registered"), ("Reported", "reported"), ("Domains in bursts", "burst_domains"))
    return [
        bar_chart(title, name.removesuffix("_domains"), frame, {count.day: getattr(count, name) for count in day.days})
        for title, name in what
    ]


def _card(day: Day, frame: Frame, group: Group, place: tuple[int, int]) -> Card:
    traits = day.traits.get(group.key, [])
    size, reported = _sizes(group)
    return Card(
        number=place[0],
        group=group,
        place=place[1],
        tests=[
            Test(BURST_KINDS.get(burst.kind, shown(burst.kind)), burst, _burst_chart(day, frame, burst))
            for burst in group.bursts
        ],
        facts=_facts(traits, _CARD_FACTS),
        size=size,
        reported=reported,
        story=burst_story(group),
        why=[reason_words(reason.link, size) for reason in _reasons(group.cluster)[:2]] if group.cluster else [],
    )


def _sizes(group: Group) -> tuple[int, int]:
    if group.cluster:
        return group.cluster.size, group.cluster.reported_members
    return group.bursts[0].members, group.bursts[0].reported_members


def _burst_chart(day: Day, frame: Frame, burst: Burst) -> Chart:
    series = BURST_SERIES.get(burst.kind, "registered")
    values = _values(day, frame, burst.key, series) | {day.day: burst.observed}
    return bar_chart(SERIES_WORDS[series].capitalize(), series, frame, values, burst.expected)


def _values(day: Day, frame: Frame, key: str, series: str) -> dict[dt.date, int | None]:
    """Counts of a group on the days that are on record; on those, none is zero."""
    points = {point.day: getattr(point, series) for point in day.series.get(key, [])}
    on_record = {count.day for count in day.days} | {frame.last}
    return {when: points.get(when, 0) for when in on_record | set(points)}


def _section(day: Day, frame: Frame, cluster: Cluster, figures: Figures, rows: int) -> Section:
    key = cluster.cluster_id
    narrow = replace(frame, width=224.0, height=88.0)  # two of them stand in half a page
    traits = day.traits.get(key, [])
    points = day.series.get(key, [])
    return Section(
        cluster=cluster,
        file=f"{file_stem(key)}.csv",
        siblings_file=f"{file_stem(key)}-siblings.csv" if cluster.siblings else "",
        story=cluster_story(cluster, traits),
        reasons=_reasons(cluster)[:_REASONS],
        figures=figures,
        charts=[
            bar_chart(SERIES_WORDS[series].capitalize(), series, narrow, _values(day, frame, key, series))
            for series in ("registered", "reported")
            if any(getattr(point, series) for point in points)
        ],
        points=points[-CHART_DAYS:],
        facts=_facts(traits, _SECTION_FACTS) + _naming(cluster, traits),
        changes=changes_of(cluster),
        turns=[turn_words(turn) for turn in cluster.turns],
        likeliest=cluster.siblings[:_LIKELIEST],
        rows=cluster.members[:rows],
    )


def _reasons(cluster: Cluster) -> list[Reason]:
    """The first value of each field, and others where they hold a twentieth of the cluster or more."""
    told = [
        link
        for link in cluster.links
        if link.place_in_field == 1 or (link.place_in_field == 2 and 20 * link.members >= cluster.size)
    ]
    last = {link.field: at for at, link in enumerate(told)}
    count = Counter(link.field for link in told)
    return [
        Reason(link, link.values_of_field - count[link.field] if last[link.field] == at else 0)
        for at, link in enumerate(told)
    ]


def _facts(traits: list[Trait], dimensions: tuple[str, ...]) -> Facts:
    have = {trait.dimension for trait in traits}
    return [(DIMENSIONS[name], top_values(traits, name)) for name in dimensions if name in have]


def _naming(cluster: Cluster, traits: list[Trait]) -> Facts:
    """The cluster's own pattern, where the forms of its names are not on record."""
    if not cluster.pattern or any(trait.dimension == "pattern" and trait.value for trait in traits):
        return []
    return [(DIMENSIONS["pattern"], coarse_words(cluster.pattern))]


def file_stem(cluster_id: str) -> str:
    """A cluster id as a file name; an id that is none (not ours) becomes a digest."""
    if _FILE_NAME.fullmatch(cluster_id):
        return cluster_id
    return f"cluster-{hashlib.sha256(cluster_id.encode(errors='replace')).hexdigest()[:24]}"
