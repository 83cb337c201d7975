"""The CSV files, for people at a spreadsheet: defanged, printable, no cell a formula (RFC 4180, UTF-8).

Reported and unreported domains never stand in one file. Machines read packet.json and the XARF reports.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from churn.markings import printable, spreadsheet_safe
from churn.packets.document import assessment, requested
from churn.packets.gather import Dossier, Entry, Row
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


def domains_csv(dossier: Dossier) -> bytes:
    """The domains that the registrar is told of, one a row."""
    rows = ((*_facts(entry), *_telling(entry), _why(entry)) for entry in dossier.alleged)
    return _csv((*_DOMAIN, *_TOLD, "why_linked"), rows)


def siblings_csv(dossier: Dossier) -> bytes:
    """Unreported members of the same groups at this registrar, with the same ledger; every row says: not alleged."""
    rows = ((SIBLINGS_NOTE, *_facts(entry), _why(entry)) for entry in dossier.siblings)
    return _csv(("note", *_DOMAIN, "why_linked"), rows)


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


def _joined(values: Sequence[str] | None) -> str:
    return "not obtained" if values is None else " ".join(shown(value) for value in values) or "none"


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([spreadsheet_safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", errors="replace")
