"""Certificates by name at crt.sh, within the day's budget.

crt.sh answers with an empty list also where it is a day behind, so an empty answer is *not obtained*, and the name is
asked for again on the next days; when that answer repeats on another day, there is none (`not_found`). A look-up that
fails is tried again, in rounds. Each outcome is in the journal before the next question.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from yarl import URL

from churn.enrich.journal import Journal, fold, journal_of, typed, written
from churn.enrich.meaning.crtsh import EMPTY, read_crtsh
from churn.enrich.meaning.record import Record
from churn.enrich.registration import MOST_TRIES, WORTH_ANOTHER_TRY
from churn.enrich.talking.http_client import HttpClient, endpoint_of
from churn.enrich.talking.side_by_side import each, http_client
from churn.outcomes import Outcome
from churn.results import Progress
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

WRITER = "crtsh"
LATE_TOO = f"{EMPTY}, which crt.sh gives where it is late too"
REPEATED = f"{EMPTY}, as on an earlier day"


def search(settings: Settings, day: dt.date, planned: Sequence[str], progress: Progress) -> None:
    """Look up names, most valuable first, as far as the budget goes; writes `certificate` and `lookup` rows.

    Half of the budget at most goes first to names whose answer was empty on an earlier day. Raises TransientError where
    another process does the same.
    """
    with journal_of(settings, day, WRITER) as journal:
        told = _told_before(settings, day, journal)
        names = _names(settings, day, planned, told)
        if any(told.is_open(name, MOST_TRIES) for name in names) and told.left(settings):
            asyncio.run(_ask_all(settings, day, names, told, journal, progress))
        fold(settings, day, WRITER, {"certificate": told.found, "lookup": told.made})
        journal.remove()


@dataclass(slots=True)
class _Told:
    """Tries of the day, rows that are not in the lake yet, names whose answer was empty on an earlier day."""

    empty_before: frozenset[str]
    tries: dict[str, list[tuple[Outcome, str | None]]] = field(default_factory=dict)
    made: list[Record] = field(default_factory=list)
    found: list[Record] = field(default_factory=list)

    def try_of(self, row: Record) -> None:
        """A try of the day that is in the lake."""
        self.tries.setdefault(row["domain"], []).append((Outcome(row["outcome"]), row["detail"]))

    def add(self, row: Record, found: list[Record]) -> None:
        """A try that is not in the lake yet."""
        self.try_of(row)
        self.made.append(row)
        self.found += found

    def is_open(self, name: str, round_number: int) -> bool:
        """Whether a name is worth a question in that round."""
        tries = self.tries.get(name, [])
        if not tries:
            return True
        outcome, detail = tries[-1]
        return len(tries) < round_number and outcome in WORTH_ANOTHER_TRY and detail != LATE_TOO

    def left(self, settings: Settings) -> int:
        """Look-ups of the day that the budget still allows."""
        return settings.crtsh_budget - sum(map(len, self.tries.values()))


def _told_before(settings: Settings, day: dt.date, journal: Journal) -> _Told:
    with lake_database(settings, since=day - dt.timedelta(days=14), until=day, only=("certificate", "lookup")) as con:
        empty = run_query(con, "churn.enrich", "certificate_empty", day=day, empty=EMPTY).fetchall()
    told = _Told(frozenset(str(domain) for (domain,) in empty))
    for row in sorted(written(settings, day, WRITER, "lookup"), key=lambda row: row["attempt"]):
        told.try_of(row)
    for entry in journal.entries():
        told.add(typed("lookup", entry["row"]), [typed("certificate", row) for row in entry["found"]])
    return told


def _names(settings: Settings, day: dt.date, planned: Sequence[str], told: _Told) -> list[str]:
    """The names of the day, as many as the budget allows; the same whenever they are put together on one day."""
    with lake_database(settings, since=day - dt.timedelta(days=30), until=day, only=("certificate", "lookup")) as con:
        rows = run_query(con, "churn.enrich", "certificate_known", day=day).fetchall()
    known = {domain for (domain,) in rows}
    again = [name for name in sorted(told.empty_before) if name not in known][: settings.crtsh_budget // 2]
    fresh = [name for name in planned if name not in known and name not in told.empty_before]
    return [*again, *fresh][: settings.crtsh_budget]


async def _ask_all(
    settings: Settings, day: dt.date, names: Sequence[str], told: _Told, journal: Journal, progress: Progress
) -> None:
    under_way = 0

    async with http_client(settings) as http:

        async def ask(name: str) -> None:
            nonlocal under_way
            if told.left(settings) <= under_way:
                return
            under_way += 1
            try:
                row, found = await _ask(settings, day, http, name, told)
            finally:
                under_way -= 1
            journal.add({"row": row, "found": found})
            told.add(row, found)
            progress(len(told.tries), len(names), "certificates searched for")

        for number in range(1, MOST_TRIES + 1):
            left = [name for name in names if told.is_open(name, number)]
            await each(left, 2 * settings.endpoint_concurrency, ask)


async def _ask(
    settings: Settings, day: dt.date, http: HttpClient, name: str, told: _Told
) -> tuple[Record, list[Record]]:
    url = URL(settings.crtsh) % {"q": name, "output": "json", "deduplicate": "Y"}
    at = settings.now(day)
    fetched = await http.get(str(url))
    outcome, detail = fetched.outcome, fetched.detail
    found: list[Record] = []
    if outcome is Outcome.OK:
        outcome, found, detail = read_crtsh(fetched.body, name)
    elif outcome is Outcome.NOT_FOUND:  # HTTP 404 says that the page is not there, not that there is no certificate
        outcome = Outcome.SERVER_FAILURE
    if outcome is Outcome.RATE_LIMITED and fetched.outcome is Outcome.OK:  # told in the body alone
        http.politeness.told(endpoint_of(url), outcome)
    if detail == EMPTY:
        repeated = name in told.empty_before
        outcome, detail = (Outcome.NOT_FOUND, REPEATED) if repeated else (Outcome.SERVER_FAILURE, LATE_TOO)
    row = {
        "domain": name,
        "kind": "ct",
        "endpoint": settings.crtsh,
        "attempted_at": at,
        "outcome": outcome.value,
        "detail": detail,
        "elapsed_ms": fetched.elapsed_ms,
        "attempt": len(told.tries.get(name, ())) + 1,
        "raw_sha256": hashlib.sha256(fetched.body).hexdigest() if fetched.body else None,
        "day": day,
    }
    return row, [each_found | {"observed_at": at, "day": day} for each_found in found]
