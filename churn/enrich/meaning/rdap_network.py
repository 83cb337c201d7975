"""What an RDAP answer about an IP network means (RFC 9083, section 5.4; cidr0): pure, from bytes to a record.

Whatever the bytes are, there is an outcome and no exception. What doesn't belong here: origin AS numbers, which are
observed in routing and not registered here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from churn.enrich.meaning import jcard
from churn.enrich.meaning.rdap_json import Json, object_of, objects, roles_of, web_address, with_role
from churn.enrich.meaning.record import Reading, Record, country_of, label_of, whole_of
from churn.outcomes import Outcome

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_REGISTRIES = {
    "arin.net": "arin",
    "ripe.net": "ripe",
    "apnic.net": "apnic",
    "lacnic.net": "lacnic",
    "registro.br": "lacnic",  # a national registry below it
    "afrinic.net": "afrinic",
}
_NOBODYS = ("NON-RIPE-NCC-MANAGED", "IANA-BLK")
"""Starts of the names of blocks that registries answer with where they know nothing of an address."""
_COLUMNS = ("abuse_email", "abuse_phone", "abuse_url")


def read_rdap_network(raw: bytes, address: str) -> Reading:
    """The record (columns of `network`) that an answer gives for an IP address; `wrong_subject` where it can't.

    The prefix is the longest of the network's that holds the address.
    """
    asked = _address(address)
    body = object_of(raw, "ip network")
    if isinstance(body, Reading):
        return body
    networks = _networks(body)
    if not networks:
        return Reading(Outcome.MALFORMED, detail="a network object without addresses")
    holding = [network for network in networks if asked is not None and asked in network]
    name = label_of(body.get("name"))
    if not holding:
        return Reading(Outcome.WRONG_SUBJECT, detail=f"about {networks[0]}")
    prefix = max(holding, key=lambda network: network.prefixlen)
    if prefix.prefixlen == 0 or (name or "").upper().startswith(_NOBODYS):
        return Reading(Outcome.WRONG_SUBJECT, detail="about addresses that the registry doesn't manage")
    return Reading(Outcome.OK, _record(body, prefix, name))


def _record(body: Json, prefix: Network, name: str | None) -> Record:
    entities = objects(body.get("entities"))
    holder = jcard.card_of(with_role(entities, "registrant"))
    return {
        "prefix": str(prefix),
        "name": name or label_of(jcard.first_text(holder, "fn")),
        "country": country_of(body.get("country")),
        "registry": _registry(body),
        "handle": label_of(body.get("handle")),
        **_abuse(entities),
    }


def _abuse(entities: list[Json]) -> Record:
    """The network's abuse desk: an entity `abuse` of the network itself, else of the organisation that holds it.

    The regional registries show a holder's desk inside the holder's entity (`registrant`), or beside it: other than
    with domains, whose registrant is the customer and perhaps the culprit, a network's holder is the hoster who can
    act, and its desk is the one to write to. An entity that has this role alone is preferred to one that is a
    technical or administrative contact as well; one without the role is never taken.
    """
    nested = [inner for entity in entities for inner in objects(entity.get("entities"))[:20]]
    desks = [entity for entity in (*entities, *nested) if "abuse" in roles_of(entity)]
    for entity in sorted(desks, key=lambda entity: len(roles_of(entity) - {"abuse"}) > 0):
        found = jcard.desk(jcard.card_of(entity))
        if found:
            return found
    return dict.fromkeys(_COLUMNS)


def _networks(body: Json) -> list[Network]:
    """Prefixes of a network by `cidr0_cidrs` (NRO profile), else by its first and last address; one IP version."""
    told = [found for item in objects(body.get("cidr0_cidrs")) if (found := _prefix(item))]
    if told:
        return told
    first, last = _address(body.get("startAddress")), _address(body.get("endAddress"))
    if isinstance(first, ipaddress.IPv4Address) and isinstance(last, ipaddress.IPv4Address) and first <= last:
        return list(ipaddress.summarize_address_range(first, last))
    if isinstance(first, ipaddress.IPv6Address) and isinstance(last, ipaddress.IPv6Address) and first <= last:
        return list(ipaddress.summarize_address_range(first, last))
    return []


def _prefix(item: Json) -> Network | None:
    start = _address(item.get("v4prefix") or item.get("v6prefix"))
    length = 0 if item.get("length") in (0, "0") else whole_of(item.get("length"), 128)
    if start is None or length is None or length > start.max_prefixlen:
        return None
    return ipaddress.ip_network(f"{start}/{length}", strict=False)


def _address(text: object) -> Address | None:
    try:
        return ipaddress.ip_address(text.strip()) if isinstance(text, str) and "%" not in text else None
    except ValueError:
        return None


def _registry(body: Json) -> str | None:
    """The regional registry by the host of its WHOIS server or of its own links, else by its extension."""
    for host in _hosts(body):
        found = next((name for end, name in _REGISTRIES.items() if host == end or host.endswith(f".{end}")), None)
        if found:
            return found
    told = body.get("rdapConformance")
    return "arin" if isinstance(told, list) and "arin_originas0" in told[:50] else None


def _hosts(body: Json) -> Iterator[str]:
    port43 = body.get("port43")
    if isinstance(port43, str):
        yield port43[:253].strip().lower()
    for link in objects(body.get("links")):
        url = web_address(link.get("href")) if link.get("rel") in ("self", "up") else None
        if url:
            yield urlsplit(url).hostname or ""
