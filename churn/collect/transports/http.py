"""Fetching over HTTP, politely and warily. The host is the operator's choice; what it answers is not trusted.

A host is looked up once, its address judged, and the very same address connected to, so that a name can't change its
mind in between. Redirects lead to the feed's own hosts or nowhere, and credentials to the first of them only. Bytes are
bounded as they come, go to a file, and are not decoded here. What breaks off goes on where it was (RFC 9110, 14), in
the same run or the next.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import httpx

from churn.errors import TerminalError, TransientError
from churn.store.files import storage_error
from churn.store.landing import without_credentials

LONGEST_WAIT_SECONDS = 60.0
_WAITS = (0.0, 1.0, 4.0)
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(30.0)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FLOOR_BYTES_A_SECOND = 1_000_000
_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `secrets` are headers that only the asked host may see; `shown` stands for the URL in messages."""

    url: str
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    shown: str = ""

    @property
    def name(self) -> str:
        """The URL as a message may hold it."""
        return without_credentials(self.shown or self.url)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an answer may be: at most `limit` bytes, from the asked host or one of `hosts`, at a public address."""

    limit: int
    hosts: tuple[str, ...] = ()
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `path` holds the bytes as served; none where it is unchanged (304) or gone (404, 410)."""

    status: int
    headers: Mapping[str, str]
    path: Path | None = None

    @property
    def etag(self) -> str | None:
        """Its validator, as served."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """When it was last changed, as served."""
        return self.headers.get("last-modified")


class RefusedError(TerminalError):
    """A status that will be the same again; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _BrokenOffError(Exception):
    """Worth another try after `wait` seconds; `args[0]` says what happened."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def fetch(ask: Ask, folder: Path, rules: Rules) -> Answer:
    """Ask, up to three times; the bytes come to a file in `folder`, which is the caller's to move or remove.

    Raises TransientError for what may pass (no connection, time-out, reset, 429, 5xx), after which what had come stays
    for the next run; TerminalError for what won't: a private address, a redirect to elsewhere, other statuses, more
    bytes than allowed.
    """
    part = _Part(folder / f"{hashlib.sha256(f'{ask.method} {ask.url}'.encode()).hexdigest()[:24]}.part")
    broken = _BrokenOffError("")
    for wait in _WAITS:
        time.sleep(max(wait, broken.wait))
        try:
            return _follow(ask, part, rules)
        except (httpx.TransportError, socket.gaierror) as error:
            broken = _BrokenOffError(f"can't be reached ({type(error).__name__}: {error})")
        except _BrokenOffError as error:
            broken = error
            if error.wait > LONGEST_WAIT_SECONDS:
                break
        except httpx.InvalidURL as error:
            raise TerminalError(f"{ask.name} is no URL that can be fetched ({error}); correct the feed.") from None
        except OSError as error:
            raise storage_error(error, part.path) from error
    when = f"in {broken.wait:.0f} seconds" if broken.wait else "later"
    raise TransientError(f"{ask.name} {broken}; try again {when}.")


def _follow(ask: Ask, part: _Part, rules: Rules) -> Answer:
    target = httpx.URL(ask.url)
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, verify=_authorities()) as client:
        for _ in range(_REDIRECTS + 1):
            answer = _send(client, _request(client, ask, target, part, rules), part, rules, ask.name)
            if isinstance(answer, Answer):
                return answer
            target = _followed(target, answer, rules)
    raise TerminalError(f"{ask.name} redirects more than {_REDIRECTS} times; correct the feed's URL.")


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are trusted, read once: it takes 30 ms, and a feed may ask for thousands of files."""
    return httpx.create_ssl_context(trust_env=False)


def _request(client: httpx.Client, ask: Ask, url: httpx.URL, part: _Part, rules: Rules) -> httpx.Request:
    """A request to the address that was judged, which names the host as usual (Host, and SNI for its certificate)."""
    address = _address(url, allow_private=rules.allow_private)
    extensions = {} if url.host == address else {"sni_hostname": url.host}
    headers = {"Accept-Encoding": "identity", "User-Agent": "domain-churn", **ask.headers}
    if ask.method == "GET":
        headers |= part.range()
    if _same_place(url, httpx.URL(ask.url)):
        headers |= ask.secrets
    headers["Host"] = url.netloc.decode("ascii")
    return client.build_request(
        ask.method, url.copy_with(host=address), headers=headers, content=ask.body, extensions=extensions
    )


def _address(url: httpx.URL, *, allow_private: bool) -> str:
    return public_address(url.host, url.port or _DEFAULT_PORTS[url.scheme], allow_private=allow_private)


def public_address(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to. Raises TerminalError where one of the host's is not public, gaierror where none is."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ipaddress.ip_address(text)
        if address.is_link_local or address.is_multicast or not (address.is_global or allow_private):
            raise TerminalError(
                f"{host} has the private address {address}, which is not asked; if it is meant, set"
                " allow_private = true for the feed."
            )
    return found[0]


def _send(client: httpx.Client, request: httpx.Request, part: _Part, rules: Rules, shown: str) -> Answer | str:
    """The answer, or where the server redirects to."""
    response = client.send(request, stream=True)
    try:
        status, head = response.status_code, response.headers
        if response.has_redirect_location:
            return str(head["location"])
        if status in {200, 206} and request.method == "HEAD":
            return Answer(status, head)
        if status in {200, 206}:
            return Answer(200, head, _kept(response, part, rules, shown))
        if status in {304, 404, 410}:
            return Answer(status, head)
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.forget()
            raise _BrokenOffError("has no more of what had broken off")
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _BrokenOffError(f"answered {status}", _retry_after(head.get("retry-after", "")))
        raise RefusedError(f"{shown} answered {status}; check the feed's URL and your access to it.", status)
    finally:
        response.close()


def _retry_after(text: str) -> float:
    """Seconds to wait; a date (RFC 9110, 10.2.3) is taken as the longest wait and one more."""
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    return LONGEST_WAIT_SECONDS + 1 if text else 0.0


def _kept(response: httpx.Response, part: _Part, rules: Rules, shown: str) -> Path:
    """The bytes in the part's file, which goes on where the answer does."""
    size = part.begin(response)
    deadline = time.monotonic() + _PATIENCE_SECONDS + rules.limit / _FLOOR_BYTES_A_SECOND
    with part.path.open("r+b") as file:
        file.truncate(size)
        file.seek(size)
        for chunk in response.iter_raw():
            file.write(chunk)
            size += len(chunk)
            if size > rules.limit:
                part.forget()
                raise TerminalError(
                    f"{shown} serves more than {rules.limit:,} bytes; if so many are meant, set maximum_bytes."
                )
            if time.monotonic() > deadline:
                raise _BrokenOffError("takes too long", LONGEST_WAIT_SECONDS + 1)
    part.whole()
    return part.path


def _followed(url: httpx.URL, location: str, rules: Rules) -> httpx.URL:
    """Where a redirect leads: to the same host or one of the feed's, and never from https back to http."""
    target = url.join(location)
    safe = target.scheme == url.scheme or (url.scheme, target.scheme) == ("http", "https")
    if not safe or not (target.host in rules.hosts or _same_place(target, url)):
        raise TerminalError(
            f"{without_credentials(str(url))} redirects to {without_credentials(str(target))}, another host; if that is"
            " meant, put it into the feed's URL or its hosts."
        )
    return target


def _same_place(one: httpx.URL, other: httpx.URL) -> bool:
    return one.host == other.host and (one.port == other.port or (one.port is None and other.port is None))


@dataclass(frozen=True, slots=True)
class _Part:
    """What has come of an answer so far, and beside it the validator that the rest must have."""

    path: Path

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".validator")

    def range(self) -> dict[str, str]:
        """Headers that ask for the rest, if it is still of the same content (RFC 9110, 13.1.5); else none."""
        try:
            validator = json.loads(self._note.read_text(encoding="utf-8"))
            size = self.path.stat().st_size
        except (OSError, ValueError):
            return {}
        return {"Range": f"bytes={size}-", "If-Range": validator} if size and isinstance(validator, str) else {}

    def begin(self, response: httpx.Response) -> int:
        """How many bytes are there already, of which this answer is the rest; 0 for a whole answer."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        begins = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            if not begins.isdecimal() or int(begins) != self.path.stat().st_size:
                self.forget()
                raise _BrokenOffError("answered 206 with another part than the one asked for")
            return int(begins)
        etag = response.headers.get("etag", "")
        validator = etag if etag.startswith('"') else response.headers.get("last-modified")
        self._note.write_text(json.dumps(validator), encoding="utf-8")
        return 0

    def whole(self) -> None:
        """Nothing is left to come."""
        self._note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Begin anew."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
