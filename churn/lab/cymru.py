"""Networks by DNS, in the form of Team Cymru's zones: an address or an AS number asked as a name, answered as text.

What belongs here: names and texts. What doesn't: the routing table (`routing`), DNS messages (`dns_wire`), zone files
(`nsd`). `origin` has IPv4 addresses by reversed octets, `origin6` IPv6 addresses by reversed nibbles, and AS numbers
stand right below the zone. Prefixes are wildcards (RFC 4592), so that any server of zone files can tell the same.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from churn.lab.routing import ALLOCATED, Prefix, Route, routes
from churn.lab.world import World

ZONE = "asn.cymru.lab"
PRIMARY, MAILBOX = f"ns1.{ZONE}", f"hostmaster.{ZONE}"
REGISTRY = "lab"


def texts(world: World) -> dict[str, str]:
    """The text of every name of the zone, `*` for what stands below a prefix; names are lower-case, without a dot."""
    made: dict[str, str] = {}
    for route in routes(world):
        made |= dict.fromkeys(_wildcards(route.prefix), _origin(route))
        made[f"as{route.asn}.{ZONE}"] = f"{route.asn} | {route.country} | {REGISTRY} | {ALLOCATED} | {_name(route)}"
    return made


class Texts:
    """The zone to be asked name by name, with wildcards and empty names in between as RFC 4592 has them."""

    def __init__(self, world: World) -> None:
        self._texts = texts(world)
        parents = (name.removeprefix("*.").split(".") for name in self._texts)
        self._known = {".".join(labels[place:]) for labels in parents for place in range(len(labels))}

    def find(self, name: str) -> str | None:
        """The text of a name (lower-case, without a dot at its end); empty where the name has none; None: no such name.

        Only for names at or below the zone.
        """
        if name in self._texts:
            return self._texts[name]
        if name in self._known:
            return ""
        labels = name.split(".")
        closest = next(parent for place in range(1, len(labels)) if (parent := ".".join(labels[place:])) in self._known)
        return self._texts.get(f"*.{closest}")


def _origin(route: Route) -> str:
    return f"{route.asn} | {route.prefix} | {route.country} | {REGISTRY} | {ALLOCATED}"


def _name(route: Route) -> str:
    return f"{route.name}, {route.country}"


def _wildcards(prefix: Prefix) -> Iterator[str]:
    """The names below which all addresses of a prefix stand: its own, or those of the longer ones that fill it."""
    step, zone = (8, "origin") if isinstance(prefix, ipaddress.IPv4Network) else (4, "origin6")
    length = -(-prefix.prefixlen // step) * step
    for each in prefix.subnets(new_prefix=length):
        labels = each.network_address.reverse_pointer.split(".")[:-2]
        yield ".".join(["*", *labels[len(labels) - length // step :], zone, ZONE])
