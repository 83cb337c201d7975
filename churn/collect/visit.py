"""A visit: one feed on one day, as its transport sees it. What has landed, what came before, asking, landing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from churn.collect.claims import undated
from churn.collect.credentials import Credential
from churn.collect.feeds import Feed
from churn.collect.transports.http import Answer, Ask, Rules, fetch
from churn.errors import TerminalError
from churn.settings import Settings
from churn.store.landing import Manifest, Origin, land, land_again, landed, landed_days, without_credentials

_NO_CREDENTIAL = 'has no credential for {key} in its URL; set credential and auth = "url"'


@dataclass(frozen=True)
class Visit:
    """A feed on a day. `credential` is what its provider gave, where it asks for one.

    What landed on days before is read once (a feed may have a thousand zones, each of which asks for its last copy).
    """

    settings: Settings
    feed: Feed
    day: dt.date
    credential: Credential | None = None

    @property
    def landed(self) -> list[Manifest]:
        """What has landed of the feed on the day."""
        return landed(self.settings, self.feed.name, self.day)

    def earlier(self, url: str) -> Iterator[Manifest]:
        """What landed of a URL on the days before (as far back as the window), the newest first."""
        shown = without_credentials(url)
        return (manifest for manifest in self._past.get(undated(shown), ()) if manifest.url == shown)

    def earlier_copies(self, manifest: Manifest) -> Iterator[Manifest]:
        """Likewise, but of the same URL or path with any date in it: a list whose address tells the day."""
        return iter(self._past.get(undated(manifest.url), ()))

    @cached_property
    def _past(self) -> dict[str, list[Manifest]]:
        """What landed before, by URL without a date."""
        past: dict[str, list[Manifest]] = {}
        since = self.settings.window_start(self.day - dt.timedelta(days=1))
        for day in reversed(landed_days(self.settings, self.feed.name)):
            if since <= day < self.day:
                for manifest in reversed(landed(self.settings, self.feed.name, day)):
                    past.setdefault(undated(manifest.url), []).append(manifest)
        return past

    @contextmanager
    def ask(self, ask: Ask, *, known: Manifest | None = None, secret: bool = True) -> Iterator[Answer]:
        """Ask as the feed's rules allow, with its credential unless `secret` is false.

        `known` makes the request conditional (RFC 9110, 13.1). What came and was not landed is gone afterwards.
        Raises as `fetch`.
        """
        headers = {**ask.headers, **(_validators(known) if known else {})}
        secrets = {**ask.secrets, **(self.credential.headers(self.feed.auth) if self.credential and secret else {})}
        rules = Rules(self.feed.maximum_bytes, self.feed.hosts, self.feed.allow_private)
        filled = replace(ask, url=self._with_key(ask.url), headers=headers, secrets=secrets, shown=ask.shown or ask.url)
        answer = fetch(filled, self.settings.data / "tmp" / "fetch" / self.feed.name, rules)
        try:
            yield answer
        finally:
            if answer.path:
                answer.path.unlink(missing_ok=True)

    def land(
        self,
        url: str,
        content: bytes | Path,
        answer: Answer | None = None,
        *,
        cursor: str | None = None,
        closes: bool = True,
    ) -> Manifest:
        """Land a content as what `url` served, with the answer's validators."""
        origin = Origin(url, self.settings.now(self.day), cursor=cursor, closes=closes)
        if answer:
            origin = replace(origin, status=answer.status, etag=answer.etag, last_modified=answer.last_modified)
        return land(self.settings, self.feed.name, self.day, content, origin)

    def land_unchanged(self, earlier: Manifest, *, status: int | None = 304, closes: bool = True) -> Manifest:
        """Land what landed earlier as what there is on this day too."""
        origin = Origin(
            earlier.url,
            self.settings.now(self.day),
            status,
            earlier.etag,
            earlier.last_modified,
            earlier.cursor,
            closes,
        )
        return land_again(self.settings, earlier, self.day, origin)

    def fetch_and_land(self, url: str, *, closes: bool = True) -> Manifest | None:
        """Fetch one content, unless it is unchanged since it last landed; none where there is none (404, 410)."""
        known = next((manifest for manifest in self.earlier(url) if manifest.etag or manifest.last_modified), None)
        with self.ask(Ask(url), known=known) as answer:
            if answer.path:
                return self.land(url, answer.path, answer, closes=closes)
            return self.land_unchanged(known, closes=closes) if answer.status == 304 and known else None

    def _with_key(self, url: str) -> str:
        if "{key}" not in url:
            return url
        if self.credential is None:
            raise TerminalError(f"The feed {self.feed.name} {_NO_CREDENTIAL}.")
        return url.replace("{key}", quote(self.credential.secret.get_secret_value(), safe=""))


def _validators(known: Manifest) -> dict[str, str]:
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in pairs.items() if value}
