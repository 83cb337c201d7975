"""packet.json: one packet as data, exact, for machines. Its schema is `packet.schema.json` beside this file.

A null is "not obtained"; where it is known why, `not_obtained` says so by field. Only domains that this recipient is
told of are in it: unreported siblings have a file of their own and are merely counted here. Those that were probably
broken into stand apart (`compromised`), so that no program holds them with the others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

from churn.markings import Tlp
from churn.packets.assessing import told_by_kind
from churn.packets.contacts import Contact
from churn.packets.dossier import Dossier, Entry, Group, Row
from churn.packets.evidence import evidence, instant, iso_day, link_row
from churn.packets.wording import (
    ACTIONS,
    NO_CONTENT,
    REQUESTED,
    settled_in_words,
)
from churn.settings import Settings

SCHEMA_VERSION = "1.1"


def packet_id(dossier: Dossier, day: dt.date) -> str:
    """The packet's identity: the same day, recipient and items give the same id."""
    items = [
        (e.domain, e.state, e.item["cluster_id"]) for e in (*dossier.alleged, *dossier.resolved, *dossier.siblings)
    ]
    key = dossier.number if dossier.scope == "registrar" else dossier.key
    basis = json.dumps([day.isoformat(), key, sorted(items, key=str)])
    return f"p-{day}-{dossier.recipient.lower()}-{hashlib.sha256(basis.encode()).hexdigest()[:8]}"


def document(
    dossier: Dossier, settings: Settings, day: dt.date, written_at: dt.datetime, attachments: Mapping[str, bytes]
) -> Row:
    """The packet as JSON values."""
    identity = packet_id(dossier, day)
    deliberate, broken = told_by_kind(dossier)
    return {
        "schema_version": SCHEMA_VERSION,
        "packet_id": identity,
        "day": day.isoformat(),
        "generated_at": instant(written_at),
        "tlp": Tlp.AMBER.value,
        "notice": NO_CONTENT,
        "reporter": {
            "org": settings.reporter_org,
            "contact": settings.reporter_contact,
            "domain": settings.reporter_domain,
            "role": "reports domains that listing authorities name; asks, and orders nothing",
            "authority_reference": settings.authority or None,
        },
        "recipient": {
            "scope": dossier.scope,
            "name": dossier.name,
            "iana_id": dossier.number if dossier.scope == "registrar" else None,
            "asn": dossier.number if dossier.scope == "network" else None,
            "contact": _contact(dossier.contact),
        },
        "counts": counts(dossier),
        "previous_packet_id": previous_packet_id(dossier, day),
        "supersedes": [
            row["packet_id"] for row in dossier.earlier if row["day"] == day and row["packet_id"] != identity
        ],
        "requested_actions": {key: REQUESTED[key] for key in ACTIONS[dossier.scope]},
        "groups": [_group(group, dossier) for group in dossier.groups],
        "domains": [evidence(entry) for entry in deliberate],
        "compromised": [evidence(entry) for entry in broken],
        "resolved": [_resolved(entry) for entry in dossier.resolved],
        "recourse": {
            "how": "Write to the contact with packet id and domain; a person looks into it, mends the ledger, answers.",
            "contact": settings.reporter_contact,
        },
        "attachments": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(attachments.items())
        ],
    }


def counts(dossier: Dossier) -> dict[str, int]:
    """How many domains are told as what."""
    states = [entry.state for entry in dossier.alleged]
    return {
        "new": states.count("new"),
        "repeat": states.count("repeat"),
        "compromised": len(told_by_kind(dossier)[1]),
        "resolved": len(dossier.resolved),
        "siblings_not_alleged": len(dossier.siblings),
    }


def previous_packet_id(dossier: Dossier, day: dt.date) -> str | None:
    """The newest packet of an earlier day."""
    return next((str(row["packet_id"]) for row in dossier.earlier if row["day"] < day), None)


def others(group: Group, dossier: Dossier) -> tuple[int, int]:
    """How many other registrars sponsor members of the group, and how many other networks hold some."""
    own = {dossier.scope: dossier.number}
    return (
        sum(1 for sponsor in group.sponsors if sponsor not in {None, own.get("registrar")}),
        sum(1 for network in group.networks if network not in {None, own.get("network")}),
    )


def totals(group: Group) -> tuple[int, int]:
    """Members of a group and how many of them are reported."""
    return sum(n for n, _ in group.sponsors.values()), sum(reported for _, reported in group.sponsors.values())


def _contact(contact: Contact) -> Row:
    return {
        "found": contact.found,
        "email": list(contact.email),
        "phone": list(contact.phone),
        "form_url": contact.url,
        "source": contact.source,
        "observed_at": instant(contact.observed_at),
        "confidence": None if contact.confidence is None else round(contact.confidence, 3),
        "tried": contact.tried,
    }


def _group(group: Group, dossier: Dossier) -> Row:
    members, reported = totals(group)
    here = [entry for entry in dossier.alleged if entry.item["cluster_id"] == group.cluster_id]
    burst = group.burst
    return {
        "cluster_id": group.cluster_id,
        "name": group.cluster.get("name"),
        "first_day": iso_day(group.cluster.get("first_day")),
        "members": members,
        "reported_members": reported,
        "alleged_here": len(here),
        "other_registrars": others(group, dossier)[0],
        "other_networks": others(group, dossier)[1],
        "burst": {
            "burst_id": burst["burst_id"],
            "kind": burst["kind"],
            "observed": burst["observed"],
            "expected": burst["expected"],
            "p_value": burst["p_value"],
            "q_value": burst["q_value"],
            "window_start": instant(burst["window_start"]),
            "window_end": instant(burst["window_end"]),
        },
        "strongest_links": [
            link_row(link, ("family", "field", "value", "domains_with_value", "in_cluster")) for link in group.links
        ],
        "lineage": [{key: row[key] for key in ("relation", "related_id", "shared_domains")} for row in group.lineage],
    }


def _resolved(entry: Entry) -> Row:
    return {
        "domain": entry.domain,
        "state_now": entry.item["settled"],
        "words": settled_in_words(entry.item["settled"], entry.item["scope"]),
        "observed_at": instant(_seen_settled(entry)),
        "first_told_day": iso_day(entry.item["first_told_day"]),
        "first_packet_id": entry.item["first_packet_id"],
    }


def _seen_settled(entry: Entry) -> dt.datetime | None:
    """When it was seen as it is: a move between networks by the DNS, all else by the registration record."""
    hosting, record = entry.hosting, entry.registration
    moved_network = entry.item["scope"] == "network" and entry.item["settled"] == "moved"
    seen: dt.datetime | None = hosting["observed_at"] if hosting and moved_network else record["observed_at"]
    return seen
