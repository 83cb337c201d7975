"""How often and how many at once we ask one endpoint: a pace that it bears, few connections, a pause when it says so.

What belongs here: waiting for a turn, and telling the shared memory (`endpoints`) how a look-up ended. What doesn't:
what an answer means.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from churn.enrich.talking.endpoints import Endpoints, Pace
from churn.outcomes import Outcome
from churn.settings import Settings

MOST_AT_ONCE = 250
"""Look-ups under way over all endpoints: each needs two of the files that a process may have open."""
CROWDED_SECONDS = 0.02
"""Before looking again for a place that another process has."""
LONG_SECONDS = 0.25
"""After such a wait another process may have heard a complaint: it is asked for."""
_FAILURES = frozenset({Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.SERVER_FAILURE})
_ANSWERS = frozenset({Outcome.OK, Outcome.NOT_FOUND, Outcome.WRONG_SUBJECT, Outcome.MALFORMED, Outcome.TOO_LARGE})


class NotNowError(Exception):
    """The endpoint asked for a longer pause than we wait, or does not answer at present."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What we allow ourselves at an endpoint. Rates are look-ups a second."""

    rate: float
    concurrency: int
    patience_seconds: float
    pause_seconds: float
    """Pause at an endpoint that complains and does not say for how long."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """The same as `rate` for single endpoints, by host name."""

    def rate_of(self, endpoint: str) -> float:
        """The rate at one endpoint."""
        return self.rates.get(endpoint) or self.rates.get(endpoint.partition(":")[0]) or self.rate


@dataclass(slots=True)
class _Gate:
    """What this process holds of an endpoint: turns that it took, and who of us may use them."""

    ours: asyncio.Semaphore
    at: float = 0.0
    """The next turn; `left` are there, `between` seconds from one to the next."""
    left: int = 0
    between: float = 0.0
    held: set[int] = field(default_factory=set)
    """Numbers of the places that we have."""
    troubled: bool = False
    """Whether the last look-ups failed."""

    def turn(self, now: float) -> float | None:
        """The next of the turns that were taken; None where there is none left that is not long gone."""
        gone = max(0, int((now - 1 - self.at) / self.between)) if self.left else 0
        self.at, self.left = self.at + gone * self.between, self.left - gone
        if self.left <= 0:
            return None
        at = self.at
        self.at, self.left = at + self.between, self.left - 1
        return at


class Politeness:
    """The pace of all look-ups of this process towards every endpoint, each apart, shared with other processes."""

    def __init__(self, endpoints: Endpoints, limits: Limits) -> None:
        self._endpoints, self._limits = endpoints, limits
        self._gates: dict[str, _Gate] = {}
        self._all = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def turn(self, endpoint: str) -> AsyncIterator[None]:
        """Wait for our turn at an endpoint, and hold a place there. Raises NotNowError where that takes too long."""
        gate = self._gate(endpoint)
        async with gate.ours:
            await self._wait(endpoint, gate)
            async with self._all, self._place(endpoint, gate):
                yield

    @asynccontextmanager
    async def _place(self, endpoint: str, gate: _Gate) -> AsyncIterator[None]:
        """Hold one of the places that all processes share."""
        most = self._limits.concurrency
        place = self._endpoints.place(endpoint, most, gate.held)
        while place is None:
            await asyncio.sleep(CROWDED_SECONDS)
            place = self._endpoints.place(endpoint, most, gate.held)
        number, descriptor = place
        gate.held.add(number)
        try:
            yield
        finally:
            gate.held.discard(number)
            os.close(descriptor)

    def told(self, endpoint: str, outcome: Outcome, retry_after: float | None = None) -> None:
        """How a look-up ended, and for how many seconds the endpoint wants to be left alone, if it said so."""
        gate, limits = self._gate(endpoint), self._limits
        if outcome in _ANSWERS:
            if gate.troubled:
                gate.troubled = False
                with self._endpoints.changing(endpoint) as pace:
                    pace.answered()
            return
        if outcome not in _FAILURES | {Outcome.RATE_LIMITED, Outcome.REFUSED}:
            return
        gate.troubled = True
        gate.left = 0
        now, rate = time.time(), limits.rate_of(endpoint)
        with self._endpoints.changing(endpoint) as pace:
            if outcome is Outcome.RATE_LIMITED or retry_after is not None:
                pace.complained(now, rate, retry_after, limits.pause_seconds)
            elif outcome is Outcome.REFUSED:
                pace.refused(now, rate)
            else:
                pace.failed(now)

    async def _wait(self, endpoint: str, gate: _Gate) -> None:
        """Wait for a turn that nobody has complained of meanwhile."""
        while True:
            now = time.time()
            at = gate.turn(now)
            wait = (self._take(endpoint, gate) if at is None else at) - now
            if wait <= 0:
                return
            await asyncio.sleep(wait)
            if wait < LONG_SECONDS:
                return
            with self._endpoints.changing(endpoint) as pace:
                if pace.paused_until <= time.time():
                    return

    def _take(self, endpoint: str, gate: _Gate) -> float:
        limits = self._limits
        with self._endpoints.changing(endpoint) as pace:
            taken = pace.take(time.time(), limits.rate_of(endpoint), limits.patience_seconds)
            gate.troubled = gate.troubled or pace.failures > 0
            until = pace.paused_until
        if taken is None:
            when = time.strftime("%H:%M:%S", time.gmtime(until))
            raise NotNowError(f"the endpoint is left alone until {when} UTC")
        first, number, between = taken
        gate.at, gate.left, gate.between = first + between, number - 1, between
        return first

    def _gate(self, endpoint: str) -> _Gate:
        gate = self._gates.get(endpoint)
        if gate is None:
            gate = self._gates[endpoint] = _Gate(asyncio.Semaphore(self._limits.concurrency))
        return gate


def politeness_of(settings: Settings) -> Politeness:
    """The pace that the settings allow, with what was learned of each endpoint before."""
    limits = Limits(
        settings.endpoint_rate,
        settings.endpoint_concurrency,
        settings.endpoint_patience_seconds,
        settings.endpoint_pause_seconds,
        settings.endpoint_rates,
    )
    return Politeness(Endpoints(_folder(settings)), limits)


def known_endpoints(settings: Settings) -> dict[str, Pace]:
    """What was learned of every endpoint that was ever asked."""
    return Endpoints(_folder(settings)).known() if _folder(settings).is_dir() else {}


def _folder(settings: Settings) -> Path:
    return settings.data / "state" / "endpoints"
