"""The handshake stage, off unless the operator opts in: certificates that reported hosts and their siblings present.

A TLS handshake and nothing more; no request, no application data. Writes a `certificate` row a certificate read and a
`lookup` row a try; each outcome is in the journal before the next handshake.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import time
from collections.abc import Sequence
from typing import Any

from churn.enrich.journal import Journal, fold, journal_of, typed
from churn.enrich.meaning.certificate import parse_certificate
from churn.enrich.meaning.record import Record
from churn.enrich.plan import handshake_plan, handshakes_made, outcomes_of_day
from churn.enrich.talking.side_by_side import each
from churn.enrich.talking.tls_client import handshake_context, read_certificate
from churn.errors import UsageError
from churn.outcomes import Outcome
from churn.results import Progress, StageResult, silent
from churn.settings import Settings

WRITER = "tls"
AT_ONCE = 32
PORT = 443


def handshake(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Read the certificates of the day's reported hosts and their siblings; nothing where the setting is off.

    Raises TransientError where another process does the same.
    """
    started = time.monotonic()
    if not settings.tls_handshake:
        return StageResult("handshake", day, found={"handshakes": 0, "outcomes": {"tls": {}}})
    plan = handshake_plan(settings, day)
    with journal_of(settings, day, WRITER) as journal:
        told = [_typed(entry) for entry in journal.entries()]
        made = handshakes_made(settings, day) | {row["domain"] for row, _ in told}
        pending = [target for target in plan if target[0] not in made][: max(0, settings.tls_budget - len(made))]
        if pending:
            asyncio.run(_read_all(settings, day, pending, journal, told, progress))
        _keep(settings, day, told)
        journal.remove()
    return StageResult(
        "handshake",
        day,
        rows_in=len(plan),
        rows_out=len(pending),
        seconds=time.monotonic() - started,
        found={"handshakes": len(plan), "outcomes": {"tls": outcomes_of_day(settings, day).get("tls", {})}},
    )


async def _read_all(
    settings: Settings,
    day: dt.date,
    targets: Sequence[tuple[str, str]],
    journal: Journal,
    told: list[tuple[Record, Record | None]],
    progress: Progress,
) -> None:
    context = handshake_context()
    done = 0

    async def read(target: tuple[str, str]) -> None:
        nonlocal done
        at = {"day": day, "attempted_at": settings.now(day)}
        lookup, record = await _read(settings, context, *target)
        row = lookup | at
        found = record and record | {"observed_at": at["attempted_at"], "day": day}
        journal.add({"row": row, "found": found})
        told.append((row, found))
        done += 1
        if done % 50 == 0 or done == len(targets):
            progress(done, len(targets), "certificates read")

    await each(targets, AT_ONCE, read)


async def _read(settings: Settings, context: ssl.SSLContext, domain: str, address: str) -> tuple[Record, Record | None]:
    fetched = await read_certificate(
        context,
        domain,
        _stand_in(settings) or (address, PORT),
        settings.lookup_timeout_seconds,
        allow_private=settings.allow_private_addresses,
    )
    outcome, record, detail = fetched.outcome, None, fetched.detail
    if outcome is Outcome.OK:
        outcome, record, detail = parse_certificate(fetched.body)
    lookup = {
        "domain": domain,
        "kind": "tls",
        "endpoint": f"{address}:{PORT}",
        "outcome": outcome.value,
        "detail": detail,
        "elapsed_ms": fetched.elapsed_ms,
        "attempt": 1,
        "raw_sha256": record["sha256"] if record else None,
    }
    return lookup, record and record | {"domain": domain, "source": "tls"}


def _stand_in(settings: Settings) -> tuple[str, int] | None:
    if not settings.tls_connect_to:
        return None
    host, _, port = settings.tls_connect_to.rpartition(":")
    if not host or not port.isdigit():
        raise UsageError(f"tls_connect_to is {settings.tls_connect_to!r}; it has to be address:port.")
    return host.strip("[]"), int(port)


def _typed(entry: dict[str, Any]) -> tuple[Record, Record | None]:
    return typed("lookup", entry["row"]), entry["found"] and typed("certificate", entry["found"])


def _keep(settings: Settings, day: dt.date, told: list[tuple[Record, Record | None]]) -> None:
    """Put what the tries brought into the lake: certificates first, then the look-ups that vouch for them."""
    found = [record for _, record in told if record]
    fold(settings, day, WRITER, {"certificate": found, "lookup": [row for row, _ in told]})
