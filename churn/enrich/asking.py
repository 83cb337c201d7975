"""One look-up of a registration, whole: ask, read the answer, tell politeness how it ended, and make a try of it.

What doesn't belong here: which look-up comes next (`registration`), and what becomes of the tries (`registering`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yarl import URL

from churn.enrich.journal import typed
from churn.enrich.meaning.rdap import read_rdap
from churn.enrich.meaning.record import Reading
from churn.enrich.meaning.whois import read_whois, referral_of
from churn.enrich.registration import Name, Step, Try
from churn.enrich.talking.http_client import Fetched, HttpClient, endpoint_of
from churn.enrich.talking.whois_client import WhoisClient
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

_WITH_ANSWER = frozenset({Outcome.OK, Outcome.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Asking:
    """Everybody who knows about registrations, as one. `now` gives the instant (UTC) that a try is stamped with."""

    http: HttpClient
    whois: WhoisClient
    hashes: Pseudonymiser
    now: Callable[[], datetime]

    async def ask(self, name: Name, step: Step, attempt: int) -> Try:
        """Do a look-up. Never raises for what servers do. The root is asked about the TLD, for all of its names."""
        at = self.now()
        subject = tld_of(name.domain) if step.role == "root" else name.domain
        if step.endpoint is None:
            fetched, reading = Fetched(Outcome.NO_ENDPOINT), Reading(Outcome.NO_ENDPOINT)
        elif step.kind == "rdap":
            fetched, reading = await self._rdap(name, step)
        else:
            fetched, reading = await self._whois(subject, step)
        row = {
            "domain": subject,
            "kind": step.kind,
            "endpoint": step.endpoint,
            "attempted_at": at,
            "outcome": reading.outcome.value,
            "detail": reading.detail or fetched.detail,
            "elapsed_ms": fetched.elapsed_ms,
            "attempt": attempt,
            "raw_sha256": hashlib.sha256(fetched.body).hexdigest() if fetched.body else None,
        }
        return Try(step.kind, step.role, step.endpoint, reading.outcome, reading.record, reading.refer, row)

    async def _rdap(self, name: Name, step: Step) -> tuple[Fetched, Reading]:
        fetched = await self.http.get(step.target)
        if not fetched.body:
            return fetched, Reading(fetched.outcome)
        reading = read_rdap(fetched.body, name.domain, self.hashes, source=f"{step.role}_rdap")
        if reading.outcome is Outcome.RATE_LIMITED is not fetched.outcome:  # told in the body alone
            self.http.politeness.told(endpoint_of(URL(step.target)), reading.outcome)
        elif fetched.outcome is not Outcome.OK:
            return fetched, Reading(fetched.outcome)
        return fetched, reading

    async def _whois(self, subject: str, step: Step) -> tuple[Fetched, Reading]:
        fetched = await self.whois.ask(step.target, subject)
        reading = Reading(fetched.outcome)
        if fetched.outcome is Outcome.OK:
            reading = self._read_whois(subject, step, fetched.body)
        self.whois.politeness.told(step.target, reading.outcome)
        return fetched, reading

    def _read_whois(self, subject: str, step: Step, body: bytes) -> Reading:
        if step.role != "root":
            return read_whois(body, subject, self.hashes)
        refer = referral_of(body)
        return Reading(Outcome.OK, refer=refer) if refer else Reading(read_whois(body, None, self.hashes).outcome)


Attempted = tuple[str, str, str | None]
"""Domain, kind and endpoint of look-ups."""


@dataclass(slots=True)
class Told:
    """All tries of a piece of work so far: of each name, and of the WHOIS root about each top-level domain.

    `earlier` counts tries of the day that are not of this work: new ones are numbered after them.
    """

    names: dict[str, list[Try]] = field(default_factory=dict)
    roots: dict[str, list[Try]] = field(default_factory=dict)
    earlier: Mapping[Attempted, int] = field(default_factory=dict)

    def add(self, domain: str, made: Try) -> None:
        """Remember a try."""
        tries, key = (self.roots, tld_of(domain)) if made.role == "root" else (self.names, domain)
        tries.setdefault(key, []).append(made)

    def of(self, domain: str) -> list[Try]:
        """What bears on a name: what the root said of its TLD, then its own tries."""
        return [*self.roots.get(tld_of(domain), ()), *self.names.get(domain, ())]


def tld_of(domain: str) -> str:
    """The top-level domain of a name."""
    return domain.rpartition(".")[2]


def entry_of(made: Try) -> dict[str, Any]:
    """A try as an entry of the journal."""
    return {"role": made.role, "record": made.record, "refer": made.refer, "row": made.row}


def try_of(entry: dict[str, Any]) -> Try:
    """The try that an entry of the journal tells of."""
    row = typed("lookup", entry["row"])
    record = typed("registration", entry["record"]) if entry["record"] else None
    return Try(row["kind"], entry["role"], row["endpoint"], Outcome(row["outcome"]), record, entry["refer"], row)
