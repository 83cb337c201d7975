"""STIX 2.1 bundles of a cluster: those of its reported domains, and apart from them those of the related ones.

What says what:

    grouping            the cluster, as long as nobody confirmed it; then
    campaign            instead of it
    infrastructure      three at most: `reported domains`; `related, not alleged`; and the addresses, networks and
                        certificates that these use, which may serve others too and are alleged of nothing
    domain-name, ipv4-addr, ipv6-addr, autonomous-system, x509-certificate
    relationship        consists-of (infrastructure), resolves-to and related-to (domain), belongs-to (address)

Each related domain is marked by a statement, too, for platforms that read no infrastructure. No bundle holds both a
reported and an unreported domain, nor more than 1,000 objects; each stands by itself, so what several refer to is in
each of them. A domain that gets reported keeps its consists-of relationship, whose newer version starts from the other
infrastructure: whoever took in the older one then has it among the reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stix2 import v21

from churn.markings import Tlp, printable
from churn.settings import Settings
from churn.share import stix_objects
from churn.share.identities import lasting_stix_uuid
from churn.share.records import NOT_ALLEGED, Cluster, Member
from churn.share.stix_objects import Thing, as_thing, midnight

MOST_OBJECTS = 1000
"""Objects in one bundle."""
REPORTED, RELATED, HOSTING = "reported", "related-not-alleged", "hosting-context"
"""What an infrastructure is of; its label, and of the first two the names of files."""

_ABOUT = {
    REPORTED: "Domains of the cluster that are on a reported list.",
    RELATED: f"Domains of the cluster that are on no reported list: {NOT_ALLEGED}.",
    HOSTING: "Addresses, networks and certificates that domains of the cluster use. They may serve others too, and are"
    " no indicators.",
}


@dataclass(frozen=True, slots=True)
class StixFile:
    """A bundle: `standing` is `reported` or `related-not-alleged`, `part` counts from 1."""

    standing: str
    part: int
    bundle: Thing


def stix_bundles(cluster: Cluster, settings: Settings, tlp: Tlp) -> Iterator[StixFile]:
    """The bundles of a cluster, the reported domains first. The same cluster and marking give the same objects."""
    teller = _Teller(cluster, settings.reporter_org, tlp)
    for standing, members in ((REPORTED, cluster.reported), (RELATED, cluster.related)):
        for part, objects in enumerate(_packed(teller.head(), map(teller.member, members)), 1):
            key = lasting_stix_uuid("bundle", cluster.cluster_id, cluster.day.isoformat(), tlp, standing, str(part))
            yield StixFile(standing, part, {"type": "bundle", "id": f"bundle--{key}", "objects": objects})


def _packed(head: list[Thing], units: Iterable[list[Thing]]) -> Iterator[list[Thing]]:
    """Units (each with all that it refers to) in as few bundles as their order allows, each with the head."""
    begun = {thing["id"]: thing for thing in head}
    held = dict(begun)
    for unit in units:
        more = {thing["id"]: thing for thing in unit}
        if len(held | more) > MOST_OBJECTS:
            yield list(held.values())
            held = dict(begun)
        held |= more
    if len(held) > len(begun):
        yield list(held.values())


class _Teller:
    """Tells one cluster: its head once, its members one by one."""

    def __init__(self, cluster: Cluster, organisation: str, tlp: Tlp) -> None:
        self._cluster, self._tlp = cluster, tlp
        self._marking = stix_objects.marking(tlp)
        self._reporter = stix_objects.reporter(organisation, tlp)
        present = {
            REPORTED: bool(cluster.reported),
            RELATED: bool(cluster.related),
            HOSTING: any(
                member.certificates or (member.hosting and member.hosting.addresses) for member in cluster.members
            ),
        }
        self._parts = {kind: self._infrastructure(kind) for kind, there in present.items() if there}
        self._hosts: dict[str, list[Thing]] = {}  # by address: many domains have the same

    def head(self) -> list[Thing]:
        """Marking, reporter, the cluster and its infrastructures: no domain is named in them."""
        parts = list(self._parts.values())
        return [self._marking, self._reporter, *self._subject(parts), *parts, *self._uses()]

    def member(self, member: Member) -> list[Thing]:
        """A domain, what it resolves to and the certificates that name it, with all that they refer to."""
        domain = stix_objects.domain_name(member.domain, self._tlp, reported=member.reported)
        part = self._parts[REPORTED if member.reported else RELATED]
        key = ("consists-of", self._cluster.cluster_id, member.domain)
        days = (member.joined_day, member.told_day)
        consists = self._relationship(key, "consists-of", part, domain, days, member.standing_told)
        marking = [] if member.reported else [stix_objects.not_alleged()]
        return [*marking, domain, consists, *self._addresses(member, domain), *self._certificates(member, domain)]

    def _addresses(self, member: Member, domain: Thing) -> Iterator[Thing]:
        for text in member.hosting.addresses if member.hosting else ():
            if text not in self._hosts:
                self._hosts[text] = list(self._host(text))
            yield from self._hosts[text]
            yield self._tie("resolves-to", domain, self._hosts[text][0], member.joined_day)

    def _host(self, text: str) -> Iterator[Thing]:
        """An address, whose network it is in, and that both are context."""
        address = stix_objects.address(text, self._tlp)
        yield address
        yield self._context(address, "address", text)
        if network := self._cluster.networks.get(text):
            system = stix_objects.autonomous_system(network, self._tlp)
            yield system
            yield self._tie("belongs-to", address, system, self._cluster.first_day)
            yield self._context(system, "network", str(network.number))

    def _certificates(self, member: Member, domain: Thing) -> Iterator[Thing]:
        for seen in member.certificates:
            if certificate := stix_objects.certificate(seen, self._tlp):
                yield certificate
                yield self._tie("related-to", domain, certificate, member.joined_day)
                kind, value = ("certificate", seen.sha256) if seen.sha256 else ("serial", seen.serial)
                yield self._context(certificate, kind, value or "")

    def _context(self, thing: Thing, kind: str, value: str) -> Thing:
        """That the hosting of the cluster has something in it, and how much of it is the cluster's."""
        use = self._cluster.uses.get((kind, value))
        told = (
            f"{use.domains_with_value:,} domains of the window have it, {use.in_cluster:,} of them in this cluster."
            if use
            else "How many domains have it was not counted."
        )
        key = ("consists-of", self._cluster.cluster_id, thing["id"])
        days = (self._cluster.first_day, self._cluster.day)
        return self._relationship(key, "consists-of", self._parts[HOSTING], thing, days, told)

    def _tie(self, kind: str, source: Thing, target: Thing, day: dt.date) -> Thing:
        key = (kind, self._cluster.cluster_id, source["id"], target["id"])
        return self._relationship(key, kind, source, target, (day, day))

    def _uses(self) -> Iterator[Thing]:
        """What uses what: the campaign its infrastructure, and that the hosting."""
        names = [part for kind, part in self._parts.items() if kind != HOSTING]
        if HOSTING in self._parts:
            for part in names:
                yield self._tie("uses", part, self._parts[HOSTING], self._cluster.first_day)
        if REPORTED in self._parts and RELATED in self._parts:
            yield self._tie("related-to", self._parts[RELATED], self._parts[REPORTED], self._cluster.first_day)
        if self._cluster.verdict == "confirmed" and REPORTED in self._parts:
            yield self._tie("uses", self._campaign(), self._parts[REPORTED], self._cluster.first_day)

    def _subject(self, parts: list[Thing]) -> Iterator[Thing]:
        if self._cluster.verdict == "confirmed":
            yield self._campaign()
        else:
            common = self._common("grouping", self._cluster.first_day)
            refs = [part["id"] for part in parts]
            yield as_thing(
                v21.Grouping(**common, **self._named("cluster"), context="suspicious-activity", object_refs=refs)
            )

    def _campaign(self) -> Thing:
        named = self._named("confirmed cluster")
        common = self._common("campaign", self._cluster.first_day)
        return as_thing(v21.Campaign(**common, **named, first_seen=midnight(self._cluster.first_day)))

    def _named(self, what: str) -> Thing:
        cluster = self._cluster
        related = len(cluster.related)
        told = (
            f"A hypothesis of relatedness of {len(cluster.members):,} domains, {len(cluster.reported):,} of them"
            f" reported and {related:,} {NOT_ALLEGED}."
        )
        if cluster.verdict == "confirmed":
            told = told.replace("A hypothesis of relatedness of", "Confirmed by an analyst:")
        return {
            "name": printable(f"{cluster.name} ({what} {cluster.cluster_id})"),
            "description": told,
            "labels": [f"verdict-{cluster.verdict}"] if cluster.verdict else ["no-verdict"],
            "confidence": round(100 * min(max(cluster.confidence or 0.0, 0.0), 0.99)),
            "external_references": [{"source_name": "domain-churn", "external_id": printable(cluster.cluster_id)}],
        }

    def _infrastructure(self, kind: str) -> Thing:
        cluster = self._cluster
        first, last = sorted((cluster.first_day, cluster.last_activity_day))
        return as_thing(
            v21.Infrastructure(
                **self._common("infrastructure", cluster.first_day, kind),
                name=printable(f"{cluster.name} ({cluster.cluster_id}): {kind.replace('-', ' ')}"),
                description=_ABOUT[kind],
                infrastructure_types=["unknown"],  # what sites show is not looked at, and classes are never assigned
                first_seen=midnight(first),
                last_seen=midnight(last),
                labels=[kind],
            )
        )

    def _relationship(
        self,
        key: tuple[str, ...],
        kind: str,
        source: Thing,
        target: Thing,
        days: tuple[dt.date, dt.date],
        told: str | None = None,
    ) -> Thing:
        created, modified = days
        common = self._common("relationship", created, *key, modified=modified)
        more = {"description": told} if told else {}
        return as_thing(
            v21.Relationship(**common, relationship_type=kind, source_ref=source["id"], target_ref=target["id"], **more)
        )

    def _common(self, kind: str, created: dt.date, *key: str, modified: dt.date | None = None) -> Thing:
        modified = modified or self._cluster.day
        return {
            "id": f"{kind}--{lasting_stix_uuid(kind, self._cluster.cluster_id, *key)}",
            "created_by_ref": self._reporter["id"],
            "created": midnight(min(created, modified)),
            "modified": midnight(modified),
            "object_marking_refs": [self._marking["id"]],
        }
