"""What a WHOIS answer means (RFC 3912 has no format): pure, from bytes to a record.

1. Read `key: value` lines under the labels that registries and registrars use.
2. Read dates with python-whois where they can be read in one way only. Its parsers for single TLDs are not used:
   their expressions need 1.5 s for an ordinary .hk answer and 97 s for a .jp one (1 kB), they take throttle texts for
   empty records, and any address in the text for a contact.
3. Tell a record from "no match", a throttle text and a refusal. Boilerplate has all the words of those, so only an
   answer without facts is searched for them.

Whatever the bytes are, there is an outcome and no exception.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict

from whois.parser import cast_date

from churn.enrich.meaning.record import (
    Reading,
    Record,
    Registrant,
    email_of,
    hosts_of,
    instant_of,
    label_of,
    name_of,
    phone_of,
    registrant_columns,
    statuses_of,
    utc,
    whole_of,
)
from churn.enrich.meaning.whois_labels import FIELD_OF
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

Fields = dict[str, list[str]]

LONGEST_TEXT = 48_000
MOST_LINES = 1_500
MOST_VALUES = 100
_LINE = re.compile(r"^[\s%*]{0,20}\[?([A-Za-z][A-Za-z0-9 /._()-]{0,58}?)\]?[ .]{0,40}:[ \t]{0,60}(\S.{0,500})$")
_THROTTLED = re.compile(
    r"(limit|quota)\W+(of \w+ )?(for \S+ )?(has been |was )?(exceeded|reached)|exceed\w* [\w ]{0,40}(limit|quota|rate)|"
    r"too many (requests|queries|connections|lookups)|quer(y|ies) [\w .]{0,30}(rate|limit|quota)[\w .]{0,30}exceeded|"
    r"request per second|access control limit|slow down|try again (later|in|after)|status: 440|excessive querying|"
    r"temporarily (blocked|blacklisted|unavailable)|^[\s%]*rate.?limit|number of allowed queries|interval is too short|"
    r"server is busy|daily whois|please (go away|wait)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_MATCH = re.compile(
    r"no match|not? (been )?found|no entries|no (data|object|record|information|such domain|domain record)s?\b|"
    r"nothing found|not (been |currently )?registered|"
    r"is available|(domain )?status\W{1,40}(available|free|not registered|unassigned)|(is|are) free\b|not exist|"
    r"\b(no|not) (been )?(delegated|assigned|allocated)|^\W*(available|free|avail)\W*$|unregistered|"
    r"available for (registration|purchase)|0 objects|\bnon.?existent|no disponible|not in (our )?database|"
    r"el dominio no se encuentra|can ?not (be )?f(i|ou)nd|\bavailable$|no existe|object_not_found|do not have an entry",
    re.IGNORECASE | re.MULTILINE,
)
_REFUSED = re.compile(
    r"access (is )?(denied|restricted|refused)|not authori[sz]ed|permission denied|connection refused|"
    r"(has been|is|are) (blocked|blacklisted|banned|denied)|unauthori[sz]ed",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"^[ ]{0,4}(?:[a-z]\. )?\[([A-Za-z][A-Za-z ]{0,40})\][ \t]{1,60}(\S.{0,500})$")
_HEADING = re.compile(r"^\s{0,20}([A-Za-z][A-Za-z /-]{0,40}):$")
_NEXT_SERVER = re.compile(r"^# whois\.[a-z0-9.-]{1,80}$", re.MULTILINE)
_FACTS = ("created", "updated", "expires", "expires_registrar", "registrar", "iana", "nameserver", "handle")


def parse_whois(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> tuple[Outcome, Record | None, str | None]:
    """Outcome, record (columns of `registration`) and a bounded word of explanation for a WHOIS answer.

    With `domain` (an A-label), an answer about another domain is `wrong_subject`; without, the subject is believed.
    """
    reading = read_whois(raw, domain, hashes)
    return reading.outcome, reading.record, reading.detail


def read_whois(raw: bytes, domain: str | None, hashes: Pseudonymiser) -> Reading:
    """`parse_whois` with the server that the answer refers to, if any."""
    text = decode(raw)
    fields = _fields(text)
    refer = next((host for host in map(_referral, fields["refer"]) if host), None)
    if not text.strip():
        return Reading(Outcome.MALFORMED, detail="empty answer")
    subject = next((name for name in map(name_of, fields["domain"]) if name), None)
    failure = _failure(text, facts=any(fields[name] for name in _FACTS))
    if failure is not None:
        return Reading(failure[0], detail=failure[1], refer=refer)
    if domain is not None and subject is not None and subject != domain:
        return Reading(Outcome.WRONG_SUBJECT, detail=f"about {subject}", refer=refer)
    if domain is not None and subject is None and domain not in text.lower():
        return Reading(Outcome.WRONG_SUBJECT, detail="does not name the domain", refer=refer)
    return Reading(Outcome.OK, _record(fields, domain or subject, hashes), refer=refer)


def referral_of(raw: bytes) -> str | None:
    """The server that an answer refers to (IANA's `refer:`, a registry's `Registrar WHOIS Server:`)."""
    return next((host for host in map(_referral, _fields(decode(raw))["refer"]) if host), None)


def decode(raw: bytes) -> str:
    """Text of an answer: UTF-8, else Latin-1; bounded."""
    raw = raw[: LONGEST_TEXT * 2]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if text.startswith("% IANA WHOIS"):  # clients that follow referrals put the answers one below the other
        text = _NEXT_SERVER.split(text)[-1]
    return text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _fields(text: str) -> Fields:
    """Values by field: of `label: value`, `[label] value`, and of a label alone with indented lines below it."""
    fields: Fields = defaultdict(list)
    heading = None
    for line in (whole[:600].rstrip() for whole in text.split("\n")[:MOST_LINES]):
        found = _LINE.match(line) or _BRACKETS.match(line)
        field = _field(found[1]) if found else None
        if found and field:
            _add(fields, field, found[2])
        elif alone := _HEADING.match(line):
            heading = _field(alone[1])
        elif not line:
            heading = None
        elif heading and not found:
            _add(fields, heading, line.strip())
    return fields


def _field(label: str) -> str | None:
    return FIELD_OF.get(" ".join(label.lower().replace("_", " ").split()))


def _add(fields: Fields, field: str, value: str) -> None:
    if value not in fields[field] and len(fields[field]) < MOST_VALUES:
        fields[field].append(value)


def _failure(text: str, *, facts: bool) -> tuple[Outcome, str | None] | None:
    """The outcome of an answer without a record; None where it has one.

    The first lines that are no comment speak for the server; what follows is mostly terms of use.
    """
    if facts:
        return None
    spoken = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("%", "#", "*", ">"))]
    head, whole = "\n".join(spoken[:6])[:1000], text[:4000]
    if _THROTTLED.search(head) and not _NO_MATCH.search("\n".join(spoken[:1])):
        return Outcome.RATE_LIMITED, "throttle text"
    if _NO_MATCH.search(head):
        return Outcome.NOT_FOUND, None
    if _THROTTLED.search(whole):
        return Outcome.RATE_LIMITED, "throttle text"
    if _NO_MATCH.search(whole):
        return Outcome.NOT_FOUND, None
    return (Outcome.REFUSED, "refusal in the text") if _REFUSED.search(whole) else (Outcome.MALFORMED, "not understood")


def _record(fields: Fields, domain: str | None, hashes: Pseudonymiser) -> Record:
    email = next((e for e in map(email_of, fields["abuse_email"]) if e), None)
    phone = next((p for p in map(phone_of, fields["abuse_phone"]) if p), None)
    # a value may hold several servers, or a server and its addresses: whatever is no host name falls out
    servers = [part for value in fields["nameserver"] for part in value.split()]
    return {
        "domain": domain,
        "handle": next(iter(filter(None, map(label_of, fields["handle"]))), None),
        "registrar": label_of(_TAG.sub("", next(iter(fields["registrar"]), ""))),
        "registrar_iana_id": next((n for n in map(whole_of, fields["iana"]) if n), None),
        "created_at": _instant(fields["created"]),
        "updated_at": _instant(fields["updated"]),
        "expires_at": _instant(fields["expires"] or fields["expires_registrar"]),
        "status": statuses_of(fields["status"]) if fields["status"] else None,
        "nameservers": hosts_of(servers) if servers else None,
        **registrant_columns(_registrant(fields), hashes),
        "reseller": label_of(next(iter(fields["reseller"]), None)),
        "dnssec": _signed(fields),
        "abuse_email": email,
        "abuse_phone": phone,
        "abuse_url": None,
        "abuse_source": "whois" if email or phone else None,
    }


def _registrant(fields: Fields) -> Registrant:
    first = {name: next(iter(values), None) for name, values in fields.items()}
    return Registrant(
        name=first.get("name"),
        organisation=first.get("organisation"),
        email=first.get("email"),
        phone=first.get("phone"),
        country=first.get("country"),
    )


def _signed(fields: Fields) -> bool | None:
    if not fields["dnssec"]:
        return None
    word = fields["dnssec"][0].lower()
    if word.startswith(("unsigned", "no", "inactive")):
        return False
    return True if word.startswith(("signed", "yes", "active")) else None


_TAG = re.compile(r"\s*\[Tag ?= ?[\w-]{1,40}\]$")


def _instant(texts: list[str]) -> dt.datetime | None:
    """The first value as an instant, where it can be read in one way only; later ones speak of contacts."""
    text = texts[0].partition(" #")[0].strip() if texts else ""
    return instant_of(text) or _spelled(text)


_ONE_WAY = re.compile(
    r"\d{4}\D|\d{1,2}\.\d{1,2}\.\d{4}|(1[3-9]|2\d|3[01])/\d{1,2}/\d{4}|\d{1,2}[- .][A-Za-z]{3}|[A-Z][a-z]{2} "
)


def _spelled(text: str) -> dt.datetime | None:
    """A date that begins with its year, spells its month, has dots or a day above 12: 2010.02.04, 13-Apr-2010."""
    if not _ONE_WAY.match(text):
        return None
    try:
        moment = cast_date(text[:40], dayfirst=not text[:4].isdigit())
    except Exception:  # noqa: BLE001 - dateutil on hostile text raises anything; then it is no date
        return None
    return utc(moment) if isinstance(moment, dt.datetime) else None


def _referral(text: str) -> str | None:
    host = re.sub(r"^[a-z]{0,6}whois://", "", text.strip().lower())
    return name_of(host) if "." in host and "@" not in host else None
