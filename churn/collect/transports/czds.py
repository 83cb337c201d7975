"""ICANN's Centralized Zone Data Service, REST API 1.0.9: a token, the list of zones, HEAD and GET of each.

The feed's `url` is the base of the API (https://czds-api.icann.org), `hosts` are the two others: the one that zones
come from, and the one of accounts, whose name begins with `account-api`; without such a one it is the base itself, as
in the lab. The credential is the account's login and secret. It is shown to the account's host only, the token for
which it is exchanged to `url` and `hosts` only; a token lives as long as the visit, in memory, and a new one is had
where the service says that it has expired (401). What doesn't belong here: what a visit of many zones makes of a
failure (`zones`).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from churn.collect.feeds import on_day
from churn.collect.transports.http import Answer, Ask, RefusedError, Rules, fetch
from churn.collect.transports.zones import Zone, visit_zones
from churn.collect.visit import Visit
from churn.errors import ChurnError, TerminalError, UsageError
from churn.markings import printable
from churn.store.landing import Manifest, without_credentials

MOST_TOKENS = 5
"""Tokens of one visit; the service locks out who asks for many."""
MOST_LINKS = 10_000
LARGEST_LIST = 4 << 20
_LARGEST_TOKEN = 1 << 16
_UNAUTHORISED = 401
_ZONE_PATH = re.compile(r"/(?:[\w-]+/)*((?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63})\.zone", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]+")


class _LoginError(Exception):
    """No token is to be had, so nothing is; its cause says why."""


def visit_czds(visit: Visit) -> None:
    """Land the zones that the account may have, or those of them that the feed names, and a report.

    Raises as `visit_zones`; TerminalError where the account is refused, UsageError where there is none.
    """
    session = _Session(visit, on_day(str(visit.feed.url), visit.day).rstrip("/"))
    try:
        zones, refused = session.zones()
        visit_zones(visit, zones, session.have, refused)
    except _LoginError as error:
        raise error.__cause__ or error from None


class _Session:
    """A visit's conversation with the service, and the token that it shows."""

    def __init__(self, visit: Visit, base: str) -> None:
        self._visit, self._base = visit, base
        self._token = SecretStr("")
        self._tokens = 0

    def zones(self) -> tuple[list[Zone], dict[str, str]]:
        """The zones to have; links and wanted names that are none of these, and why."""
        links = self._links()
        zones, refused = dict[str, Zone](), dict[str, str]()
        for link in links:
            zone = self._zone(link)
            if zone:
                zones[zone.name] = zone
            else:
                refused[_shown(link)] = "is no zone on one of the feed's hosts; if it is meant, add its host to hosts"
        if wanted := [name.strip(".").lower() for name in self._visit.feed.zones]:
            refused |= {name: "is none of the zones that the account may have" for name in wanted if name not in zones}
            zones = {name: zone for name, zone in zones.items() if name in wanted}
        return list(zones.values()), refused

    def _links(self) -> list[str]:
        url = f"{self._base}/czds/downloads/links"
        with self._asked(Ask(url)) as answer:
            links = _json(answer, LARGEST_LIST)
        if not isinstance(links, list) or len(links) > MOST_LINKS:
            raise TerminalError(f"{url} answered no list of zones; check the feed's URL.")
        return [link for link in links if isinstance(link, str)]

    def _zone(self, link: str) -> Zone | None:
        """The zone that a link leads to, unless it leads anywhere but to the feed's own hosts."""
        base = urlsplit(self._base)
        try:
            parts = urlsplit(link)
            place = _place(parts)
        except ValueError:
            return None
        path = _ZONE_PATH.fullmatch(parts.path)
        own = place == _place(base) or (place[1] in self._visit.feed.hosts and place[2] is None)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        return Zone(path[1], link) if path and own and plain and parts.scheme == base.scheme else None

    def have(self, zone: Zone, earlier: Manifest | None) -> None:
        """Land a zone: what landed earlier where a HEAD says that it is unchanged, else what a GET brings."""
        limit = self._visit.feed.maximum_bytes
        with self._asked(Ask(zone.url, "HEAD")) as head:
            if earlier and _unchanged(head, earlier):
                self._visit.land_unchanged(earlier, status=head.status, closes=False)
                return
            if _size(head) > limit:
                raise TerminalError(f"{zone.url} has {_size(head):,} bytes; if so many are meant, set maximum_bytes.")
        with self._asked(Ask(zone.url)) as answer:
            if answer.path is None:
                raise TerminalError(f"{zone.url} answered {answer.status}; check that access to it was not withdrawn.")
            self._visit.land(zone.url, answer.path, answer, closes=False)

    @contextmanager
    def _asked(self, ask: Ask) -> Iterator[Answer]:
        """Ask with the token, and once more with a new one where it has expired."""
        if not self._tokens:
            self._renew()
        with ExitStack() as stack:
            try:
                answer = stack.enter_context(self._visit.ask(self._with_token(ask), secret=False))
            except RefusedError as error:
                if error.status != _UNAUTHORISED or self._tokens >= MOST_TOKENS:
                    raise
                self._renew()
                answer = stack.enter_context(self._visit.ask(self._with_token(ask), secret=False))
            yield answer

    def _with_token(self, ask: Ask) -> Ask:
        bearer = f"Bearer {self._token.get_secret_value()}"
        return Ask(ask.url, ask.method, secrets={"Authorization": bearer})

    def _renew(self) -> None:
        """Have a token. Its answer is no file of the data folder, not even for a moment."""
        self._tokens += 1
        url, body = self._account(), self._login()
        rules = Rules(_LARGEST_TOKEN, allow_private=self._visit.feed.allow_private)
        ask = Ask(url, "POST", {"Content-Type": "application/json", "Accept": "application/json"}, body=body)
        try:
            with tempfile.TemporaryDirectory() as folder:
                answered = _json(fetch(ask, Path(folder), rules), _LARGEST_TOKEN)
        except RefusedError as error:
            refused = f"{url} answered {error.status} to the login; check the credential"
            raise _LoginError from TerminalError(f"{refused} {self._visit.feed.credential}.")
        except ChurnError as error:
            raise _LoginError from error
        token = answered.get("accessToken") if isinstance(answered, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise _LoginError from TerminalError(f"{url} gave no token; check the feed's url and hosts.")
        self._token = SecretStr(token)

    def _account(self) -> str:
        """Where a token is to be had."""
        hosts = (host for host in self._visit.feed.hosts if host.startswith("account-api"))
        host = next(hosts, None)
        base = f"{urlsplit(self._base).scheme}://{host}" if host else self._base
        return f"{base}/api/authenticate"

    def _login(self) -> bytes:
        credential = self._visit.credential
        if credential is None or not credential.login:
            name = self._visit.feed.name
            raise _LoginError from UsageError(
                f"The feed {name} needs a credential of login and secret: those of a CZDS account."
            )
        pair = {"username": credential.login, "password": credential.secret.get_secret_value()}
        return json.dumps(pair).encode()


def _json(answer: Answer, limit: int) -> Any:
    """What was answered; None where that is no JSON, or more than `limit` bytes of it."""
    try:
        if answer.path and answer.path.stat().st_size <= limit:
            return json.loads(answer.path.read_bytes())
    except (ValueError, RecursionError):
        pass
    return None


def _place(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _shown(link: str) -> str:
    """A link as a report may hold it."""
    try:
        return printable(without_credentials(link))
    except ValueError:
        return printable(link)


def _size(head: Answer) -> int:
    text = head.headers.get("content-length", "")
    return int(text[:18]) if text.isdecimal() else 0


def _unchanged(head: Answer, earlier: Manifest) -> bool:
    """Whether what is served is what landed earlier: the same validator, and the same size where that is told."""
    size = head.headers.get("content-length")
    same_size = size is None or _size(head) == earlier.size
    if head.etag and earlier.etag:
        return head.etag == earlier.etag and same_size
    return bool(head.last_modified) and head.last_modified == earlier.last_modified and same_size
