"""Abuse desks of networks, by RDAP at the regional registries, within the day's budget.

A network is asked about by one of its addresses. What the registry answers may hold many announced prefixes, and holds
for FRESH. A look-up that fails is tried again, in rounds. Each outcome is in the journal before the next question.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from churn.enrich.bootstrap import Servers, load_address_bootstrap, server_for_address
from churn.enrich.journal import Journal, fold, journal_of, typed, written
from churn.enrich.meaning.rdap_network import read_rdap_network
from churn.enrich.meaning.record import Reading, Record
from churn.enrich.networks.table import packed_address, packed_prefix
from churn.enrich.registration import MOST_TRIES, WORTH_ANOTHER_TRY
from churn.enrich.talking.http_client import Fetched, HttpClient
from churn.enrich.talking.side_by_side import each, http_client
from churn.outcomes import Outcome
from churn.results import Progress
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

WRITER = "networks-rdap"
FRESH = dt.timedelta(days=30)


class Desk(NamedTuple):
    """A network whose desk is wanted: an address in it, the AS that announces it, on whose behalf."""

    address: str
    asn: int | None
    domain: str


def look_up_desks(settings: Settings, day: dt.date, wanted: Sequence[Desk], progress: Progress) -> None:
    """Ask for the desks of networks, the first first, as far as the budget goes; writes `network` and `lookup` rows.

    A row's `asn` is what announces the address that was asked about: registries don't tell it. Raises TransientError
    where another process does the same, or the registries' servers are not known.
    """
    if not wanted or not settings.network_budget:
        return
    with journal_of(settings, day, WRITER) as journal:
        told = _Told(_known_before(settings, day))
        for row in sorted(written(settings, day, WRITER, "lookup"), key=lambda row: row["attempt"]):
            told.try_of(row)
        for entry in journal.entries():
            told.add(typed("lookup", entry["row"]), entry["found"] and typed("network", entry["found"]))
        if any(told.is_open(desk.address) for desk in wanted) and told.left(settings):
            asyncio.run(_ask_all(settings, day, wanted, told, journal, progress))
        if told.made:
            fold(settings, day, WRITER, {"network": told.found, "lookup": told.made})
        journal.remove()


@dataclass(slots=True)
class _Told:
    """What is known: registered prefixes with a fresh answer; tries of the day by the address asked about."""

    prefixes: set[tuple[bytes, int]]
    tries: dict[str, list[Outcome]] = field(default_factory=dict)
    made: list[Record] = field(default_factory=list)
    found: list[Record] = field(default_factory=list)

    def try_of(self, row: Record) -> None:
        """A try of the day that is in the lake."""
        self.tries.setdefault(row["endpoint"].rpartition("/ip/")[2], []).append(Outcome(row["outcome"]))

    def add(self, row: Record, found: Record | None) -> None:
        """A try of the day that is not in the lake yet, and the row of `network` that it brought."""
        self.try_of(row)
        self.made.append(row)
        if found:
            self.found.append(found)
            self.prefixes.add(packed_prefix(found["prefix"]))

    def is_open(self, address: str, round_number: int = MOST_TRIES) -> bool:
        """Whether an address is worth a question in that round: nothing is known of it, and no try settled it."""
        tries = self.tries.get(address, [])
        if len(tries) >= round_number or (tries and tries[-1] not in WORTH_ANOTHER_TRY):
            return False
        packed = packed_address(address) or b""
        number, most = int.from_bytes(packed), len(packed) * 8
        cut = ((number >> (most - length) << (most - length), length) for length in range(most + 1))
        return not any((start.to_bytes(len(packed)), length) in self.prefixes for start, length in cut)

    def left(self, settings: Settings) -> int:
        """Look-ups of the day that the budget still allows."""
        return settings.network_budget - sum(map(len, self.tries.values()))


async def _ask_all(
    settings: Settings, day: dt.date, wanted: Sequence[Desk], told: _Told, journal: Journal, progress: Progress
) -> None:
    async with http_client(settings) as http:
        servers = (await load_address_bootstrap(settings, http)).servers
        asking = _Asking(settings, day, http, servers, told, journal)
        for number in range(1, MOST_TRIES + 1):
            left = [desk for desk in wanted if told.is_open(desk.address, number)]
            await each(left, 2 * settings.endpoint_concurrency, asking.ask)
            progress(len(wanted), len(wanted), "desks of networks looked up")


@dataclass(slots=True)
class _Asking:
    settings: Settings
    day: dt.date
    http: HttpClient
    servers: Servers
    told: _Told
    journal: Journal
    under_way: int = 0

    async def ask(self, desk: Desk) -> None:
        """Ask about a network, unless an answer has held it meanwhile or the budget is spent."""
        if self.told.left(self.settings) > self.under_way and self.told.is_open(desk.address):
            self.under_way += 1
            try:
                await self._ask(desk)
            finally:
                self.under_way -= 1

    async def _ask(self, desk: Desk) -> None:
        base = server_for_address(self.servers, desk.address)
        target = f"{base or ''}ip/{desk.address}"
        fetched = await self.http.get(target) if base else Fetched(Outcome.NO_ENDPOINT)
        reading = Reading(fetched.outcome)
        if fetched.outcome is Outcome.OK:
            reading = read_rdap_network(fetched.body, desk.address)
        digest = hashlib.sha256(fetched.body).hexdigest() if fetched.body else None
        at = self.settings.now(self.day)
        row = {
            "domain": desk.domain,
            "kind": "network",
            "endpoint": target if base else f"/ip/{desk.address}",
            "attempted_at": at,
            "outcome": reading.outcome.value,
            "detail": reading.detail or fetched.detail,
            "elapsed_ms": fetched.elapsed_ms,
            "attempt": len(self.told.tries.get(desk.address, ())) + 1,
            "raw_sha256": digest,
            "day": self.day,
        }
        about = {"asn": desk.asn, "source": "rdap", "endpoint": base, "observed_at": at, "day": self.day}
        found = reading.record | about | {"raw_sha256": digest} if reading.record else None
        self.journal.add({"row": row, "found": found})
        self.told.add(row, found)


def _known_before(settings: Settings, day: dt.date) -> set[tuple[bytes, int]]:
    since = settings.now(day) - FRESH
    with lake_database(settings, since=day - FRESH, until=day, only=("network", "lookup")) as con:
        rows = run_query(con, "churn.enrich", "network_registered", since=since).fetchall()
    return {packed_prefix(prefix) for (prefix,) in rows}
