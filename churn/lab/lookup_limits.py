"""Limits of the lab's endpoints and the count of what reached them: the proof that a client was polite.

What belongs here: what a limit is, whether a query is beyond it, and counting. What doesn't: what a client is told then
(`rdap_faults`, `whois_faults`). Endpoints are named `rdap/registry/TLD`, `rdap/registrar/IANA-ID`, `rdap/rir`,
`whois/HOST`, `whois/root` and `crtsh`; all clients are one client.

Counting is always on: it costs about two millionths of a second a query.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

SECOND, MINUTE = 1.0, 60.0
BEYOND = {
    "rdap": ("busy", "busy-silent", "forbidden", "busy-notice", "down"),
    "crtsh": ("busy", "busy-silent", "forbidden", "down"),
    "whois": ("throttled", "empty", "reset"),
}
"""What can answer a query beyond a limit, by protocol; the first where nothing is said."""
BANNED = {
    "rdap": ("forbidden", "reset", "busy"),
    "crtsh": ("forbidden", "reset", "busy"),
    "whois": ("reset", "empty", "denied"),
}
"""What can answer whoever is banned, by protocol; the first where nothing is said."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the endpoints that a pattern of `fnmatch` matches allow. Of several that match, the first counts.

    `per_second` and `per_minute` are tokens: so many at once after a rest, and as many new ones in that time.
    `at_once` is requests under way, for WHOIS open connections; an answer takes `answer_seconds`. After `ban_after`
    queries beyond these, or beyond `ban_per_minute` queries a minute, the endpoint bans the client for `ban_seconds`.
    None and 0: no such limit. `beyond` and `banned` choose the answer from BEYOND and BANNED.
    """

    endpoint: str
    per_second: float | None = None
    per_minute: float | None = None
    at_once: int | None = None
    answer_seconds: float = 0.0
    beyond: str = ""
    ban_after: int = 0
    ban_per_minute: float | None = None
    ban_seconds: float = 60.0
    banned: str = ""

    def __post_init__(self) -> None:
        protocol = self.endpoint.partition("/")[0]
        if protocol not in BEYOND:
            raise ValueError(f"a limit's endpoint begins with {', '.join(BEYOND)}, unlike {self.endpoint!r}")
        for chosen, choice in ((self.beyond, BEYOND[protocol]), (self.banned, BANNED[protocol])):
            if chosen and chosen not in choice:
                raise ValueError(f"{protocol} has no answer {chosen!r} for that; it has {', '.join(choice)}")

    @property
    def told(self) -> str:
        """Name of the answer to a query beyond the limit."""
        return self.beyond or BEYOND[self.endpoint.partition("/")[0]][0]

    @property
    def told_when_banned(self) -> str:
        """Name of the answer to whoever is banned."""
        return self.banned or BANNED[self.endpoint.partition("/")[0]][0]


class _Tokens:
    """Tokens of which `most` fill up in `seconds`."""

    __slots__ = ("_at", "_left", "_most", "_rate")

    def __init__(self, most: float, seconds: float) -> None:
        self._most, self._rate = most, most / seconds
        self._left, self._at = most, 0.0

    def wait(self, now: float) -> float:
        """Seconds until there is one; 0 where there is."""
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._left >= 1 else (1 - self._left) / self._rate

    def take(self) -> None:
        """One less."""
        self._left -= 1


class Endpoint:
    """One endpoint: its limit, and what reached it so far. Times are seconds of a clock that never goes back."""

    def __init__(self, limit: Limit | None) -> None:
        self.limit = limit
        self.at_once = 0
        self.wait = 0.0
        """Seconds until another query would be allowed, after one that was not."""
        self.reset()

    def reset(self) -> None:
        """Begin anew: nothing counted, nobody banned. What is under way stays so."""
        self._queries = self._answered = self._throttled = self._bans = self._while_banned = 0
        self._most_a_second = self._most_a_minute = 0
        self._most_at_once = self.at_once
        self._second: deque[float] = deque()
        self._minute: deque[float] = deque()
        self._subjects: set[str] = set()
        self._violations, self._banned_until = 0, 0.0
        limit = self.limit
        allowed = ((limit.per_second, SECOND), (limit.per_minute, MINUTE)) if limit else ()
        self._tokens = [_Tokens(most, seconds) for most, seconds in allowed if most]
        self._before_ban = _Tokens(limit.ban_per_minute, MINUTE) if limit and limit.ban_per_minute else None

    def opened(self) -> None:
        """A request or connection came."""
        self.at_once += 1
        self._most_at_once = max(self._most_at_once, self.at_once)

    def closed(self) -> None:
        """It is gone."""
        self.at_once -= 1

    def ask(self, subject: str, now: float) -> str:
        """Count a query; the name of what answers it instead of the right answer, empty where nothing does."""
        self._queries += 1
        self._subjects.add(subject)
        second, minute = self._second, self._minute
        second.append(now)
        minute.append(now)
        while second[0] <= now - SECOND:
            second.popleft()
        while minute[0] <= now - MINUTE:
            minute.popleft()
        self._most_a_second = max(self._most_a_second, len(second))
        self._most_a_minute = max(self._most_a_minute, len(minute))
        told = self._judged(self.limit, now) if self.limit else ""
        if not told:
            self._answered += 1
        return told

    def _judged(self, limit: Limit, now: float) -> str:
        if now < self._banned_until:
            self._while_banned += 1
            self.wait = self._banned_until - now
            return limit.told_when_banned
        too_often = self._before_ban is not None and self._before_ban.wait(now) > 0
        if self._before_ban and not too_often:
            self._before_ban.take()
        waits = [tokens.wait(now) for tokens in self._tokens]
        self.wait = max(waits, default=0.0)
        if not (self.wait or too_often or (limit.at_once and self.at_once > limit.at_once)):
            for tokens in self._tokens:
                tokens.take()
            return ""
        self._throttled += 1
        self._violations += 1
        if too_often or (limit.ban_after and self._violations >= limit.ban_after):
            self._ban(limit, now)
        return limit.told

    def _ban(self, limit: Limit, now: float) -> None:
        self._bans += 1
        self._violations = 0
        self._banned_until = now + limit.ban_seconds
        self._before_ban = _Tokens(limit.ban_per_minute, MINUTE) if limit.ban_per_minute else None

    @property
    def retry_after(self) -> int:
        """Whole seconds to be told to whoever asked too much."""
        return max(1, math.ceil(self.wait))

    def counts(self) -> dict[str, int]:
        """What was counted. `subjects` is the number of different names or addresses that were asked for."""
        return {
            "queries": self._queries,
            "answered": self._answered,
            "subjects": len(self._subjects),
            "most_in_a_second": self._most_a_second,
            "most_in_a_minute": self._most_a_minute,
            "most_at_once": self._most_at_once,
            "throttled": self._throttled,
            "bans": self._bans,
            "while_banned": self._while_banned,
        }


class Endpoints:
    """All endpoints that were asked, by name."""

    def __init__(self, limits: tuple[Limit, ...] = ()) -> None:
        self._limits = limits
        self._known: dict[str, Endpoint] = {}

    def __getitem__(self, name: str) -> Endpoint:
        """The endpoint of that name."""
        found = self._known.get(name)
        if found is None:
            limit = next((limit for limit in self._limits if fnmatchcase(name, limit.endpoint)), None)
            found = self._known[name] = Endpoint(limit)
        return found

    def counts(self) -> dict[str, Any]:
        """The counts of every endpoint that was asked since the last reset."""
        counted = {name: endpoint.counts() for name, endpoint in sorted(self._known.items())}
        return {name: counts for name, counts in counted.items() if counts["queries"]}

    def reset(self) -> None:
        """Begin anew at every endpoint."""
        for endpoint in self._known.values():
            endpoint.reset()
