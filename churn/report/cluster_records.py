"""A cluster of the report as plain records: its ledger, members, lineage, siblings, and what changed since yesterday.

Fields that stand in a query of `sql/` have its column names; what they mean is said in `churn.store.schema`. Texts are
exact here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SharedValue:
    """The ledger of a cluster, one shared value a row; `place` numbers them, those of most members first."""

    place: int
    family: str
    field: str
    value: str
    members: int
    reported: int
    domains_with_value: int
    in_cluster: int
    weight: float | None
    sources: list[str] | None
    first_observed_at: dt.datetime | None
    last_observed_at: dt.datetime | None
    members_of_field: int
    """Members that this field holds by any of its values."""
    place_in_field: int
    values_of_field: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """A turn in a cluster's life: it comes `from` the related one, or that comes from it (`to`), by `direction`."""

    day: dt.date
    related_id: str
    related_name: str | None
    relation: str
    direction: str
    shared_domains: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """A domain of a cluster. Instants are UTC; None is "not obtained"."""

    domain: str
    role: str
    score: float | None
    sibling_probability: float | None
    """Of a domain that nobody has reported: that it is the reported operator's."""
    reported: bool
    holds_without_strongest: bool
    new: bool
    newly_reported: bool
    """It was a member the day before, and is reported since."""
    held_by: list[int]
    """Places of the shared values that hold it, in the order of the ledger; empty is an error of the linking."""
    first_seen: dt.datetime | None
    registered_day: dt.date | None
    reported_day: dt.date | None
    reported_by: list[str]
    labels: list[str]
    registrar: str | None
    registrar_iana_id: int | None
    created_at: dt.datetime | None
    registered_at: dt.datetime | None
    """Its creation as the registry tells it; where that was not obtained, when a feed of new names first had it."""
    dns_at: dt.datetime | None
    """When the DNS was first seen to answer for it."""
    certificate_at: dt.datetime | None
    """Start of validity of its first certificate."""
    reported_at: dt.datetime | None
    addresses: list[str] | None
    name_servers: list[str] | None
    networks: list[str] | None


@dataclass(frozen=True, slots=True)
class Sibling:
    """A domain that nobody has reported and that may be the operator's who was reported."""

    domain: str
    probability: float
    basis: str
    member: bool
    """Whether it is in the cluster; if not, its name alone speaks for it."""
    first_seen: dt.datetime | None
    registrar: str | None
    registrar_iana_id: int | None


@dataclass(frozen=True, slots=True)
class Departure:
    """A member of the day before that is none today; `now_in` is the cluster that it is in now, if any."""

    domain: str
    reported: bool
    now_in: str | None
    now_name: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """What of a member changed on the day, by the view `change`."""

    domain: str
    field: str
    source: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster with a section of its own."""

    cluster_id: str
    name: str | None
    pattern: str | None
    size: int
    new_members: int
    reported_members: int
    size_before: int | None
    confidence: float | None
    first_day: dt.date | None
    last_activity_day: dt.date | None
    holding: int
    attached: int
    verdict: str | None
    verdict_by: str | None
    verdict_day: dt.date | None
    values_in_all: int
    """Shared values in its ledger; `links` has those that hold the most and the first of every field."""
    links: list[SharedValue] = field(default_factory=list)
    lineage: list[Lineage] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    siblings: list[Sibling] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def turns(self) -> list[Lineage]:
        """Its lineage without the days on which it merely went on."""
        return [row for row in self.lineage if row.relation != "continues" or row.related_id != self.cluster_id]

    @property
    def unreported(self) -> int:
        """Members that nobody has reported: related, not alleged."""
        return self.size - self.reported_members
