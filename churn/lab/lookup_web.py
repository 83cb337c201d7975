"""The lab's HTTP server as endpoints of look-ups: every query of RDAP and crt.sh is counted, limited, perhaps spoilt.

What belongs here: which request is a look-up of whom at which endpoint, and the counts at `/lab/counts`: a GET tells
them, a POST begins them anew. What doesn't: right answers (`web`), how a fault looks (`rdap_faults`), counting
(`lookup_limits`).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote

from churn.lab.faults import Faults
from churn.lab.lookup_faults import Shown
from churn.lab.lookup_limits import Endpoint, Endpoints
from churn.lab.rdap_faults import BEHAVIOURS, told
from churn.lab.web import Answer, Site
from churn.lab.web_faults import RIGHT, Behaviour, FaultyConnection

COUNTS = "/lab/counts"


class Lookups:
    """What all endpoints of look-ups of one process share: counts, limits, faults. `dns` counts queries elsewhere."""

    def __init__(self, faults: Faults, dns: Callable[[], int | None] = lambda: None) -> None:
        self.endpoints = Endpoints(faults.limits)
        self.faults = {protocol: Shown(protocol, faults.lookups) for protocol in ("rdap", "whois", "crtsh")}
        self._dns, self._dns_before = dns, 0

    def counts(self) -> dict[str, Any]:
        """The counts of every endpoint by its name, and of DNS (None where its server doesn't count)."""
        queries = self._dns()
        dns = None if queries is None else {"queries": queries - self._dns_before}
        return {"endpoints": self.endpoints.counts(), "dns": dns}

    def reset(self) -> None:
        """Begin anew: counts, bans, tokens and the numbers of asks (but those of DNS)."""
        self.endpoints.reset()
        for shown in self.faults.values():
            shown.reset()
        self._dns_before = self._dns() or 0


def lookup_of(target: str) -> tuple[str, str] | None:
    """Endpoint and subject (a domain or address, lower-case) of a request's target; None where it is no look-up."""
    if not target.startswith(("/rdap/r", "/crtsh")):
        return None
    path, _, query = target.partition("?")
    match path.split("/"):
        case ["", "rdap", ("registry" | "registrar") as kind, who, *rest]:
            return f"rdap/{kind}/{who}", unquote("/".join(rest[1:])).lower()
        case ["", "rdap", "rir", *rest]:
            return "rdap/rir", unquote("/".join(rest[1:])).lower()
        case ["", "crtsh", *_]:
            asked = parse_qs(query)
            subject = (asked.get("q") or asked.get("identity") or asked.get("d") or [""])[0]
            return "crtsh", subject.lower().removeprefix("%.")
    return None


class LookupConnection(FaultyConnection):
    """One client connection, to whichever endpoint."""

    def __init__(self, site: Site, faults: Faults, asked: Counter[str], lookups: Lookups) -> None:
        super().__init__(site, faults, asked)
        self._lookups = lookups
        self._under_way: list[Endpoint] = []

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature is the library's
        """What was under way is so no more."""
        while self._under_way:
            self._under_way.pop().closed()

    def _respond(self, head: str) -> None:
        method, target, *_ = *head.split(" ", 2), "", ""
        lookup = lookup_of(target)
        if lookup:
            self._look_up(head, *lookup)
        elif target == COUNTS:
            self._count(method)
        else:
            super()._respond(head)

    def _count(self, method: str) -> None:
        if method == "POST":
            self._lookups.reset()
        self._shown = RIGHT
        body = json.dumps(self._lookups.counts()).encode()
        self._send(Answer(200, body, "application/json"), with_body=True, close=False)

    def _look_up(self, head: str, name: str, subject: str) -> None:
        endpoint = self._lookups.endpoints[name]
        endpoint.opened()
        self._under_way.append(endpoint)
        protocol = name.partition("/")[0]
        beyond = endpoint.ask(subject, monotonic())
        if beyond:
            shown = told(beyond, endpoint.retry_after)
        else:
            fault = self._lookups.faults[protocol].next(name, subject)
            shown = BEHAVIOURS[fault] if fault else RIGHT
        if endpoint.limit and endpoint.limit.answer_seconds:
            wait = endpoint.limit.answer_seconds
            asyncio.get_running_loop().call_later(wait, self._finish, head, subject, shown)
        else:
            self._finish(head, subject, shown)

    def _finish(self, head: str, subject: str, shown: Behaviour) -> None:
        if self._transport.is_closing():
            return
        self.target, self.subject = head.split(" ", 2)[1], subject
        self._respond_with(head, shown)
        if shown.deliver is None and self._under_way:
            self._under_way.pop(0).closed()
