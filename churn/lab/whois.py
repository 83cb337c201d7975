"""WHOIS answers (RFC 3912) of the lab's root, registries and registrars, rendered on request, in three layouts.

What belongs here: text. What doesn't: TCP (`whois_server`). Layouts: `gtld` (Key: value, as ICANN's contracts have it),
`ripe` (lower-case keys), `blocks` (headings with indented values), the latter two as country registries write.
"""

from __future__ import annotations

import datetime as dt

from churn.lab.actors import Registry
from churn.lab.records import Person, Record
from churn.lab.world import World

ROOT_HOST = "whois.iana.lab"
ROOT_ADDRESS = "127.0.1.1"
WITHHELD = "REDACTED FOR PRIVACY"
FOOTER = "\nTERMS OF USE: a record of the lab; nobody is meant. Not for high-volume use.\n"


def root_answer(world: World, query: str) -> str:
    """What the root says: which server knows the TLD."""
    registry = world.actors.registries.get(query.rpartition(".")[2])
    if registry is None:
        return f"% LAB WHOIS server\n% This query returned 0 objects: {query!r}.\n"
    return (
        f"% LAB WHOIS server\n\nrefer:        {registry.whois_host}\n\ndomain:       {registry.tld.upper()}\n\n"
        f"organisation: Registry of {registry.tld}\n\nwhois:        {registry.whois_host}\n\nstatus:       ACTIVE\n"
    )


def registry_answer(record: Record) -> str:
    """What the registry says in its layout."""
    if record.registry.layout == "ripe":
        return _ripe(record)
    if record.registry.layout == "blocks":
        return _blocks(record)
    return _gtld(record, with_registrant=record.registry.kind == "thick")


def registrar_answer(record: Record) -> str:
    """What the sponsoring registrar says."""
    return _gtld(record, with_registrant=True)


def no_match(registry: Registry, query: str) -> str:
    """What a registry says of a name that is not registered."""
    if registry.layout == "ripe":
        return f"%% No entries found for {query}.\n"
    if registry.layout == "blocks":
        return f'\n    No match for "{query}".\n\n    This domain name has not been registered.\n'
    return f'No match for domain "{query.upper()}".\n{FOOTER}'


def _time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _gtld(record: Record, *, with_registrant: bool) -> str:
    registrar = record.registrar
    lines = [
        ("Domain Name", record.domain.upper()),
        ("Registry Domain ID", record.handle),
        ("Registrar WHOIS Server", registrar.whois_host),
        ("Registrar URL", registrar.url),
        ("Updated Date", _time(record.updated)),
        ("Creation Date", _time(record.created)),
        ("Registry Expiry Date", _time(record.expires)),
        ("Registrar", registrar.name),
        ("Registrar IANA ID", str(registrar.iana_id)),
        ("Registrar Abuse Contact Email", registrar.abuse_email),
        ("Registrar Abuse Contact Phone", registrar.abuse_phone),
        *([("Reseller", record.reseller)] if record.reseller else []),
        *[("Domain Status", f"{status} https://icann.org/epp#{status}") for status in record.epp_status],
        *(_registrant_lines(record.registrant) if with_registrant else []),
        *[("Name Server", host.upper()) for host in record.nameservers],
        ("DNSSEC", "signedDelegation" if record.signed else "unsigned"),
    ]
    text = "\n".join(f"{key}: {value}" for key, value in lines)
    return f"{text}\n>>> Last update of WHOIS database: {_time(record.updated)} <<<\n{FOOTER}"


def _registrant_lines(person: Person | None) -> list[tuple[str, str]]:
    values = (
        (person.name, person.organisation, person.street, person.city, person.country, person.phone, person.email)
        if person
        else (WITHHELD, WITHHELD, WITHHELD, WITHHELD, "", WITHHELD, WITHHELD)
    )
    keys = ("Name", "Organization", "Street", "City", "Country", "Phone", "Email")
    return [(f"Registrant {key}", value) for key, value in zip(keys, values, strict=True)]


def _ripe(record: Record) -> str:
    lines = [
        ("domain", record.domain),
        *[("status", status) for status in record.epp_status],
        *[("nserver", host) for host in record.nameservers],
        ("registrar", record.registrar.name),
        ("abuse-contact", record.registrar.abuse_email),
        ("created", record.created.strftime("%Y-%m-%d %H:%M:%S")),
        ("changed", record.updated.strftime("%Y-%m-%d %H:%M:%S")),
        ("expires", record.expires.strftime("%Y-%m-%d")),
    ]
    if record.registrant:
        lines += [("person", record.registrant.name), ("e-mail", record.registrant.email)]
    return "% Times are UTC.\n\n" + "".join(f"{key + ':':<16}{value}\n" for key, value in lines)


def _blocks(record: Record) -> str:
    blocks = {
        "Domain name": [record.domain],
        "Registrant": [record.registrant.name if record.registrant else WITHHELD],
        "Registrar": [
            f"{record.registrar.name} [Tag = {record.registrar.slug.upper()}]",
            f"URL: {record.registrar.url}",
        ],
        "Relevant dates": [
            f"Registered on: {record.created:%d-%b-%Y}",
            f"Expiry date:  {record.expires:%d-%b-%Y}",
            f"Last updated:  {record.updated:%d-%b-%Y}",
        ],
        "Registration status": record.epp_status,
        "Name servers": list(record.nameservers) or ["No name servers listed."],
    }
    return "".join(f"\n    {head}:\n" + "".join(f"        {line}\n" for line in body) for head, body in blocks.items())
