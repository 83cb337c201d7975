"""The registration stage: RDAP, else WHOIS, for the names that are worth it, within the day's budget.

1. Plan (`plan`), and take from it what was not asked yet.
2. Ask for the chosen names' remaining DNS types, and complete their hosting rows.
3. Look up registrations, most valuable first, and write them in chunks: records first, then the look-ups that vouch
   for them.
4. Record which reported names the budget left out.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from churn.enrich.bootstrap import load_servers
from churn.enrich.deepening import complete_hosting
from churn.enrich.plan import RegistrationPlan, outcomes_of_day, registration_plan
from churn.enrich.registration import Finding, Registry
from churn.enrich.talking.addresses import Hosts, make_resolver
from churn.enrich.talking.http_client import HttpClient, open_pool
from churn.enrich.talking.politeness import Politeness
from churn.enrich.talking.whois_client import WhoisClient
from churn.outcomes import Outcome
from churn.pseudonyms import load_pseudonymiser
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_of

CHUNK = 250
AT_ONCE = 48
"""Names under way at once, over all servers."""
SKIPPED_WRITER = "rdds-skipped"


def register(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Look up the registration of the day's most telling names.

    Writes a `registration` row a record, a `lookup` row a try, and complete `hosting` rows for the names chosen.
    Raises TransientError where the RDAP bootstrap file can't be had.
    """
    started = time.monotonic()
    at = settings.now(day)
    plan = registration_plan(settings, day)
    complete_hosting(settings, day, at, plan.chosen)
    if plan.pending:
        asyncio.run(_look_up(settings, day, at, plan, progress))
    _record_skipped(settings, day, at, plan.skipped)
    outcomes = outcomes_of_day(settings, day)
    return StageResult(
        "register",
        day,
        rows_in=len(plan.chosen),
        rows_out=len(plan.pending),
        seconds=time.monotonic() - started,
        found={
            "registered": len(plan.chosen),
            "skipped": len(plan.skipped),
            "outcomes": {kind: outcomes.get(kind, {}) for kind in ("rdap", "whois")},
        },
    )


async def _look_up(
    settings: Settings, day: dt.date, at: dt.datetime, plan: RegistrationPlan, progress: Progress
) -> None:
    done, total = len(plan.chosen) - len(plan.pending), len(plan.chosen)
    chunk = _next_chunk(settings, day)
    async with _registry(settings) as registry:
        for start in range(0, len(plan.pending), CHUNK):
            names = plan.pending[start : start + CHUNK]
            _write(settings, day, at, f"rdds-{chunk:04d}", await _findings(registry, names))
            chunk += 1
            done += len(names)
            progress(done, total, "registrations looked up")


async def _findings(registry: Registry, names: Sequence[str]) -> list[Finding]:
    places = asyncio.Semaphore(AT_ONCE)

    async def find(name: str) -> Finding:
        async with places:
            return await registry.find(name)

    return list(await asyncio.gather(*map(find, names)))


@asynccontextmanager
async def _registry(settings: Settings) -> AsyncIterator[Registry]:
    resolver = make_resolver(settings.dns_resolvers, settings.lookup_timeout_seconds)
    hosts = Hosts(resolver, settings.allow_private_addresses)
    politeness = Politeness(settings.endpoint_rate, settings.endpoint_concurrency)
    limits = (settings.lookup_timeout_seconds, settings.answer_limit_bytes)
    try:
        async with open_pool(hosts, AT_ONCE) as pool:
            http = HttpClient(pool, politeness, *limits)
            whois = WhoisClient(hosts, politeness, settings.whois_port, *limits)
            servers = await load_servers(settings, http)
            yield Registry(http, whois, servers, settings.whois_root, load_pseudonymiser(settings))
    finally:
        await resolver.close()


def _next_chunk(settings: Settings, day: dt.date) -> int:
    """The number after the last chunk whose look-ups are written; a killed chunk without them is written over."""
    stems = (path.stem for path in lake_of(settings).files("lookup", day, day))
    numbers = [int(stem.removeprefix("rdds-")) for stem in stems if stem.removeprefix("rdds-").isdigit()]
    return max(numbers, default=-1) + 1


def _write(settings: Settings, day: dt.date, at: dt.datetime, writer: str, findings: list[Finding]) -> None:
    lake = lake_of(settings)
    records = [finding.record | {"observed_at": at, "day": day} for finding in findings if finding.record]
    if records:
        lake.write_rows("registration", day, writer, records)
    else:
        lake.remove("registration", day, writer)
    tries = [row | {"attempted_at": at, "day": day} for finding in findings for row in finding.lookups]
    lake.write_rows("lookup", day, writer, tries)


def _record_skipped(settings: Settings, day: dt.date, at: dt.datetime, names: Sequence[str]) -> None:
    lake = lake_of(settings)
    if not names:
        lake.remove("lookup", day, SKIPPED_WRITER)
        return
    row = {"kind": "rdap", "attempted_at": at, "outcome": Outcome.SKIPPED_BUDGET.value, "attempt": 1, "day": day}
    lake.write_rows("lookup", day, SKIPPED_WRITER, [row | {"domain": name} for name in names])
