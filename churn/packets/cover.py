"""cover.md: what an abuse desk reads first, in two minutes: two plain lines, then the reasons, then what to do.

Everything from outside is defanged and made inert before it reaches the template, which holds layout only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import cache

import jinja2

from churn.markings import Tlp
from churn.packets.assessing import assessment, is_shared, requested, signs, told_by_kind
from churn.packets.contacts import Contact
from churn.packets.document import counts, others, packet_id, previous_packet_id, totals
from churn.packets.dossier import Dossier, Entry, Group
from churn.packets.wording import (
    ALWAYS,
    ASKED,
    NO_CONTENT,
    STEPS,
    capitalised,
    chance,
    code,
    counted,
    day_of,
    in_unicode,
    link_in_words,
    listed,
    prose,
)
from churn.settings import Settings

SHOWN = 10  # domains in the cover's table; the rest are in domains.csv
_CONTACT_SOURCES = {
    "registrar_rdap": "your RDAP",
    "registry_rdap": "the registry's RDAP",
    "whois": "WHOIS",
    "network_rdap": "the regional registry's RDAP",
    "import": "an imported record",
    "curated": "our corrections file",
}


def cover(dossier: Dossier, settings: Settings, day: dt.date) -> bytes:
    """The cover as Markdown that reads as well unrendered."""
    deliberate, broken = told_by_kind(dossier)
    text = _template().render(
        name=prose(dossier.name or f"{dossier.scope} {dossier.key}", 120),
        total=counted(len(dossier.alleged), "reported domain"),
        what=_what(dossier, day),
        ask=_ask(dossier.scope, deliberate, broken),
        tlp=Tlp.AMBER.value,
        packet_id=packet_id(dossier, day),
        previous=previous_packet_id(dossier, day),
        key=f"IANA id {dossier.key}" if dossier.scope == "registrar" else f"AS{dossier.number}",
        contact=_contact(dossier.contact, dossier.scope),
        reporter=f"{prose(settings.reporter_org)}, {code(settings.reporter_contact)}",
        reporter_contact=code(settings.reporter_contact),
        authority=prose(settings.authority or "none claimed: ask the list, with its reference"),
        classes=_classes(dossier),
        as_of=_as_of(dossier),
        count=_count(dossier),
        groups=[_group(group, dossier, day) for group in dossier.groups],
        no_content=NO_CONTENT,
        signs=signs(deliberate),
        columns=_COLUMNS[dossier.scope],
        rows=[_row(entry) for entry in _first(deliberate)],
        more=_more(len(deliberate) - SHOWN),
        platform=_platform(dossier),
        broken=[_row(entry) for entry in _first(broken)],
        broken_words=_broken(dossier.scope, broken),
        steps=_steps(dossier),
        limits=_limits(dossier),
    )
    return text.encode("utf-8", errors="replace")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("churn.packets"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown; values pass `wording.prose` or `code`
    )
    return environment.get_template("cover.md.j2")


_COLUMNS = {
    "registrar": ("domain", "created", "listed", "list and reference", "asked"),
    "network": ("domain", "address", "seen there", "listed", "list and reference", "asked"),
}


def _what(dossier: Dossier, day: dt.date) -> str:
    count = len(dossier.alleged)
    since = min((e.item["first_reported_at"] for e in dossier.alleged if e.item["first_reported_at"]), default=None)
    lists = sorted({row["feed"] for entry in dossier.alleged for row in entry.listings})
    members = sum(totals(group)[0] for group in dossier.groups)
    groups = _verb(len(dossier.groups), "one group", f"{len(dossier.groups)} groups")
    named = sum(group.burst["observed"] for group in dossier.groups)
    yours = "that you sponsor" if dossier.scope == "registrar" else "at addresses of your network"
    return (
        f"{counted(count, 'domain')} {yours} {_verb(count, 'was', 'were')} reported "
        f"({_verb(len(lists), 'list', 'lists')} {listed(code(name) for name in lists)}; first on {day_of(since)}). "
        f"{_verb(count, 'It belongs', 'They belong')} to {groups} of {counted(members, 'related domain')}, of which "
        f"lists named {named:,} in one day, {day}."
    )


_ASKS = {
    "suspend": "put {them} on clientHold and transfer lock",
    "review": "review {them} before any hold",
    "notify_registrant": "pass a notice to the {registrants} of {them} (probably broken into: no hold)",
    "stop_service": "stop serving {them}",
    "identify_customer": "identify the {customers} behind {them} (shared platform: no take-down of an address)",
    "review_customer": "review {them} before you stop anything",
    "notify_customer": "tell the {customers} behind {them} (probably broken into: no take-down for good)",
}
_LASTLY = {
    "registrar": "keep the accounts' records; check what else these accounts hold. Delete nothing.",
    "network": "keep customer and access records; check what else these customers have with you. Delete nothing.",
}


def _ask(scope: str, deliberate: Sequence[Entry], broken: Sequence[Entry]) -> str:
    """The requests, each with the number of domains that it is for."""
    number = Counter(requested(entry) for entry in (*deliberate, *broken))
    asks: list[str] = []
    for action in (action for action in _ASKS if number[action]):
        count = number[action]
        if len(number) == 1:
            them = _verb(count, "it", "them")
        elif not asks:
            them = f"{count:,} of them"
        else:
            them = f"{count:,}" if len(number) > 2 else "the other one" if count == 1 else f"the other {count:,}"
        registrants, customers = _verb(count, "registrant", "registrants"), _verb(count, "customer", "customers")
        asks.append(_ASKS[action].format(them=them, registrants=registrants, customers=customers))
    return f"Please {listed(asks)}; {_LASTLY[scope]}"


def _platform(dossier: Dossier) -> str | None:
    """That an address is shared by many customers, where one is."""
    shared = {p["address"]: p["names"] - p["of_group"] for e in dossier.alleged for p in e.places if is_shared(e)}
    if not shared:
        return None
    most, others_there = min(shared.items(), key=lambda each: (-each[1], each[0]))
    return (
        f"{len(shared):,} {_verb(len(shared), 'address', 'addresses')} "
        f"{_verb(len(shared), 'is', 'are')} shared by many customers (at {code(most, 45)} we saw "
        f"{counted(others_there, 'other name')} in 7 days). We ask who the customer behind each name was at the time "
        "given, not for a take-down of the address."
    )


def _broken(scope: str, broken: Sequence[Entry]) -> str | None:
    if not broken:
        return None
    who = "registrant" if scope == "registrar" else "customer"
    rest = f" The first {SHOWN} of {len(broken):,}; all are in compromised.csv." if len(broken) > SHOWN else ""
    them = _verb(len(broken), "it", "them")
    spare = f"hold {them}" if scope == "registrar" else f"take {them} down for good"
    return (
        f"{counted(len(broken), 'domain')} {_verb(len(broken), 'looks', 'look')} broken into, not registered for this: "
        f"{'; '.join(assessment(broken[0])[1]) if len(broken) == 1 else 'old, in no batch, with names of their own'}. "
        f"Please pass a notice to the {who}, and do not {spare}.{rest}"
    )


def _contact(contact: Contact, scope: str) -> str:
    if not contact.found:
        return f"no abuse contact was found, none is guessed (looked at: {prose(contact.tried)})"
    ways = [code(way) for way in (*contact.email, *filter(None, (contact.url,)))]
    ways += [code(number).replace("[.]", ".") for number in contact.phone]  # a dot in a number links nowhere
    seen = f", {day_of(contact.observed_at)}" if contact.observed_at else ""
    of = "your records" if scope == "registrar" else "your registered blocks"
    agree = "all records agree" if contact.confidence == 1 else f"in {contact.confidence or 0:.0%} of {of}"
    share = f", {agree}" if contact.confidence is not None else ""
    return f"{listed(ways)} (from {_CONTACT_SOURCES[contact.source]}{seen}{share})"


def _count(dossier: Dossier) -> str:
    number = counts(dossier)
    told = {
        "new": "new",
        "repeat": "told before and still active",
        "resolved": "settled since you were told, thank you",
    }
    return ", ".join(f"{number[state]:,} {words}" for state, words in told.items() if number[state])


def _classes(dossier: Dossier) -> str:
    """As what the lists name the domains, in their own words, most first."""
    given = Counter(entry.listings[0]["label"] or "" for entry in dossier.alleged)
    if not any(given):
        return "none given by the lists"
    ordered = sorted(given, key=lambda label: (not label, -given[label], label))
    words = listed((f"{given[label]:,} {code(label, 60) if label else 'without a class'}" for label in ordered), 3)
    return f"{words} (the lists' words)"


def _as_of(dossier: Dossier) -> str:
    """When what makes them this recipient's was last seen."""
    which, of = ("registration", "registration records") if dossier.scope == "registrar" else ("hosting", "DNS answers")
    rows = [row for entry in dossier.alleged if (row := getattr(entry, which))]
    seen = sorted({f"{row['observed_at']:%Y-%m-%d %H:%M}" for row in rows}) or ["a time not known"]
    return f"yours by {of} of {' to '.join(dict.fromkeys((seen[0], seen[-1])))} UTC"


def _group(group: Group, dossier: Dossier, day: dt.date) -> list[str]:
    burst = group.burst
    members, reported = totals(group)
    here = sum(1 for entry in dossier.alleged if entry.item["cluster_id"] == group.cluster_id)
    registrars, networks = others(group, dossier)
    number, kind, does = (
        (registrars, "registrar", "sponsor") if dossier.scope == "registrar" else (networks, "network", "hold")
    )
    elsewhere = (
        f"{counted(number, f'other {kind}') if number else f'no other {kind}'} {does}{'s' if number < 2 else ''}"
    )
    expected = (
        "less than 0.1" if burst["expected"] < 0.1 else f"about {burst['expected']:,.{int(burst['expected'] < 10)}f}"
    )
    named = (
        f"Group {code(group.cluster_id)}: on {day} lists named {counted(burst['observed'], 'domain')} of it, where "
        f"{expected} would be chance (false-discovery rate {chance(burst['q_value'])})."
    )
    whose = (
        f"It has {counted(members, 'domain')}, {reported:,} of them reported, {here:,} of these in this packet; as "
        f"far as is known, {elsewhere} members too."
    )
    return [named, whose, *(f"{capitalised(prose(link_in_words(link), 400))}." for link in group.links)]


def _first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (list(_ASKS).index(requested(entry)), entry.domain))[:SHOWN]


def _row(entry: Entry) -> tuple[str, ...]:
    newest = entry.listings[0]
    name = " ".join(code(name) for name in dict.fromkeys((entry.domain, in_unicode(entry.domain))))
    listing = (
        day_of(newest["seen_at"] or newest["day"]),
        " ".join(code(text, 60) for text in (newest["feed"], newest["reference"]) if text),
        ASKED[requested(entry)],
    )
    if entry.item["scope"] == "registrar":
        return (name, day_of(entry.registration["created_at"]), *listing)
    seen = f"{entry.hosting['observed_at']:%Y-%m-%d %H:%M} UTC" if entry.hosting else "not known"
    return (name, listed((code(place["address"], 45) for place in entry.places), 2), seen, *listing)


def _more(rest: int) -> str:
    more = f"and {rest:,} more in domains.csv. " if rest > 0 else ""
    return f"{more}Evidence for each domain: domains.csv for people; packet.json and xarf/ for machines, exact."


def _steps(dossier: Dossier) -> list[str]:
    actions = {requested(entry) for entry in dossier.alleged}
    return [*(text for action, text in STEPS.items() if action in actions), *ALWAYS[dossier.scope]]


def _limits(dossier: Dossier) -> list[str]:
    siblings = len(dossier.siblings)
    related = "Related is not guilty: the links say that names belong together, the lists say which were reported."
    if not siblings:
        return [related]
    is_registrar = dossier.scope == "registrar"
    aside = (
        f"{counted(siblings, 'unreported member')} that you {'sponsor' if is_registrar else 'host'} "
        f"{_verb(siblings, 'is', 'are')} in siblings-not-alleged.csv, for your "
        f"{'associated-domain check' if is_registrar else 'check of the same customers'}; not alleged. "
        "Please suspend none on our word."
    )
    return [related, aside]


def _verb(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
