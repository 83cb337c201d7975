"""One domain of packet.json: its records, listings, judgement and links, exact; a null is "not obtained", with why.

What belongs here: the part of packet.json that speaks of one domain. What doesn't: the packet around it (`document`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from churn.markings import defang
from churn.packets.assessing import assessment, is_shared, requested
from churn.packets.dossier import Entry, Row
from churn.packets.wording import in_unicode, link_in_words, try_in_words

_LOOKUPS = {"registration": ("rdap", "whois"), "dns": ("dns",), "certificate": ("ct", "tls"), "network": ("network",)}


def evidence(entry: Entry) -> Row:
    """All that is known of a domain that is told of, as JSON values."""
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
        "first_told_day": iso_day(item["first_told_day"]),
        "first_packet_id": item["first_packet_id"],
        "assessment": {"judgement": judgement, "reasons": reasons},
        "requested_action": requested(entry),
        "why_linked": [link_row(link, _LINK) for link in entry.links],
        "not_obtained": _not_obtained(entry),
    } | ({"hosting": _hosting(entry)} if item["scope"] == "network" else {})


_LINK = ("family", "field", "value", "domains_with_value", "in_cluster", "weight", "source", "observed_at")


def link_row(link: Row, keys: Sequence[str]) -> Row:
    """These columns of a row of the ledger, and the same in words."""
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
        "day": iso_day(row["day"]),
        "class": row["label"],
        "series": row["series_hash"],
    }


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


def instant(value: dt.datetime | None) -> str | None:
    """An instant as RFC 3339 text in UTC."""
    return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def iso_day(value: dt.date | None) -> str | None:
    """A day as ISO 8601 text."""
    return None if value is None else value.isoformat()
