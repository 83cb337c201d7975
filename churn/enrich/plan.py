"""Which look-ups are worth their budget, and in which order: the table `lookup_plan`. No talking.

1. What names share before anybody asked a registry (`plan_trait`); the names of the day (`plan_name`), their traits.
2. Each value: how many of the window's reported names have it, and how much more often it comes today than before.
3. Joint rarity within the day: infrastructure together with naming or arrival, more often than chance explains.
4. What a look-up is expected to bring; then the budget: reported, sharing, to be re-checked, a sample, the rest.

A plan depends on what had landed by the day and on the day's first DNS look-ups, never on what the day's later look-ups
brought; and it is stored under a key of the day's names and the budget. While those stay, a day that is run again goes
on with the stored plan; when names came or went, or the budget was changed, it is planned anew, and look-ups that have
an outcome are not repeated.

What doesn't belong here: asking, and noting what was asked.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import duckdb

from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import relation
from churn.store.queries import run as run_query

REUSE_DAYS = 7
"""A registration record of at most this age is reused, not asked for again."""
SAMPLE_SHARE = 0.1
"""Of the budget, for a sample of the day's names: what keeps background counts honest."""
RECHECK_SHARE = 0.2
"""Of what reported names and the sample leave of the budget, at most: for names that were reported before."""
NATS_OF_A_REPORT = 50
"""Surprise (nats) of a burst that weighs as much as one reported domain with the value."""
LEAST_GAIN = 0.01
"""Odds from which on a name is said to share something; below, it belongs to the rest."""
TOLD_OF_THE_REST = 5_000
"""Places after the budget that the table tells of, beside every reported name that was left out."""

TABLES = ("sighting", "registration", "hosting", "certificate", "lookup", "lookup_plan")
"""What a plan is made of."""
SCORING = ("plan_trait", "plan_today", "plan_value", "plan_joint", "plan_score")


@dataclass(frozen=True, slots=True)
class RegistrationPlan:
    """`chosen` within the budget, in order, `reported` ones among them; `skipped` are reported ones beyond it."""

    chosen: tuple[str, ...]
    reported: frozenset[str]
    skipped: tuple[str, ...]


def registration_plan(settings: Settings, day: dt.date) -> RegistrationPlan:
    """Names whose registration is looked up on the day: the stored plan, made first where it does not stand.

    To be called when the day's names have been resolved: a name without DNS is judged by its spelling alone.
    """
    planned = _planned(settings, day, "registration", settings.registration_budget)
    return RegistrationPlan(
        tuple(row.domain for row in planned if row.chosen),
        frozenset(row.domain for row in planned if row.chosen and row.reason == "reported"),
        tuple(row.domain for row in planned if row.reason == "reported" and not row.chosen),
    )


def dns_plan(settings: Settings, day: dt.date) -> tuple[str, ...]:
    """Names reported on earlier days whose DNS is looked up again, beside every name of the day."""
    return tuple(row.domain for row in _planned(settings, day, "dns", 0))


def certificate_plan(settings: Settings, day: dt.date) -> tuple[str, ...]:
    """Names whose certificate is looked up on the day, most valuable first: as many as the greater of the budgets."""
    registration_plan(settings, day)
    budget = max(settings.tls_budget * settings.tls_handshake, settings.crtsh_budget * bool(settings.crtsh))
    return tuple(row.domain for row in _planned(settings, day, "certificate", budget) if row.chosen)


def handshake_plan(settings: Settings, day: dt.date) -> list[tuple[str, str]]:
    """Names and addresses of the hosts whose certificate is read on the day."""
    certificate_plan(settings, day)
    return [(domain, address) for domain, address in _rows(settings, day, "handshake_plan", budget=settings.tls_budget)]


def handshakes_made(settings: Settings, day: dt.date) -> set[str]:
    """Names whose host was asked for its certificate on the day."""
    return {domain for (domain,) in _rows(settings, day, "handshake_asked")}


def outcomes_of_day(settings: Settings, day: dt.date) -> dict[str, dict[str, int]]:
    """How many look-ups of the day ended how, by kind."""
    counts: dict[str, dict[str, int]] = {}
    for kind, outcome, tries, _ in _rows(settings, day, "outcomes_of_day"):
        counts.setdefault(kind, {})[outcome] = tries
    return counts


def score_names(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Make the tables plan_name, plan_score and plan_recheck in a database that shows the lake's window."""
    run_query(con, "churn.enrich", "plan_name", day=day, reuse_days=REUSE_DAYS)
    known_before = [*settings.dns_types, "ct", "import", "name"]
    for step in SCORING:
        run_query(
            con, "churn.enrich", step, day=day, known_before=known_before, nats_of_a_report=float(NATS_OF_A_REPORT)
        )
    run_query(con, "churn.enrich", "plan_recheck", day=day, kinds=["rdap", "whois"])


def ranked(con: duckdb.DuckDBPyConnection, day: dt.date, budget: int) -> duckdb.DuckDBPyRelation:
    """Rows of `lookup_plan` for a budget, where `score_names` made its tables."""
    return relation(
        con,
        "churn.enrich",
        "plan_registration",
        day=day,
        budget=budget,
        sample=math.ceil(SAMPLE_SHARE * budget),
        recheck_share=RECHECK_SHARE,
        least_gain=LEAST_GAIN,
        told_of_the_rest=TOLD_OF_THE_REST,
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """What a reader of the stored plan wants of one of its rows."""

    domain: str
    reason: str
    chosen: bool


def _planned(settings: Settings, day: dt.date, kind: str, budget: int) -> list[_Planned]:
    """The plan of that kind, in its order: the stored one as long as what it was made of stands, else a new one."""
    lake = lake_of(settings)
    with lake_database(settings, since=settings.window_start(day), until=day, only=TABLES) as con:
        ((key,),) = run_query(con, "churn.enrich", "plan_key", day=day, budget=budget).fetchall()
        path = lake.path("lookup_plan", day, f"{kind}-{key}")
        if not path.exists():
            lake.write("lookup_plan", day, path.stem, _made(con, settings, day, kind, budget))
            for other in lake.files("lookup_plan", day, day):
                if other.stem.partition("-")[0] == kind and other != path:
                    lake.remove("lookup_plan", day, other.stem)
        stored = con.read_parquet(str(path)).order("rank").project("domain, reason, chosen")
        return [_Planned(*row) for row in stored.fetchall()]


def _made(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, kind: str, budget: int
) -> duckdb.DuckDBPyRelation:
    """Rows of `lookup_plan`, by the facts of the window."""
    if kind == "registration":
        score_names(con, settings, day)
        return ranked(con, day, budget)
    if kind == "certificate":
        limits = {"budget": budget, "told_of_the_rest": TOLD_OF_THE_REST}
        return relation(con, "churn.enrich", "plan_certificate", day=day, **limits)
    run_query(con, "churn.enrich", "plan_name", day=day, reuse_days=REUSE_DAYS)
    run_query(con, "churn.enrich", "plan_recheck", day=day, kinds=["dns"])
    return relation(con, "churn.enrich", "plan_dns", day=day)


def _rows(settings: Settings, day: dt.date, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with lake_database(settings, since=day, until=day, only=TABLES) as con:
        return run_query(con, "churn.enrich", name, day=day, **parameters).fetchall()
