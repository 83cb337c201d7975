"""One name's registration: which server is asked next, and what the answers make together. No plan, no table.

1. RDAP at the registry (bootstrap), and at the registrar that a thin answer links to.
2. Where RDAP brought no record and did not say that there is none: WHOIS from the root by its referrals, likewise.
3. The registry decides about the registration, the registrar about its customer and its own abuse desk.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from churn.enrich.bootstrap import Servers, server_for
from churn.enrich.meaning.rdap import is_thin, read_rdap
from churn.enrich.meaning.record import Reading, Record, merge
from churn.enrich.meaning.whois import read_whois, referral_of
from churn.enrich.talking.http_client import Fetched, HttpClient
from churn.enrich.talking.whois_client import WhoisClient
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

MOST_REFERRALS = 3
NO_FALLBACK = frozenset({Outcome.OK, Outcome.NOT_FOUND})


@dataclass(slots=True)
class Finding:
    """What was found of one name: a record, if any, and one row a try (columns of `lookup` without the day)."""

    domain: str
    record: Record | None = None
    lookups: list[Record] = field(default_factory=list)

    def tried(self, kind: str, endpoint: str | None, fetched: Fetched, reading: Reading) -> None:
        """Note a try."""
        self.lookups.append(
            {
                "domain": self.domain,
                "kind": kind,
                "endpoint": endpoint,
                "outcome": reading.outcome.value,
                "detail": reading.detail or fetched.detail,
                "elapsed_ms": fetched.elapsed_ms,
                "attempt": 1 + sum(row["kind"] == kind for row in self.lookups),
                "raw_sha256": hashlib.sha256(fetched.body).hexdigest() if fetched.body else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Registry:
    """Everybody who knows about registrations, as one."""

    http: HttpClient
    whois: WhoisClient
    servers: Servers
    whois_root: str
    hashes: Pseudonymiser
    _roots: dict[str, asyncio.Task[tuple[Fetched, str | None]]] = field(default_factory=dict)

    async def find(self, domain: str) -> Finding:
        """Look up one name. Never raises for what servers do."""
        finding = Finding(domain)
        if await self._rdap(finding) not in NO_FALLBACK:
            await self._whois(finding)
        return finding

    async def _rdap(self, finding: Finding) -> Outcome:
        base = server_for(self.servers, finding.domain)
        if base is None:
            finding.tried("rdap", None, Fetched(Outcome.NO_ENDPOINT), Reading(Outcome.NO_ENDPOINT))
            return Outcome.NO_ENDPOINT
        reading, digest = await self._rdap_answer(finding, f"{base}domain/{finding.domain}", base, "registry_rdap")
        if reading.record is None:
            return reading.outcome
        record = reading.record
        if reading.refer and is_thin(record):
            parts = urlsplit(reading.refer)
            endpoint = reading.refer.removesuffix(f"domain/{finding.domain}")[:300]
            if parts.netloc != urlsplit(base).netloc or parts.path != urlsplit(f"{base}domain/{finding.domain}").path:
                registrar, _ = await self._rdap_answer(finding, reading.refer, endpoint, "registrar_rdap")
                record = merge(record, registrar.record or {})
        finding.record = record | {"source": "rdap", "endpoint": base, "raw_sha256": digest}
        return Outcome.OK

    async def _rdap_answer(self, finding: Finding, url: str, endpoint: str, source: str) -> tuple[Reading, str | None]:
        fetched = await self.http.get(url)
        reading = Reading(fetched.outcome)
        if fetched.outcome is Outcome.OK:
            reading = read_rdap(fetched.body, finding.domain, self.hashes, source=source)
        finding.tried("rdap", endpoint, fetched, reading)
        return reading, finding.lookups[-1]["raw_sha256"]

    async def _whois(self, finding: Finding) -> None:
        tld = finding.domain.rpartition(".")[2]
        if tld not in self._roots:
            self._roots[tld] = asyncio.create_task(self._ask_root(finding.domain))
        fetched, server = await asyncio.shield(self._roots[tld])
        if server is None:
            outcome = Outcome.NO_ENDPOINT if fetched.outcome is Outcome.OK else fetched.outcome
            finding.tried("whois", self.whois_root, fetched, Reading(outcome))
            return
        asked: set[str] = {self.whois_root}
        record: Record | None = None
        while server and server not in asked and len(asked) <= MOST_REFERRALS:
            asked.add(server)
            reading, digest = await self._whois_answer(finding, server)
            if reading.record is not None:
                own = reading.record | {"source": "whois", "endpoint": server, "raw_sha256": digest}
                record = own if record is None else merge(record, own)
            if reading.outcome is not Outcome.OK or (record and not is_thin(record)):
                break
            server = reading.refer
        finding.record = record

    async def _ask_root(self, domain: str) -> tuple[Fetched, str | None]:
        fetched = await self.whois.ask(self.whois_root, domain)
        return fetched, referral_of(fetched.body) if fetched.outcome is Outcome.OK else None

    async def _whois_answer(self, finding: Finding, server: str) -> tuple[Reading, str | None]:
        fetched = await self.whois.ask(server, finding.domain)
        reading = Reading(fetched.outcome)
        if fetched.outcome is Outcome.OK:
            reading = read_whois(fetched.body, finding.domain, self.hashes)
        finding.tried("whois", server, fetched, reading)
        return reading, finding.lookups[-1]["raw_sha256"]
