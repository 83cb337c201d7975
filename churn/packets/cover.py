"""cover.md: what an abuse desk reads first, in two minutes: two plain lines, then the reasons, then what to do.

Everything from outside is defanged and escaped before it reaches the template, which holds layout only.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import jinja2

from churn.markings import Tlp
from churn.packets.contacts import Contact
from churn.packets.document import counts, other_registrars, packet_id, previous_packet_id, requested, totals
from churn.packets.gather import Dossier, Entry, Group
from churn.packets.wording import (
    NO_CONTENT,
    chance,
    counted,
    day_of,
    link_in_words,
    listed,
    markdown,
    shown,
    shown_name,
)
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
    """The cover as Markdown."""
    name = markdown(shown(dossier.name or f"registrar {dossier.iana_id}", 120))
    text = _template().render(
        name=name,
        total=counted(len(dossier.alleged), "reported domain"),
        what=_what(dossier, day),
        ask=_ask(dossier),
        tlp=Tlp.AMBER.value,
        packet_id=packet_id(dossier, day),
        previous=previous_packet_id(dossier, day),
        iana_id=dossier.iana_id,
        contact=_contact(dossier.contact),
        reporter=markdown(f"{settings.reporter_org}, {shown(settings.reporter_contact)}"),
        reporter_contact=markdown(shown(settings.reporter_contact)),
        authority=markdown(settings.authority)
        if settings.authority
        else "none is claimed; each listing's reference stands",
        count=_count(dossier),
        groups=[_group(group, dossier, day) for group in dossier.groups],
        no_content=NO_CONTENT,
        rows=[_row(entry) for entry in dossier.alleged[:SHOWN]],
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
        autoescape=False,  # noqa: S701 - Markdown: every value is escaped by `wording.markdown`
    )
    return environment.get_template("cover.md.j2")


def _what(dossier: Dossier, day: dt.date) -> str:
    count = len(dossier.alleged)
    since = min((e.item["first_reported_at"] for e in dossier.alleged if e.item["first_reported_at"]), default=None)
    lists = listed(markdown(name) for name in sorted({row["feed"] for e in dossier.alleged for row in e.listings}))
    members = sum(totals(group)[0] for group in dossier.groups)
    whose = "one group" if len(dossier.groups) == 1 else f"{len(dossier.groups)} groups"
    return (
        f"{counted(count, 'domain')} that you sponsor {_verb(count, 'is', 'are')} on {lists or 'a reported list'}, the "
        f"first since {day_of(since)}, and {_verb(count, 'belongs', 'belong')} to {whose} of "
        f"{counted(members, 'related domain')} that the lists reached in a burst on {day}."
    )


def _ask(dossier: Dossier) -> str:
    hold = sum(1 for entry in dossier.alleged if requested(entry) == "suspend")
    review = len(dossier.alleged) - hold
    asks = []
    if hold:
        asks.append(f"put {f'{hold:,} of them' if review else 'them'} on clientHold with a transfer lock")
    if review:
        asks.append(f"review {f'the other {review:,}' if hold else 'them'} before any hold")
    return f"Please {listed(asks)}, preserve the accounts' records, and check what else they hold; delete nothing."


def _contact(contact: Contact) -> str:
    if not contact.found:
        return f"no abuse contact was found (looked at: {markdown(contact.tried)})"
    ways = [markdown(shown(way)) for way in (*contact.email, *contact.phone, *filter(None, (contact.url,)))]
    seen = f", seen {day_of(contact.observed_at)}" if contact.observed_at else ""
    share = f", named by {contact.confidence:.0%} of your records" if contact.confidence is not None else ""
    return f"{listed(ways)} (from {_CONTACT_SOURCES[contact.source]}{seen}{share})"


def _count(dossier: Dossier) -> str:
    number = counts(dossier)
    return (
        f"{number['new']:,} new, {number['repeat']:,} told before and still active, "
        f"{number['resolved']:,} settled since we told you (thank you)"
    )


def _group(group: Group, dossier: Dossier, day: dt.date) -> dict[str, Any]:
    burst = group.burst
    members, reported = totals(group)
    here = sum(1 for entry in dossier.alleged if entry.item["cluster_id"] == group.cluster_id)
    others = other_registrars(group, dossier.iana_id)
    return {
        "burst": f"On {day} the lists named {counted(burst['observed'], 'domain')} of group "
        f"{markdown(group.cluster_id)}; chance would bring about {burst['expected']:.3g} "
        f"(q {markdown(chance(burst['q_value']))}).",
        "size": f"The group has {counted(members, 'domain')}, {reported:,} of them reported: {here:,} in this packet; "
        f"others are at {counted(others, 'other registrar')}.",
        "links": [_sentence(markdown(link_in_words(link))) for link in group.links],
    }


def _row(entry: Entry) -> tuple[str, ...]:
    newest = entry.listings[0] if entry.listings else {}
    reference = f", {markdown(shown(newest['reference'], 60))}" if newest.get("reference") else ""
    return (
        markdown(shown_name(entry.domain)),
        day_of(entry.registration["created_at"]),
        day_of(newest.get("seen_at") or newest.get("day")),
        f"{markdown(newest.get('feed', ''))}{reference}",
        {"suspend": "hold", "review": "review"}[requested(entry)],
    )


def _more(rest: int) -> str:
    return f"and {rest:,} more, each with its own evidence, in domains.csv." if rest > 0 else ""


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
        f"{counted(siblings, 'unreported member')} of the same groups at your house {_verb(siblings, 'is', 'are')} in "
        "siblings-not-alleged.csv, for your associated-domain check; not alleged. Please don't suspend on our word."
    )
    return [related, aside]


def _verb(count: int, one: str, more: str) -> str:
    return one if count == 1 else more


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
