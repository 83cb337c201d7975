"""Which names are looked up, and in which order: the queries in `sql/`, as lists. No talking, no writing.

A plan depends on what had landed by the day and on its DNS, never on what today's look-ups brought: an interrupted day
plans the same again and leaves out what is done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

MOST_SELECTIVE = 2_000
"""Domains of the window that may have a trait for it to be worth following."""

REPORTED_TIER = 1


@dataclass(frozen=True, slots=True)
class RegistrationPlan:
    """`chosen` within the budget, in order; those of them not asked yet are `pending`; `skipped` are reported names."""

    chosen: tuple[str, ...]
    pending: tuple[str, ...]
    skipped: tuple[str, ...]


def names_of_day(settings: Settings, day: dt.date) -> list[str]:
    """Names listed as registered or reported on the day, sorted."""
    return [str(domain) for (domain,) in _rows(settings, day, day, "names_of_day")]


def registration_plan(settings: Settings, day: dt.date) -> RegistrationPlan:
    """Names whose registration is looked up on the day."""
    since = settings.window_start(day)
    ranked = _rows(settings, since, day, "registration_plan", most_selective=MOST_SELECTIVE)
    asked = {domain for (domain,) in _rows(settings, day, day, "registration_asked")}
    chosen = tuple(domain for domain, _ in ranked[: settings.registration_budget])
    return RegistrationPlan(
        chosen,
        tuple(domain for domain in chosen if domain not in asked),
        tuple(domain for domain, tier in ranked[settings.registration_budget :] if tier == REPORTED_TIER),
    )


def handshake_plan(settings: Settings, day: dt.date) -> list[tuple[str, str]]:
    """Names and addresses of the hosts whose certificate is read on the day."""
    limits = {"budget": settings.tls_budget, "most_selective": MOST_SELECTIVE}
    return [(domain, address) for domain, address in _rows(settings, day, day, "handshake_plan", **limits)]


def handshakes_made(settings: Settings, day: dt.date) -> set[str]:
    """Names whose host was asked for its certificate on the day."""
    return {domain for (domain,) in _rows(settings, day, day, "handshake_asked")}


def outcomes_of_day(settings: Settings, day: dt.date) -> dict[str, dict[str, int]]:
    """How many look-ups of the day ended how, by kind."""
    counts: dict[str, dict[str, int]] = {}
    for kind, outcome, tries, _ in _rows(settings, day, day, "outcomes_of_day"):
        counts.setdefault(kind, {})[outcome] = tries
    return counts


def _rows(settings: Settings, since: dt.date, day: dt.date, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with lake_database(settings, since=since, until=day) as con:
        return run_query(con, "churn.enrich", name, day=day, **parameters).fetchall()
