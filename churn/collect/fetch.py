"""Fetching one list: HTTP, politely and warily. The host is the operator's choice; what it answers is not trusted.

The address is looked up once, judged, and the very same address is connected to, so that a name can't change its mind
in between. Redirects lead to the feed's own host or nowhere. Bytes are bounded as they come and are not decoded here.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass

import httpx

from churn.errors import TerminalError, TransientError
from churn.store.landing import without_credentials

_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(30.0)
_DEADLINE_SECONDS = 600.0
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: `content` as served, or none where it is unchanged (304) or not there (404, 410)."""

    status: int
    content: bytes | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Validators of the content that we have, for a conditional request (RFC 9110, 13.1)."""

    etag: str | None
    last_modified: str | None

    def headers(self) -> dict[str, str]:
        """As request headers."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


def fetch(url: str, *, limit: int, allow_private: bool = False, known: Known | None = None) -> Answer:
    """Fetch a URL.

    Raises TransientError for what may pass (no connection, time-out, 429, 5xx) and TerminalError for what won't: a
    private address, a redirect to elsewhere, other statuses, more bytes than `limit`.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "domain-churn"} | (known.headers() if known else {})
    target, shown = httpx.URL(url), without_credentials(url)
    try:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            for _ in range(_REDIRECTS + 1):
                request = _request(client, target, headers, allow_private=allow_private)
                answer = _send(client, request, limit, shown)
                if isinstance(answer, Answer):
                    return answer
                target = _followed(target, answer)
    except (httpx.TransportError, socket.gaierror) as error:
        raise TransientError(f"{shown} can't be reached ({type(error).__name__}: {error}); try again later.") from None
    except httpx.InvalidURL as error:
        raise TerminalError(f"{shown} is no URL that can be fetched ({error}); correct the feed.") from None
    raise TerminalError(f"{shown} redirects more than {_REDIRECTS} times; correct the feed's URL.")


def _request(client: httpx.Client, url: httpx.URL, headers: dict[str, str], *, allow_private: bool) -> httpx.Request:
    """A request to the address that was judged, which names the host as usual (Host, and SNI for its certificate)."""
    address = _address(url, allow_private=allow_private)
    extensions = {} if url.host == address else {"sni_hostname": url.host}
    host = url.netloc.decode("ascii")
    return client.build_request(
        "GET", url.copy_with(host=address), headers={**headers, "Host": host}, extensions=extensions
    )


def _address(url: httpx.URL, *, allow_private: bool) -> str:
    port = url.port or _DEFAULT_PORTS[url.scheme]
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ipaddress.ip_address(text)
        if address.is_link_local or address.is_multicast or not (address.is_global or allow_private):
            raise TerminalError(
                f"{url.host} has the private address {address}, which is not asked; if it is meant, set"
                " allow_private = true for the feed."
            )
    return found[0]


def _send(client: httpx.Client, request: httpx.Request, limit: int, shown: str) -> Answer | str:
    """The answer, or where the server redirects to."""
    response = client.send(request, stream=True)
    try:
        status, head = response.status_code, response.headers
        if response.has_redirect_location:
            return str(head["location"])
        if status == httpx.codes.OK:
            return Answer(status, _bounded(response, limit, shown), head.get("etag"), head.get("last-modified"))
        if status in {304, 404, 410}:
            return Answer(status, None, head.get("etag"), head.get("last-modified"))
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise TransientError(f"{shown} answered {status}; try again later.")
        raise TerminalError(f"{shown} answered {status}; check the feed's URL and your access to it.")
    finally:
        response.close()


def _bounded(response: httpx.Response, limit: int, shown: str) -> bytes:
    content = bytearray()
    deadline = time.monotonic() + _DEADLINE_SECONDS
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > limit:
            raise TerminalError(f"{shown} serves more than {limit:,} bytes; if so many are meant, set maximum_bytes.")
        if time.monotonic() > deadline:
            raise TransientError(f"{shown} took longer than {_DEADLINE_SECONDS:.0f} s; try again later.")
    return bytes(content)


def _followed(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads: to the same host, and never from https back to http."""
    target = url.join(location)
    same_port = target.port == url.port or (url.port is None and target.port is None)
    safe = target.scheme == url.scheme or (url.scheme, target.scheme) == ("http", "https")
    if target.host != url.host or not same_port or not safe:
        raise TerminalError(
            f"{without_credentials(str(url))} redirects to {without_credentials(str(target))}, another host; if that is"
            " meant, put it into the feed's URL."
        )
    return target
