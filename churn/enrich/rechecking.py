"""Asking anew: sponsor, status, delegation and hosting of what is told today, and of what was told before.

1. Whom to ask about: what the day's packets may tell of, unless it was answered within `recheck_hours`; and what was
   told on earlier days, when a check of its schedule (`recheck_days`) is due.
2. The DNS, every type; networks of the addresses. 3. The registry, by RDAP or else WHOIS.

What was asked before on the day stays: each answer is a row more, so that it shows what changed between. What doesn't
belong here: what a change means, and who brought it about.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from churn.enrich.asking import Attempted
from churn.enrich.buckets import Buckets
from churn.enrich.journal import fold, journal_of
from churn.enrich.networking import networks_of
from churn.enrich.networks import filled
from churn.enrich.observing import observed
from churn.enrich.registering import register_again
from churn.enrich.registration import WORTH_ANOTHER_TRY
from churn.outcomes import Outcome
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

DNS_WRITER = "dns-again"
NETWORK_WRITER = "networks-table-again"
NO_ANSWER = sorted({*WORTH_ANOTHER_TRY, Outcome.SKIPPED_BUDGET, Outcome.SKIPPED_POLICY})
"""Outcomes that say nothing of a domain: it is asked about again the next time."""
TABLES = ("sighting", "registration", "hosting", "lookup", "burst", "cluster_member", "packet_item")


@dataclass(frozen=True, slots=True)
class RecheckPlan:
    """Domains to ask the registries about, and those to ask the DNS about; `left` were due beyond the budget."""

    registry: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    left: int = 0

    @property
    def domains(self) -> int:
        """How many domains are asked about."""
        return len({*self.registry, *self.dns})


@dataclass(frozen=True, slots=True)
class _Answered:
    """When a domain had its last answers, and on the run of which day."""

    registry_at: dt.datetime | None = None
    dns_at: dt.datetime | None = None
    registry_day: dt.date | None = None
    dns_day: dt.date | None = None


def is_due(told_day: dt.date, answered_day: dt.date | None, day: dt.date, after_days: Collection[int]) -> bool:
    """Whether a check is due on `day` of what was told on `told_day` and last answered on `answered_day`.

    A check stands `after_days` days after the telling; one that was missed is made up for, and the last one ends them.
    """
    passed = [number for number in after_days if number <= (day - told_day).days]
    if not passed:
        return False
    return answered_day is None or answered_day < told_day + dt.timedelta(days=max(passed))


def recheck(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Ask anew about what the day's packets may tell of. Raises TransientError where another process does the same."""
    return _ask(settings, day, telling_plan(settings, day), "recheck", progress)


def recheck_told(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Ask anew about what was told before `day` and is due. Raises TransientError as `recheck` does."""
    return _ask(settings, day, told_plan(settings, day), "recheck_told", progress)


def telling_plan(settings: Settings, day: dt.date) -> RecheckPlan:
    """What the day's packets may tell of and nobody answered for within `recheck_hours`, newest reports first."""
    before = settings.now(day) - dt.timedelta(hours=settings.recheck_hours)
    with lake_database(settings, until=day, only=TABLES) as con:
        rows = run_query(
            con,
            "churn.enrich",
            "again_to_tell",
            day=day,
            since=settings.window_start(day),
            burst_q=settings.burst_q,
            repeat_before=day - dt.timedelta(days=settings.repeat_days),
        ).fetchall()
        domains = [domain for domain, _ in rows]
        answered = _answered(con, day, domains)
    return _within_budget(
        settings,
        [name for name in domains if _older(answered[name].registry_at, before)],
        [name for name in domains if _older(answered[name].dns_at, before)],
        domains,
    )


def told_plan(settings: Settings, day: dt.date) -> RecheckPlan:
    """What was told before `day` and is due for a check, newest tellings first."""
    with lake_database(settings, until=day, only=TABLES) as con:
        told = dict(run_query(con, "churn.enrich", "again_told", day=day).fetchall())
        answered = _answered(con, day, list(told))
    after = settings.recheck_days
    return _within_budget(
        settings,
        [name for name, told_day in told.items() if is_due(told_day, answered[name].registry_day, day, after)],
        [name for name, told_day in told.items() if is_due(told_day, answered[name].dns_day, day, after)],
        list(told),
    )


def _older(at: dt.datetime | None, before: dt.datetime) -> bool:
    return at is None or at < before


def _answered(con: Any, day: dt.date, domains: Sequence[str]) -> dict[str, _Answered]:
    found = run_query(
        con, "churn.enrich", "again_answered", day=day, domains=list(domains), failures=list(map(str, NO_ANSWER))
    ).fetchall()
    return dict.fromkeys(domains, _Answered()) | {domain: _Answered(*rest) for domain, *rest in found}


def _within_budget(
    settings: Settings, registry: Collection[str], dns: Collection[str], order: Sequence[str]
) -> RecheckPlan:
    """As many of the domains as the budget allows, those first that stand first in `order`."""
    of_registry, of_dns = set(registry), set(dns)
    wanted = [name for name in order if name in of_registry or name in of_dns]
    kept = wanted[: settings.recheck_budget]
    return RecheckPlan(
        tuple(name for name in kept if name in of_registry),
        tuple(name for name in kept if name in of_dns),
        len(wanted) - len(kept),
    )


def _ask(settings: Settings, day: dt.date, plan: RecheckPlan, name: str, progress: Progress) -> StageResult:
    started = time.monotonic()
    tried = _tried(settings, day, sorted({*plan.registry, *plan.dns}))
    progress(0, plan.domains, "domains asked about anew")
    if plan.dns:
        _resolve_again(settings, day, plan.dns, tried, progress)
    remark = register_again(settings, day, plan.registry, tried, progress)
    progress(plan.domains, plan.domains, "domains asked about anew")
    return StageResult(
        name,
        day,
        rows_in=plan.domains + plan.left,
        rows_out=plan.domains,
        seconds=time.monotonic() - started,
        found={
            "registry": len(plan.registry),
            "dns": len(plan.dns),
            "left": plan.left,
            **({"remark": remark} if remark else {}),
        },
    )


def _tried(settings: Settings, day: dt.date, domains: list[str]) -> dict[Attempted, int]:
    """How often the day has asked whom about these domains so far."""
    if not domains:
        return {}
    with lake_database(settings, since=day, until=day, only=("lookup",)) as con:
        rows = run_query(con, "churn.enrich", "again_attempts", day=day, domains=domains).fetchall()
    return {(domain, kind, endpoint): attempt for domain, kind, endpoint, attempt in rows}


def _resolve_again(
    settings: Settings, day: dt.date, names: Sequence[str], tried: dict[Attempted, int], progress: Progress
) -> None:
    """Ask the DNS for every type of the names, and for the networks of their addresses; a row more for each name."""
    buckets = Buckets(settings, day)
    with journal_of(settings, day, DNS_WRITER) as journal:
        seen = observed(settings, day, names, settings.dns_types_full, journal)
        hosting = buckets.hosting_rows(seen)
        first = _first_domains(hosting)
        whose = networks_of(settings, day, first, NETWORK_WRITER, progress)
        if whose is not None:
            hosting = filled(hosting, whose)
        lookups = [
            row | {"attempt": 1 + tried.get((row["domain"], "dns", row["endpoint"]), 0)}
            for row in buckets.lookup_rows(seen, attempt=1).to_pylist()
        ]
        fold(settings, day, DNS_WRITER, {"hosting": hosting.to_pylist(), "lookup": lookups})
        journal.remove()


def _first_domains(hosting: pa.Table) -> dict[str, str]:
    """Every address of the rows, and the first domain that has it."""
    first: dict[str, str] = {}
    for row in hosting.select(["domain", "a", "aaaa"]).to_pylist():
        for address in (*(row["a"] or ()), *(row["aaaa"] or ())):
            first[address] = min(first.get(address, row["domain"]), row["domain"])
    return first
