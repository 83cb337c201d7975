"""What a WHOIS answer means (RFC 3912 has no format): pure, from bytes to a record.

1. Bytes become text (whois_text), text becomes values under known labels (whois_lines,
   whois_labels, whois_records).
2. Several servers' answers in one are told apart; the last complete one about the domain speaks.
3. An answer with facts is a record, whatever its terms of use say. One without is searched for what it says instead:
   no such domain, reserved, asked too often, refused (whois_status, whois_verdict).
4. Values become columns: dates in one reading only (whois_dates), names and states in one spelling.

python-whois is no part of this: its expressions need 97 s for some answers of 1 kB, it takes throttle texts for empty
records, and any address in the text for a contact. The benchmark of conformance reads the same answers with it.

Whatever the bytes are, there is an outcome and no exception.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from churn.enrich.meaning.record import (
    Reading,
    Record,
    Registrant,
    country_of,
    email_of,
    hosts_of,
    label_of,
    name_of,
    phone_of,
    registrant_columns,
    whole_of,
)
from churn.enrich.meaning.whois_dates import Order, is_two_ways, order_in, read_date
from churn.enrich.meaning.whois_records import Fields, read_fields
from churn.enrich.meaning.whois_status import epp_states, is_free, is_reserved, is_taken
from churn.enrich.meaning.whois_text import decode
from churn.enrich.meaning.whois_verdict import verdict_of
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

_FACTS = ("created", "expires", "expires_registrar", "registrar", "iana", "nameserver", "handle", "name")
_HARD_FACTS = ("created", "expires", "registrar", "iana")
_WORTH = ("created", "expires", "registrar", "nameserver", "updated", "status")
_DATES = ("created", "updated", "expires", "expires_registrar")
_TOP_LEVEL = re.compile(r"[A-Z]{2,63}|XN--[A-Z0-9-]{2,59}")
"""IANA's spelling of a top-level domain."""
_ANSWER_OF = re.compile(
    r"^(?:# whois\.[a-z0-9.-]{1,80}|\[(?:Querying |Redirected to )?[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){1,6}\])$",
    re.MULTILINE,
)
"""Lines by which clients that follow referrals begin the next server's answer."""


def parse_whois(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> tuple[Outcome, Record | None, str | None]:
    """Outcome, record (columns of `registration`) and a bounded word of explanation for a WHOIS answer.

    With `domain` (an A-label), an answer about another domain is `wrong_subject`; without, the subject is believed.
    """
    reading = read_whois(raw, domain, hashes)
    return reading.outcome, reading.record, reading.detail


def read_whois(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> Reading:
    """`parse_whois` with the server that the answer refers to, if any."""
    text = decode(raw)
    if not text.strip():
        return Reading(Outcome.MALFORMED, detail="empty answer")
    records = _records(text)
    refer = _referral_in(records)
    about = [(fields, subject) for fields in records if (subject := _subject(fields, domain))]
    subjects = [subject for _, subject in about]
    wanted = domain or next((subject for subject in subjects if "." in subject), next(iter(subjects), None))
    mine = [fields for fields, subject in about if subject == wanted]
    fields = _chosen(mine or [fields for fields in records if not _names(fields)] or records)
    failure = _failure(fields, text)
    if failure is not None:
        return Reading(failure[0], detail=failure[1], refer=refer)
    if domain is not None and not mine:
        if about:
            return Reading(Outcome.WRONG_SUBJECT, detail=f"about {about[0][1]}", refer=refer)
        if not _mentions(text, domain):
            return Reading(Outcome.WRONG_SUBJECT, detail="does not name the domain", refer=refer)
    return Reading(Outcome.OK, _record(fields, wanted, text, hashes), refer=refer)


def referral_of(raw: bytes) -> str | None:
    """The server that an answer refers to (IANA's `refer:`, a registry's `Registrar WHOIS Server:`)."""
    return _referral_in(_records(decode(raw)))


def _records(text: str) -> list[Fields]:
    """Values of every record in the text: of each server's answer where a client pasted several together."""
    if "% IANA WHOIS" in text[:200] or text.lstrip()[:1] in {"[", "#"}:
        return [fields for part in _ANSWER_OF.split(text)[:20] for fields in read_fields(part)]
    return read_fields(text)


def _referral_in(records: list[Fields]) -> str | None:
    return next((host for fields in reversed(records) for host in map(_server, fields["refer"]) if host), None)


def _server(text: str) -> str | None:
    host = re.sub(r"^[a-z]{0,6}whois://", "", text.strip().lower())
    return name_of(host) if "." in host and "@" not in host and not host.startswith("http") else None


def _names(fields: Fields) -> list[str]:
    return [name for name in map(_domain_in, fields["domain"]) if name]


def _domain_in(text: str) -> str | None:
    """The name in a value: all of it, else its first word; or a top-level domain in IANA's spelling."""
    first = text.split(maxsplit=1)[0].strip("\"'") if text.strip() else ""
    return name_of(text) or name_of(first) or (text.lower() if _TOP_LEVEL.fullmatch(text) else None)


def _subject(fields: Fields, domain: str | None) -> str | None:
    """Which domain a record is about: the one asked for where it names it, else the first that it names."""
    names = _names(fields)
    if domain is not None:
        labels = {text for text in fields["domain"] if "." not in text and text.islower()}  # some leave out the suffix
        if domain in names or domain.partition(".")[0] in labels:
            return domain
    return names[0] if names else None


def _mentions(text: str, domain: str) -> bool:
    if domain in text.lower():
        return True
    try:
        return "xn--" in domain and domain.encode("ascii").decode("idna") in text.lower()
    except UnicodeError:
        return False


def _chosen(records: list[Fields]) -> Fields:
    """The last complete record, with what it lacks from the ones before it."""
    worth = [sum(bool(fields[name]) for name in _WORTH) for fields in records]
    last = max(range(len(records)), key=lambda place: (worth[place] >= 3, place if worth[place] >= 3 else worth[place]))
    chosen: Fields = defaultdict(list, records[last])
    for fields in records[:last] if worth[last] else ():
        for name, values in fields.items():
            if name == "expires" and chosen["expires_registrar"]:
                continue
            if not chosen[name] and not name.startswith(("name", "organisation", "email", "phone", "country")):
                chosen[name] = values
    for name, is_one in _ALIKE.items():
        chosen[name] = chosen[name] or list(filter(is_one, chosen[f"maybe_{name}"]))
    return chosen


def _failure(fields: Fields, text: str) -> tuple[Outcome, str | None] | None:
    """The outcome of an answer without a record; None where it has one."""
    if fields["status"] and not any(fields[name] for name in _HARD_FACTS):
        if is_free(fields["status"]):
            return Outcome.NOT_FOUND, None
        if is_reserved(fields["status"]):
            return Outcome.NOT_FOUND, "reserved"
    if any(fields[name] for name in _FACTS):
        return None
    if fields["domain"] and is_taken(fields["status"]):
        return None
    verdict = verdict_of(text)
    if fields["updated"] and verdict[0] is not Outcome.NOT_FOUND:
        return None
    return verdict


def _record(fields: Fields, domain: str | None, text: str, hashes: Pseudonymiser) -> Record:
    email = next((e for text in fields["abuse_email"] if (e := email_of(_AT.sub("@", text)))), None)
    phone = next((p for p in map(phone_of, fields["abuse_phone"]) if p), None)
    return {
        "domain": domain,
        "handle": next(filter(None, map(label_of, fields["handle"])), None),
        "registrar": _registrar(fields),
        "registrar_iana_id": next((n for n in map(whole_of, fields["iana"]) if n), None),
        **_dates(fields, domain, text),
        "status": epp_states(fields["status"]) if fields["status"] else None,
        "nameservers": _nameservers(fields["nameserver"]),
        **registrant_columns(_registrant(fields), hashes),
        "reseller": label_of(next(iter(fields["reseller"] or (fields["registrar"] and fields["provider"])), None)),
        "dnssec": _signed(fields),
        "abuse_email": email,
        "abuse_phone": phone,
        "abuse_url": None,
        "abuse_source": "whois" if email or phone else None,
    }


_AT = re.compile(r"\s?[\[(]\s?at\s?[\])]\s?", re.IGNORECASE)
_TAG = re.compile(
    r"\s*(?:\[Tag ?= ?[\w-]{1,40}\]|\(\s?(?:https?://|www\.)[^()]{1,200}\)|\((?:[A-Z]{0,8}-?\d{1,8}(?:-[A-Z]{2,8})?)\)|"
    r"\s(?:https?://\S{1,200}|R\d{1,6}-[A-Z]{2,8}))$"
)
"""What registries put behind a registrar's name: Nominet's tag, its address, its number with them."""
_NO_REGISTRAR = re.compile(r"(?:no registrar|not applicable|no provider|none\b|n/a\b)", re.IGNORECASE)
_HANDLE = re.compile(r"[A-Z0-9][A-Z0-9_-]*")


def _registrar(fields: Fields) -> str | None:
    """The sponsoring registrar's name: its organisation's, where the name is only a handle."""
    names = [
        name
        for text in (*fields["registrar"], *fields["provider"])
        if (name := label_of(_TAG.sub("", text.strip("\"'"))))
    ]
    name = next((name for name in names if not _NO_REGISTRAR.match(name)), None)
    organisation = label_of(next(iter(fields["registrar_org"]), None))
    if organisation and (name is None or _HANDLE.fullmatch(name)):
        return organisation
    return name or next(
        (text for text in fields["registrar_id"] if not text.isdigit() and _HANDLE.fullmatch(text)), None
    )


def _dates(fields: Fields, domain: str | None, text: str) -> Record:
    """The three instants. Of several values the first counts, of changes the latest."""
    given = [date for name in _DATES for date in fields[name]]
    order = None
    if any(map(is_two_ways, given)):
        order = order_in(text, given, domain.rpartition(".")[2] if domain else None)
    moments = [moment for date in fields["updated"] if (moment := read_date(date, order))]
    return {
        "created_at": _first(fields["created"], order),
        "updated_at": max(moments, default=None),
        "expires_at": _first(fields["expires"] or fields["expires_registrar"] or _until(fields["status"]), order),
    }


_TERM = re.compile(r"(?:Connected \(|OK-UNTIL )(\d{4}/\d{2}/\d{2}|\d{14})")


def _until(states: list[str]) -> list[str]:
    """Two registries put the end of the term behind the state: `Connected (2010/09/30)`, `OK-UNTIL 20140903121852`."""
    return [found[1] for state in states if (found := _TERM.match(state))]


def _first(dates: list[str], order: Order | None) -> dt.datetime | None:
    return next((moment for date in dates if (moment := read_date(date, order))), None)


_BETWEEN = re.compile(r"[\s,;()\[\]|]+")
_HANDLES = (".SER", ".ser")  # MYNIC's handles of servers look like names
_ADDRESS = re.compile(r"[0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]*")


def _nameservers(values: list[str]) -> list[str] | None:
    if not values:
        return None
    return hosts_of(host for value in values for host in _hosts_in(value))


def _hosts_in(value: str) -> Iterable[str]:
    """Host names of a value: one and its addresses in any layout, or several; none of a sentence."""
    words = [word for word in _BETWEEN.split(value[:500]) if word and word != "-"]
    if "NS" in words[:-1]:  # a line of a zone file
        return words[words.index("NS") + 1 :][:1]
    hosts = [word for word in words if "." in word and not _ADDRESS.fullmatch(word) and not word.endswith(_HANDLES)]
    if len(hosts) > 1 and len(hosts) < len([word for word in words if not _ADDRESS.fullmatch(word)]):
        return hosts[:1] if words[0] == hosts[0] else ()
    return hosts


def _is_date(value: str) -> bool:
    return is_two_ways(value) or read_date(value) is not None


_ALIKE: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("created", "updated", "expires"), _is_date),
    "registrar": lambda value: 1 < len(value) < 80 and not value.endswith((".", ",")),
    "nameserver": lambda value: bool(hosts_of(_hosts_in(value))),
}
"""What a value must be to count under a label that is only alike a known one."""


_COUNTRY = re.compile(r"^\s*([A-Za-z]{2})\s*(?:\(|$)|\(([A-Z]{2})\)\s*$")  # `CN`, `CN (CHINA)`, `China (CN)`


def _registrant(fields: Fields) -> Registrant:
    name, organisation, email, phone = (
        next(iter(fields[part]), None) for part in ("name", "organisation", "email", "phone")
    )
    countries = (found[1] or found[2] for text in fields["country"] if (found := _COUNTRY.search(text)))
    country = next(filter(None, map(country_of, countries)), None)
    return Registrant(name, organisation, email, phone, country)


def _signed(fields: Fields) -> bool | None:
    if not fields["dnssec"]:
        return None
    word = fields["dnssec"][0].lower()
    if word.startswith(("unsigned", "no", "inactive")) or word == "n":
        return False
    return True if word.startswith(("signed", "yes", "active")) or word == "y" else None
