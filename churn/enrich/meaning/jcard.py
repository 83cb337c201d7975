"""Contact cards of RDAP (jCard, RFC 7095): properties by name, from cards that are often malformed.

What doesn't belong here: whose card it is, and what may be done with a value.
"""

from __future__ import annotations

from typing import Any

from churn.enrich.meaning.rdap_json import MOST_ITEMS, Json, web_address
from churn.enrich.meaning.record import Record, country_of, email_of, phone_of

Property = list[Any]
Card = dict[str, list[Property]]
"""Properties by name in lower case, each `[name, parameters, type, value, ...]`, in the order of the card."""


def card_of(entity: Json) -> Card:
    """An entity's card. Properties that lack one of their four parts are left out."""
    card: Card = {}
    for item in properties_of(entity):
        if isinstance(item, list) and len(item) >= 4 and isinstance(item[0], str):
            card.setdefault(item[0].lower(), []).append(item)
    return card


def properties_of(entity: Json) -> list[Any]:
    """The properties of an entity's card as they are; the label `vcard` before them may be missing."""
    given = entity.get("vcardArray")
    if not isinstance(given, list):
        return []
    held = next((part for part in given[:2] if isinstance(part, list)), [])
    return held[:MOST_ITEMS]


def texts(card: Card, name: str) -> list[str]:
    """Texts of a property, the first part of each that has parts (`org` with its units)."""
    values = (item[3][0] if isinstance(item[3], list) and item[3] else item[3] for item in card.get(name, ()))
    return [value for value in values if isinstance(value, str) and value.strip()]


def first_text(card: Card, name: str) -> str | None:
    """The first text of a property."""
    return next(iter(texts(card, name)), None)


def email(card: Card) -> str | None:
    """The first e-mail address; one inside the address of a web form is none."""
    return next((found for text in texts(card, "email") if "://" not in text and (found := email_of(text))), None)


def phone(card: Card) -> str | None:
    """The first telephone number that is not said to be for faxes or texts alone (RFC 6350, section 6.4.1).

    None where a number stands in pieces (`+7`, `495`, `5550000`, as a large registry has it): none of them reaches
    anybody.
    """
    calls = texts({"tel": [item for item in card.get("tel", ()) if not _for_machines(item[1])]}, "tel")
    if any(0 < sum(map(str.isdigit, text[:60])) < 4 for text in calls):
        return None
    return next((found for text in calls if (found := phone_of(text))), None)


def _for_machines(parameters: object) -> bool:
    kinds = parameters.get("type") if isinstance(parameters, dict) else None
    told = {kind.lower() for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)}
    return bool(told & {"fax", "pager", "text", "textphone"}) and "voice" not in told


def country(card: Card) -> str | None:
    """Country code of the first address that has one: `cc` (RFC 8605), last part, or last line of a label."""
    for item in card.get("adr", ()):
        parameters = item[1] if isinstance(item[1], dict) else {}
        label = parameters.get("label")
        last_line = label[-200:].rstrip().rpartition("\n")[2] if isinstance(label, str) else None
        last_part = item[3][-1] if isinstance(item[3], list) and item[3] else None
        if found := country_of(parameters.get("cc")) or country_of(last_part) or country_of(last_line):
            return found
    return None


def desk(card: Card) -> Record:
    """E-mail, telephone and web form of an abuse desk (columns `abuse_...`); empty where the card has none of them."""
    forms = [*texts(card, "contact-uri"), *texts(card, "url")]
    mailed = next((email_of(form) for form in forms if form.lower().startswith("mailto:")), None)
    found = {
        "abuse_email": email(card) or mailed,
        "abuse_phone": phone(card),
        "abuse_url": next((url for form in forms if (url := web_address(form))), None),
    }
    return found if any(found.values()) else {}
