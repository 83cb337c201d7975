"""The CSV files, for people at a spreadsheet: defanged, printable, no cell a formula (RFC 4180, UTF-8).

Reported and unreported domains never stand in one file, nor those to be held and those that were broken into. Machines
read packet.json and the XARF reports.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from churn.markings import printable, spreadsheet_safe
from churn.packets.assessing import assessment, is_shared, requested, told_by_kind
from churn.packets.dossier import Desk, Dossier, Entry, Row
from churn.packets.wording import REQUESTED, SIBLINGS_NOTE, day_of, in_unicode, link_in_words, shown, try_in_words

_DOMAIN = (
    "domain",
    "in_unicode",
    "state",
    "group",
    "created",
    "epp_status",
    "status_seen",
    "name_servers",
    "addresses",
)
_TOLD = ("listed_on", "list", "reference", "class_as_given", "times_reported", "first_told", "assessment", "requested")


_THERE = ("seen_here", "shared_platform", "names_at_address", "of_them_in_group", "registered_block")


def domains_csv(dossier: Dossier) -> bytes:
    """The domains that the recipient is told of, one a row; not those that were probably broken into."""
    return _told_csv(dossier, told_by_kind(dossier)[0])


def compromised_csv(dossier: Dossier) -> bytes:
    """The domains that were probably broken into, whose owners are to be told."""
    return _told_csv(dossier, told_by_kind(dossier)[1])


def siblings_csv(dossier: Dossier) -> bytes:
    """Unreported members of the same groups at this recipient, with the same ledger; every row says: not alleged."""
    rows = ((SIBLINGS_NOTE[dossier.scope], *_facts(entry), _why(entry)) for entry in dossier.siblings)
    return _csv(("note", *_DOMAIN, "why_linked"), rows)


def no_contact_csv(desks: Iterable[Desk]) -> bytes:
    """Registrars and networks with domains reported in the window to whom no e-mail address and no form is known.

    Those with most of these domains first. Corrections go into `reference/contact_corrections.toml`.
    """
    missing = [desk for desk in desks if desk.reported and not desk.contact.email and not desk.contact.url]
    missing.sort(key=lambda desk: (-desk.reported, desk.scope != "registrar", desk.key))
    rows = (
        (
            desk.scope,
            desk.key,
            shown(desk.name or "not known"),
            desk.reported,
            " ".join(desk.contact.phone) or "none",
            shown(desk.contact.tried),
        )
        for desk in missing
    )
    return _csv(("scope", "key", "name", "reported_domains_in_window", "telephone", "looked_at"), rows)


def unplaced_csv(rows: Iterable[Row]) -> bytes:
    """Reported domains that no network is told of, and why."""
    return _csv(
        ("domain", "group", "reason"),
        ((shown(row["domain"], 253), printable(row["cluster_id"]), _unplaced(row)) for row in rows),
    )


def unrouted_csv(rows: Iterable[Row]) -> bytes:
    """Reported domains that no packet holds, and why."""
    return _csv(
        ("domain", "group", "reason"),
        ((shown(row["domain"], 253), printable(row["cluster_id"]), _unrouted(row)) for row in rows),
    )


def _facts(entry: Entry) -> tuple[str, ...]:
    record, hosting = entry.registration, entry.hosting or {}
    return (
        shown(entry.domain, 253),
        shown(in_unicode(entry.domain), 253),
        entry.state,
        printable(entry.item["cluster_id"]),
        day_of(record["created_at"]),
        _joined(record["status"]),
        day_of(record["observed_at"]),
        _joined(hosting.get("ns") or record["nameservers"]),
        _joined([*(hosting.get("a") or ()), *(hosting.get("aaaa") or ())] if hosting else None),
    )


def _told_csv(dossier: Dossier, entries: Iterable[Entry]) -> bytes:
    is_network = dossier.scope == "network"
    rows = (
        (*_facts(entry), *_telling(entry), *(_there(entry) if is_network else ()), _why(entry)) for entry in entries
    )
    return _csv((*_DOMAIN, *_TOLD, *(_THERE if is_network else ()), "why_linked"), rows)


def _there(entry: Entry) -> tuple[str, ...]:
    """Of a network's: when the addresses were seen, how many names are at them, whose block it is."""
    seen = entry.hosting["observed_at"] if entry.hosting else None
    return (
        "" if seen is None else f"{seen:%Y-%m-%d %H:%M} UTC",
        "yes" if is_shared(entry) else "no",
        " ".join(str(place["names"]) for place in entry.places),
        " ".join(str(place["of_group"]) for place in entry.places),
        " ".join(
            sorted({f"{place['block']} {shown(place['block_name'] or '')}" for place in entry.places if place["block"]})
        ),
    )


def _telling(entry: Entry) -> tuple[str, ...]:
    newest = entry.listings[0]
    judgement, reasons = assessment(entry)
    return (
        day_of(newest["seen_at"] or newest["day"]),
        printable(newest["feed"]),
        shown(newest["reference"] or ""),
        shown(newest["label"] or "not given"),
        str(entry.item["times_reported"]),
        "now" if entry.state == "new" else day_of(entry.item["first_told_day"]),
        f"{judgement.replace('_', ' ')}: {'; '.join(reasons)}",
        REQUESTED[requested(entry)],
    )


def _why(entry: Entry) -> str:
    return " | ".join(link_in_words(link) for link in entry.links)


def _unrouted(row: Row) -> str:
    if row["source"] is None:
        tries = "; ".join(try_in_words(attempt) for attempt in row["tries"] if attempt["kind"] in {"rdap", "whois"})
        return f"no registration record ({tries or 'no look-up was made'})"
    where = f"the newest record ({row['source']} of {day_of(row['observed_at'])})"
    return f"{where} names several registrars" if row["sponsors"] else f"{where} names no registrar's IANA id"


def _unplaced(row: Row) -> str:
    if not row["answered"]:
        tries = "; ".join(try_in_words(attempt) for attempt in row["tries"] if attempt["kind"] == "dns")
        return f"no answer of the DNS on the day ({tries or 'no look-up was made'})"
    where = f"the answer of {day_of(row['observed_at'])}"
    return f"{where} has no address" if not row["addresses"] else f"who announces the addresses of {where} is not known"


def _joined(values: Sequence[str] | None) -> str:
    return "not obtained" if values is None else " ".join(shown(value) for value in values) or "none"


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([spreadsheet_safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", errors="replace")
