"""The routing table of the lab's Internet: which network announces which prefix, also as files that operators keep.

What belongs here: the table, once, and its spellings as files. What doesn't: who answers questions about it (`cymru` by
DNS, `rdap_networks` by RDAP). All of them tell the same, so that a test may compare sources.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from churn.lab.actors import Network
from churn.lab.pools import DOCUMENTATION_NETS, PLATFORMS, V6_NET
from churn.lab.world import World

ALLOCATED = dt.date(2026, 1, 1)
"""When every network got its addresses."""

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Route:
    """An announced prefix and whose it is; `slug` is the label of their domain for mail."""

    prefix: Prefix
    asn: int
    name: str
    country: str
    slug: str

    @property
    def abuse_email(self) -> str:
        """Their abuse mailbox."""
        return f"abuse@{self.slug}.netlab"


def routes(world: World) -> list[Route]:
    """Every route: of the three platforms and of the hosters, the latter with IPv6 as well. No two overlap."""
    made = [
        Route(ipaddress.IPv4Network(f"{net}/24"), 64_512 + number, name, "XA", slug)
        for number, (net, (name, slug)) in enumerate(zip(DOCUMENTATION_NETS, PLATFORMS, strict=True))
    ]
    for network in world.actors.networks:
        prefixes = (ipaddress.IPv4Network(network.prefix), _v6_prefix(network))
        made += [Route(prefix, network.asn, network.name, network.country, network.slug) for prefix in prefixes]
    return made


def networks_csv(world: World) -> str:
    """The table as CSV with a header: prefix, asn, name, country, abuse_email."""
    lines = [f"{route.prefix},{route.asn},{route.name},{route.country},{route.abuse_email}" for route in routes(world)]
    return "\n".join(["prefix,asn,name,country,abuse_email", *lines, ""])


def pyasn(world: World) -> str:
    """The table as pyasn's data files have it: comments after semicolons, prefix and AS number with a tab between."""
    lines = [f"{route.prefix}\t{route.asn}" for route in routes(world)]
    return "\n".join(["; IP-ASN32-DAT file", f"; {len(lines)} prefixes of the lab", *lines, ""])


def iptoasn(world: World) -> str:
    """The table as iptoasn.com gives it: first and last address, AS number, country, name, with tabs between.

    What nobody announces is in it too, as number 0, before the first and between any two prefixes of a version.
    """
    lines = []
    for version in (4, 6):
        following = 0
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        for route in sorted((r for r in routes(world) if r.prefix.version == version), key=lambda r: r.prefix):
            first, last = int(route.prefix.network_address), int(route.prefix.broadcast_address)
            if first > following:
                lines.append(f"{kind(following)}\t{kind(first - 1)}\t0\tNone\tNot routed")
            lines.append(f"{kind(first)}\t{kind(last)}\t{route.asn}\t{route.country}\t{route.name}")
            following = last + 1
    return "\n".join([*lines, ""])


def _v6_prefix(network: Network) -> ipaddress.IPv6Network:
    """Where the IPv6 addresses of a network's customers are (see `rows.SCHEMA`)."""
    return ipaddress.IPv6Network((V6_NET + (network.number << 32), 96))
