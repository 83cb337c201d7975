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
        reader, writer = await asyncio.open_connection(address, self.port)
        try:
            writer.write(f"{query}\r\n".encode("ascii"))
            await writer.drain()
            body = bytearray()
            while chunk := await reader.read(65_536):
                body += chunk
                if len(body) > self.limit_bytes:
                    return Outcome.TOO_LARGE, b"", f"more than {self.limit_bytes} bytes"
            return Outcome.OK, bytes(body), None
        finally:
            writer.transport.abort()
