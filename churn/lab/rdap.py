"""RDAP answers (RFC 9083) of the lab's registries and registrars, rendered on request.

What belongs here: bodies. What doesn't: HTTP (`web`). `docs` of the words used: RFC 9083 (JSON), RFC 7095 (jCard),
RFC 9537 (redaction), RFC 9224 (bootstrap), RFC 8056 (status).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from churn.lab.actors import Registrar
from churn.lab.records import Person, Record
from churn.lab.world import World

CONFORMANCE = ["rdap_level_0", "icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1"]
Json = dict[str, Any]


def origin(address: str, port: int) -> str:
    """The beginning of the URLs of the party with that loopback address: each has its own, as on the Internet."""
    return f"http://{address}:{port}"


def published(world: World) -> str:
    """When the bootstrap files of a world are from."""
    return _time(dt.datetime.combine(world.days[0], dt.time(), dt.UTC))


def bootstrap(world: World, port: int) -> Json:
    """The bootstrap file: TLDs and their registries' base URLs. TLDs that have only WHOIS are not in it."""
    services = [
        [[tld], [f"{origin(registry.address, port)}/rdap/registry/{tld}/"]]
        for tld, registry in world.actors.registries.items()
        if registry.kind != "whois"
    ]
    about = "RDAP bootstrap"
    return {"version": "1.0", "publication": published(world), "description": about, "services": services}


def registry_answer(record: Record, port: int) -> Json:
    """What the registry says. A thin one leaves the registrant to the registrar."""
    own = registry_url(record, port)
    links = [link("self", own, own)]
    if record.registrar.rdap:
        links.append(link("related", own, registrar_url(record, port)))
    return _domain(record, links, own, with_registrant=record.registry.kind == "thick")


def registrar_answer(record: Record, port: int) -> Json:
    """What the sponsoring registrar says."""
    own = registrar_url(record, port)
    return _domain(record, [link("self", own, own)], own, with_registrant=True)


def registry_url(record: Record, port: int) -> str:
    """Where the registry answers for the domain."""
    return f"{origin(record.registry.address, port)}/rdap/registry/{record.registry.tld}/domain/{record.domain}"


def registrar_url(record: Record, port: int) -> str:
    """Where the sponsoring registrar answers for the domain."""
    return f"{origin(record.registrar.address, port)}/rdap/registrar/{record.registrar.iana_id}/domain/{record.domain}"


def error(code: int, title: str) -> Json:
    """An error body (RFC 9083, section 6)."""
    return {"rdapConformance": CONFORMANCE[:1], "errorCode": code, "title": title, "description": [title]}


def help_answer() -> Json:
    """The answer to /help."""
    return {"rdapConformance": CONFORMANCE, "notices": [{"title": "The lab", "description": ["A seeded world."]}]}


def _time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def link(rel: str, value: str, href: str) -> Json:
    """A link of an object (RFC 9083, 4.2)."""
    return {"value": value, "rel": rel, "href": href, "type": "application/rdap+json"}


def _domain(record: Record, links: list[Json], own: str, *, with_registrant: bool) -> Json:
    entities = [_registrar_entity(record.registrar)]
    body: Json = {
        "objectClassName": "domain",
        "handle": record.handle,
        "ldhName": record.domain.upper() if record.registry.kind == "thin" else record.domain,
        "links": links,
        "status": list(record.status),
        "entities": entities,
        "events": [
            {"eventAction": "registration", "eventDate": _time(record.created)},
            {"eventAction": "expiration", "eventDate": _time(record.expires)},
            {"eventAction": "last changed", "eventDate": _time(record.updated)},
            {"eventAction": "last update of RDAP database", "eventDate": _time(record.updated)},
        ],
        "secureDNS": {"delegationSigned": record.signed},
        "nameservers": [{"objectClassName": "nameserver", "ldhName": host} for host in record.nameservers],
        "rdapConformance": [*CONFORMANCE, "redacted"],
        "notices": [
            {
                "title": "Terms of Use",
                "description": ["A record of the lab: nobody is meant."],
                "links": [link("terms-of-service", own, record.registrar.url)],
            }
        ],
    }
    if record.reseller:
        card = vcard([["fn", {}, "text", record.reseller]])
        entities.append({"objectClassName": "entity", "roles": ["reseller"], "vcardArray": card})
    if with_registrant and record.registrant:
        entities.append(_registrant_entity(record.registrant, f"R{record.handle[1:]}"))
    elif with_registrant:
        entities.append(_withheld_entity())
        body["redacted"] = _redactions()
    return body


def vcard(properties: list[list[Any]]) -> list[Any]:
    """A jCard (RFC 7095)."""
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def _registrar_entity(registrar: Registrar) -> Json:
    abuse = vcard(
        [
            ["fn", {}, "text", "Abuse Desk"],
            ["tel", {"type": ["voice"]}, "uri", f"tel:{registrar.abuse_phone}"],
            ["email", {}, "text", registrar.abuse_email],
        ]
    )
    return {
        "objectClassName": "entity",
        "handle": str(registrar.iana_id),
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": str(registrar.iana_id)}],
        "vcardArray": vcard([["fn", {}, "text", registrar.name], ["url", {}, "uri", registrar.url]]),
        "entities": [{"objectClassName": "entity", "roles": ["abuse"], "vcardArray": abuse}],
    }


def _registrant_entity(person: Person, handle: str) -> Json:
    properties: list[list[Any]] = [["fn", {}, "text", person.name]]
    if person.organisation:
        properties.append(["org", {}, "text", person.organisation])
    properties += [
        ["adr", {"cc": person.country}, "text", ["", "", person.street, person.city, "", "10000", ""]],
        ["tel", {"type": ["voice"]}, "uri", f"tel:{person.phone}"],
        ["email", {}, "text", person.email],
    ]
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": ["registrant"],
        "vcardArray": vcard(properties),
    }


def _withheld_entity() -> Json:
    properties = [["fn", {}, "text", ""], ["adr", {"cc": "ZZ"}, "text", ["", "", "", "", "", "", ""]]]
    return {"objectClassName": "entity", "roles": ["registrant"], "vcardArray": vcard(properties)}


def _redactions() -> list[Json]:
    fields = {"Registrant Name": "fn", "Registrant Email": "email", "Registrant Phone": "tel"}
    return [
        {
            "name": {"type": name},
            "prePath": f"$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='{card}')]",
            "pathLang": "jsonpath",
            "method": "emptyValue" if card == "fn" else "removal",
            "reason": {"description": "Server policy"},
        }
        for name, card in fields.items()
    ]
