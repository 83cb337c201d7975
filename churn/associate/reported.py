"""The reported domains to check: names given on the call, a list, or a packet (its `domains.csv` or `packet.json`).

What belongs here: from outside text to names with what the report says of them. What doesn't: the portfolio.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from churn.errors import UsageError
from churn.names import NotANameError, parse

LONGEST_FILE = 64 << 20
MOST_DOMAINS = 100_000
_FOR_ABUSE = "registered"


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported domain (registrable, A-label), the UTC day of the report, and whether it was "registered for abuse".

    False is "undetermined", as the report says it: it may be compromised. None of either: nothing is said.
    """

    domain: str
    reported_on: dt.date | None = None
    for_abuse: bool | None = None


@dataclass(frozen=True, slots=True)
class ReportedList:
    """The reported domains, each once, and how many entries were no domain name."""

    domains: tuple[Reported, ...]
    unread: int


def reported_of(names: Iterable[str], file: Path | None = None) -> ReportedList:
    """Names as typed (defanged spellings and URLs are read), and those of a file: CSV, JSON, or one name a line.

    In a file an entry that is no name is counted. Raises UsageError for a typed name that is none, for a file that
    can't be read or holds none, and for more than 100,000 domains.
    """
    found: dict[str, Reported] = {}
    unread = 0
    for name in names:
        try:
            domain = parse(name).domain
        except NotANameError as error:
            raise UsageError(f"{name[:100]!r} is no domain name: {error}.") from None
        found.setdefault(domain, Reported(domain))
    for entry in _entries(file) if file else ():
        try:
            domain = parse(str(entry.get("domain") or "").removeprefix("'")).domain
        except NotANameError:
            unread += 1
            continue
        if domain not in found or found[domain] == Reported(domain):
            found[domain] = Reported(domain, _day(entry), _for_abuse(entry))
        if len(found) > MOST_DOMAINS:
            raise UsageError(f"{file} holds more than {MOST_DOMAINS:,} domains; split it.")
    if not found:
        raise UsageError(
            f"{file} holds no domain name." if file else "Say what was reported: --domain D, or --reported FILE."
        )
    return ReportedList(tuple(found[domain] for domain in sorted(found)), unread)


def _entries(file: Path) -> Iterator[Mapping[str, Any]]:
    text = _text(file)
    if text.lstrip()[:1] in {"{", "["}:
        yield from _of_json(file, text)
        return
    head = text.partition("\n")[0].lower()
    if "domain" in [cell.strip().strip('"') for cell in head.split(",")]:
        yield from _of_csv(file, text)
        return
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield {"domain": line.strip()[:5_000]}


def _text(file: Path) -> str:
    try:
        with file.open("rb") as source:
            content = source.read(LONGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"Can't read {file}: {error.strerror}.") from None
    if len(content) > LONGEST_FILE:
        raise UsageError(f"{file} is larger than 64 MiB; a list of reported domains is not: split it.")
    return content.decode("utf-8-sig", "replace")


def _of_csv(file: Path, text: str) -> Iterator[Mapping[str, Any]]:
    try:
        for row in csv.DictReader(io.StringIO(text)):
            yield {(name or "").strip().lower(): cell for name, cell in row.items() if isinstance(name, str)}
    except csv.Error as error:
        raise UsageError(f"{file} can't be read as CSV: {error}.") from None


def _of_json(file: Path, text: str) -> Iterator[Mapping[str, Any]]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} can't be read as JSON: {error}.") from None
    entries = record.get("domains") if isinstance(record, dict) else record
    if not isinstance(entries, list):
        raise UsageError(f"{file} has no list of domains; give a packet.json, or a list of names.")
    for entry in entries:
        yield entry if isinstance(entry, dict) else {"domain": entry}


def _day(entry: Mapping[str, Any]) -> dt.date | None:
    for name in ("first_reported_at", "listed_on", "reported_on", "reported_at"):
        try:
            return dt.date.fromisoformat(str(entry.get(name) or "")[:10])
        except ValueError:
            continue
    return None


def _for_abuse(entry: Mapping[str, Any]) -> bool | None:
    said = entry.get("assessment")
    text = str(said.get("judgement", "")) if isinstance(said, dict) else str(said or "")
    return text.startswith(_FOR_ABUSE) if text else None
