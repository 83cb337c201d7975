"""The lab's Centralized Zone Data Service: an account, tokens, links and zone files, as in ICANN's REST API 1.0.9.

What belongs here: what the service knows and says. What doesn't: HTTP (`web`) and zones (`zones`). Links name no day,
as those of ICANN don't; the day is in the address where one authenticates (/czds/2026-03-01/api/authenticate), and the
token carries it, so that a world's days can be had in any order.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from functools import lru_cache

from churn.lab.world import World
from churn.lab.zones import zone_file

LOGIN, SECRET = "analyst@lab.example", "correct horse battery staple"
"""The one account of the lab."""

Told = dict[str, str]


class Czds:
    """`revoked` zones are linked to but not given any more; `logins` counts the tokens that were given."""

    def __init__(self, world: World, base: str) -> None:
        self._world, self._base = world, base
        self._tokens: dict[str, dt.date] = {}
        self._zone = lru_cache(maxsize=64)(self._packed)
        self.revoked: set[str] = set()
        self.logins = 0

    def authenticate(self, day_text: str, body: bytes) -> tuple[int, Told]:
        """A token for the zones of a day, or a refusal."""
        try:
            day, login = dt.date.fromisoformat(day_text), json.loads(body)
        except ValueError:
            return 400, {"message": "Bad request"}
        if not isinstance(login, dict) or (login.get("username"), login.get("password")) != (LOGIN, SECRET):
            return 401, {"message": "Invalid username or password."}
        self.logins += 1
        token = hashlib.sha256(f"token {self._world.seed} {day} {self.logins}".encode()).hexdigest()
        self._tokens[token] = day
        return 200, {"accessToken": token, "message": "Authentication Successful"}

    def expire(self) -> None:
        """Take no token any more that was given so far."""
        self._tokens.clear()

    def answer(self, parts: list[str], authorization: str) -> tuple[int, bytes, Told]:
        """Status, body and headers for a path below /czds."""
        day = self._tokens.get(authorization.removeprefix("Bearer "))
        if day is None:
            return 401, b"", {}
        match parts:
            case [*_, "downloads", "links"]:
                links = [f"{self._base}/czds/downloads/{tld}.zone" for tld in self._world.actors.tld_names]
                return 200, json.dumps(links).encode(), {}
            case ["downloads", name] if name.endswith(".zone") and name[:-5] in self._world.actors.tld_names:
                return self._download(name.removesuffix(".zone"), day)
        return 404, b"", {}

    def _download(self, tld: str, day: dt.date) -> tuple[int, bytes, Told]:
        if tld in self.revoked:
            return 403, b"", {}
        body = self._zone(tld, day)
        made = dt.datetime.combine(day, dt.time(2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        name = f"attachment;filename={tld}.txt.gz"
        return 200, body, {"ETag": tag, "Last-Modified": made, "Content-Disposition": name, "Accept-Ranges": "bytes"}

    def _packed(self, tld: str, day: dt.date) -> bytes:
        return gzip.compress(zone_file(self._world, tld, day).encode("ascii"), compresslevel=5, mtime=0)
