"""Plain words and harmless texts: how the report says what the tables hold. No format is known here.

`shown` is the one door for outside text that people will read: printable, bounded, and without anything that a reader
or a mail program would take for a live name or address.
"""

from __future__ import annotations

import math
import re

from churn.markings import defang, printable, probability
from churn.names import Name
from churn.outcomes import Outcome, knowledge

UNKNOWN = "\N{EN DASH}"
"""How "not obtained" is shown where a cell has no room for the words."""

_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]{0,20})://", re.IGNORECASE)
_DOT_IN_NAME = re.compile(r"(?<=[\w-])[.\u3002\uff0e\uff61](?=[^\W\d_])")
_AT_IN_ADDRESS = re.compile(r"(?<=\w)@(?=\w)")
_DIGEST = re.compile(r"[0-9a-f]{32,128}")


def shown(text: object, limit: int = 120) -> str:
    """Outside text for people: printable, at most `limit` characters, every name in it defanged."""
    plain = printable(str(text), limit)
    plain = _SCHEME.sub(r"[\1]://", plain)
    return _AT_IN_ADDRESS.sub("[@]", _DOT_IN_NAME.sub("[.]", plain))


def name_shown(domain: str) -> str:
    """A domain for people: every dot in brackets."""
    return defang(printable(domain, 253))


def unicode_shown(domain: str) -> str | None:
    """The Unicode form of an internationalised name, defanged; None for all others."""
    if "xn--" not in domain:
        return None
    form = Name(domain, domain).unicode
    return None if form == domain else defang(printable(form, 253))


def number(value: float | None) -> str:
    """`1701` -> `1,701`; counts that are expectations keep two digits; unknown is a dash."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:.2g}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """`1 domain`, `1,701 domains`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def share(part: float, whole: float) -> str:
    """A percentage that never rounds something to nothing or nearly all to all."""
    if not whole:
        return UNKNOWN
    percent = 100 * part / whole
    if part and percent < 0.1:
        return "under 0.1 %"
    if part < whole and percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %".replace(".0 %", " %")


def joined(parts: list[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def small(value: float) -> str:
    """A probability: `0.004`, `2.1` times ten to the -12th."""
    if not math.isfinite(value):
        return UNKNOWN
    if value <= 0:
        return "under 10⁻³⁰⁰"
    if value >= 0.001:
        return f"{value:.2g}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa} \N{MULTIPLICATION SIGN} 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def certainty(q_value: float) -> str:
    """A q-value in words: the share of false alarms to expect among alarms as strong as this one."""
    for bound, words in (
        (1e-6, "chance is ruled out for all practical purposes"),
        (1e-3, "very unlikely to be chance"),
        (1e-2, "unlikely to be chance"),
        (5e-2, "may be chance"),
    ):
        if q_value < bound:
            return words
    return "could well be chance"


def confidence(score: float | None) -> str:
    """The median score of a cluster's memberships in words."""
    if score is None or not math.isfinite(score):
        return "not scored"
    level = "high" if score >= 0.97 else "moderate" if score >= 0.9 else "low"
    return f"{level} ({probability(score)})"


BURST_KINDS = {
    "listing": "Reported together",
    "registration": "Registered together",
    "growth": "Grew faster than before",
}
BURST_SERIES = {"listing": "reported", "registration": "registered", "growth": "joined"}
SERIES_WORDS = {
    "registered": "first seen registered",
    "reported": "first reported",
    "joined": "joined the cluster",
}
DIMENSIONS = {
    "registrar": "Registrars",
    "tld": "Endings (TLD)",
    "network": "Networks",
    "prefix": "Prefixes",
    "address": "Addresses",
    "name_servers": "Name servers",
    "reported_by": "Reported by",
    "label": "Class as given",
    "pattern": "Naming",
}
RELATIONS = {
    "continues": "continues",
    "merges": "took in",
    "splits": "split off from",
    "revives": "revives",
    "hops": "hopped from",
}
RELATIONS_ONWARD = {
    "merges": "was taken up by",
    "splits": "let go of",
    "revives": "came back as",
    "hops": "hopped to",
    "continues": "goes on as",
}
HOW_SPARED = {
    "cluster": "the cluster itself",
    "successor": "most of it comes from it",
    "value": "most of it have the value",
}
WATCHED = {
    "joined": "joined it",
    "hop": "in a cluster that hopped from it",
    "variant": "named nearly like a member",
    "value": "shows the value for the first time",
}
BASES = {
    "member": "member of the cluster",
    "habit": "named in its habit",
    "variant": "spelling variant of a reported name",
}
GATES = {
    "ok": "believed",
    "stale": "stale: older than it should be",
    "shrunken": "shrunken: far fewer rows than usual",
    "repeated": "repeated: the content of an earlier day",
    "missing": "missing: nothing came",
}
_SOURCES = {"hosting": "DNS", "registration": "the registration record", "certificate": "the certificate"}
_SOURCES |= {"sighting": "the feeds", "name": "the name itself"}
_LOOKUPS = {"rdap": "RDAP", "whois": "WHOIS", "dns": "DNS", "tls": "TLS handshake", "ct": "Certificate Transparency"}
_LOOKUPS |= {"network": "network registry"}
_FIELDS = {
    "registrant_email": "a registrant e-mail address, hash",
    "registrant_phone": "a registrant telephone number, hash",
    "registrant_org": "a registrant organisation, hash",
    "name_servers": "the name servers",
    "address": "the address",
    "prefix": "the network prefix",
    "mail_exchangers": "the mail servers",
    "soa_mailbox": "the DNS zone mailbox",
    "certificate_key": "a certificate key, digest",
    "created_minute": "the registrar and minute of creation",
    "template": "the naming pattern",
    "arrival_day": "the day of arrival",
    "stem": "the name stem",
    "skeleton": "the name, up to its spelling and top-level domain",
    "word": "the first word of the name",
    "series": "the authority's series tag, hash",
    "batch": "the submission batch",
}
_OUTCOMES = {
    Outcome.OK: "answered",
    Outcome.NOT_FOUND: "there is none",
    Outcome.SKIPPED_BUDGET: "not asked (budget spent)",
    Outcome.SKIPPED_POLICY: "not asked (a rule forbids it)",
    Outcome.WRONG_SUBJECT: "answer about another domain",
    Outcome.NO_ENDPOINT: "no server known",
}
KNOWLEDGE = {"observed": "observed", "absent": "absent", "not_obtained": "not obtained"}


def trait_words(field: str) -> str:
    """A linking trait after the word "share"; one that is not known yet still reads."""
    return _FIELDS.get(field) or f"the same {shown(field).replace('_', ' ')}"


def value_shown(value: str) -> str:
    """A shared value: hashes are cut to what a person can compare."""
    return f"{value[:12]}…" if _DIGEST.fullmatch(value) else shown(value)


def sources_words(sources: list[str] | None) -> str:
    """Where a shared value was seen."""
    return joined([_SOURCES.get(source, shown(source)) for source in sources or []])


def lookup_words(kind: str) -> str:
    """The kind of a look-up."""
    return _LOOKUPS.get(kind, shown(kind))


def outcome_words(outcome: str) -> str:
    """How a look-up ended."""
    try:
        return _OUTCOMES.get(Outcome(outcome), outcome.replace("_", " "))
    except ValueError:
        return shown(outcome)


def outcome_knowledge(outcome: str) -> str:
    """`observed`, `absent` or `not_obtained`; an outcome that is not known yet says nothing about the domain."""
    try:
        return knowledge(Outcome(outcome))
    except ValueError:
        return "not_obtained"
