"""Who is asked by RDAP: the registry of a TLD, of an IP address (RFC 9224), the registrar of an IANA id.

1. IANA's file as the settings name it, kept for two days below the data folder (RFC 9224, section 8).
2. Where it can't be fetched: the copy that was kept, however old.
3. Where there is none, and the settings name IANA's own file: the dated snapshot that is shipped (`snapshots/`). Not in
   place of somebody else's file: who names one (the lab) doesn't want the world's servers to be asked.

What was used is said in the result, for whoever asks to say it on. What doesn't belong here: asking (`asking`).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from churn.enrich.meaning.rdap_json import web_address
from churn.enrich.talking.http_client import HttpClient
from churn.errors import TerminalError, TransientError
from churn.outcomes import Outcome
from churn.settings import Settings
from churn.store.files import write_bytes

KEPT_SECONDS = 48 * 3600
IANA = "data.iana.org"

Servers = Mapping[str, str]
"""Base URL, ending in a slash, by domain suffix, or by prefix (CIDR) of addresses."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Servers, and which file told them."""

    servers: Servers
    source: str
    """URL, path, or name of the snapshot."""
    fetched_at: dt.datetime
    """When (UTC) the file was fetched, changed, or, of a snapshot, published."""
    remark: str | None = None
    """One sentence, where the file is not as fresh as it should be."""


async def load_bootstrap(settings: Settings, client: HttpClient) -> Bootstrap:
    """The registries' servers by domain suffix.

    Raises TransientError where the file can't be fetched and nothing stands in, TerminalError where it can't be read.
    """
    return await _load(settings, client, "rdap_bootstrap", "iana-rdap-dns", read_servers)


async def load_address_bootstrap(settings: Settings, client: HttpClient) -> Bootstrap:
    """The regional registries' servers by prefix of IPv4 and IPv6 addresses. Raises as `load_bootstrap` does."""
    four = await _load(settings, client, "rdap_bootstrap_ipv4", "iana-rdap-ipv4", read_address_servers)
    six = await _load(settings, client, "rdap_bootstrap_ipv6", "iana-rdap-ipv6", read_address_servers)
    return Bootstrap(
        {**four.servers, **six.servers},
        f"{four.source}, {six.source}",
        min(four.fetched_at, six.fetched_at),
        " ".join(filter(None, (four.remark, six.remark))) or None,
    )


async def _load(
    settings: Settings, client: HttpClient, setting: str, snapshot: str, read: Callable[[bytes], Servers]
) -> Bootstrap:
    source = str(getattr(settings, setting))
    if "://" not in source:
        return _own_file(source, read)
    kept = settings.data / "cache" / f"rdap-{hashlib.sha256(source.encode()).hexdigest()[:16]}.json"
    copy = _kept_copy(kept, source, read)
    if copy and time.time() - copy.fetched_at.timestamp() < KEPT_SECONDS:
        return copy
    answer = await client.get(source)
    why = f"{answer.outcome}: {answer.detail}" if answer.detail else str(answer.outcome)
    if answer.outcome is Outcome.OK:
        try:
            servers = read(answer.body)
        except TerminalError as error:
            why = str(error)
        else:
            write_bytes(kept, answer.body)
            return Bootstrap(servers, source, _changed_at(kept))
    if copy is None and urlsplit(source).hostname == IANA:
        copy = _snapshot(snapshot, read)
    if copy is None:
        raise TransientError(
            f"Can't get the RDAP bootstrap file {source} ({why}); "
            f"try again later, set CHURN_{setting.upper()} to a copy of it, or run with --skip enrich."
        )
    used = copy.source if copy.source != source else f"the copy of {copy.fetched_at:%Y-%m-%d}"
    return replace(copy, remark=f"{source} could not be had ({why}), so that {used} is used.")


def _own_file(source: str, read: Callable[[bytes], Servers]) -> Bootstrap:
    path = Path(source).expanduser()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TerminalError(
            f"Can't read the RDAP bootstrap file {path}: {error.strerror}; correct the setting that names it."
        ) from None
    return Bootstrap(read(raw), source, _changed_at(path))


def _kept_copy(path: Path, source: str, read: Callable[[bytes], Servers]) -> Bootstrap | None:
    try:
        return Bootstrap(read(path.read_bytes()), source, _changed_at(path))
    except (OSError, TerminalError):
        return None


def _changed_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _snapshot(name: str, read: Callable[[bytes], Servers]) -> Bootstrap:
    shipped, raw = _shipped(name)
    published = dt.datetime.fromisoformat(shipped.rpartition(".")[0][-10:]).replace(tzinfo=dt.UTC)
    return Bootstrap(read(raw), f"the snapshot {shipped}", published)


def _shipped(name: str) -> tuple[str, bytes]:
    """The newest snapshot of a name, and its bytes."""
    folder = files("churn.enrich") / "snapshots"
    newest = max((file for file in folder.iterdir() if file.name.startswith(f"{name}-")), key=lambda file: file.name)
    return newest.name, newest.read_bytes()


def read_servers(raw: bytes) -> Servers:
    """The servers that a bootstrap file lists by domain suffix, https before http. Raises TerminalError."""
    return {suffix.lower(): base for suffix, base in _services(raw)}


def read_address_servers(raw: bytes) -> Servers:
    """The servers that a bootstrap file lists by prefix, https before http. Raises TerminalError."""
    servers = {}
    for text, base in _services(raw):
        try:
            servers[str(ipaddress.ip_network(text))] = base
        except ValueError:
            continue
    return servers


def _services(raw: bytes) -> list[tuple[str, str]]:
    """Keys and base URLs of a bootstrap file (RFC 9224, section 4); a service that isn't well is left out."""
    try:
        body = json.loads(raw)
        services = body["services"]
        found = [pair for service in services for pair in _of_service(service)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TerminalError(
            f"The RDAP bootstrap file is not one of RFC 9224 ({error!r}); look at what is served in its place."
        ) from None
    if services and not found:
        raise TerminalError("The RDAP bootstrap file names no server; look at what is served in its place.")
    return found


def _of_service(service: Any) -> list[tuple[str, str]]:
    if not (isinstance(service, list) and len(service) == 2 and all(isinstance(part, list) for part in service)):
        return []
    urls = [url for url in map(web_address, service[1]) if url]
    best = next((url for url in urls if url.startswith("https://")), urls[0] if urls else None)
    base = best if best is None or best.endswith("/") else f"{best}/"
    return [(key, base) for key in service[0] if isinstance(key, str)] if base else []


def server_for(servers: Servers, domain: str) -> str | None:
    """The server of the longest suffix of the domain that is listed (RFC 9224, section 4)."""
    labels = domain.split(".")
    return next((servers[s] for s in (".".join(labels[i:]) for i in range(len(labels))) if s in servers), None)


def server_for_address(servers: Servers, address: str) -> str | None:
    """The server of the longest prefix that holds an IP address (RFC 9224, section 5.1); None for no address."""
    try:
        asked = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    prefixes = (
        str(ipaddress.ip_network(f"{asked}/{length}", strict=False)) for length in range(asked.max_prefixlen, -1, -1)
    )
    return next((servers[prefix] for prefix in prefixes if prefix in servers), None)


def registrar_base(iana_id: int) -> str | None:
    """Base URL, ending in a slash, of a registrar's RDAP server by IANA's list as shipped; None where it has none."""
    return _registrars().get(iana_id)


@cache
def _registrars() -> Mapping[int, str]:
    _, raw = _shipped("iana-registrars")
    rows = csv.DictReader(raw.decode("utf-8").splitlines())
    bases = ((int(row["iana_id"]), web_address(row["rdap_base"])) for row in rows)
    return {number: base if base.endswith("/") else f"{base}/" for number, base in bases if base}
