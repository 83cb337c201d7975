"""XARF v4 reports, one a domain: https://xarf.org, schemas as shipped by the package `xarf`. For machines, exact.

`content/suspicious_registration` where the creation date is known and nothing speaks for a break-in. It requires that
date, so where it is not known, or the domain was probably broken into, the report is `reputation/threat_intelligence`,
which claims no more than that the domain is on a list. Neither says what a site shows; the list's own class is passed
through. A hoster's report names the address, by which its desk finds the machine, and the name in the description.

The library's `create_report` stamps a random id and the present time, so the report is built here (a rerun must give
the same bytes) and checked by the library's validator.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import ipaddress
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xarf

from churn.errors import TerminalError
from churn.markings import Tlp, printable
from churn.packets.assessing import assessment, is_shared, told_by_kind
from churn.packets.document import packet_id
from churn.packets.dossier import Dossier, Entry
from churn.packets.evidence import instant
from churn.packets.wording import day_of
from churn.settings import Settings

EVIDENCE_ROWS = 250
EVIDENCE_ROWS_IN_ALL = 10_000
LEAST_EVIDENCE_ROWS = 20
"""Members listed in each report's evidence, and in all reports of a packet: they would grow with the square."""

_PLAIN_DOMAIN = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")  # the schema's; no internationalised name fits it
_SAFE_FILE = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,240}")


def xarf_reports(dossier: Dossier, settings: Settings, day: dt.date) -> Iterator[tuple[str, bytes]]:
    """File name and content of each domain's report, in the order of the domains.

    Raises TerminalError where a report does not pass the library's validator: a wrong setting of the reporter, say.
    """
    packet = packet_id(dossier, day)
    evidence = {
        entry.domain: [made]
        for entries in told_by_kind(dossier)
        for group in dossier.groups
        if (here := [entry for entry in entries if entry.item["cluster_id"] == group.cluster_id])
        for made in (_evidence(here, dossier.scope, _rows_each(len(dossier.alleged))),)
        for entry in here
    }
    for entry in dossier.alleged:
        report = _report(entry, settings, packet) | {"evidence": evidence[entry.domain]}
        if errors := xarf.schema_validator.validate(report):
            wrong = "; ".join(f"{error.field}: {error.message}" for error in errors[:3])
            raise TerminalError(
                f"The XARF report of {entry.domain} is not valid ({wrong}): check the reporter's settings."
            )
        yield f"xarf/{file_name(entry.domain)}.json", (json.dumps(report, indent=1, sort_keys=True) + "\n").encode()


def file_name(domain: str) -> str:
    """A file name for a domain: itself where that is a plain A-label name, else a digest of it."""
    return domain if _SAFE_FILE.fullmatch(domain) else f"sha256-{hashlib.sha256(domain.encode()).hexdigest()}"


def _report(entry: Entry, settings: Settings, packet: str) -> dict[str, Any]:
    reporter = {
        "org": settings.reporter_org[:200],
        "contact": settings.reporter_contact,
        "domain": settings.reporter_domain,
    }
    digest = hashlib.sha256(f"{packet} {entry.domain}".encode()).digest()
    core = {
        "xarf_version": xarf.SPEC_VERSION,
        "report_id": str(uuid.UUID(bytes=digest[:16], version=4)),
        "timestamp": instant(_listed_at(entry)),
        "reporter": reporter,
        "sender": reporter,
        "source_identifier": entry.places[0]["address"] if entry.places else entry.domain,
        "evidence_source": "threat_intelligence",
        "tags": [f"campaign:{_tag(entry.item['cluster_id'])}", f"tlp:{Tlp.AMBER.value.removeprefix('TLP:').lower()}"],
        "description": _description(entry, packet),
    }
    created = entry.registration["created_at"]
    broken = assessment(entry)[0] == "compromised"
    return core | (_registered(entry, created) if created and not broken else _listed_only(entry))


def _registered(entry: Entry, created: dt.datetime) -> dict[str, Any]:
    batch = any(link["family"] == "registration" for link in entry.links)
    dns = entry.hosting or {}
    optional = {
        "domain": entry.domain if _PLAIN_DOMAIN.fullmatch(entry.domain) else None,
        "registrar": (name := entry.registration["registrar"]) and printable(name),
        "nameservers": entry.registration["nameservers"],
        "dns_records": {
            "a": _addresses(dns.get("a"), 4),
            "aaaa": _addresses(dns.get("aaaa"), 6),
            "mx": list(dns.get("mx") or ()),
        },
        "asn": next((asn for asn in dns.get("asn") or () if asn and asn > 0), None),
    }
    return {
        "category": "content",
        "type": "suspicious_registration",
        "url": f"http://{entry.domain}/",
        "registration_date": instant(created),
        "days_since_registration": max((_listed_at(entry) - created).days, 0),
        "suspicious_indicators": ["bulk_registration"] if batch else ["other"],
    } | {key: value for key, value in optional.items() if value is not None}


def _listed_only(entry: Entry) -> dict[str, Any]:
    label = entry.listings[0]["label"]
    return {
        "category": "reputation",
        "type": "threat_intelligence",
        "threat_type": printable(label) if label else "on a reported list; class not given",
    }


def _description(entry: Entry, packet: str) -> str:
    newest, known = entry.listings[0], entry.registration["created_at"] is not None
    broken = assessment(entry)[0] == "compromised"
    sentences = (
        f"{entry.domain}: on the list {printable(newest['feed'], 60)} since {day_of(entry.item['first_reported_at'])}",
        f"reference {printable(newest['reference'] or 'none', 100)}",
        f"class as given by the list: {printable(newest['label'] or 'none', 100)}",
        "content was not looked at and is not attached",
        "the URL is the bare name: paths are not kept" if known else "creation date not obtained",
        *(("probably broken into: tell its owner, no suspension",) if broken else ()),
        *((_where(entry),) if entry.places else ()),
        f"packet {packet}",
    )
    return "; ".join(sentences)[:1000]


def _where(entry: Entry) -> str:
    """Address and time, and whether many customers are behind it."""
    seen = instant(entry.hosting["observed_at"]) if entry.hosting else None
    shared = "; many customers share it: identify the one, do not take the address down" if is_shared(entry) else ""
    return f"at {' and '.join(place['address'] for place in entry.places[:4])} on {seen}{shared}"


def _rows_each(reports: int) -> int:
    return min(EVIDENCE_ROWS, max(LEAST_EVIDENCE_ROWS, EVIDENCE_ROWS_IN_ALL // max(reports, 1)))


def _evidence(members: Sequence[Entry], scope: str, most: int) -> dict[str, Any]:
    """These members of the group as CSV, which are all of one kind; unreported ones are in no report."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("domain", "created_at", "first_reported_at", "listed_references"))
    for entry in members[:most]:
        references = "|".join(row["reference"] for row in entry.listings if row["reference"])
        created, reported = entry.registration["created_at"], entry.item["first_reported_at"]
        writer.writerow((entry.domain, instant(created), instant(reported), references))
    whole = "all" if len(members) <= most else f"the first {most}"
    evidence = xarf.create_evidence(
        "text/csv",
        text.getvalue().encode("utf-8", errors="replace"),
        description=f"Reported domains of the group at this {scope}: {whole} of {len(members)}; packet.json has all",
    )
    return dict(evidence.model_dump(exclude_none=True))


def _listed_at(entry: Entry) -> dt.datetime:
    """When the newest listing was made; where the list does not say, the start of the day on which we read it."""
    newest = entry.listings[0]
    at = newest["seen_at"] or dt.datetime.combine(newest["day"], dt.time(), dt.UTC)
    assert isinstance(at, dt.datetime)
    return at


def _addresses(values: Iterable[str] | None, version: int) -> list[str]:
    return [value for value in values or () if _version(value) == version]


def _version(value: str) -> int:
    try:
        return ipaddress.ip_address(value).version
    except ValueError:
        return 0


def _tag(text: str) -> str:
    """A cluster id in the characters that a XARF tag may have."""
    return re.sub(r"[^a-z0-9_+-]", "-", text.lower()).lstrip("_+-") or "unnamed"
