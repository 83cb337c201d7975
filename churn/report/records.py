"""What a report is made of, as plain records: the same for the page, the mail and the machines.

A cluster's own records are in `cluster_records`.

Fields that stand in a query of `sql/` have its column names; what they mean is said in `churn.store.schema`.
Texts are exact here. Making them harmless to show is the business of `words` and of each format.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from churn.report.cluster_records import Cluster


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures of the first screen."""

    registered: int
    reported: int
    bursts: int
    bursts_with_reported: int
    burst_domains: int
    largest_burst: int
    clusters: int
    clusters_with_reported: int
    siblings: int
    """Members of clusters that have a reported member, not reported themselves."""
    new_siblings: int
    """Of those, the ones that weren't in their cluster on the previous day of linking."""
    feeds: int
    feeds_ok: int
    packets: int
    rejects: int
    window_domains: int
    unexplained_members: int
    """Memberships without a row in the ledger: an error of the linking, shown and never hidden."""
    likely_siblings: int = 0
    """Domains that nobody has reported and that are a reported operator's with a probability of 0.9 and more."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """One bar of the chart of the days."""

    day: dt.date
    registered: int
    reported: int
    bursts: int
    burst_domains: int


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A day in the life of a cluster (or of a burst that has no cluster)."""

    day: dt.date
    registered: int
    reported: int
    joined: int


@dataclass(frozen=True, slots=True)
class Trait:
    """A value that members have, and how many; a value of None is "not obtained"."""

    dimension: str
    value: str | None
    domains: int
    reported: int
    values_in_all: int


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of the day."""

    burst_id: str
    kind: str
    cluster_id: str | None
    key: str
    scope: str | None
    observed: int
    expected: float | None
    p_value: float
    q_value: float
    window_start: dt.datetime | None
    window_end: dt.datetime | None
    reported_members: int
    members: int
    story: str | None


@dataclass(frozen=True, slots=True)
class QuietCluster:
    """A cluster that no burst of the day is about."""

    cluster_id: str
    name: str | None
    pattern: str | None
    size: int
    new_members: int | None
    reported_members: int | None
    first_day: dt.date | None
    last_activity_day: dt.date | None
    state: str
    of_all: int


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed delivered."""

    feed: str
    kind: str | None
    rows: int | None
    new_rows: int | None
    fetched_at: dt.datetime | None
    freshness_hours: float | None
    gate: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Lookups:
    """Look-ups of a kind that ended alike."""

    kind: str
    outcome: str
    domains: int


@dataclass(frozen=True, slots=True)
class Rejects:
    """Rows put aside for one reason."""

    feed_or_table: str
    reason: str
    rows: int
    first_line: int | None


@dataclass(frozen=True, slots=True)
class Spared:
    """What would have been a burst, and is none since an analyst called it, or its like, benign."""

    burst_id: str
    kind: str
    cluster_id: str | None
    name: str | None
    scope: str | None
    observed: int
    expected: float | None
    q_value: float
    reported_members: int
    subject: str
    how: str
    given_by: str
    given_at: dt.datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A domain that came of what an analyst watches; `of_all` counts them all."""

    subject: str
    kind: str
    domain: str
    cluster_id: str | None
    name: str | None
    related: str | None
    reported: bool
    of_all: int


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A membership without a row in the ledger."""

    cluster_id: str
    domain: str


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet written for the day."""

    packet_id: str
    scope: str
    key: str
    recipient: str | None
    path: str | None
    new: int
    repeat: int
    resolved: int
    not_alleged: int
    has_email: bool
    has_phone: bool
    has_form: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What the bursts part tells together: the bursts of one cluster, or one burst that has no section."""

    key: str
    cluster: Cluster | None
    bursts: list[Burst]

    @property
    def alleged(self) -> bool:
        """Whether any of its domains is on a reported list."""
        return any(burst.reported_members for burst in self.bursts) or bool(
            self.cluster and self.cluster.reported_members
        )


@dataclass(frozen=True, slots=True)
class Day:
    """All that a report says."""

    day: dt.date
    headline: Headline
    days: list[DayCount]
    bursts: list[Burst]
    clusters: list[Cluster]
    series: dict[str, list[SeriesPoint]]
    traits: dict[str, list[Trait]]
    quiet: list[QuietCluster]
    feeds: list[Feed]
    lookups: list[Lookups]
    rejects: list[Rejects]
    packets: list[Packet]
    unexplained: list[Unexplained] = field(default_factory=list)
    """The first of them; `headline.unexplained_members` counts all."""
    spared: list[Spared] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)

    @property
    def groups(self) -> list[Group]:
        """The bursts, strongest first, those of one cluster together."""
        by_id = {cluster.cluster_id: cluster for cluster in self.clusters}
        keys = dict.fromkeys(burst.key for burst in self.bursts)
        return [Group(key, by_id.get(key), [b for b in self.bursts if b.key == key]) for key in keys]
