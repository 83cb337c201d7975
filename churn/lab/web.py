"""The lab's HTTP server: RDAP, bootstrap files, crt.sh, feeds. GET, HEAD and POST, keep-alive.

What belongs here: HTTP/1.1 (RFC 9112) as far as clients of the lab need it, and which path means what. What doesn't:
bodies (`rdap`, `feeds`, ...), faults and limits (`lookup_web`). Written by hand on an asyncio protocol: about 5,000
RDAP answers a second on one core.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from churn.lab import crtsh, feeds, misp, rdap, rdap_networks, stix
from churn.lab.ct_log import CtLog, packed
from churn.lab.czds import Czds
from churn.lab.records import Record, record
from churn.lab.world import World

RDAP_JSON = "application/rdap+json"
LONGEST_HEAD = 16_384
LONGEST_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and its type."""

    status: int
    body: bytes
    type: str
    headers: dict[str, str] = field(default_factory=dict)


def _json(body: rdap.Json, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode(), RDAP_JSON)


def _problem(status: int, title: str) -> Answer:
    return _json(rdap.error(status, title), status)


class Site:
    """What the lab's HTTP server has to say. `base` is its own address: `http://127.0.0.1:8000`."""

    def __init__(self, world: World, base: str) -> None:
        self._world, self.port = world, urlsplit(base).port or 80
        self._feed = lru_cache(maxsize=64)(self._rendered_feed)
        self.czds = Czds(world, base)
        self._log = CtLog(world)
        self._networks = rdap_networks.Networks(world, self.port)
        self._crtsh = crtsh.CrtSh(world)

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """The answer to a GET of that path (without its query)."""
        match unquote(path).strip("/").split("/"):
            case ["rdap", *parts]:
                return self._rdap(parts)
            case ["czds", *parts]:
                return self._zones(parts, headers)
            case [("nrd" | "reported") as kind, name]:
                return self._list(kind, name, headers.get("if-none-match", ""))
            case [("misp" | "stix") as kind, day, name]:
                return self._shared(kind, day, name)
            case ["ct", day, *parts]:
                return self._logged(day, "/".join(parts), headers.get("accept-encoding", ""))
        return Answer(404, b"", "text/plain")

    def _rdap(self, parts: list[str]) -> Answer:  # noqa: PLR0911 - a return a path reads best
        match parts:
            case ["dns.json"]:
                return _json(rdap.bootstrap(self._world, self.port))
            case [("ipv4.json" | "ipv6.json") as name]:
                return _json(rdap_networks.bootstrap(self._world, self.port, int(name[3])))
            case ["registry", tld, "domain", name]:
                return self._registry(tld, name.lower())
            case ["registrar", iana_id, "domain", name]:
                return self._registrar(iana_id, name.lower())
            case ["rir", "ip", *address]:
                return self._network("/".join(address))
            case ["registry" | "registrar", _, "help"] | ["rir", "help"]:
                return _json(rdap.help_answer())
        return _problem(400, "Not a path that is served here")

    def searched(self, query: str) -> Answer:
        """crt.sh's answer to a query: `q=NAME&output=json` or `d=ID`."""
        asked = parse_qs(query)
        if "d" in asked:
            pem = self._crtsh.pem(asked["d"][0])
            return Answer(404, b"", "text/plain") if pem is None else Answer(200, pem, "application/pkix-cert")
        wanted = asked.get("q") or asked.get("identity")
        if wanted and asked.get("output") == ["json"]:
            return Answer(200, json.dumps(self._crtsh.search(wanted[0])).encode(), "application/json")
        return Answer(200, crtsh.PAGE.encode(), "text/html; charset=UTF-8")

    def posted(self, path: str, body: bytes) -> Answer:
        """The answer to a POST of that body to that path."""
        match unquote(path).strip("/").split("/"):
            case ["czds", day, "api", "authenticate"]:
                status, told = self.czds.authenticate(day, body)
                return Answer(status, json.dumps(told).encode(), "application/json")
        return Answer(405, b"", "text/plain", {"Allow": "GET, HEAD"})

    def _zones(self, parts: list[str], headers: dict[str, str]) -> Answer:
        status, body, told = self.czds.answer(parts, headers.get("authorization", ""))
        tag = told.get("ETag")
        if tag and tag in headers.get("if-none-match", ""):
            return Answer(304, b"", "text/plain", told)
        return Answer(status, body, "application/gzip" if tag else "application/json", told)

    def _registry(self, tld: str, name: str) -> Answer:
        registry = self._world.actors.registries.get(tld)
        if registry is None or registry.kind == "whois" or name.rpartition(".")[2] != tld:
            return _problem(404, "This registry does not serve that name")
        found = self.found(name)
        return _json(rdap.registry_answer(found, self.port)) if found else _problem(404, "Not found")

    def _registrar(self, iana_id: str, name: str) -> Answer:
        found = self.found(name)
        if found and str(found.registrar.iana_id) == iana_id and found.registrar.rdap:
            return _json(rdap.registrar_answer(found, self.port))
        return _problem(404, "Not found")

    def _network(self, address: str) -> Answer:
        found = self._networks.find(address)
        return _json(found) if found else _problem(404, "Not found")

    def found(self, name: str) -> Record | None:
        """What is registered under a name."""
        return record(self._world, name)

    def neighbour(self, name: str) -> Record | None:
        """What is registered under the name that follows in the same TLD, the first one after the last."""
        number = self._world.find(name)
        names, tld = self._world.domains["domain"], f".{name.rpartition('.')[2]}"
        following = range(number + 1, len(names)) if number is not None else ()
        others = (names[place].as_py() for place in (*following[:1_000], *range(1_000)))
        return next((self.found(other) for other in others if other.endswith(tld) and other != name), None)

    def _list(self, kind: str, name: str, known: str) -> Answer:
        day_text, _, ending = name.partition(".")
        try:
            day = dt.date.fromisoformat(day_text)
        except ValueError:
            return Answer(404, b"", "text/plain")
        if day not in self._world.days or ending != {"nrd": "txt.gz", "reported": "csv"}[kind]:
            return Answer(404, b"", "text/plain")
        body = self._feed(kind, day)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        made = dt.datetime.combine(day, dt.time(22, 30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {"ETag": tag, "Last-Modified": made}
        if tag in known:
            return Answer(304, b"", "text/plain", headers)
        return Answer(200, body, "application/gzip" if kind == "nrd" else "text/csv", headers)

    def _shared(self, kind: str, day_text: str, name: str) -> Answer:
        day = next((day for day in self._world.days if day.isoformat() == day_text), None)
        if day is None or (kind == "stix" and name != "bundle.json"):
            return Answer(404, b"", "text/plain")
        body = stix.bundle(self._world, day) if kind == "stix" else misp.feed_file(self._world, day, name)
        return Answer(404, b"", "text/plain") if body is None else Answer(200, body, "application/json")

    def _logged(self, day: str, path: str, encodings: str) -> Answer:
        try:
            body = self._log.answer(dt.date.fromisoformat(day), path)
        except ValueError:
            body = None
        if body is None:
            return Answer(404, b"", "text/plain")
        if path == "checkpoint":
            return Answer(200, body, "text/plain; charset=utf-8")
        if "gzip" in encodings and path.startswith("tile/data/"):
            return Answer(200, packed(body), "application/octet-stream", {"Content-Encoding": "gzip"})
        return Answer(200, body, "application/octet-stream")

    def _rendered_feed(self, kind: str, day: dt.date) -> bytes:
        return (feeds.registered_list if kind == "nrd" else feeds.reported_list)(self._world, day)


def _body_length(head: str) -> int:
    """Bytes of body that follow a request's head; -1 where that is not said in a way that is understood here."""
    told = re.findall(r"(?im)^content-length:[ \t]*(.*?)[ \t\r]*$", head)
    if not told:
        return 0
    return int(told[0]) if len(told) == 1 and told[0].isdecimal() and int(told[0][:9]) <= LONGEST_BODY else -1


def _part(answer: Answer, headers: dict[str, str]) -> Answer:
    """The part that is asked for, from one byte on (RFC 9110, 14), unless If-Range names another version."""
    begin = re.fullmatch(r"bytes=(\d{1,18})-", headers.get("range", ""))
    versions = {answer.headers.get("ETag"), answer.headers.get("Last-Modified")}
    if answer.status != 200 or not begin or headers.get("if-range", answer.headers.get("ETag")) not in versions:
        return answer
    first, size = int(begin[1]), len(answer.body)
    if first >= size:
        return Answer(416, b"", "text/plain", {"Content-Range": f"bytes */{size}"})
    told = {**answer.headers, "Content-Range": f"bytes {first}-{size - 1}/{size}"}
    return Answer(206, answer.body[first:], answer.type, told)


class HttpConnection(asyncio.Protocol):
    """One client connection; requests may be pipelined."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._waiting = self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete, body and all."""
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end].decode("latin-1")
            whole = end + 4 + max(_body_length(head), 0)
            if len(self._waiting) < whole:
                break
            self._body, self._waiting = self._waiting[end + 4 : whole], self._waiting[whole:]
            self._respond(head)
        if len(self._waiting) > LONGEST_HEAD + LONGEST_BODY:
            self._send(Answer(431, b"", "text/plain"), with_body=True, close=True)

    def _respond(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        words = first.split(" ")
        close = headers.get("connection", "").lower() == "close" or not first.endswith("HTTP/1.1")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            self._send(Answer(400, b"", "text/plain"), with_body=True, close=True)
        elif words[0] not in {"GET", "HEAD", "POST"} or "transfer-encoding" in headers or _body_length(head) < 0:
            self._send(Answer(405, b"", "text/plain", {"Allow": "GET, HEAD, POST"}), with_body=True, close=True)
        else:
            path, _, query = words[1].partition("?")
            if words[0] == "POST":
                answer = self._site.posted(path, self._body)
            elif path.startswith("/crtsh"):
                answer = self._site.searched(query)
            else:
                answer = self._site.answer(path, headers)
            self._send(_part(answer, headers), with_body=words[0] != "HEAD", close=close or answer.status == 405)

    def _send(self, answer: Answer, *, with_body: bool, close: bool) -> None:
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: {answer.type}",
            f"Content-Length: {len(answer.body)}",
            *(f"{key}: {value}" for key, value in answer.headers.items()),
            f"Connection: {'close' if close else 'keep-alive'}",
        ]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self._transport.write(head + (answer.body if with_body and answer.status != 304 else b""))
        if close:
            self._transport.close()
