"""MISP objects of one domain: domain-ip, whois, dns-record and x509, by the templates that pymisp ships.

What belongs here: which of our columns is which attribute, and which attributes correlate. What doesn't: events.

Only the name of a reported domain is marked for detection (`to_ids`): not that of a related one, which nobody alleges,
and no address, name server or certificate, which may serve others too. Correlation is off for a value that more domains
outside the cluster have than in it, and for what says nothing of who it is (dates, texts, registrars).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pymisp import MISPObject

from churn.markings import printable
from churn.share.identities import lasting_uuid
from churn.share.records import Certificate, Cluster, Member

STANDING_TAGS = {True: 'domain-churn:standing="reported"', False: 'domain-churn:standing="related-not-alleged"'}
"""Tag of a domain, by whether it is reported."""

_HEX = re.compile(r"[0-9a-f]{1,64}")
_ENDED = frozenset({"redemptionPeriod", "pendingDelete", "pendingRestore"})
_HELD = frozenset({"serverHold", "clientHold"})


def member_objects(cluster: Cluster, member: Member, event: str, timestamp: int) -> list[MISPObject]:
    """The objects of a member, the first of them its domain-ip, to which the others refer.

    `event` is the UUID of the event that they are for, `timestamp` their Unix time in seconds.
    """
    maker = _Maker(cluster, member, event, timestamp)
    first = maker.domain_ip()
    others = [*maker.whois(), *maker.dns_record(), *maker.certificates()]
    for other in others:
        reference = other.add_reference(first.uuid, "related-to", comment="about this domain")
        reference.uuid = lasting_uuid("misp-reference", other.uuid, first.uuid)
        reference.timestamp = timestamp
    return [first, *others]


def domain_status(member: Member) -> str | None:
    """The domain's status in the terms of the taxonomy `domain-abuse`; None where it was not obtained.

    A fact of the registry and the DNS. How the operator came by the domain (`domain-access-method`) is a judgement, and
    not said.
    """
    status = frozenset(member.registration.status) if member.registration else frozenset()
    if status & _ENDED:
        value = "grace-period"
    elif status & _HELD:
        value = "suspended"
    elif member.hosting and member.hosting.rcode == "NOERROR" and (member.hosting.ns or member.hosting.addresses):
        value = "active"
    elif "inactive" in status:
        value = "inactive"
    else:
        return None
    return f'domain-abuse:domain-status="{value}"'


class _Maker:
    """Makes the objects of one member."""

    def __init__(self, cluster: Cluster, member: Member, event: str, timestamp: int) -> None:
        self._cluster, self._member, self._event, self._timestamp = cluster, member, event, timestamp

    def domain_ip(self) -> MISPObject:
        member = self._member
        made = self._object("domain-ip", member.domain)
        domain = self._add(made, "domain", member.domain, to_ids=member.reported, correlate=True)
        domain.comment = member.standing_told
        for tag in filter(None, (STANDING_TAGS[member.reported], domain_status(member))):
            domain.add_tag(tag)
        if member.hosting:
            for address in member.hosting.addresses:
                self._add(made, "ip", address, correlate=not self._cluster.hub("address", address))
        self._add_instants(made, {"first-seen": member.first_seen, "last-seen": member.last_seen})
        return made

    def whois(self) -> Iterator[MISPObject]:
        record = self._member.registration
        if record is None:
            return
        made = self._object("whois", self._member.domain)
        self._add(made, "domain", self._member.domain, correlate=True)
        registrar = (record.registrar or "").strip()
        if record.registrar_iana_id is not None:
            registrar = f"{registrar} (IANA id {record.registrar_iana_id})".strip()
        self._add_text(made, "registrar", registrar)
        for name in record.nameservers:
            self._add(made, "nameserver", name, correlate=not self._cluster.hub("name_server", name))
        instants = {
            "creation-date": record.created_at,
            "modification-date": record.updated_at,
            "expiration-date": record.expires_at,
        }
        self._add_instants(made, instants)
        if record.status:
            self._add_text(made, "text", f"EPP status: {', '.join(record.status)}")
        yield made

    def dns_record(self) -> Iterator[MISPObject]:
        answer = self._member.hosting
        if answer is None or not (answer.addresses or answer.ns or answer.mx or answer.soa_mname):
            return
        made = self._object("dns-record", self._member.domain)
        self._add(made, "queried-domain", self._member.domain, correlate=True)
        records = [("aaaa-record" if ":" in text else "a-record", "address", text) for text in answer.addresses]
        records += [("ns-record", "name_server", text) for text in answer.ns]
        records += [("mx-record", "mail_exchanger", text) for text in answer.mx]
        records += [("soa-record", "primary", text) for text in (answer.soa_mname,) if text]
        for relation, kind, value in records:
            self._add(made, relation, value, correlate=not self._cluster.hub(kind, value))
        yield made

    def certificates(self) -> Iterator[MISPObject]:
        for seen in self._member.certificates:
            sha256, serial = (seen.sha256 or "").lower(), (seen.serial or "").lower()
            told = {
                "x509-fingerprint-sha256": sha256 if len(sha256) == 64 and _HEX.fullmatch(sha256) else "",
                "serial-number": serial if _HEX.fullmatch(serial) else "",
            }
            if any(told.values()):
                yield self._certificate(seen, told)

    def _certificate(self, seen: Certificate, told: dict[str, str]) -> MISPObject:
        made = self._object("x509", self._member.domain, *told.values())
        kinds = {"x509-fingerprint-sha256": ("certificate", seen.sha256), "serial-number": ("serial", seen.serial)}
        for relation, value in told.items():
            if value:
                self._add(made, relation, value, correlate=not self._cluster.hub(*kinds[relation]))
        self._add_text(made, "issuer", seen.issuer, 500)
        self._add(made, "dns_names", self._member.domain, correlate=True)
        self._add_instants(made, {"validity-not-before": seen.not_before, "validity-not-after": seen.not_after})
        return made

    def _object(self, name: str, *key: str) -> MISPObject:
        made = MISPObject(name, strict=True)
        made.uuid = lasting_uuid("misp-object", self._event, name, *key)
        made.timestamp = self._timestamp
        made.comment = self._member.standing
        return made

    def _add(
        self, made: MISPObject, relation: str, value: str, *, to_ids: bool = False, correlate: bool = False
    ) -> Any:
        return made.add_attribute(
            relation,
            value,
            uuid=lasting_uuid("misp-attribute", made.uuid, relation, value),
            to_ids=to_ids,
            disable_correlation=not correlate,
            comment=self._member.standing,
            timestamp=self._timestamp,
        )

    def _add_text(self, made: MISPObject, relation: str, text: str | None, limit: int = 200) -> None:
        shown = printable(text or "", limit).strip()
        if shown:
            self._add(made, relation, shown)

    def _add_instants(self, made: MISPObject, instants: dict[str, dt.datetime | None]) -> None:
        for relation, instant in instants.items():
            if instant is not None:
                self._add(made, relation, instant.astimezone(dt.UTC).isoformat())


def attributes_of(objects: Iterable[MISPObject]) -> int:
    """How many attributes objects have."""
    return sum(len(made.attributes) for made in objects)
