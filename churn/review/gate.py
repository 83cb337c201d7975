"""The gate before every page: who may come in, and what every answer carries. Plain ASGI: nothing passes beside it.

1. The Host header is the address that is served, so that no name that resolves to this machine gets in (DNS rebinding).
2. Everything is below a path that is new at each start: cookies are not bound to a port, and no other local server is
   sent this one.
3. The address that was printed has a token, which is traded for a cookie (HttpOnly, SameSite=Strict) at once. Without
   token or cookie nobody gets in. The frame that shows a report has no cookie, since it is sandboxed: it has a key of
   its own in its path, which reads reports and nothing else.
4. A form is sent from here: where the browser says where from, it is this origin, and the form has its own token.
5. No answer is kept, framed or embedded elsewhere, or may load, run or send anything that is not of this server.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "churn_review"
MOST_BODY = 2_000_000
"""Bytes of a form; a split of more domains than that goes by the command."""
POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send forms from the origin "null"
    "X-Content-Type-Options": "nosniff",
}
_CLOSED = "This page opens by the address that `churn review` printed when it started.\n"


def _secret() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets of one start: the path, the token of the address, the cookie, the forms' token, the key that reads."""

    place: str = field(default_factory=lambda: f"review-{secrets.token_urlsafe(9)}")
    token: str = field(default_factory=_secret)
    session: str = field(default_factory=_secret)
    form: str = field(default_factory=_secret)
    reading: str = field(default_factory=_secret)

    def is_form(self, given: str) -> bool:
        """Whether a form has its token."""
        return _same(given, self.form)


class Gate:
    """Lets through to `app` what may come in; `address` is host:port as it is served."""

    def __init__(self, app: ASGIApp, address: str, keys: Keys) -> None:
        self._app = app
        self._address = address
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> Response | None:
        """An answer to who does not come in, or must come in by a cookie; None for who does."""
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self._address]:
            return PlainTextResponse(f"This server is {self._address} and nothing else.\n", 403)
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("Only GET, HEAD and POST.\n", 405, {"Allow": "GET, HEAD, POST"})
        home = f"/{self._keys.place}/"
        path = str(scope["path"])
        if not path.startswith(home):
            return PlainTextResponse(_CLOSED, 404)
        if self._reads(path.removeprefix(home), scope["method"]):
            return None
        return self._unknown(scope, headers, home)

    def _unknown(self, scope: Scope, headers: Headers, home: str) -> Response | None:
        """A refusal of who has neither cookie nor token, and of forms that are not of here."""
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if token and scope["method"] == "GET":
            return self._enter(token[0], home)
        if not _same(_cookie(headers), self._keys.session):
            return PlainTextResponse(_CLOSED, 403)
        return self._foreign(headers) if scope["method"] == "POST" else None

    def _reads(self, path: str, method: str) -> bool:
        key, _, _ = path.removeprefix("read/").partition("/")
        return path.startswith("read/") and method != "POST" and _same(key, self._keys.reading)

    def _enter(self, token: str, home: str) -> Response:
        if not _same(token, self._keys.token):
            return PlainTextResponse(_CLOSED, 403)
        answer = RedirectResponse(home, 303)
        answer.set_cookie(COOKIE, self._keys.session, path=home, httponly=True, samesite="strict")
        return answer

    def _foreign(self, headers: Headers) -> Response | None:
        """A refusal of a form that another page sent, or that is too large."""
        if headers.get("origin", f"http://{self._address}") != f"http://{self._address}":
            return PlainTextResponse("This form was sent from another page.\n", 403)
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("This form was sent from another page.\n", 403)
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            return PlainTextResponse("A form says how long it is.\n", 411)
        if int(length[:20]) > MOST_BODY:
            return PlainTextResponse(f"A form has at most {MOST_BODY:,} bytes.\n", 413)
        return None


def _cookie(headers: Mapping[str, str]) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same(given: str, secret: str) -> bool:
    """Whether they are equal, in a time that tells nothing."""
    return secrets.compare_digest(given.encode(errors="replace"), secret.encode())
