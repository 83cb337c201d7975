"""cover.md: what an abuse desk reads first, in two minutes: two plain lines, then the reasons, then what to do.

Everything from outside is defanged and made inert before it reaches the template, which holds layout only.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import jinja2

from churn.markings import Tlp
from churn.packets.contacts import Contact
from churn.packets.document import counts, other_registrars, packet_id, previous_packet_id, requested, totals
from churn.packets.gather import Dossier, Entry, Group
from churn.packets.wording import NO_CONTENT, chance, code, counted, day_of, in_unicode, link_in_words, listed, prose
from churn.settings import Settings

SHOWN = 10  # domains in the cover's table; the rest are in domains.csv
_CONTACT_SOURCES = {
    "registrar_rdap": "your RDAP",
    "registry_rdap": "the registry's RDAP",
    "whois": "WHOIS",
    "import": "an imported record",
    "curated": "our corrections file",
}


def cover(dossier: Dossier, settings: Settings, day: dt.date) -> bytes:
    """The cover as Markdown that reads as well unrendered."""
    text = _template().render(
        name=prose(dossier.name or f"registrar {dossier.iana_id}", 120),
        total=counted(len(dossier.alleged), "reported domain"),
        what=_what(dossier, day),
        ask=_ask(dossier),
        tlp=Tlp.AMBER.value,
        packet_id=packet_id(dossier, day),
        previous=previous_packet_id(dossier, day),
        iana_id=dossier.iana_id,
        contact=_contact(dossier.contact),
        reporter=f"{prose(settings.reporter_org)}, {code(settings.reporter_contact)}",
        reporter_contact=code(settings.reporter_contact),
        authority=prose(settings.authority or "none claimed; the listings' references stand"),
        count=_count(dossier),
        groups=[_group(group, dossier, day) for group in dossier.groups],
        no_content=NO_CONTENT,
        rows=[_row(entry) for entry in _first(dossier)],
        more=_more(len(dossier.alleged) - SHOWN),
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


def _what(dossier: Dossier, day: dt.date) -> str:
    count = len(dossier.alleged)
    since = min((e.item["first_reported_at"] for e in dossier.alleged if e.item["first_reported_at"]), default=None)
    lists = sorted({row["feed"] for entry in dossier.alleged for row in entry.listings})
    members = sum(totals(group)[0] for group in dossier.groups)
    groups = _verb(len(dossier.groups), "one group", f"{len(dossier.groups)} groups")
    named = sum(group.burst["observed"] for group in dossier.groups)
    return (
        f"{counted(count, 'domain')} that you sponsor {_verb(count, 'was', 'were')} reported "
        f"({_verb(len(lists), 'list', 'lists')} {listed(code(name) for name in lists)}; first on {day_of(since)}). "
        f"{_verb(count, 'It belongs', 'They belong')} to {groups} of {counted(members, 'related domain')}, of which "
        f"lists named {named:,} in one day, {day}."
    )


def _ask(dossier: Dossier) -> str:
    hold = sum(1 for entry in dossier.alleged if requested(entry) == "suspend")
    review = len(dossier.alleged) - hold
    asks = []
    if hold:
        asks.append(
            f"put {f'{hold:,} of them' if review else _verb(hold, 'it', 'them')} on clientHold and transfer lock"
        )
    if review:
        asks.append(f"review {f'the other {review:,}' if hold else _verb(review, 'it', 'them')} before any hold")
    return f"Please {listed(asks)}; keep the accounts' records; check what else these accounts hold. Delete nothing."


def _contact(contact: Contact) -> str:
    if not contact.found:
        return f"no abuse contact was found, none is guessed (looked at: {prose(contact.tried)})"
    ways = [code(way) for way in (*contact.email, *filter(None, (contact.url,)))]
    ways += [code(number).replace("[.]", ".") for number in contact.phone]  # a dot in a number links nowhere
    seen = f", {day_of(contact.observed_at)}" if contact.observed_at else ""
    share = f", named by {contact.confidence:.0%} of your records" if contact.confidence is not None else ""
    return f"{listed(ways)} (from {_CONTACT_SOURCES[contact.source]}{seen}{share})"


def _count(dossier: Dossier) -> str:
    number = counts(dossier)
    told = {
        "new": "new",
        "repeat": "told before and still active",
        "resolved": "settled since you were told, thank you",
    }
    return ", ".join(f"{number[state]:,} {words}" for state, words in told.items() if number[state])


def _group(group: Group, dossier: Dossier, day: dt.date) -> list[str]:
    burst = group.burst
    members, reported = totals(group)
    here = sum(1 for entry in dossier.alleged if entry.item["cluster_id"] == group.cluster_id)
    others = other_registrars(group, dossier.iana_id)
    expected = "less than 0.1" if burst["expected"] < 0.1 else f"about {burst['expected']:.3g}"
    named = (
        f"Group {code(group.cluster_id)}: on {day} the lists named {counted(burst['observed'], 'domain')} of it; "
        f"by chance it would be {expected} (false-discovery rate q {chance(burst['q_value'])})."
    )
    whose = (
        f"It has {counted(members, 'domain')}, {reported:,} of them reported, {here:,} of these in this packet; as "
        f"far as is known, {counted(others, 'other registrar')} {_verb(others, 'sponsors', 'sponsor')} members too."
    )
    return [named, whose, *(f"{_sentence(prose(link_in_words(link), 400))}." for link in group.links)]


def _first(dossier: Dossier) -> list[Entry]:
    return sorted(dossier.alleged, key=lambda entry: (requested(entry) != "suspend", entry.domain))[:SHOWN]


def _row(entry: Entry) -> tuple[str, ...]:
    newest = entry.listings[0]
    return (
        " ".join(code(name) for name in dict.fromkeys((entry.domain, in_unicode(entry.domain)))),
        day_of(entry.registration["created_at"]),
        day_of(newest["seen_at"] or newest["day"]),
        " ".join(code(text, 60) for text in (newest["feed"], newest["reference"]) if text),
        {"suspend": "hold", "review": "review"}[requested(entry)],
    )


def _more(rest: int) -> str:
    more = f"and {rest:,} more in domains.csv. " if rest > 0 else ""
    return f"{more}Evidence for each domain: domains.csv for people; packet.json and xarf/ for machines, exact."


def _steps(dossier: Dossier) -> list[str]:
    actions = {requested(entry) for entry in dossier.alleged}
    hold = ["Those marked *hold*: clientHold and transfer lock."] if "suspend" in actions else []
    review = (
        ["Those marked *review*: we can't tell abuse from a break-in; hold only what your records speak against."]
        if "review" in actions
        else []
    )
    return [
        *hold,
        *review,
        "Preserve account, payment and login records.",
        "Run your associated-domain check over the accounts behind them.",
        "Do not delete: a deleted name can be registered again, and its records are lost.",
    ]


def _limits(dossier: Dossier) -> list[str]:
    siblings = len(dossier.siblings)
    related = "Related is not guilty: the links say that names belong together, the lists say which were reported."
    if not siblings:
        return [related]
    aside = (
        f"{counted(siblings, 'unreported member')} that you sponsor {_verb(siblings, 'is', 'are')} in "
        "siblings-not-alleged.csv, for your associated-domain check; not alleged. Please suspend none on our word."
    )
    return [related, aside]


def _verb(count: int, one: str, more: str) -> str:
    return one if count == 1 else more


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
