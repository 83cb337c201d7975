"""What a registry or registrar knows of one domain, ready to be put into RDAP or WHOIS words.

What belongs here: row numbers turned into names, dates and persons. What doesn't: how either protocol spells them.
Persons are made from their number alone, so that one number is one person at every server.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from churn.lab.actors import Registrar, Registry
from churn.lab.reported import STATUSES
from churn.lab.rows import NXDOMAIN
from churn.lab.words import ENDINGS, SYLLABLES, WORDS
from churn.lab.world import World

STATUS_CODES = {"active": "ok"}
"""EPP spelling (RFC 5731) where it is not the RDAP spelling in camel case (RFC 8056)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A registrant."""

    name: str
    organisation: str
    email: str
    phone: str
    street: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Record:
    """One registration. `registrant` is None where it is withheld."""

    domain: str
    handle: str
    registry: Registry
    registrar: Registrar
    created: dt.datetime
    updated: dt.datetime
    expires: dt.datetime
    status: tuple[str, ...]
    nameservers: tuple[str, ...]
    registrant: Person | None
    reseller: str | None
    signed: bool

    @property
    def epp_status(self) -> list[str]:
        """The status as WHOIS spells it: `clientTransferProhibited`."""
        return [epp_name(status) for status in self.status]


def epp_name(status: str) -> str:
    """EPP spelling (RFC 5731) of a status as RDAP spells it (RFC 8056): `clientTransferProhibited`."""
    first, *rest = status.split(" ")
    return STATUS_CODES.get(status, first + "".join(word.capitalize() for word in rest))


def _spelt(number: int, syllables: int) -> str:
    text = ""
    for _ in range(syllables):
        number, place = divmod(number, len(SYLLABLES))
        text += SYLLABLES[place]
    return (text + ENDINGS[number % len(ENDINGS)]).capitalize()


def person(number: int) -> Person:
    """The person of that number; half of them act for a company."""
    mixed = (number * 2_654_435_761 + 97) % (1 << 40)  # neighbours in number are no neighbours in name
    first, last = _spelt(mixed, 2), _spelt(mixed // 7_919, 3)
    word, other = WORDS[mixed % len(WORDS)], _spelt(mixed // 31, 2)
    company = f"{word.capitalize()} {other} Trading" if number % 2 else ""
    mail = f"office@{word}-{other.lower()}.orglab" if company else f"{first}.{last}{number % 97}@mailhub.netlab".lower()
    return Person(
        name=f"{first} {last}",
        organisation=company,
        email=mail,
        phone=f"+999.7{mixed % 10_000_000:07d}",
        street=f"{1 + mixed % 240} {WORDS[mixed // 113 % len(WORDS)].capitalize()} Street",
        city=_spelt(mixed // 1_009, 3),
        country=("XA", "XB", "XC", "QM", "ZZ")[mixed % 5],
    )


def privacy_service(registrar: Registrar, domain: str) -> Person:
    """The service that stands in for a registrant; its mailbox forwards and so is the domain's own."""
    return Person(
        name="Privacy Service",
        organisation=f"{registrar.slug.capitalize()} Privacy Service",
        email=f"{domain.replace('.', '-')}@privacy.{registrar.slug}.netlab",
        phone=registrar.abuse_phone,
        street="1 Privacy Street",
        city="Privacytown",
        country="ZZ",
    )


def reseller_name(number: int) -> str:
    """The name that a reseller shows in its customers' records."""
    return f"{_spelt(number * 48_271, 3)} Web Services"


def record(world: World, domain: str) -> Record | None:
    """What is registered under that name (lower-case A-label); None where nothing is."""
    number = world.find(domain)
    if number is None:
        return None
    row = world.row(number)
    registrar = world.actors.registrars[row["registrar"]]
    created = dt.datetime.fromtimestamp(row["created"], dt.UTC)
    undelegated = row["rcode"] == NXDOMAIN
    return Record(
        domain=domain,
        handle=f"D{number + 1_000_000}-{domain.rpartition('.')[2].upper()}",
        registry=world.actors.registries[domain.rpartition(".")[2]],
        registrar=registrar,
        created=created,
        updated=created + dt.timedelta(seconds=7 + row["owner"] % 90),
        expires=_years_later(created, 1 + (row["owner"] % 11 == 0)),
        status=STATUSES[row["status"]],
        nameservers=() if undelegated else hosts(world.pools.ns.values[row["ns"]], domain),
        registrant=_registrant(row, registrar, domain),
        reseller=reseller_name(row["reseller"]) if row["reseller"] >= 0 else None,
        signed=row["owner"] % 17 == 0,
    )


def _registrant(row: dict[str, Any], registrar: Registrar, domain: str) -> Person | None:
    if not row["redacted"]:
        return person(row["registrant"])
    return privacy_service(registrar, domain) if registrar.privacy_service else None


def _years_later(moment: dt.datetime, years: int) -> dt.datetime:
    day = min(moment.day, 28) if moment.month == 2 else moment.day
    return moment.replace(year=max(moment.year, 2025) + years, day=day)


def hosts(templates: tuple[str, ...], domain: str) -> tuple[str, ...]:
    """Host names with `@` replaced by the domain."""
    return tuple(host.replace("@", domain) for host in templates)
