"""Talking WHOIS (RFC 3912): one line out, bytes until the end in. No meaning, no table."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from churn.enrich.talking.addresses import Hosts, UnusableHostError
from churn.enrich.talking.http_client import Fetched
from churn.enrich.talking.politeness import NotNowError, Politeness
from churn.outcomes import Outcome

QUERIES = {"whois.denic.de": "-T dn,ace {}", "whois.verisign-grs.com": "domain {}", "whois.jprs.jp": "{}/e"}
"""How some servers want to be asked; all others take the name alone."""


@dataclass(frozen=True, slots=True)
class WhoisClient:
    """Asks WHOIS servers, each at its pace."""

    hosts: Hosts
    politeness: Politeness
    port: int
    timeout_seconds: float
    limit_bytes: int

    async def ask(self, server: str, domain: str) -> Fetched:
        """What a server answers for a domain. Never raises for what the server does.

        The caller tells `politeness` how it ended when it has read the answer: throttling is text here, not a code.
        """
        try:
            async with self.politeness.turn(server):
                started = time.perf_counter()
                outcome, body, detail = await self._bounded(server, QUERIES.get(server, "{}").format(domain))
        except NotNowError as error:
            return Fetched(Outcome.SKIPPED_PAUSED, detail=str(error))
        return Fetched(outcome, body, detail, (time.perf_counter() - started) * 1000)

    async def _bounded(self, server: str, query: str) -> tuple[Outcome, bytes, str | None]:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await self._once(await self.hosts.address(server), query)
        except TimeoutError:
            return Outcome.TIMEOUT, b"", None
        except UnusableHostError as error:
            return error.outcome, b"", error.detail
        except OSError as error:
            return Outcome.UNREACHABLE, b"", type(error).__name__

    async def _once(self, address: str, query: str) -> tuple[Outcome, bytes, str | None]:
        loop = asyncio.get_running_loop()
        line = f"{query}\r\n".encode("ascii")
        transport, conversation = await loop.create_connection(
            lambda: _Conversation(line, self.limit_bytes, loop.create_future()), address, self.port
        )
        try:
            await conversation.ended
        finally:
            transport.abort()
        if len(conversation.heard) > self.limit_bytes:
            return Outcome.TOO_LARGE, b"", f"more than {self.limit_bytes} bytes"
        return Outcome.OK, bytes(conversation.heard), None


class _Conversation(asyncio.Protocol):
    """One line out, bytes in until the server ends: a third of the cost of asyncio's streams."""

    def __init__(self, line: bytes, limit_bytes: int, ended: asyncio.Future[None]) -> None:
        self._line, self._limit = line, limit_bytes
        self.ended = ended
        self.heard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._line)

    def data_received(self, data: bytes) -> None:
        """Keep it, up to a little beyond the limit."""
        if len(self.heard) <= self._limit:
            self.heard += data
        elif not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the answer, or of the connection."""
        if not self.ended.done():
            if exc is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(exc)
