"""What registration answers have in common, whichever protocol brought them: pure functions from text to fields.

Redaction, EPP status names, instants, host names, the registrant's hashes and the merge of a registry's with a
registrar's answer. What doesn't belong here: RDAP's or WHOIS's own syntax, and anything that talks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from churn.markings import printable
from churn.names import NotANameError, normalise
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

Record = dict[str, Any]
"""Columns of `registration` that an answer gives; those that it lacks are missing or None."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer means: an outcome, the record where there is one, and where it refers us to."""

    outcome: Outcome
    record: Record | None = None
    detail: str | None = None
    refer: str | None = None
    """RDAP: URL of the registrar's answer. WHOIS: host of the server that knows more."""


@dataclass(frozen=True, slots=True)
class Registrant:
    """Registrant data in clear, for as long as it takes to hash it. Never stored, never logged."""

    name: str | None = None
    organisation: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    withheld: bool = False


_MARKER = re.compile(
    r"redacted|privacy|gdpr|withheld|not disclosed|non-?public|data protect|protected|masked|proxy|whois ?guard|"
    r"identity shield|anonymi[sz]e|undisclosed|hidden|select request|rdds service|contact domain holder|"
    r"not applicable|statutory|private person|registration private|on behalf of|\*\*|x{6}",
    re.IGNORECASE,
)
_SERVICE = re.compile(r"privacy|proxy|proxies|guard|protect|shield|anonymi[sz]e|on behalf of", re.IGNORECASE)
_TAKEN_OUT = re.compile(r"redact|gdpr|withheld|disclos|non-?public|masked|statutory", re.IGNORECASE)
_EMPTY = frozenset({"", "-", "--", "n/a", "na", "none", "null", "unknown", "not available", "no data"})
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{3,253}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_EPP = (
    "addPeriod autoRenewPeriod clientDeleteProhibited clientHold clientRenewProhibited clientTransferProhibited "
    "clientUpdateProhibited inactive linked ok pendingCreate pendingDelete pendingRenew pendingRestore pendingTransfer "
    "pendingUpdate redemptionPeriod renewPeriod serverDeleteProhibited serverRenewProhibited serverTransferProhibited "
    "serverUpdateProhibited serverHold transferPeriod"
).split()
_STATUS = {name.lower(): name for name in _EPP} | {"active": "ok", "associated": "linked"}
_EARLIEST, _LATEST = 1970, 2200


def is_withheld(value: str | None) -> bool:
    """Whether a text stands where a value was taken out, or names a privacy service."""
    return bool(value) and bool(_MARKER.search(str(value)[:500]))


def is_service(value: str | None) -> bool:
    """Whether a text names a privacy service, which stands in the record with contact data of its own."""
    return is_withheld(value) and bool(_SERVICE.search(str(value)[:500])) and not _TAKEN_OUT.search(str(value)[:500])


def value_of(text: object, limit: int = 200) -> str | None:
    """Outside text as a value, printable and bounded; None where it is empty, a filler or a redaction marker."""
    clean = " ".join(printable(text.strip(), limit).split()) if isinstance(text, str) else ""
    return None if clean.lower() in _EMPTY or is_withheld(clean) else clean


def label_of(text: object, limit: int = 200) -> str | None:
    """Outside text as the name of a company, which may well hold a word that marks redaction elsewhere."""
    clean = " ".join(printable(text.strip(), limit).split()) if isinstance(text, str) else ""
    return None if clean.lower() in _EMPTY else clean


def email_of(text: object) -> str | None:
    """The one e-mail address that a text holds, its domain in lower case; None where there is none."""
    found = _EMAIL.search(text[:1000]) if isinstance(text, str) else None
    if found is None:
        return None
    mailbox, _, host = found.group().partition("@")
    name = name_of(host.rstrip("."))
    return f"{mailbox}@{name}" if name else None


def phone_of(text: object) -> str | None:
    """A telephone number as given, without `tel:`; None where it has fewer than five digits."""
    clean = printable(text.strip().removeprefix("tel:"), 60) if isinstance(text, str) else ""
    return clean if sum(c.isdigit() for c in clean) >= 5 else None


def country_of(text: object) -> str | None:
    """An ISO 3166-1 alpha-2 code; None for names of countries and for ZZ (unknown)."""
    code = text.strip().upper() if isinstance(text, str) else ""
    return code if _COUNTRY.fullmatch(code) and code != "ZZ" else None


def whole_of(text: object, most: int = 2**31 - 1) -> int | None:
    """A whole number above 0 that fits the column; None for anything else."""
    digits = str(text).strip() if isinstance(text, (str, int)) and not isinstance(text, bool) else ""
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else 0
    return number if 0 < number <= most else None


def instant_of(text: object) -> dt.datetime | None:
    """An ISO 8601 instant in UTC, whole seconds; a date alone is its midnight. None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip()[:40])
        return utc(moment)
    except (ValueError, OverflowError):
        return None


def utc(moment: dt.datetime) -> dt.datetime | None:
    """An instant in UTC, whole seconds; None where no registration can have it."""
    try:
        aware = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return aware.replace(microsecond=0) if _EARLIEST <= aware.year <= _LATEST else None


def statuses_of(texts: Iterable[object]) -> list[str]:
    """EPP status names (RFC 5731, RFC 3915) in any of their spellings, RDAP's (RFC 8056) included; sorted."""
    return sorted({name for text in texts if isinstance(text, str) and (name := _status_of(text[:120]))})


@lru_cache(maxsize=1024)  # of which answers have the same few
def _status_of(text: str) -> str | None:
    return _STATUS.get(re.sub(r"[\s_-]", "", text.partition("http")[0][:80]).lower())


def hosts_of(texts: Iterable[object]) -> list[str]:
    """Host names, each in its one spelling, sorted; texts that are none are left out."""
    hosts = set()
    for text in texts:
        name = name_of(text)
        if name:
            hosts.add(name)
    return sorted(hosts)[:100]


def name_of(text: object) -> str | None:
    """A host name in its one spelling; None where the text is none."""
    return _name_of(text) if isinstance(text, str) and len(text) <= 300 else None


@lru_cache(maxsize=16_384)  # name servers and registrars' mail domains come again and again
def _name_of(text: str) -> str | None:
    try:
        return normalise(text)
    except NotANameError:
        return None


def registrant_columns(person: Registrant, hashes: Pseudonymiser) -> Record:
    """The registrant's columns: hashes, and what is not personal. Markers and privacy services are no values."""
    shown = (person.name, person.organisation, person.email, person.phone)
    if any(map(is_service, shown)):  # its mailbox, telephone and country are shared by strangers
        person = Registrant(withheld=True)
    withheld = person.withheld or any(map(is_withheld, shown))
    email = email_of(person.email) if value_of(person.email) else None
    phone = phone_of(person.phone) if value_of(person.phone) else None
    name, organisation = value_of(person.name), value_of(person.organisation)
    if withheld and name is None:  # whoever hides the person shows a way to reach them that the registrar made up
        email = phone = None
    known = any((name, organisation, email, phone))
    return {
        "registrant_hash": hashes.hash("registrant_name", name),
        "registrant_email_hash": hashes.hash("registrant_email", email),
        "registrant_email_domain": email.rpartition("@")[2] if email else None,
        "registrant_phone_hash": hashes.hash("registrant_phone", re.sub(r"\D", "", phone or "")),
        "registrant_org_hash": hashes.hash("registrant_org", organisation),
        "registrant_country": country_of(person.country),
        "redacted": True if withheld else (False if known else None),
    }


_ABUSE = ("abuse_email", "abuse_phone", "abuse_url", "abuse_source")
_REGISTRANT = (
    "registrant_hash",
    "registrant_email_hash",
    "registrant_email_domain",
    "registrant_phone_hash",
    "registrant_org_hash",
    "registrant_country",
    "redacted",
)


def merge(registry: Record, registrar: Record) -> Record:
    """One record of a thin registry's answer and the sponsoring registrar's, both about the same domain.

    The registrar knows the registrant and its own abuse desk (each group taken whole from one answer, never mixed);
    the registry decides about everything else.
    """
    merged = {**registrar, **{name: value for name, value in registry.items() if value not in (None, [])}}
    for group in (_REGISTRANT, _ABUSE):
        best = registrar if any(registrar.get(name) is not None for name in group) else registry
        merged |= {name: best.get(name) for name in group}
    if registrar.get("reseller"):
        merged["reseller"] = registrar["reseller"]
    return merged
