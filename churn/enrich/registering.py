"""The registration stage: RDAP, else WHOIS, for the names that are worth it, within the day's budget.

1. Plan (`plan`), and take up what an earlier run of the day has tried already.
2. Ask for the chosen names' remaining DNS types, and complete their hosting rows.
3. Look up registrations, most valuable first at each endpoint, those of reported names by RDAP and WHOIS. Each outcome
   is in the journal before the next question.
4. Make records of the answers, and put them and the look-ups into the lake.
5. Record which reported names the budget left out.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from churn.enrich.asking import Asking, Attempted, Told, entry_of, tld_of, try_of
from churn.enrich.bootstrap import load_bootstrap, registrar_base, server_for
from churn.enrich.deepening import complete_hosting
from churn.enrich.journal import Journal, fold, journal_of, written
from churn.enrich.plan import RegistrationPlan, outcomes_of_day, registration_plan
from churn.enrich.registration import MOST_TRIES, Name, Places, Step, next_step, records
from churn.enrich.talking.side_by_side import http_client
from churn.enrich.talking.whois_client import WhoisClient
from churn.outcomes import Outcome
from churn.pseudonyms import load_pseudonymiser
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_of

WRITER = "rdds"
AGAIN_WRITER = "rdds-again"
SKIPPED_WRITER = "rdds-skipped"
WORKERS = 4
"""For each place that an endpoint has: some wait for another endpoint, that of a registrar."""


def register(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Look up the registration of the day's most telling names.

    Writes a `registration` row a protocol and name, a `lookup` row a try, and complete `hosting` rows for the names
    chosen. Raises TransientError where another process does the same.
    """
    started = time.monotonic()
    plan = registration_plan(settings, day)
    complete_hosting(settings, day, plan.chosen)
    with journal_of(settings, day, WRITER) as journal:
        told = _told_before(journal)
        done = _done_before(settings, day)
        names = [Name(domain, 1 + (domain in plan.reported)) for domain in plan.chosen if domain not in done]
        remark = asyncio.run(_look_up(settings, day, names, told, journal, progress)) if names else None
        _keep(settings, day, told, WRITER)
        journal.remove()
    _record_skipped(settings, day, plan)
    outcomes = outcomes_of_day(settings, day)
    return StageResult(
        "register",
        day,
        rows_in=len(plan.chosen),
        rows_out=len(names),
        seconds=time.monotonic() - started,
        found={
            "registered": len(plan.chosen),
            "skipped": len(plan.skipped),
            "outcomes": {kind: outcomes.get(kind, {}) for kind in ("rdap", "whois")},
            **({"remark": remark} if remark else {}),
        },
    )


def register_again(
    settings: Settings, day: dt.date, names: Sequence[str], tried: Mapping[Attempted, int], progress: Progress = silent
) -> str | None:
    """Look up the registration of names, whatever the day knows of them already; returns a remark, if there is one.

    `tried` says how often the day has asked whom about whom so far: the new tries are counted on from there. Raises
    TransientError where another process does the same.
    """
    with journal_of(settings, day, AGAIN_WRITER) as journal:
        told = _told_before(journal)
        told.earlier = tried
        asked = [Name(domain) for domain in names]
        remark = asyncio.run(_look_up(settings, day, asked, told, journal, progress)) if asked else None
        _keep(settings, day, told, AGAIN_WRITER)
        journal.remove()
    return remark


def _told_before(journal: Journal) -> Told:
    """The tries of an earlier run of the day that did not come to its end."""
    told = Told()
    for entry in journal.entries():
        told.add(entry["row"]["domain"], try_of(entry))
    return told


def _done_before(settings: Settings, day: dt.date) -> set[str]:
    """Names whose look-ups came to their end in an earlier run; those that an endpoint's pause held up are none."""
    rows = written(settings, day, WRITER, "lookup")
    return {row["domain"] for row in rows if row["outcome"] != Outcome.SKIPPED_PAUSED.value}


async def _look_up(
    settings: Settings, day: dt.date, names: Sequence[Name], told: Told, journal: Journal, progress: Progress
) -> str | None:
    """Look up the names in MOST_TRIES rounds: what failed is tried once more when everybody had a turn.

    Returns a remark on the bootstrap file, where there is one to make.
    """
    async with _everybody(settings, day) as everybody:
        for number in range(1, MOST_TRIES + 1):
            this = _Round(everybody.asking, everybody.places, told, journal, number)
            await this.run(names, settings.endpoint_concurrency, progress)
        return everybody.remark


@dataclass(frozen=True, slots=True)
class _Everybody:
    """Who asks, whom, and what is to be said of how that is known."""

    asking: Asking
    places: Places
    remark: str | None


@dataclass(frozen=True, slots=True)
class _Round:
    """One time through all names, each endpoint at its own pace."""

    asking: Asking
    places: Places
    told: Told
    journal: Journal
    number: int
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def run(self, names: Sequence[Name], concurrency: int, progress: Progress) -> None:
        """Look up what is left to look up of the names."""
        left = [name for name in names if self._next(name)]
        queues: dict[str, deque[Name]] = {}
        for name in left:
            queues.setdefault(self.places.rdap(name.domain) or tld_of(name.domain), deque()).append(name)
        done = len(names) - len(left)

        async def work(queue: deque[Name]) -> None:
            nonlocal done
            while queue:
                await self._finish(queue.popleft())
                done += 1
                if done % 50 == 0:
                    progress(done, len(names), "registrations looked up")

        async with asyncio.TaskGroup() as group:
            for queue in queues.values():
                for _ in range(min(len(queue), WORKERS * concurrency)):
                    group.create_task(work(queue))
        if left:
            progress(len(names), len(names), "registrations looked up")

    async def _finish(self, name: Name) -> None:
        """Look up one name as far as this round goes."""
        while step := self._next(name):
            if step.role == "root":
                await self._ask_root(name, step)
            else:
                await self._ask(name, step)

    async def _ask_root(self, name: Name, step: Step) -> None:
        """What the root says of a TLD is asked once, for all its names."""
        async with self.locks.setdefault(tld_of(name.domain), asyncio.Lock()):
            if self._next(name) == step:
                await self._ask(name, step)

    async def _ask(self, name: Name, step: Step) -> None:
        before = sum(item.kind == step.kind and item.endpoint == step.endpoint for item in self.told.of(name.domain))
        before += self.told.earlier.get((name.domain, step.kind, step.endpoint), 0)
        made = await self.asking.ask(name, step, before + 1)
        self.journal.add(entry_of(made))
        self.told.add(name.domain, made)

    def _next(self, name: Name) -> Step | None:
        return next_step(name, self.told.of(name.domain), self.places, self.number)


@asynccontextmanager
async def _everybody(settings: Settings, day: dt.date) -> AsyncIterator[_Everybody]:
    async with http_client(settings) as http:
        limits = (settings.lookup_timeout_seconds, settings.answer_limit_bytes)
        whois = WhoisClient(http.hosts, http.politeness, settings.whois_port, *limits)
        bootstrap = await load_bootstrap(settings, http)
        asking = Asking(http, whois, load_pseudonymiser(settings), lambda: settings.now(day))
        places = Places(
            rdap=lambda domain: server_for(bootstrap.servers, domain),
            registrar=registrar_base,
            whois_root=settings.whois_root,
        )
        yield _Everybody(asking, places, bootstrap.remark)


def _keep(settings: Settings, day: dt.date, told: Told, writer: str) -> None:
    """Put what the tries brought into the lake: records first, then the look-ups that vouch for them."""
    found = [record | {"day": day} for tries in told.names.values() for record in records(tries)]
    made = [item for tries in (*told.names.values(), *told.roots.values()) for item in tries]
    fold(
        settings,
        day,
        writer,
        {"registration": found, "lookup": [item.row | {"day": day} for item in made if item.row]},
    )


def _record_skipped(settings: Settings, day: dt.date, plan: RegistrationPlan) -> None:
    lake = lake_of(settings)
    if not plan.skipped:
        lake.remove("lookup", day, SKIPPED_WRITER)
        return
    row = {
        "kind": "rdap",
        "attempted_at": settings.now(day),
        "outcome": Outcome.SKIPPED_BUDGET.value,
        "attempt": 1,
        "day": day,
    }
    lake.write_rows("lookup", day, SKIPPED_WRITER, [row | {"domain": name} for name in plan.skipped])
