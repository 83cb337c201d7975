"""What an RDAP answer means (RFC 9083, jCard RFC 7095, redaction RFC 9537): pure, from bytes to a record.

Whatever the bytes are, there is an outcome and no exception. Contacts come from this very answer: the abuse desk is the
entity with the role `abuse` inside the entity with the role `registrar`, and nobody else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from churn.enrich.meaning.record import (
    Reading,
    Record,
    Registrant,
    country_of,
    email_of,
    hosts_of,
    instant_of,
    label_of,
    name_of,
    phone_of,
    registrant_columns,
    statuses_of,
    whole_of,
)
from churn.markings import printable
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

Json = dict[str, Any]

_EVENTS = {"registration": "created_at", "last changed": "updated_at", "expiration": "expires_at"}
_LIMIT = re.compile(r"rate.?limit|limit exceeded|too many|quota", re.IGNORECASE)
MOST_ITEMS = 200
"""Entities, links and properties that are looked at, each."""


def parse_rdap(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> tuple[Outcome, Record | None, str | None]:
    """Outcome, record (columns of `registration`) and a bounded word of explanation for an RDAP answer's body.

    With `domain` (an A-label), an answer about another domain is `wrong_subject`; without, the subject is believed.
    """
    reading = read_rdap(raw, domain, hashes)
    return reading.outcome, reading.record, reading.detail


def read_rdap(raw: bytes, domain: str | None, hashes: Pseudonymiser, *, source: str = "registry_rdap") -> Reading:
    """`parse_rdap` with the link to the registrar, if the answer has one. `source` is whose answer it is."""
    body = _json_object(raw)
    if body is None:
        return Reading(Outcome.MALFORMED, detail="not a JSON object")
    if "errorCode" in body:
        return Reading(outcome_of_status(whole_of(body["errorCode"]) or 0), detail=_detail(body.get("title")))
    subject = name_of(body.get("ldhName")) or name_of(body.get("unicodeName"))
    if subject is None or body.get("objectClassName", "domain") != "domain":
        if _LIMIT.search(json.dumps(body.get("notices"))[:10_000]):
            return Reading(Outcome.RATE_LIMITED, detail="told in a notice")
        return Reading(Outcome.MALFORMED, detail="no domain object")
    if domain is not None and subject != domain:
        return Reading(Outcome.WRONG_SUBJECT, detail=f"about {subject}")
    return Reading(Outcome.OK, _record(body, subject, hashes, source), refer=_related(body, subject))


def _json_object(raw: bytes) -> Json | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def outcome_of_status(status: int) -> Outcome:
    """What an HTTP status (or RDAP errorCode) says about a look-up."""
    known = {200: Outcome.OK, 404: Outcome.NOT_FOUND, 429: Outcome.RATE_LIMITED}
    if status in known:
        return known[status]
    if status >= 500:
        return Outcome.SERVER_FAILURE
    return Outcome.REFUSED if status in {401, 403, 451} else Outcome.MALFORMED


def is_thin(record: Record) -> bool:
    """Whether a record says nothing of the registrant, not even that it is withheld."""
    return record.get("redacted") is None


def _record(body: Json, subject: str, hashes: Pseudonymiser, source: str) -> Record:
    entities = list(_objects(body.get("entities")))
    registrar = _with_role(entities, "registrar")
    secure = body.get("secureDNS")
    signed = secure.get("delegationSigned") if isinstance(secure, dict) else None
    return {
        "domain": subject,
        "handle": label_of(body.get("handle")),
        **_registrar_columns(registrar),
        **_dates(body),
        "status": statuses_of(body["status"]) if isinstance(body.get("status"), list) else None,
        "nameservers": _nameservers(body),
        **registrant_columns(_registrant(body, entities), hashes),
        "reseller": label_of(_text(_card(_with_role(entities, "reseller")), "fn")),
        "dnssec": signed if isinstance(signed, bool) else None,
        **_abuse(registrar, source),
    }


def _registrar_columns(registrar: Json) -> Record:
    card = _card(registrar)
    ids = [
        whole_of(item.get("identifier"))
        for item in _objects(registrar.get("publicIds"))
        if isinstance(item.get("type"), str) and "iana" in item["type"].lower()
    ]
    return {
        "registrar": label_of(_text(card, "fn") or _text(card, "org")),
        "registrar_iana_id": next((number for number in ids if number), None),
    }


def _dates(body: Json) -> Record:
    dates: Record = dict.fromkeys(_EVENTS.values())
    for event in _objects(body.get("events")):
        column = _EVENTS.get(str(event.get("eventAction")).lower())
        if column:
            dates[column] = dates[column] or instant_of(event.get("eventDate"))
    return dates


def _nameservers(body: Json) -> list[str] | None:
    if not isinstance(body.get("nameservers"), list):
        return None
    return hosts_of(server.get("ldhName") or server.get("unicodeName") for server in _objects(body["nameservers"]))


def _registrant(body: Json, entities: list[Json]) -> Registrant:
    entity = _with_role(entities, "registrant")
    card = _card(entity)
    person = {
        "name": _text(card, "fn"),
        "organisation": _text(card, "org"),
        "email": _text(card, "email"),
        "phone": _text(card, "tel"),
    }
    gone = _redacted_fields(body)
    kept = {name: None if name in gone else value for name, value in person.items()}
    said = any("redacted" in str(remark.get("title")).lower() for remark in _objects(entity.get("remarks")))
    return Registrant(**kept, country=_country(card), withheld=bool(gone) or said)


_REDACTABLE = {
    "name": re.compile(r"registrant name|\['?\"?name|'fn'"),
    "organisation": re.compile(r"registrant org|'org'"),
    "email": re.compile(r"registrant e-?mail|'email'"),
    "phone": re.compile(r"registrant phone|'tel'|'voice'"),
}


def _redacted_fields(body: Json) -> set[str]:
    """Fields of the registrant that `redacted` (RFC 9537) names: emptied, cut or replaced, they are no values."""
    gone: set[str] = set()
    for item in _objects(body.get("redacted")):
        name = item.get("name") if isinstance(item.get("name"), dict) else {}
        text = " ".join(str(part) for part in (name, item.get("prePath"), item.get("postPath"))).lower()[:2000]
        if "registrant" in text:
            gone.update(field for field, pattern in _REDACTABLE.items() if pattern.search(text))
    return gone


def _abuse(registrar: Json, source: str) -> Record:
    desks = [entity for entity in _objects(registrar.get("entities")) if _has_role(entity, "abuse")]
    if not desks and _has_role(registrar, "abuse"):
        desks = [registrar]
    for card in map(_card, desks):
        email = next((e for e in map(email_of, _texts(card, "email")) if e), None)
        phone = next((p for p in map(phone_of, _texts(card, "tel")) if p), None)
        url = next((u for u in map(_web_address, (*_texts(card, "contact-uri"), *_texts(card, "url"))) if u), None)
        if email or phone or url:
            return {"abuse_email": email, "abuse_phone": phone, "abuse_url": url, "abuse_source": source}
    return dict.fromkeys(("abuse_email", "abuse_phone", "abuse_url", "abuse_source"))


def _related(body: Json, subject: str) -> str | None:
    for link in _objects(body.get("links")):
        url = _web_address(link.get("href"))
        if url is None or link.get("rel") != "related":
            continue
        if link.get("type") == "application/rdap+json" or url.lower().rstrip("/").endswith(f"/{subject}"):
            return url
    return None


def _web_address(text: object) -> str | None:
    if not isinstance(text, str) or len(text) > 2000 or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname and not parts.username else None


def _objects(value: object) -> Iterator[Json]:
    if isinstance(value, list):
        yield from (item for item in value[:MOST_ITEMS] if isinstance(item, dict))


def _has_role(entity: Json, role: str) -> bool:
    roles = entity.get("roles")
    return isinstance(roles, list) and any(isinstance(r, str) and r.lower() == role for r in roles)


def _with_role(entities: list[Json], role: str) -> Json:
    return next((entity for entity in entities if _has_role(entity, role)), {})


def _card(entity: Json) -> list[list[Any]]:
    """Properties of an entity's jCard that have the four parts of one; malformed ones are left out."""
    card = entity.get("vcardArray")
    if not isinstance(card, list) or len(card) < 2 or not isinstance(card[1], list):
        return []
    return [p for p in card[1][:MOST_ITEMS] if isinstance(p, list) and len(p) >= 4 and isinstance(p[0], str)]


def _texts(card: list[list[Any]], name: str) -> list[str]:
    values = (p[3][0] if isinstance(p[3], list) and p[3] else p[3] for p in card if p[0].lower() == name)
    return [value for value in values if isinstance(value, str) and value.strip()]


def _text(card: list[list[Any]], name: str) -> str | None:
    return next(iter(_texts(card, name)), None)


def _country(card: list[list[Any]]) -> str | None:
    for address in (p for p in card if p[0].lower() == "adr"):
        code = address[1].get("cc") if isinstance(address[1], dict) else None
        last = address[3][-1] if isinstance(address[3], list) and address[3] else None
        if found := country_of(code) or country_of(last):
            return found
    return None


def _detail(text: object) -> str | None:
    return printable(text, 200) if isinstance(text, str) else None
