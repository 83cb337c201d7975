"""Many look-ups of one stage side by side: an HTTP client that is polite, and workers that take one item each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

from churn.enrich.talking.addresses import Hosts, make_resolver
from churn.enrich.talking.http_client import HttpClient, open_session
from churn.enrich.talking.politeness import MOST_AT_ONCE, politeness_of
from churn.settings import Settings

Item = TypeVar("Item")


@asynccontextmanager
async def http_client(settings: Settings) -> AsyncIterator[HttpClient]:
    """A client with the settings' limits, for as long as the block lasts."""
    resolver = make_resolver(settings.dns_resolvers, settings.lookup_timeout_seconds)
    hosts = Hosts(resolver, settings.allow_private_addresses)
    limits = (settings.lookup_timeout_seconds, settings.answer_limit_bytes)
    try:
        async with open_session(hosts, MOST_AT_ONCE, settings.endpoint_concurrency) as session:
            yield HttpClient(session, hosts, politeness_of(settings), *limits)
    finally:
        await resolver.close()


async def each(items: Iterable[Item], places: int, work: Callable[[Item], Awaitable[None]]) -> None:
    """Do `work` for every item, in their order, as many at once as there are places."""
    queue = deque(items)

    async def worker() -> None:
        while queue:
            await work(queue.popleft())

    async with asyncio.TaskGroup() as group:
        for _ in range(min(places, len(queue))):
            group.create_task(worker())
