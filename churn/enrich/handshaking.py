"""The handshake stage, off unless the operator opts in: certificates that reported hosts and their siblings present.

A TLS handshake and nothing more; no request, no application data. Writes a `certificate` row a certificate read and a
`lookup` row a try, in chunks: certificates first, then the look-ups that vouch for them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import time
from collections.abc import Sequence

from churn.enrich.meaning.certificate import parse_certificate
from churn.enrich.meaning.record import Record
from churn.enrich.plan import handshake_plan, handshakes_made, outcomes_of_day
from churn.enrich.talking.tls_client import handshake_context, read_certificate
from churn.errors import UsageError
from churn.outcomes import Outcome
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_of

CHUNK = 200
AT_ONCE = 32
PORT = 443


def handshake(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Read the certificates of the day's reported hosts and their siblings; nothing where the setting is off."""
    started = time.monotonic()
    if not settings.tls_handshake:
        return StageResult("handshake", day, found={"handshakes": 0, "outcomes": {"tls": {}}})
    at = settings.now(day)
    plan = handshake_plan(settings, day)
    made = handshakes_made(settings, day)
    pending = [target for target in plan if target[0] not in made][: max(0, settings.tls_budget - len(made))]
    chunk = _next_chunk(settings, day)
    for start in range(0, len(pending), CHUNK):
        rows = asyncio.run(_read_all(settings, pending[start : start + CHUNK]))
        _write(settings, day, at, f"tls-{chunk:04d}", rows)
        chunk += 1
        progress(min(start + CHUNK, len(pending)), len(pending), "certificates read")
    return StageResult(
        "handshake",
        day,
        rows_in=len(plan),
        rows_out=len(pending),
        seconds=time.monotonic() - started,
        found={"handshakes": len(plan), "outcomes": {"tls": outcomes_of_day(settings, day).get("tls", {})}},
    )


async def _read_all(settings: Settings, targets: Sequence[tuple[str, str]]) -> list[tuple[Record, Record | None]]:
    places = asyncio.Semaphore(AT_ONCE)
    context = handshake_context()

    async def read(domain: str, address: str) -> tuple[Record, Record | None]:
        async with places:
            return await _read(settings, context, domain, address)

    return list(await asyncio.gather(*(read(*target) for target in targets)))


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


def _next_chunk(settings: Settings, day: dt.date) -> int:
    stems = (path.stem for path in lake_of(settings).files("lookup", day, day))
    numbers = [int(stem.removeprefix("tls-")) for stem in stems if stem.removeprefix("tls-").isdigit()]
    return max(numbers, default=-1) + 1


def _write(
    settings: Settings, day: dt.date, at: dt.datetime, writer: str, rows: list[tuple[Record, Record | None]]
) -> None:
    lake = lake_of(settings)
    certificates = [record | {"observed_at": at, "day": day} for _, record in rows if record]
    if certificates:
        lake.write_rows("certificate", day, writer, certificates)
    else:
        lake.remove("certificate", day, writer)
    lake.write_rows("lookup", day, writer, [row | {"attempted_at": at, "day": day} for row, _ in rows])
