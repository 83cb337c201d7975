"""packet.json: one packet as data, exact, for machines. Its schema is `packet.schema.json` beside this file.

A null is "not obtained"; where it is known why, `not_obtained` says so by field. Only domains that this recipient is
told of are in it: unreported siblings have a file of their own and are merely counted here. Those that were probably
broken into stand apart (`compromised`), so that no program holds them with the others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from churn.markings import Tlp, defang
from churn.packets.assessing import assessment, is_shared, requested, told_by_kind
from churn.packets.contacts import Contact
from churn.packets.gather import Dossier, Entry, Group, Row
from churn.packets.wording import (
    ACTIONS,
    NO_CONTENT,
    REQUESTED,
    in_unicode,
    link_in_words,
    settled_in_words,
    try_in_words,
)
from churn.settings import Settings

SCHEMA_VERSION = "1.1"

_LOOKUPS = {"registration": ("rdap", "whois"), "dns": ("dns",), "certificate": ("ct", "tls"), "network": ("network",)}


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
        "domains": [_domain(entry) for entry in deliberate],
        "compromised": [_domain(entry) for entry in broken],
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


def instant(value: dt.datetime | None) -> str | None:
    """An instant as RFC 3339 text in UTC."""
    return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


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
        "first_day": _iso(group.cluster.get("first_day")),
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
            _link(link, ("family", "field", "value", "domains_with_value", "in_cluster")) for link in group.links
        ],
        "lineage": [{key: row[key] for key in ("relation", "related_id", "shared_domains")} for row in group.lineage],
    }


def _domain(entry: Entry) -> Row:
    item, record = entry.item, entry.registration
    judgement, reasons = assessment(entry)
    return {
        "domain": entry.domain,
        "unicode": in_unicode(entry.domain),
        "defanged": defang(entry.domain),
        "state": entry.state,
        "cluster_id": item["cluster_id"],
        "confidence": item["score"],
        "holds_without_strongest_link": item["holds_without_strongest"],
        "registration": _registration(record) if record["source"] else None,
        "dns": _dns(entry.hosting),
        "certificate": _certificate(entry.certificate),
        "listings": [_listing(row) for row in entry.listings],
        "times_reported": item["times_reported"],
        "first_reported_at": instant(item["first_reported_at"]),
        "first_told_day": _iso(item["first_told_day"]),
        "first_packet_id": item["first_packet_id"],
        "assessment": {"judgement": judgement, "reasons": reasons},
        "requested_action": requested(entry),
        "why_linked": [_link(link, _LINK) for link in entry.links],
        "not_obtained": _not_obtained(entry),
    } | ({"hosting": _hosting(entry)} if item["scope"] == "network" else {})


_LINK = ("family", "field", "value", "domains_with_value", "in_cluster", "weight", "source", "observed_at")


def _link(link: Row, keys: Sequence[str]) -> Row:
    return {key: instant(link[key]) if key == "observed_at" else link[key] for key in keys} | {
        "words": link_in_words(link)
    }


def _registration(record: Row) -> Row:
    return {
        "handle": record["handle"],
        "registrar": record["registrar"],
        "registrar_iana_id": record["sponsor"],
        "created_at": instant(record["created_at"]),
        "updated_at": instant(record["updated_at"]),
        "expires_at": instant(record["expires_at"]),
        "status": record["status"],
        "nameservers": record["nameservers"],
        "reseller": record["reseller"],
        "source": record["source"],
        "endpoint": record["endpoint"],
        "observed_at": instant(record["observed_at"]),
    }


_DNS = ("rcode", "a", "aaaa", "ns", "mx", "soa_rname", "asn", "as_name", "country", "resolver")


def _dns(row: Row | None) -> Row | None:
    return None if row is None else {key: row[key] for key in _DNS} | {"observed_at": instant(row["observed_at"])}


def _hosting(entry: Entry) -> Row:
    """Where the domain is at this network, as of the day's newest answer, and how many names are known to be there."""
    return {
        "observed_at": instant(entry.hosting["observed_at"]) if entry.hosting else None,
        "shared_platform": is_shared(entry),
        "addresses": [
            {
                "address": place["address"],
                "announced_prefix": place["announced"],
                "registered_block": place["block"],
                "registered_name": place["block_name"],
                "names_seen": place["names"],
                "names_of_group": place["of_group"],
            }
            for place in entry.places
        ],
    }


def _certificate(row: Row | None) -> Row | None:
    """Its other names are left out: they may be names that nobody has reported, or that another registrar sponsors."""
    if row is None:
        return None
    return {key: row[key] for key in ("sha256", "issuer", "serial", "ct_log", "ct_index", "source")} | {
        key: instant(row[key]) for key in ("not_before", "not_after", "observed_at")
    }


def _listing(row: Row) -> Row:
    """`class` and `series` as the list gives them (the series as a keyed hash); neither is ever assigned here."""
    return {
        "list": row["feed"],
        "name": row["fqdn"],
        "reference": row["reference"],
        "listed_at": instant(row["seen_at"]),
        "day": _iso(row["day"]),
        "class": row["label"],
        "series": row["series_hash"],
    }


def _resolved(entry: Entry) -> Row:
    return {
        "domain": entry.domain,
        "state_now": entry.item["settled"],
        "words": settled_in_words(entry.item["settled"], entry.item["scope"]),
        "observed_at": instant(_seen_settled(entry)),
        "first_told_day": _iso(entry.item["first_told_day"]),
        "first_packet_id": entry.item["first_packet_id"],
    }


def _seen_settled(entry: Entry) -> dt.datetime | None:
    """When it was seen as it is: a move between networks by the DNS, all else by the registration record."""
    hosting, record = entry.hosting, entry.registration
    moved_network = entry.item["scope"] == "network" and entry.item["settled"] == "moved"
    seen: dt.datetime | None = hosting["observed_at"] if hosting and moved_network else record["observed_at"]
    return seen


def _not_obtained(entry: Entry) -> dict[str, str]:
    """Why a value is null, by field: what the record does not hold, or how the newest look-up ended."""
    record, hosting = _registration(entry.registration), entry.hosting
    silent = f"not in the {record['source']} record"
    gaps = {f"registration.{key}": silent for key, value in record.items() if value is None}
    if record["source"] is None:
        gaps = {"registration": _reason(entry.tries, _LOOKUPS["registration"])}
    if hosting is None:
        gaps["dns"] = _reason(entry.tries, _LOOKUPS["dns"])
    else:
        gaps |= {f"dns.{key}": "not asked, or no usable answer" for key in _DNS if hosting[key] is None}
        network = _reason(entry.tries, _LOOKUPS["network"])
        gaps |= {f"dns.{key}": network for key in ("asn", "as_name", "country") if hosting[key] is None}
    if entry.certificate is None:
        gaps["certificate"] = _reason(entry.tries, _LOOKUPS["certificate"])
    return gaps


def _reason(tries: Iterable[Row], kinds: tuple[str, ...]) -> str:
    ended = [try_in_words(attempt) for attempt in tries if attempt["kind"] in kinds]
    return "; ".join(ended) or "no look-up was made"


def _iso(value: dt.date | None) -> str | None:
    return None if value is None else value.isoformat()
