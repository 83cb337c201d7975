"""The lab's WHOIS servers (RFC 3912) on TCP: one port, one loopback address a server.

What belongs here: which server a connection reached, reading its one line, counting it. What doesn't: texts (`whois`),
faults (`whois_faults`), limits (`lookup_limits`).
"""

from __future__ import annotations

import asyncio
from time import monotonic

from churn.lab import whois
from churn.lab.actors import Registrar, Registry
from churn.lab.lookup_faults import Shown
from churn.lab.lookup_limits import Endpoints
from churn.lab.records import Record, record
from churn.lab.whois_faults import BEHAVIOURS, Query, Spoilt, plain, told, whole
from churn.lab.world import World

LONGEST_QUERY = 512


class Servers:
    """The WHOIS servers by their loopback address."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registries = {item.address: item for item in world.actors.registries.values()}
        self._registrars = {item.address: item for item in world.actors.registrars}
        self.hosts = {address: host for host, address in addresses(world).items()}

    def answer(self, address: str, name: str) -> str:
        """What the server at that address says to a name."""
        if address == whois.ROOT_ADDRESS:
            return whois.root_answer(self._world, name)
        found = self.found(name)
        if registry := self._registries.get(address):
            own = found is not None and found.registry == registry
            return whois.registry_answer(found) if found and own else whois.no_match(registry, name)
        registrar = self._registrars[address]
        if found and found.registrar == registrar:
            return whois.registrar_answer(found)
        return f"No match for domain {name.upper()}.\n"

    def found(self, name: str) -> Record | None:
        """What is registered under a name."""
        return record(self._world, name)

    def other(self, name: str) -> str:
        """What would be said of somebody else."""
        names = self._world.domains["domain"]
        first, second = (names[place].as_py() for place in (0, 1))
        found = self.found(second if name == first else first)
        assert found is not None
        return whois.registrar_answer(found)


def asked_for(line: str) -> str:
    """The name in a query line: some clients put a verb before it, some an option behind it."""
    return line.strip().rsplit(" ", 1)[-1].lower()


def addresses(world: World) -> dict[str, str]:
    """Loopback address of every WHOIS host of the world."""
    parties: tuple[Registry | Registrar, ...] = (*world.actors.registries.values(), *world.actors.registrars)
    return {whois.ROOT_HOST: whois.ROOT_ADDRESS} | {item.whois_host: item.address for item in parties}


class WhoisConnection(asyncio.Protocol):
    """One question, one answer, the end."""

    def __init__(self, servers: Servers, endpoints: Endpoints, faults: Shown) -> None:
        self._servers, self._endpoints, self._faults = servers, endpoints, faults
        self._waiting = b""
        self._asked = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._address: str = transport.get_extra_info("sockname")[0]
        self._host = self._servers.hosts[self._address]
        self._name = "whois/root" if self._address == whois.ROOT_ADDRESS else f"whois/{self._host}"
        self._endpoint = self._endpoints[self._name]
        self._endpoint.opened()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature is the library's
        """One less is open."""
        self._endpoint.closed()

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the line is complete; a line that never ends is cut off."""
        self._waiting += data
        if self._asked or (b"\n" not in self._waiting and len(self._waiting) <= LONGEST_QUERY):
            return
        self._asked = True
        line = self._waiting.split(b"\n", 1)[0][:LONGEST_QUERY].decode("ascii", "replace")
        subject = asked_for(line)
        beyond = self._endpoint.ask(subject, monotonic())
        if beyond:
            spoilt: Spoilt | None = told(beyond)
        else:
            spoilt = BEHAVIOURS.get(self._faults.next(self._name, subject))
        limit = self._endpoint.limit
        if limit and limit.answer_seconds:
            asyncio.get_running_loop().call_later(limit.answer_seconds, self._finish, subject, spoilt)
        else:
            self._finish(subject, spoilt)

    def _finish(self, subject: str, spoilt: Spoilt | None) -> None:
        if self._transport.is_closing():
            return
        right = self._servers.answer(self._address, subject)
        if spoilt is None:
            whole(self._transport, plain(right))
            return
        found = self._servers.found(subject)
        query = Query(self._host, subject, right, found, lambda: self._servers.other(subject))
        spoilt.send(self._transport, spoilt.content(query))
