"""Words for people: links, groups and gaps as sentences; outside text defanged and made safe for Markdown.

What belongs here: sentences and escaping. What doesn't: layout of a file, anything that a machine reads back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

import idna

from churn.markings import defang, printable

SIBLINGS_NOTE = {
    "registrar": "for your associated-domain check; not alleged",
    "network": "for your check of the same customers; not alleged",
}
NO_CONTENT = (
    "Content is never attached, and none was looked at: the reference of the authority or hotline stands for it."
)
REQUESTED = {
    "suspend": "clientHold and transfer lock; preserve account, payment and login records; "
    "run an associated-domain check; do not delete",
    "review": "review: hold it only if your records show that it was registered for this; "
    "preserve account, payment and login records; run an associated-domain check; do not delete",
    "notify_registrant": "probably broken into: pass a notice to the registrant and the site's technical contact; "
    "no clientHold, no lock, no deletion",
    "stop_service": "stop serving it; preserve customer, payment and access records; "
    "check what else this customer has with you; do not delete",
    "identify_customer": "one address, many customers: identify the customer behind this name at this time and act "
    "on that account alone; no take-down of the address; preserve customer, payment and access records",
    "review_customer": "review: stop serving it only if your records show that it was set up for this; "
    "preserve customer, payment and access records; do not delete",
    "notify_customer": "probably broken into: tell your customer and help to clean it; "
    "no take-down for good; preserve access records",
}
ACTIONS = {
    "registrar": ("suspend", "review", "notify_registrant"),
    "network": ("stop_service", "identify_customer", "review_customer", "notify_customer"),
}
"""Keys of REQUESTED by kind of recipient, the plainest first."""
ASKED = {
    "suspend": "hold",
    "review": "review",
    "notify_registrant": "notice",
    "stop_service": "stop",
    "identify_customer": "identify",
    "review_customer": "review",
    "notify_customer": "notice",
}
"""The same in one word, for tables."""
STEPS = {
    "suspend": "Those marked *hold*: clientHold and transfer lock.",
    "review": "Those marked *review*: we can't tell abuse from a break-in; hold only what your records speak against.",
    "notify_registrant": "Those marked *notice*: tell the registrant that the site was probably broken into; no hold.",
    "stop_service": "Those marked *stop*: stop serving them.",
    "identify_customer": "Those marked *identify*: find the customer behind the name; act on that account only.",
    "review_customer": "Those marked *review*: abuse or break-in, we can't tell; stop what your records speak against.",
    "notify_customer": "Those marked *notice*: tell the customer that it was probably broken into; help to clean it.",
}
"""What is asked of those that a table marks with a word of ASKED."""
ALWAYS = {
    "registrar": (
        "Preserve account, payment and login records.",
        "Run your associated-domain check over the accounts behind them (`churn associate` is one).",
        "Do not delete: a deleted name can be registered again, and its records are lost.",
    ),
    "network": (
        "Preserve customer, payment and access records.",
        "Check what else the same customers have with you.",
        "Do not delete: what is deleted is lost as evidence.",
    ),
}
"""What is asked of every recipient, by its kind."""
_SETTLED = {
    "client_hold": "on hold by the registrar (clientHold)",
    "server_hold": "on hold by the registry (serverHold)",
    "deleted": "deleted, or on its way to be",
    "not_delegated": "not delegated",
}

_TRAITS = {
    "registrant_email": "same registrant e-mail address (keyed hash)",
    "registrant_phone": "same registrant telephone (keyed hash)",
    "registrant_org": "same registrant organisation (keyed hash)",
    "created_minute": "registered at one registrar in the same minute",
    "name_servers": "same set of name servers",
    "address": "same IP address",
    "prefix": "same network",
    "mail_exchangers": "same mail servers",
    "soa_mailbox": "same mailbox of the zone (SOA)",
    "certificate_key": "same certificate key (SHA-256)",
    "template": "same naming template",
    "skeleton": "same name, up to its spelling and top-level domain",
    "stem": "same stem of the name",
    "word": "same first word of the name",
    "series": "same series tag given by the reporting authority (keyed hash)",
    "batch": "added to the reported list in the same minute",
}
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_MARKUP = re.compile(r"(\[(?![.@:]\](?![(\[:]))|[\\`*|~]|\b_|_\b)")  # not the brackets of defanging, which link nowhere
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
_INNER_DOT = re.compile(r"(?<=\w)\.(?=\w)")


def shown(text: str, limit: int = 200) -> str:
    """Outside text that holds names or addresses: printable, defanged."""
    return defang(printable(text, limit))


def in_unicode(domain: str) -> str:
    """The name in U-labels; as it is where it does not decode."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def code(text: str, limit: int = 254) -> str:
    """Outside text as a Markdown code span, also within a table: printable, defanged, nothing in it is markup."""
    inert = shown(text, limit).replace("`", "'").replace("|", "/")
    return f"`{inert}`"


def prose(text: str, limit: int = 200) -> str:
    """Outside text within a sentence of Markdown: no markup, no HTML, no entity, nothing that becomes a link.

    Unlike `shown` it leaves the full stop of "Inc." alone: only dots inside a word are defanged.
    """
    clean = _INNER_DOT.sub("[.]", printable(text, limit).replace("://", "[:]//").replace("@", "[@]"))
    return _ENTITY.sub("&amp;", _MARKUP.sub(r"\\\1", clean)).replace("<", "&lt;")


def day_of(value: dt.datetime | dt.date | None) -> str:
    """The UTC day of an instant; "not known" where there is none."""
    if value is None:
        return "not known"
    return value.astimezone(dt.UTC).date().isoformat() if isinstance(value, dt.datetime) else value.isoformat()


def counted(number: int, noun: str) -> str:
    """`1 domain`, `1,701 domains`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: Iterable[str], at_most: int = 5) -> str:
    """`a, b and 3 more`."""
    given = list(words)
    if len(given) > at_most:
        return f"{', '.join(given[:at_most])} and {len(given) - at_most:,} more"
    return " and ".join((", ".join(given[:-1]), given[-1])) if len(given) > 1 else "".join(given)


def capitalised(text: str) -> str:
    """The text as a sentence begins; the rest of it as it is."""
    return text[:1].upper() + text[1:]


def link_in_words(link: Mapping[str, Any]) -> str:
    """One row of the ledger as a phrase: what is shared, how rare it is, and how far it points to this group."""
    trait = _TRAITS.get(link["field"], f"same {shown(str(link['field'])).replace('_', ' ')}")
    value = str(link["value"])
    if _DIGEST.fullmatch(value):
        value = f"{value[:12]}…"
    elif link["field"] == "created_minute":
        value = f"{value.partition(' ')[2]} UTC"
    number, here = link["domains_with_value"], link["in_cluster"]
    return (
        f"{trait} ({shown(value, 120)}): {counted(number, 'domain')} in our window "
        f"{'has' if number == 1 else 'have'} it, {'all' if number == here > 1 else f'{here:,}'} of them in this group"
    )


def settled_in_words(state: str, scope: str) -> str:
    """How a domain that was told of stands; moved is "no longer yours"."""
    moved = "no longer sponsored by you" if scope == "registrar" else "no longer at an address of yours"
    return _SETTLED.get(state, moved)


def chance(q_value: float) -> str:
    """A q-value for people: `1 in 50,000`, to one digit; `0.03` where it is no small one."""
    if q_value < 1e-12:
        return "below 1 in 10^12"
    return f"1 in {round(float(f'{1 / q_value:.1g}')):,}" if q_value < 0.01 else f"{q_value:.1g}"


def try_in_words(attempt: Mapping[str, Any]) -> str:
    """How a look-up ended."""
    outcome = str(attempt["outcome"]).replace("_", " ")
    return f"{attempt['kind']} look-up of {day_of(attempt['attempted_at'])}: {outcome}"
