"""What a day needs, examined: settings, data folder, disk, key, feeds and their freshness, resolver, database.

Each finding says that a thing is well, or what to do about it. The resolver is asked one question, for the root's name
servers; no other host is contacted.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass

import aiodns

from churn.collect import feed_names
from churn.collect.overview import how_to_give, overview
from churn.enrich.talking.politeness import known_endpoints
from churn.errors import ChurnError, UsageError
from churn.settings import Settings, settings_file
from churn.store.database import lake_of, published_path

LEAST_FREE_BYTES = 2 << 30
STALE_HOURS = 36
NAMED = 3
"""Endpoints that a finding names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was examined, whether it is well, and what was seen or is to be done."""

    subject: str
    ok: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; never raises for what it finds."""
    parts = (_settings, _signing, _folder, _feeds, _resolver, _endpoints, _database)
    return [finding for part in parts for finding in part(settings)]


def _settings(settings: Settings) -> Iterator[Finding]:
    file = settings_file()
    yield Finding(
        "settings", True, f"read from {file}" if file.is_file() else "defaults and environment; no settings file"
    )
    key = settings.data / "keys" / "hash.key"
    if settings.hash_key is not None or key.is_file():
        yield Finding("key", True, "there; back it up: without it new hashes can't be compared with old ones")
    else:
        yield Finding("key", True, f"none yet; {key} is made at the first run")
    named = not settings.reporter_org.startswith("Example Hotline")
    yield Finding("reporter", named, settings.reporter_org if named else "set CHURN_REPORTER_ORG, _CONTACT and _DOMAIN")


def _signing(settings: Settings) -> Iterator[Finding]:
    if settings.packet_signing_key is None:
        return
    from churn.packets.signing import check_key  # noqa: PLC0415 - a large library, and few sign

    try:
        check_key(settings)
    except UsageError as error:
        yield Finding("signing", False, str(error))
    else:
        yield Finding("signing", True, f"packets are signed with {settings.packet_signing_key}")


def _folder(settings: Settings) -> Iterator[Finding]:
    existing = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    writable = os.access(existing, os.W_OK)
    yield Finding(
        "data", writable, str(settings.data) if writable else f"{existing} is not yours to write: set CHURN_DATA"
    )
    free = shutil.disk_usage(existing).free
    enough = free >= LEAST_FREE_BYTES
    yield Finding(
        "disk", enough, f"{free / 1e9:.1f} GB free" + ("" if enough else "; free some: a day needs about 2 GB")
    )


def _feeds(settings: Settings) -> Iterator[Finding]:
    try:
        names = feed_names(settings)
    except ChurnError as error:
        yield Finding("feeds", False, str(error))
        return
    days = lake_of(settings).days("sighting")
    newest = f"newest sightings are of {days[-1]}" if days else "nothing collected yet: `churn collect --day D`"
    end = dt.datetime.combine(days[-1], dt.time(), dt.UTC) + dt.timedelta(days=1) if days else None
    now = settings.now(days[-1]) if days else None
    fresh = end is None or now is None or now - end < dt.timedelta(hours=STALE_HOURS)
    yield Finding("feeds", fresh, f"{', '.join(names)}; {newest}")
    for line in overview(settings):
        if line.enabled and line.credential == "missing" and line.feed.credential:
            needed = how_to_give(line.feed.credential)
            yield Finding(
                "credential",
                False,
                f"the feed {line.feed.name} needs one: {needed} (whose database is not seen from here)",
            )


def _resolver(settings: Settings) -> Iterator[Finding]:
    servers = list(settings.dns_resolvers) or None
    try:
        answer = asyncio.run(_ask_root(servers, settings.lookup_timeout_seconds))
    except (aiodns.error.DNSError, TimeoutError, OSError) as error:
        yield Finding("resolver", False, f"no answer ({error}); set CHURN_DNS_RESOLVERS to one that answers you")
        return
    yield Finding("resolver", True, f"{', '.join(settings.dns_resolvers) or 'the system resolver'} answers ({answer})")


async def _ask_root(servers: list[str] | None, seconds: float) -> str:
    resolver = aiodns.DNSResolver(nameservers=servers, timeout=min(seconds, 3.0), tries=1)
    try:
        await resolver.query_dns(".", "NS")
    except aiodns.error.DNSError as error:
        if error.args and error.args[0] in {aiodns.error.ARES_ENODATA, aiodns.error.ARES_ENOTFOUND}:
            return "it knows no root, as in the lab"
        raise
    finally:
        await resolver.close()
    return "root name servers"


def _endpoints(settings: Settings) -> Iterator[Finding]:
    """Servers of registries, registrars and logs that told us to ask less, by what politeness learned of them."""
    known = known_endpoints(settings)
    if not known:
        yield Finding("endpoints", True, "none was asked yet")
        return
    now = time.time()
    away = sorted(name for name, pace in known.items() if pace.paused_until > now)
    slowed = sorted(name for name, pace in known.items() if pace.cap is not None)
    banned = sorted(name for name, pace in known.items() if pace.banned)
    text = f"{len(known):,} were asked; {len(slowed):,} complained and are asked less, {len(away):,} are left alone now"
    if banned:
        text += f"; shut us out: {', '.join(banned[:NAMED])}: agree on a rate with them, and set it in endpoint_rates"
    yield Finding("endpoints", not banned, text)


def _database(settings: Settings) -> Iterator[Finding]:
    path = published_path(settings)
    yield Finding("database", True, str(path) if path.is_file() else "none published yet: `churn run --day D`")
