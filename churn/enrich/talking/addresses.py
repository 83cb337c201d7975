"""Which hosts a look-up may talk to, and their addresses: names go through the configured resolvers.

A server can name any host in a referral, link or redirect; without this check, one hostile answer would let it reach
into the operator's own network. What doesn't belong here: connecting.
"""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass, field

import aiodns

from churn.outcomes import Outcome


class UnusableHostError(Exception):
    """The host can't or may not be talked to; `outcome` says which."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


def is_literal(host: str) -> bool:
    """Whether a host is an IP address itself, in brackets or not."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_special(address: str) -> bool:
    """Whether an IP address is anything but a public unicast one (IANA special-purpose registries), or none at all."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_special(str(inner))
        if ip in _NAT64:
            return True
    return not ip.is_global or ip.is_multicast or ip.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def make_resolver(resolvers: tuple[str, ...], timeout_seconds: float) -> aiodns.DNSResolver:
    """A resolver for the running loop. Three tries, each waiting twice as long, end within the deadline."""
    return aiodns.DNSResolver(list(resolvers) or None, timeout=timeout_seconds / 7, tries=3)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Addresses of the servers of one stage; each name is resolved once, and again where that failed."""

    resolver: aiodns.DNSResolver
    allow_private: bool
    _found: dict[str, asyncio.Task[str]] = field(default_factory=dict)

    async def address(self, host: str) -> str:
        """An address of the host that may be talked to. Raises UnusableHostError."""
        task = self._found.get(host)
        if task is None or (task.done() and task.exception()):
            task = self._found[host] = asyncio.create_task(self._find(host))
        return await asyncio.shield(task)

    async def _find(self, host: str) -> str:
        try:
            addresses = [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            addresses = await self._resolve(host, "A") or await self._resolve(host, "AAAA")
        if not addresses:
            raise UnusableHostError(Outcome.UNREACHABLE, f"no address for {host[:100]}")
        for address in addresses:
            if self.allow_private or not is_special(address):
                return address
        raise UnusableHostError(Outcome.SKIPPED_POLICY, f"{host[:100]} has a private or special address")

    async def _resolve(self, host: str, record_type: str) -> list[str]:
        try:
            answer = await self.resolver.query_dns(host, record_type)
        except (aiodns.error.DNSError, ValueError):
            return []
        return [record.data.addr for record in answer.answer if hasattr(record.data, "addr")]
