"""The registry of feeds: what the file of feeds declares, as values. A wrong key is refused by its name.

What belongs here: which lists there are, whence they come and what their columns are called. What doesn't: fetching and
reading them. An example with every key stands beside this file (`feeds.example.toml`).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from churn.errors import UsageError
from churn.settings import Settings

MEGABYTE = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")


def _fetchable(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a URL begins with http:// or https:// and a host; for a file, use path")
    return url


class Feed(BaseModel):
    """One list, and how to read it. Exactly one of `url`, `path` and `inbox` says whence it comes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["registered", "reported", "dropped"]
    format: Literal["names", "csv"]
    enabled: bool = True
    url: Annotated[str, AfterValidator(_fetchable)] | None = None
    path: str | None = None
    inbox: bool = False
    columns: dict[Literal["fqdn", "seen_at", "reference", "label", "series"], str] = Field(default_factory=dict)
    maximum_rows: int | None = Field(None, ge=1)
    maximum_bytes: int = Field(256 * MEGABYTE, ge=1)
    allow_private: bool = False
    required: bool | None = None
    stale_after_hours: float = Field(72.0, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a feed's name is up to 50 lower-case letters, digits, _ and -")
        if [self.url is not None, self.path is not None, self.inbox].count(True) != 1:
            raise ValueError("give exactly one of url, path and inbox")
        if (self.format == "csv") != ("fqdn" in self.columns):
            raise ValueError("columns are for format csv, which needs at least columns = { fqdn = ... }")
        return self

    @property
    def gates_the_day(self) -> bool:
        """Whether a day must not go on without it; unless it is said, so for what is fetched, not for an inbox."""
        return not self.inbox if self.required is None else self.required

    @property
    def changes_daily(self) -> bool:
        """Whether each day has an address of its own, so that a past day can be fetched later."""
        return "{day}" in (self.url or self.path or "")


def load_feeds(settings: Settings) -> dict[str, Feed]:
    """The enabled feeds by name, in the order of the file.

    Raises UsageError where there is no file, or something in it does not hold.
    """
    path = settings.feeds_file
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"There is no file of feeds at {path}: copy {example_file()} there and fill it in, bring lists with"
            " `churn import`, or try the made-up Internet of `churn lab`."
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} can't be read as TOML: {error}.") from None
    if others := sorted(declared.keys() - {"feeds"}):
        raise UsageError(f"{path} has the unknown keys {', '.join(others)}; a feed is a table [feeds.NAME].")
    tables = declared.get("feeds", {})
    if not isinstance(tables, dict):
        raise UsageError(f"{path}: feeds must be tables, [feeds.NAME] each.")
    feeds = {name: _feed(path, name, table) for name, table in tables.items()}
    return {name: feed for name, feed in feeds.items() if feed.enabled}


def example_file() -> Path:
    """A file of feeds to copy from."""
    return Path(__file__).with_name("feeds.example.toml")


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
