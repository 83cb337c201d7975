"""What is shared, as plain records: clusters as they stood on a day, with exact values, before any format.

Names of fields that are columns of the lake have the columns' meaning (`churn.store.schema`). Nothing here knows STIX
or MISP.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from churn.markings import printable

NOT_ALLEGED = "related, not alleged"
"""What every format says of a member that is on no reported list."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The newest registration record of a domain: without registrants, whose data are nobody's business here."""

    registrar: str | None
    registrar_iana_id: int | None
    created_at: dt.datetime | None
    updated_at: dt.datetime | None
    expires_at: dt.datetime | None
    status: tuple[str, ...]
    nameservers: tuple[str, ...]
    observed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Hosting:
    """The newest answers of the DNS for a domain."""

    rcode: str | None
    addresses: tuple[str, ...]
    """IPv4 and IPv6, in their canonical spelling."""
    ns: tuple[str, ...]
    mx: tuple[str, ...]
    soa_mname: str | None
    observed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that names a domain; `sha256` is None where a look-up told its serial number alone."""

    sha256: str | None
    issuer: str | None
    serial: str | None
    not_before: dt.datetime | None
    not_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """A domain of a cluster on the day. `reported_day` is the first on which it stood there as reported."""

    domain: str
    role: str
    score: float | None
    reported: bool
    joined_day: dt.date
    reported_day: dt.date | None
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    last_reported_day: dt.date | None
    reported_by: tuple[str, ...]
    """Feeds that have it as reported."""
    labels: tuple[str, ...]
    """Their classes for it, passed through as given."""
    registration: Registration | None
    hosting: Hosting | None
    certificates: tuple[Certificate, ...]

    @property
    def standing(self) -> str:
        """`reported`, or that it is related and not alleged."""
        return "reported" if self.reported else NOT_ALLEGED

    @property
    def standing_told(self) -> str:
        """The same, with who reported it and the classes that they gave: printable, of bounded length."""
        if not self.reported or not self.reported_by:
            return self.standing
        told = f"reported by {', '.join(map(printable, self.reported_by))}"
        return f"{told}; class as given: {', '.join(map(printable, self.labels))}" if self.labels else told

    @property
    def told_day(self) -> dt.date:
        """The last day on which something of its standing changed."""
        days = (self.joined_day, self.reported_day, self.last_reported_day) if self.reported else (self.joined_day,)
        return max(day for day in days if day)


@dataclass(frozen=True, slots=True)
class Network:
    """An autonomous system: its number, and its holder's name as given."""

    number: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """How many domains of the window have a value, and how many of these are in the cluster."""

    domains_with_value: int
    in_cluster: int

    @property
    def hub(self) -> bool:
        """Whether more of those who have the value are outside the cluster than in it."""
        return 2 * self.in_cluster < self.domains_with_value


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it stood on `day`, with its members; `left_out` counts members whose name is no domain name."""

    day: dt.date
    cluster_id: str
    name: str
    pattern: str | None
    first_day: dt.date
    last_activity_day: dt.date
    confidence: float | None
    verdict: str | None
    members: tuple[Member, ...]
    left_out: int = 0
    uses: Mapping[tuple[str, str], Use] = field(default_factory=dict)
    """By kind (`address`, `name_server`, `mail_exchanger`, `primary`, `certificate`, `serial`) and value."""
    networks: Mapping[str, Network] = field(default_factory=dict)
    """By address."""

    @property
    def reported(self) -> tuple[Member, ...]:
        """Members on a reported list."""
        return tuple(member for member in self.members if member.reported)

    @property
    def related(self) -> tuple[Member, ...]:
        """Members on none: related, not alleged."""
        return tuple(member for member in self.members if not member.reported)

    def hub(self, kind: str, value: str | None) -> bool:
        """Whether a value is mostly other people's; one that was never counted is taken for such."""
        use = self.uses.get((kind, value or ""))
        return use is None or use.hub
