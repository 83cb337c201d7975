"""Talking RDAP: HTTP with our own deadline, size limit, redirect rule and address check. No meaning, no table.

httpcore's pool is used without httpx above it: the address that was checked is the one that is connected to, and a
look-up costs half the time.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore

from churn.enrich.meaning.rdap import outcome_of_status
from churn.enrich.talking.addresses import Hosts, UnusableHostError
from churn.enrich.talking.politeness import Politeness
from churn.outcomes import Outcome

MOST_REDIRECTS = 3
LONGEST_PAUSE_SECONDS = 60.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a request ended: the body where the outcome is `ok`, or where an error came with one."""

    outcome: Outcome
    body: bytes = b""
    detail: str | None = None
    elapsed_ms: float = 0.0


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that `Hosts` lets through, and to the very address that it checked."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the host's checked address. Raises UnusableHostError."""
        address = await self._hosts.address(host)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Fetches small documents from servers that we don't trust."""

    pool: httpcore.AsyncConnectionPool
    politeness: Politeness
    timeout_seconds: float
    limit_bytes: int

    async def get(self, url: str) -> Fetched:
        """Fetch a URL, with at most three redirects, each within the deadline. Never raises for what a server does."""
        started = time.perf_counter()
        for _ in range(MOST_REDIRECTS + 1):
            parts = urlsplit(url)
            async with self.politeness.turn(parts.netloc):
                started = time.perf_counter()
                outcome, body, detail, location = await self._bounded(url)
            if location is None:
                return Fetched(outcome, body, detail, (time.perf_counter() - started) * 1000)
            following = urljoin(url, location)
            if not _may_follow(parts.scheme, following):
                return Fetched(Outcome.SKIPPED_POLICY, detail="redirect to another protocol")
            url = following
        return Fetched(Outcome.MALFORMED, detail="too many redirects")

    async def _bounded(self, url: str) -> tuple[Outcome, bytes, str | None, str | None]:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await self._once(url)
        except (TimeoutError, httpcore.TimeoutException):
            return Outcome.TIMEOUT, b"", None, None
        except UnusableHostError as error:
            return error.outcome, b"", error.detail, None
        except (httpcore.ProtocolError, ValueError, UnicodeError) as error:
            return Outcome.MALFORMED, b"", type(error).__name__, None
        except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
            return Outcome.UNREACHABLE, b"", type(error).__name__, None

    async def _once(self, url: str) -> tuple[Outcome, bytes, str | None, str | None]:
        async with self.pool.stream("GET", url, headers=_HEADERS) as response:
            headers = {name.lower(): value for name, value in response.headers}
            if response.status in _REDIRECTS and b"location" in headers:
                return Outcome.MALFORMED, b"", None, headers[b"location"].decode("latin-1")[:2000]
            if headers.get(b"content-encoding", b"identity").lower() != b"identity":
                return Outcome.MALFORMED, b"", "compressed, though not asked to be", None
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > self.limit_bytes:
                    return Outcome.TOO_LARGE, b"", f"more than {self.limit_bytes} bytes", None
            outcome = outcome_of_status(response.status)
            if outcome is Outcome.RATE_LIMITED:
                self.politeness.pause(urlsplit(url).netloc, _pause(headers.get(b"retry-after", b"")))
            detail = None if outcome is Outcome.OK else f"HTTP {response.status}"
            return outcome, bytes(body), detail, None


def open_pool(hosts: Hosts, connections: int) -> httpcore.AsyncConnectionPool:
    """A pool of kept-alive connections to checked addresses."""
    return httpcore.AsyncConnectionPool(
        max_connections=connections, keepalive_expiry=30, network_backend=GuardedBackend(hosts)
    )


_HEADERS: list[tuple[bytes | str, bytes | str]] = [
    ("Accept", "application/rdap+json, application/json;q=0.5"),
    ("Accept-Encoding", "identity"),
    ("User-Agent", "domain-churn"),
]


def _may_follow(scheme: str, url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and not parts.username and parts.scheme in {"https", scheme}


def _pause(retry_after: bytes) -> float:
    seconds = float(retry_after) if retry_after.isdigit() and len(retry_after) < 6 else 5.0
    return min(seconds, LONGEST_PAUSE_SECONDS)
