"""What crt.sh's JSON means (a list of log entries; the format is its own): pure, from bytes to rows of `certificate`.

An empty list is no proof that there is no certificate: crt.sh answers so when it is behind by a day. It is therefore
not an observation; `EMPTY` in the detail tells it apart, so that who asked may ask again and believe a repetition.
What doesn't belong here: certificates themselves (`certificate`), logs' tiles.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from churn.enrich.meaning.certificate import MOST_NAMES, names_of
from churn.enrich.meaning.record import Record, instant_of
from churn.markings import printable
from churn.outcomes import Outcome

EMPTY = "empty answer"
MOST_RECORDS = 20
"""Certificates that are kept of one answer, the newest."""
_MOST_ENTRIES = 5_000
_MOST_READ = 200
_MOST_NAMES_READ = 300
_FAILED = re.compile(
    r"\b50[0-9]\b|bad gateway|service unavailable|gateway time-?out|internal server error", re.IGNORECASE
)
_LIMITED = re.compile(r"\b429\b|too many (requests|connections)|rate.?limit", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{1,64}")
_NEXT_PART = re.compile(r", (?=[A-Za-z0-9.]{1,40}=)")
_OIDS = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
}


def read_crtsh(raw: bytes, domain: str) -> tuple[Outcome, list[Record], str | None]:
    """Outcome, rows (columns of `certificate`, source `ct`, newest first) and a word of explanation.

    Kept are certificates that name the domain (an A-label) or a name below it, wildcards included; a precertificate
    and its certificate are one. Digests of certificate and key are not told, nor, by older answers, serial numbers.
    """
    entries = _entries(raw)
    if entries is None:
        text = raw[:4_000].decode("latin-1")
        if _LIMITED.search(text):
            return Outcome.RATE_LIMITED, [], "told in a page"
        return (Outcome.SERVER_FAILURE if _FAILED.search(text) else Outcome.MALFORMED), [], "no JSON list"
    if not entries:
        return Outcome.MALFORMED, [], EMPTY
    kept: dict[object, Record] = {}
    for entry in sorted(entries, key=_age, reverse=True)[:_MOST_READ]:
        record = _record(entry, domain)
        if record is not None:
            told = (record["serial"], record["issuer"])
            kept.setdefault(told if record["serial"] else (*told, record["not_before"], *record["names"]), record)
    if not kept:
        return Outcome.WRONG_SUBJECT, [], "no certificate names the domain"
    return Outcome.OK, list(kept.values())[:MOST_RECORDS], None


def _entries(raw: bytes) -> list[dict[str, Any]] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return [entry for entry in body[:_MOST_ENTRIES] if isinstance(entry, dict)] if isinstance(body, list) else None


def _age(entry: dict[str, Any]) -> str:
    """What sorts entries: ISO 8601 instants, all in UTC, sort as they are."""
    start = entry.get("not_before")
    return start[:40] if isinstance(start, str) else ""


def _record(entry: dict[str, Any], domain: str) -> Record | None:
    given = [text for text in (entry.get("common_name"), entry.get("name_value")) if isinstance(text, str)]
    if not any(domain in text.lower() for text in given):
        return None
    names = names_of("\n".join(given).split("\n", _MOST_NAMES_READ)[:_MOST_NAMES_READ])
    if not any(f".{name}".endswith(f".{domain}") for name in names):
        return None
    told = entry.get("serial_number")
    serial = told[:100].strip().lower() if isinstance(told, str) else ""
    return {
        "domain": domain,
        "source": "ct",
        "sha256": None,
        "spki_sha256": None,
        "issuer": _issuer(entry.get("issuer_name")),
        "serial": (serial.lstrip("0") or "0") if _HEX.fullmatch(serial) else None,
        "not_before": instant_of(entry.get("not_before")),
        "not_after": instant_of(entry.get("not_after")),
        "names": names[:MOST_NAMES],
    }


def _issuer(text: object) -> str | None:
    """An issuer's name as RFC 4514 writes it, as certificates' are; as given where it holds something unusual."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        parts = [part.partition("=") for part in _NEXT_PART.split(text.strip()[:1_000])]
        name = x509.Name([x509.NameAttribute(_OIDS[kind], _unquoted(value)) for kind, _, value in parts])
        return printable(name.rfc4514_string(), 300)
    except (KeyError, ValueError, TypeError):
        return printable(text, 300)


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1].replace('""', '"').replace('\\"', '"') if quoted else value
