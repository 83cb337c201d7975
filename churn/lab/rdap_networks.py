"""RDAP of IP networks: what the lab's one regional registry says of the networks in the routing table.

What belongs here: bootstrap files (RFC 9224, 5.1 and 5.2) and objects of class `ip network` (RFC 9083, 5.4), with the
prefixes as the extension cidr0 has them. What doesn't: HTTP (`web`), domains (`rdap`).
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right

from churn.lab import rdap
from churn.lab.pools import BENCHMARK_NET, DOCUMENTATION_NETS
from churn.lab.routing import ALLOCATED, Route, routes
from churn.lab.world import World

ADDRESS = "127.0.1.250"
"""Where the registry is, on the loopback."""
BASE = "rdap/rir"
CONFORMANCE = ["rdap_level_0", "cidr0", "nro_rdap_profile_0"]
BLOCKS = {
    4: (*(f"{net}/24" for net in DOCUMENTATION_NETS), f"{ipaddress.IPv4Address(BENCHMARK_NET)}/15"),
    6: ("2001:db8::/32",),
}


def bootstrap(world: World, port: int, version: int) -> rdap.Json:
    """The bootstrap file of an IP version."""
    services = [[list(BLOCKS[version]), [f"{rdap.origin(ADDRESS, port)}/{BASE}/"]]]
    about = f"RDAP bootstrap of IPv{version} networks"
    return {"version": "1.0", "publication": rdap.published(world), "description": about, "services": services}


class Networks:
    """The registry's networks, to be found by an address in them."""

    def __init__(self, world: World, port: int) -> None:
        self._port = port
        self._routes = {
            version: sorted((route for route in routes(world) if route.prefix.version == version), key=_first)
            for version in (4, 6)
        }

    def find(self, asked: str) -> rdap.Json | None:
        """What is said of an address or a prefix; None where it is neither, or in no network."""
        try:
            wanted = ipaddress.ip_network(asked, strict=False)
        except ValueError:
            return None
        listed = self._routes[wanted.version]
        place = bisect_right(listed, int(wanted.network_address), key=_first) - 1
        if place < 0 or int(wanted.broadcast_address) > int(listed[place].prefix.broadcast_address):
            return None
        return self._answer(listed[place])

    def _answer(self, route: Route) -> rdap.Json:
        prefix = route.prefix
        own = f"{rdap.origin(ADDRESS, self._port)}/{BASE}/ip/{prefix}"
        entity_url = f"{rdap.origin(ADDRESS, self._port)}/{BASE}/entity/ORG-{route.asn}"
        return {
            "rdapConformance": CONFORMANCE,
            "objectClassName": "ip network",
            "handle": f"NET{prefix.version}-{route.asn}",
            "startAddress": str(prefix.network_address),
            "endAddress": str(prefix.broadcast_address),
            "ipVersion": f"v{prefix.version}",
            "name": route.name,
            "type": "ALLOCATED",
            "country": route.country,
            "status": ["active"],
            "cidr0_cidrs": [{f"v{prefix.version}prefix": str(prefix.network_address), "length": prefix.prefixlen}],
            "entities": [_organisation(route, entity_url)],
            "events": [
                {"eventAction": action, "eventDate": f"{ALLOCATED}T00:00:00Z"}
                for action in ("registration", "last changed")
            ],
            "links": [rdap.link("self", own, own)],
        }


def _first(route: Route) -> int:
    return int(route.prefix.network_address)


def _organisation(route: Route, url: str) -> rdap.Json:
    abuse = rdap.vcard(
        [
            ["fn", {}, "text", "Abuse Desk"],
            ["kind", {}, "text", "group"],
            ["email", {}, "text", route.abuse_email],
            ["tel", {"type": ["voice"]}, "uri", f"tel:+999.66{route.asn}"],
        ]
    )
    name = [["fn", {}, "text", route.name], ["kind", {}, "text", "org"], ["org", {}, "text", route.name]]
    nested = {"objectClassName": "entity", "handle": f"ABUSE-{route.asn}", "roles": ["abuse"], "vcardArray": abuse}
    return {
        "objectClassName": "entity",
        "handle": f"ORG-{route.asn}",
        "roles": ["registrant"],
        "vcardArray": rdap.vcard(name),
        "entities": [nested],
        "links": [rdap.link("self", url, url)],
    }
