"""The registry of feeds: what the file of feeds declares, as values. A wrong key is refused by its name.

What belongs here: which lists there are, whence they come and what their columns are called. What doesn't: fetching and
reading them. An example with every key stands beside this file (`feeds.example.toml`).
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from churn.errors import UsageError
from churn.markings import Tlp
from churn.settings import Settings

MEGABYTE = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")


_AUTH = re.compile(r"basic|bearer|url|header [A-Za-z0-9-]{1,60}|tsig hmac-[a-z0-9-]{1,20}")


def _fetchable(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "axfr"} or not parts.hostname:
        raise ValueError("a URL begins with http:// or https:// (or axfr://) and a host; for a file, use path")
    return url


def _plain_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a credential's name is up to 50 lower-case letters, digits, _ and -; never the secret itself")
    return name


def _known_auth(auth: str) -> str:
    if not _AUTH.fullmatch(auth):
        raise ValueError("auth is basic, bearer, url (for {key} in it), header NAME or tsig ALGORITHM")
    return auth


Kind = Literal["registered", "reported", "dropped"]
FormatName = Literal["names", "csv", "zone", "czds", "axfr", "static-ct", "misp", "stix", "taxii"]
Column = Literal["fqdn", "seen_at", "reference", "label", "series"]
_ZONES = {"zone", "czds", "axfr"}
_ONE_CONTENT = {"names", "csv", "zone", "stix"}
"""Formats of which one content is the whole list, so that it may as well be a file or come by an inbox."""


class Feed(BaseModel):
    """One list, and how to read it. Exactly one of `url`, `path` and `inbox` says whence it comes.

    `extent` is what a content of the list holds: `additions` (what is new; a name that is reported again counts again
    only with another reference) or `whole` (all that is on it as it stands: a name counts on the first day on which it
    is there, never again). Zones are compared with their last copy, so each of their changes counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    format: FormatName
    enabled: bool = True
    url: Annotated[str, AfterValidator(_fetchable)] | None = None
    path: str | None = None
    inbox: bool = False
    hosts: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    extent: Literal["additions", "whole"] | None = None
    cadence: Literal["hourly", "daily"] = "daily"

    columns: dict[Column, str] = Field(default_factory=dict)
    header: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    credential: Annotated[str, AfterValidator(_plain_name)] | None = None
    auth: Annotated[str, AfterValidator(_known_auth)] | None = None
    log_key: str | None = None

    expected_rows: int | None = Field(None, ge=1)
    maximum_rows: int | None = Field(None, ge=1)
    maximum_bytes: int = Field(256 * MEGABYTE, ge=1)
    stale_after_hours: float = Field(72.0, gt=0)
    most_seen_before: float = Field(0.5, gt=0, le=1)
    required: bool | None = None
    allow_private: bool = False

    tlp: Tlp = Tlp.AMBER_STRICT
    licence: str = ""
    about: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a feed's name is up to 50 lower-case letters, digits, _ and -")
        if [self.url is not None, self.path is not None, self.inbox].count(True) != 1:
            raise ValueError("give exactly one of url, path and inbox")
        if not self.url and self.format not in _ONE_CONTENT:
            raise ValueError(f"format {self.format} is fetched: it needs a url")
        if (urlsplit(self.url or "").scheme == "axfr") != (self.format == "axfr"):
            raise ValueError("format axfr and a URL axfr://host or axfr://host:port go together")
        if (self.format == "csv") != ("fqdn" in self.columns):
            raise ValueError("columns are for format csv, which needs at least columns = { fqdn = ... }")
        if self.format != "csv" and (self.header or self.only):
            raise ValueError("header and only are for format csv")
        if (self.auth is None) != (self.credential is None) and self.format not in {"czds", "axfr"}:
            raise ValueError("credential (what is shown) and auth (how) go together")
        return self

    @property
    def writer(self) -> str:
        """The name under which its rows are in the lake."""
        return f"feed-{self.name}"

    @property
    def gates_the_day(self) -> bool:
        """Whether a day must not go on without it; unless it is said, so for what is fetched, not for an inbox."""
        return not self.inbox if self.required is None else self.required

    @property
    def changes_daily(self) -> bool:
        """Whether each day has an address of its own, so that a past day can be fetched later."""
        return on_day(self.url or self.path or "", dt.date.min) != (self.url or self.path or "")

    @property
    def whole(self) -> bool:
        """Whether a content is the list as it stands; unless it is said, so for reported lists and for CT logs."""
        if self.extent is None:
            return self.format == "static-ct" or (self.kind == "reported" and not self.inbox)
        return self.extent == "whole"

    @property
    def brings_news(self) -> bool:
        """Whether a visit lands what is new since the last one only, be it much or nothing: then no volume is usual."""
        return self.format in {"misp", "taxii"}

    @property
    def compares(self) -> bool:
        """Whether it is made of zones, of which the changes since the last copy are told."""
        return self.format in _ZONES


def on_day(place: str, day: dt.date) -> str:
    """A URL or path with the day filled in: `{day}` is 2026-03-01, `{day64}` the base64 of 2026-03-01.zip (WhoisDS)."""
    packed = base64.b64encode(f"{day}.zip".encode()).decode()
    return place.replace("{day}", day.isoformat()).replace("{day64}", packed)


def load_feeds(settings: Settings) -> dict[str, Feed]:
    """The enabled feeds by name, in the order of the file: those of the catalogue that it uses, then its own.

    Raises UsageError where there is no file, or something in it does not hold.
    """
    return {name: feed for name, feed in declared_feeds(settings).items() if feed.enabled}


def declared_feeds(settings: Settings) -> dict[str, Feed]:
    """All feeds that the file of feeds declares, those that are not enabled too. Raises as `load_feeds`."""
    path = settings.feeds_file
    if not path.exists():
        raise UsageError(
            f"There is no file of feeds at {path}: copy {example_file()} there and fill it in, bring lists with"
            " `churn import`, or try the made-up Internet of `churn lab`."
        )
    declared = _read(path)
    if others := sorted(declared.keys() - {"feeds", "use"}):
        raise UsageError(
            f"{path} has the unknown keys {', '.join(others)}; a feed is a table [feeds.NAME], and use = [...] names"
            " feeds of the catalogue."
        )
    tables, used = declared.get("feeds", {}), declared.get("use", [])
    if not isinstance(tables, dict) or not isinstance(used, list):
        raise UsageError(f"{path}: feeds must be tables, [feeds.NAME] each, and use a list of names.")
    shipped = _read(catalogue_file())["feeds"]
    if unknown := sorted({str(name) for name in used} - shipped.keys()):
        raise UsageError(f"{path} uses {', '.join(unknown)}, which the catalogue lacks; `churn feeds` lists it.")
    named = {name: {**shipped[name], "enabled": True} for name in used}
    for name, table in tables.items():
        named[name] = {**named[name], **table} if name in named and isinstance(table, dict) else table
    return {name: _feed(path, name, table) for name, table in named.items()}


def catalogue() -> dict[str, Feed]:
    """The shipped definitions of public feeds; none is fetched unless the file of feeds uses it."""
    return {name: _feed(catalogue_file(), name, table) for name, table in _read(catalogue_file())["feeds"].items()}


def catalogue_file() -> Path:
    """The shipped definitions."""
    return Path(__file__).with_name("catalogue.toml")


def example_file() -> Path:
    """A file of feeds to copy from."""
    return Path(__file__).with_name("feeds.example.toml")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} can't be read as TOML: {error}.") from None


def _feed(path: Path, name: str, table: object) -> Feed:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {name} must be a table, [feeds.{name}].")
    try:
        return Feed.model_validate({**table, "name": name})
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'feed'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise UsageError(f"{path}, feed {name}: {wrong}.") from None
