"""How often and how many at once we ask one server: a steady pace, few connections, and a pause when it says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Endpoint:
    places: asyncio.Semaphore
    next_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Politeness:
    """Pace of one stage towards every server: `rate` look-ups a second and `concurrency` at once, each server apart."""

    rate: float
    concurrency: int
    _endpoints: dict[str, _Endpoint] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, server: str) -> AsyncIterator[None]:
        """Wait for our turn at a server, and hold a place there."""
        endpoint = self._of(server)
        async with endpoint.places:
            now = time.monotonic()
            at = max(now, endpoint.next_at)
            endpoint.next_at = at + 1 / self.rate
            if at > now:
                await asyncio.sleep(at - now)
            yield

    def pause(self, server: str, seconds: float) -> None:
        """Ask nothing of a server for so long."""
        endpoint = self._of(server)
        endpoint.next_at = max(endpoint.next_at, time.monotonic() + seconds)

    def _of(self, server: str) -> _Endpoint:
        return self._endpoints.setdefault(server, _Endpoint(asyncio.Semaphore(self.concurrency)))
