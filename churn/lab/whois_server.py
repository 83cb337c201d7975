"""The lab's WHOIS servers (RFC 3912) on TCP: one port, one loopback address a server.

What belongs here: which server a connection reached, and reading its one line. What doesn't: texts (`whois`).
"""

from __future__ import annotations

import asyncio

from churn.lab import whois
from churn.lab.actors import Registrar, Registry
from churn.lab.records import record
from churn.lab.world import World

LONGEST_QUERY = 512


class Servers:
    """The WHOIS servers by their loopback address."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registries = {item.whois_address: item for item in world.actors.registries.values()}
        self._registrars = {item.whois_address: item for item in world.actors.registrars}

    def answer(self, address: str, query: str) -> str:
        """What the server at that address says to a query line."""
        name = query.strip().rsplit(" ", 1)[-1].lower()  # some clients put a verb before the name
        if address == whois.ROOT_ADDRESS:
            return whois.root_answer(self._world, name)
        found = record(self._world, name)
        if registry := self._registries.get(address):
            own = found is not None and found.registry == registry
            return whois.registry_answer(found) if found and own else whois.no_match(registry, name)
        registrar = self._registrars[address]
        if found and found.registrar == registrar:
            return whois.registrar_answer(found)
        return f"No match for domain {name.upper()}.\n"


def addresses(world: World) -> dict[str, str]:
    """Loopback address of every WHOIS host of the world."""
    parties: tuple[Registry | Registrar, ...] = (*world.actors.registries.values(), *world.actors.registrars)
    return {whois.ROOT_HOST: whois.ROOT_ADDRESS} | {item.whois_host: item.whois_address for item in parties}


class WhoisConnection(asyncio.Protocol):
    """One question, one answer, the end."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the line is complete; a line that never ends is cut off."""
        self._waiting += data
        if b"\n" not in self._waiting and len(self._waiting) <= LONGEST_QUERY:
            return
        line = self._waiting.split(b"\n", 1)[0][:LONGEST_QUERY].decode("ascii", "replace")
        address = self._transport.get_extra_info("sockname")[0]
        self._transport.write(self._servers.answer(address, line).replace("\n", "\r\n").encode())
        self._transport.close()
