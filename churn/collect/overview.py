"""The feeds of an installation at a glance: what is declared, what is held for it, and how its last day went.

Reads only, and contacts nobody. What doesn't belong here: how that looks on a terminal.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Any, Literal

from churn.collect.credentials import connection, from_environment, variable
from churn.collect.feeds import Feed, catalogue, declared_feeds
from churn.settings import Settings
from churn.store.database import lake_of, scratch, table_relation

Held = Literal["none needed", "held", "missing"]
_LAST = ("feed", "day", "rows", "new_rows", "gate", "detail")


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed, whether the file of feeds has it, whether its credential is held here, and its last collected day.

    `last` has `day`, `rows`, `new_rows`, `gate` and `detail` as in `feed_day`; None where nothing was collected yet.
    """

    feed: Feed
    declared: bool
    credential: Held
    last: dict[str, Any] | None

    @property
    def enabled(self) -> bool:
        """Whether it is collected."""
        return self.declared and self.feed.enabled


def overview(settings: Settings, *, catalogue_too: bool = False) -> list[FeedLine]:
    """The declared feeds in the order of their file; with `catalogue_too` those that it does not use, after them.

    Raises UsageError where the file does not hold; where there is none, nothing is declared.
    """
    declared = declared_feeds(settings) if settings.feeds_file.exists() else {}
    others = catalogue() if catalogue_too else {}
    last = _last_days(settings)
    return [
        FeedLine(feed, name in declared, _held(feed.credential), last.get(name))
        for name, feed in {**declared, **{name: feed for name, feed in others.items() if name not in declared}}.items()
    ]


def _held(credential: str | None) -> Held:
    """Whether the environment holds it, as a variable of ours or as a connection; Airflow's database is not asked."""
    if credential is None:
        return "none needed"
    by_airflow = os.environ.get(f"AIRFLOW_CONN_{connection(credential).upper()}")
    return "held" if by_airflow or from_environment(credential) else "missing"


def how_to_give(credential: str) -> str:
    """Where an operator puts a credential, in words."""
    return f"set {variable(credential)} in the environment, or the Airflow connection {connection(credential)}"


def _last_days(settings: Settings) -> dict[str, dict[str, Any]]:
    """The newest row of `feed_day` by feed."""
    newest = {path.stem: path for path in lake_of(settings).files("feed_day", None, dt.date.max)}
    if not newest:
        return {}
    with scratch(settings) as con:
        rows = table_relation(con, "feed_day", list(newest.values())).project(", ".join(_LAST)).fetchall()
    return {row[0]: dict(zip(_LAST[1:], row[1:], strict=True)) for row in rows}
