"""Networks by Team Cymru's DNS zones, where the operator has no table: what is known already, and what is asked.

One question a /24 (IPv4) or /48 (IPv6) of the day's addresses: more specific prefixes are not announced globally, while
a part of an announced prefix may well be announced by somebody else, so an answer holds for its block alone. Where an
answer's prefix doesn't hold an address of its block after all, that address is asked for as well.

Each outcome is in the journal before the next question. Answers are kept in the tables `network` and `lookup` (whose
`endpoint` is the name that was asked, and `detail` the prefix that it told), and hold for FRESH.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from churn.enrich.journal import Journal, fold, journal_of, typed
from churn.enrich.meaning.cymru import (
    Address,
    Prefix,
    asked_address,
    name_question,
    origin_question,
    read_as_name,
    read_origin,
)
from churn.enrich.meaning.record import Record
from churn.enrich.networks.table import Network, Whose
from churn.enrich.talking.addresses import is_special
from churn.enrich.talking.cymru import TextClient
from churn.enrich.talking.http_client import Fetched
from churn.outcomes import Outcome
from churn.results import Progress
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

WRITER = "networks-cymru"
FRESH = dt.timedelta(days=30)
BLOCK = {4: 24, 6: 48}
MOST_A_BLOCK = 64
"""Questions about one block of addresses."""
_ANSWERS = frozenset({Outcome.OK, Outcome.NOT_FOUND})


def networks_by_zones(settings: Settings, day: dt.date, domains: Mapping[str, str], progress: Progress) -> Whose:
    """Networks of addresses; `domains` are those on whose behalf each of them is asked about.

    Asks only for what is not known, and once a day; writes `network` and `lookup` rows. Raises TransientError where
    another process does the same.
    """
    with journal_of(settings, day, WRITER) as journal:
        known = _known_before(settings, day)
        for entry in journal.entries():
            known.add(_typed(entry))
        asking = _Asking(settings, day, domains, known, journal, progress)
        asking.run()
        _keep(settings, day, known)
        journal.remove()
    return {address: networks for address in domains if (networks := known.networks(address)) is not None}


@dataclass(slots=True)
class _Known:
    """Answers: which prefix each address was told to be in (None: in none), and whose the prefixes are.

    `tried` are the questions of the day, `made` and `found` the rows that the day's answers brought.
    """

    asked: dict[Prefix, dict[Address, str | None]] = field(default_factory=dict)
    holders: dict[str, list[Record]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    made: list[Record] = field(default_factory=list)
    found: list[Record] = field(default_factory=list)
    named: set[int] = field(default_factory=set)

    def add(self, entry: Record) -> None:
        """An outcome of the day: a row of `lookup`, and the rows of `network` or the name that came with it."""
        row, found, name = entry["row"], entry["found"], entry["name"]
        self.tried.add(row["endpoint"])
        self.made.append(row)
        self.found += found
        if found:
            self.holders[found[0]["prefix"]] = found
        if name:
            self.names[name[0]] = name[1]
            self.named.add(name[0])
        self.learn(row["endpoint"], row["outcome"], row["detail"])

    def learn(self, question: str, outcome: str, prefix: str | None) -> None:
        """How a question ended, where that is an answer."""
        address = asked_address(question)
        if address is not None and outcome in _ANSWERS:
            self.asked.setdefault(block_of(address), {})[address] = prefix if outcome == Outcome.OK else None

    def holders_of(self, address: Address) -> list[Record] | None:
        """Rows of the most specific prefix that is known to hold an address; empty: in none; None: not known."""
        answers = self.asked.get(block_of(address), {})
        best, none_announced = None, False
        for prefix in answers.values():
            if prefix is None:
                none_announced = True
            elif prefix in self.holders and address in (network := ipaddress.ip_network(prefix)):
                best = network if best is None or network.prefixlen > best.prefixlen else best
        if best is not None:
            return self.holders[str(best)]
        return [] if none_announced else None

    def networks(self, text: str) -> tuple[Network, ...] | None:
        """The networks of an address; None where they were not obtained."""
        rows = self.holders_of(ipaddress.ip_address(text))
        if rows is None:
            return None
        return tuple(Network(r["prefix"], r["asn"], self.names.get(r["asn"]), r["country"]) for r in rows)


def block_of(address: Address) -> Prefix:
    """The block that one question is asked for."""
    return ipaddress.ip_network((address, BLOCK[address.version]), strict=False)


@dataclass(slots=True)
class _Asking:
    """The day's questions: for each block its addresses, one after the other as far as needed, then for names of AS."""

    settings: Settings
    day: dt.date
    domains: Mapping[str, str]
    known: _Known
    journal: Journal
    progress: Progress
    _left: dict[Prefix, deque[Address]] = field(default_factory=dict)
    _questions: deque[str] = field(default_factory=deque)
    _behalf: dict[str, str] = field(default_factory=dict)
    _at: dt.datetime = field(init=False)
    _done: int = 0

    def run(self) -> None:
        """Ask what is not known. Never raises for what servers do."""
        self._at = self.settings.now(self.day)
        for text in sorted(self.domains):
            address = ipaddress.ip_address(text)
            rows = self.known.holders_of(address)
            if rows is None and (self.settings.allow_private_addresses or not is_special(text)):
                self._left.setdefault(block_of(address), deque()).append(address)
            self._want_names(rows or (), self.domains[text])
        for block in self._left:
            self._next(block)
        if self._questions:
            client = TextClient(self.settings.dns_resolvers, self.settings.lookup_timeout_seconds)
            client.ask(self._questions, self._told)
        for question in self._questions:  # nobody answers at present
            skipped = Fetched(Outcome.SKIPPED_PAUSED, detail="the zones do not answer at present")
            self.known.made.append(self._row(question, skipped.outcome, skipped.detail, skipped))

    def _told(self, question: str, fetched: Fetched) -> None:
        address = asked_address(question)
        found: list[Record] = []
        outcome, detail, name = fetched.outcome, fetched.detail, None
        if outcome is Outcome.OK and address is not None:
            outcome, found, detail = read_origin(fetched.body, address)
        elif outcome is Outcome.OK:
            asn = int(question.partition(".")[0].removeprefix("as"))
            outcome, text = read_as_name(fetched.body, asn)
            name = (asn, text) if text else None
        row = self._row(question, outcome, detail, fetched)
        about = {"observed_at": self._at, "source": "cymru", "endpoint": self.settings.network_zone, "day": self.day}
        entry = {
            "row": row,
            "found": [each | about | {"raw_sha256": row["raw_sha256"]} for each in found],
            "name": name,
        }
        self.journal.add(entry)
        self.known.add(entry)
        self._want_names(found, row["domain"])
        if address is not None and outcome is Outcome.OK:
            self._next(block_of(address))
        self._done += 1
        if self._done % 500 == 0:
            self.progress(self._done, self._done + len(self._questions), "networks asked for")

    def _next(self, block: Prefix) -> None:
        """Ask for the next address of a block that is not known by now."""
        left = self._left[block]
        while left:
            address = left.popleft()
            if self.known.holders_of(address) is None and len(self.known.asked.get(block, ())) < MOST_A_BLOCK:
                question = origin_question(address, self.settings.network_zone)
                if self._want(question, self.domains[str(address)]):
                    return

    def _want_names(self, rows: list[Record] | tuple[Record, ...], domain: str) -> None:
        for row in rows:
            if row["asn"] not in self.known.names:
                self._want(name_question(row["asn"], self.settings.network_zone), domain)

    def _want(self, question: str, domain: str) -> bool:
        if question in self.known.tried or question in self._behalf:
            return False
        self._behalf[question] = domain
        self._questions.append(question)
        return True

    def _row(self, question: str, outcome: Outcome, detail: str | None, fetched: Fetched) -> Record:
        return {
            "domain": self._behalf[question],
            "kind": "network",
            "endpoint": question,
            "attempted_at": self._at,
            "outcome": outcome.value,
            "detail": detail,
            "elapsed_ms": fetched.elapsed_ms,
            "attempt": 1,
            "raw_sha256": hashlib.sha256(fetched.body).hexdigest() if fetched.body else None,
            "day": self.day,
        }


def _known_before(settings: Settings, day: dt.date) -> _Known:
    """What earlier look-ups told, of the last days and of this one."""
    known = _Known()
    limits = {"day": day, "since": settings.now(day) - FRESH, "zone": settings.network_zone}
    with lake_database(settings, since=day - FRESH, until=day, only=("network", "lookup")) as con:
        holders = run_query(con, "churn.enrich", "network_known", **limits).fetchall()
        asked = run_query(con, "churn.enrich", "network_asked", **limits).fetchall()
    newest: dict[str, dt.datetime] = {}
    for prefix, asn, name, country, observed_at in holders:
        if newest.get(prefix) != observed_at:
            newest[prefix], known.holders[prefix] = observed_at, []
        known.holders[prefix].append({"prefix": prefix, "asn": asn, "country": country, "name": name})
        if name:
            known.names[asn] = name
    for question, outcome, prefix, is_today in asked:
        known.learn(question, outcome, prefix)
        if is_today and outcome != Outcome.SKIPPED_PAUSED:
            known.tried.add(question)
    return known


def _typed(entry: dict[str, Any]) -> Record:
    found = [typed("network", row) for row in entry["found"]]
    return {"row": typed("lookup", entry["row"]), "found": found, "name": entry["name"]}


def _keep(settings: Settings, day: dt.date, known: _Known) -> None:
    """Put the day's answers into the lake: networks with the names of their AS, then the look-ups that vouch for them.

    A network of an earlier day whose name is only known now is written anew.
    """
    about = {"source": "cymru", "endpoint": settings.network_zone, "observed_at": settings.now(day), "day": day}
    here = {row["prefix"] for row in known.found}
    late = [
        row | about
        for prefix, rows in known.holders.items()
        if prefix not in here and any(row["asn"] in known.named and not row.get("name") for row in rows)
        for row in rows
    ]
    networks = [row | {"name": known.names.get(row["asn"])} for row in (*known.found, *late)]
    if known.made:
        fold(settings, day, WRITER, {"network": networks, "lookup": known.made})
