"""Which RDAP server knows a TLD (RFC 9224): the bootstrap file, kept for two days below the data folder."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path

from churn.enrich.talking.http_client import HttpClient
from churn.errors import TerminalError, TransientError
from churn.outcomes import Outcome
from churn.settings import Settings
from churn.store.files import write_bytes

KEPT_SECONDS = 48 * 3600

Servers = Mapping[str, str]
"""Base URL, ending in a slash, by domain suffix."""


async def load_servers(settings: Settings, client: HttpClient) -> Servers:
    """The servers of the bootstrap file that the settings name.

    Raises TransientError where it can't be fetched (and none is kept), TerminalError where it can't be read.
    """
    source = settings.rdap_bootstrap
    if "://" not in source:
        return read_servers(_read_local(Path(source)))
    kept = settings.data / "cache" / f"rdap-{hashlib.sha256(source.encode()).hexdigest()[:16]}.json"
    fresh = kept.is_file() and time.time() - kept.stat().st_mtime < KEPT_SECONDS
    if not fresh:
        answer = await client.get(source)
        if answer.outcome is Outcome.OK:
            servers = read_servers(answer.body)
            write_bytes(kept, answer.body)
            return servers
        if not kept.is_file():
            raise TransientError(
                f"Can't fetch the RDAP bootstrap file {source} ({answer.outcome}: {answer.detail}); "
                "try again later, set CHURN_RDAP_BOOTSTRAP to a copy of it, or run with --skip enrich."
            )
    return read_servers(kept.read_bytes())


def _read_local(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise TerminalError(f"Can't read the RDAP bootstrap file {path}: {error.strerror}.") from None


def read_servers(raw: bytes) -> Servers:
    """The servers that a bootstrap file lists, https before http. Raises TerminalError."""
    try:
        servers = {
            str(suffix).lower(): _base(urls)
            for suffixes, urls in json.loads(raw)["services"]
            for suffix in suffixes
            if urls
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TerminalError(f"The RDAP bootstrap file is not one of RFC 9224 ({error!r}).") from None
    return {suffix: base for suffix, base in servers.items() if base.startswith(("https://", "http://"))}


def server_for(servers: Servers, domain: str) -> str | None:
    """The server of the longest suffix of the domain that is listed (RFC 9224, section 4)."""
    labels = domain.split(".")
    return next((servers[s] for s in (".".join(labels[i:]) for i in range(len(labels))) if s in servers), None)


def _base(urls: list[str]) -> str:
    best = next((url for url in urls if url.startswith("https://")), urls[0])
    return best if best.endswith("/") else f"{best}/"
