"""What an RDAP answer about a domain means (RFC 9083, profile of ICANN): pure, from bytes to a record.

1. Take the domain object from the answer, or say why there is none (`rdap_json`).
2. Compare its subject with the name that was asked for.
3. Read its members: registrar, dates, status, name servers, the registrant's hashes (less what is withheld:
   `rdap_redaction`), the registrar's abuse desk, and the link to the registrar's own answer.

Whatever the bytes are, there is an outcome and no exception. Contacts come from this very answer: see `_abuse`.
What doesn't belong here: networks (`rdap_network`), contact cards (`jcard`).
"""

from __future__ import annotations

from churn.enrich.meaning import jcard
from churn.enrich.meaning.rdap_json import (
    MOST_ITEMS,
    Json,
    object_of,
    objects,
    outcome_of_status,
    roles_of,
    was_cut_by_a_limit,
    web_address,
    with_role,
)
from churn.enrich.meaning.rdap_redaction import withheld_fields
from churn.enrich.meaning.record import (
    Reading,
    Record,
    Registrant,
    hosts_of,
    instant_of,
    label_of,
    name_of,
    registrant_columns,
    statuses_of,
    whole_of,
)
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

__all__ = ["is_thin", "outcome_of_status", "parse_rdap", "read_rdap"]

_EVENTS = {
    "registration": "created_at",
    "last changed": "updated_at",
    "last update": "updated_at",  # in no registry of values, and said by large registrars
    "expiration": "expires_at",
}
_CUSTOMER = frozenset({"registrant", "administrative", "technical", "billing"})
_ABUSE = ("abuse_email", "abuse_phone", "abuse_url", "abuse_source")


def parse_rdap(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> tuple[Outcome, Record | None, str | None]:
    """Outcome, record (columns of `registration`) and a bounded word of explanation for an RDAP answer's body.

    With `domain` (an A-label), an answer about another domain is `wrong_subject`; without, the subject is believed.
    """
    reading = read_rdap(raw, domain, hashes)
    return reading.outcome, reading.record, reading.detail


def read_rdap(raw: bytes, domain: str | None, hashes: Pseudonymiser, *, source: str = "registry_rdap") -> Reading:
    """`parse_rdap` with the link to the registrar, if the answer has one. `source` is whose answer it is."""
    body = object_of(raw, "domain")
    if isinstance(body, Reading):
        return body
    subject = name_of(body.get("ldhName")) or name_of(body.get("unicodeName"))
    if subject is None:
        return Reading(Outcome.MALFORMED, detail="a domain object without a name")
    if domain is not None and subject != domain:
        return Reading(Outcome.WRONG_SUBJECT, detail=f"about {subject}"[:200])
    if was_cut_by_a_limit(body):
        return Reading(Outcome.RATE_LIMITED, detail="told in a notice beside an object that was cut")
    return Reading(Outcome.OK, _record(body, subject, hashes, source), refer=_related(body, subject))


def is_thin(record: Record) -> bool:
    """Whether a record says nothing of the registrant, not even that it is withheld."""
    return record.get("redacted") is None


def _record(body: Json, subject: str, hashes: Pseudonymiser, source: str) -> Record:
    entities = objects(body.get("entities"))
    registrar = with_role(entities, "registrar")
    return {
        "domain": subject,
        "handle": label_of(body.get("handle")),
        **_registrar_columns(body, registrar, subject),
        **_dates(body),
        "status": _status(body),
        "nameservers": _nameservers(body),
        **registrant_columns(_registrant(body, with_role(entities, "registrant")), hashes),
        "reseller": label_of(jcard.first_text(jcard.card_of(with_role(entities, "reseller")), "fn")),
        "dnssec": _signed(body),
        **_abuse(entities, registrar, source),
    }


def _registrar_columns(body: Json, registrar: Json, subject: str) -> Record:
    card = jcard.card_of(registrar)
    ids = [
        whole_of(item.get("identifier"))
        for item in objects(registrar.get("publicIds"))
        if isinstance(item.get("type"), str) and "iana" in item["type"].lower()
    ]
    return {
        "registrar": label_of(jcard.first_text(card, "fn")) or label_of(jcard.first_text(card, "org")),
        "registrar_iana_id": next(filter(None, ids), None) or _id_in_handle(body, registrar, subject),
    }


def _id_in_handle(body: Json, registrar: Json, subject: str) -> int | None:
    """The IANA id where a registrar's handle is a number: so in generic TLDs, which ICANN's profile binds.

    A country's registry may number its registrars itself, and say that it follows the profile nevertheless.
    """
    tld = subject.rpartition(".")[2]
    told = body.get("rdapConformance")
    profile = isinstance(told, list) and any(isinstance(t, str) and t.startswith("icann_rdap_") for t in told[:50])
    return whole_of(registrar.get("handle")) if profile and len(tld) > 2 and not tld.startswith("xn--") else None


def _dates(body: Json) -> Record:
    dates: Record = dict.fromkeys(_EVENTS.values())
    for event in objects(body.get("events")):
        action = event.get("eventAction")
        column = _EVENTS.get(action.strip().lower()) if isinstance(action, str) else None
        if column and dates[column] is None:
            dates[column] = instant_of(event.get("eventDate"))
    return dates


def _status(body: Json) -> list[str] | None:
    told = body.get("status")
    if isinstance(told, str):
        told = [told]
    return statuses_of(told[:MOST_ITEMS]) if isinstance(told, list) else None


def _nameservers(body: Json) -> list[str] | None:
    told = body.get("nameservers")
    if not isinstance(told, (list, dict)):
        return None
    plain = [item for item in told[:MOST_ITEMS] if isinstance(item, str)] if isinstance(told, list) else []
    return hosts_of([*plain, *(server.get("ldhName") or server.get("unicodeName") for server in objects(told))])


def _signed(body: Json) -> bool | None:
    told = body.get("secureDNS", body.get("secureDns"))
    if not isinstance(told, dict):
        return None
    signed = told.get("delegationSigned")
    if isinstance(signed, str):
        signed = {"true": True, "false": False}.get(signed.strip().lower())
    if isinstance(signed, bool):
        return signed
    return True if objects(told.get("dsData")) or objects(told.get("keyData")) else None


def _registrant(body: Json, entity: Json) -> Registrant:
    gone, withheld = withheld_fields(body, entity)
    card = jcard.card_of(entity)
    mailbox = next((text for text in jcard.texts(card, "email") if "://" not in text), None)
    person = {
        "name": jcard.first_text(card, "fn"),
        "organisation": jcard.first_text(card, "org"),
        "email": mailbox,
        "phone": jcard.phone(card) or jcard.first_text(card, "tel"),  # which may be a marker
        "country": jcard.country(card),
    }
    return Registrant(**{name: None if name in gone else value for name, value in person.items()}, withheld=withheld)


def _abuse(entities: list[Json], registrar: Json, source: str) -> Record:
    """The registrar's abuse desk: the entity `abuse` inside the entity `registrar`, or one that has both roles.

    A desk beside the registrar, at the top of the answer, may be the registry's or a reseller's: it is taken only
    where its handle says that it is the registrar once more (servers that show an entity once for each role). Nobody
    who is the domain's registrant, administrative, technical or billing contact as well is ever taken.
    """
    handle = registrar.get("handle")
    again = [entity for entity in entities if handle and isinstance(handle, str) and entity.get("handle") == handle]
    for entity in (*objects(registrar.get("entities")), registrar, *again):
        roles = roles_of(entity)
        if "abuse" not in roles or roles & _CUSTOMER:
            continue
        found = jcard.desk(jcard.card_of(entity))
        if found:
            return found | {"abuse_source": source}
    return dict.fromkeys(_ABUSE)


def _related(body: Json, subject: str) -> str | None:
    """The registrar's answer about the subject; else what is said to be an RDAP answer that is related."""
    perhaps = None
    for link in objects(body.get("links")):
        url = web_address(link.get("href"))
        if url is None or link.get("rel") != "related":
            continue
        if url.lower().rstrip("/").endswith(f"/{subject}"):
            return url
        if link.get("type") == "application/rdap+json":
            perhaps = perhaps or url
    return perhaps
