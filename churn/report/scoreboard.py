"""The scoreboard's page: what each registrar and hoster was told, who acted, how fast, and what came back.

What belongs here: its rows in words. What doesn't: how they are counted (the table `scoreboard`); the page's frame.
Without names it holds figures over all recipients of a kind only, and of a kind with few recipients nothing: a figure
of one is a name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from churn.markings import Tlp
from churn.report.words import number, share, shown
from churn.store.queries import relation

KINDS = {"registrar": "Registrars", "network": "Hosters"}
SHOWN = 300
"""Recipients of a kind on the page; the table has them all."""
LEAST_RECIPIENTS = 5
"""Recipients of a kind from which on figures over all of them name nobody."""
ACTORS = {
    "by_registrar": "registrar (clientHold)",
    "by_registry": "registry (serverHold)",
    "by_hoster": "hoster (address gone or elsewhere)",
    "by_registrant": "registrant (moved)",
    "by_deleted": "deleted",
    "by_unknown": "not known (not delegated)",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A recipient in words; `is_all` is the line over all of its kind."""

    name: str
    is_all: bool
    told: str
    checked: str
    acted: str
    acted_itself: str
    active: str
    median: str
    back: str
    actors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The scoreboard as of a day: lines by kind of recipient. `left_out` counts those that are not shown."""

    day: dt.date
    as_of: dt.date | None
    tlp: Tlp
    kinds: tuple[tuple[str, tuple[Line, ...], int], ...]


def board_of(con: duckdb.DuckDBPyConnection, day: dt.date, *, names: bool = True) -> Board:
    """The scoreboard of a database, as it stood last by `day`; without names it may be shown to everybody."""
    rows = relation(con, "churn.report", "scoreboard", day=day).to_arrow_table().to_pylist()
    kinds = []
    for scope, title in KINDS.items():
        mine = [row for row in rows if row["scope"] == scope]
        if not names:
            mine = [row for row in mine if row["key"] == "all" and row["recipients"] >= LEAST_RECIPIENTS]
        if mine:
            kinds.append((title, tuple(map(_line, mine[: SHOWN + 1])), max(0, len(mine) - SHOWN - 1)))
    as_of = rows[0]["day"] if rows else None
    return Board(day, as_of, Tlp.AMBER_STRICT if names else Tlp.CLEAR, tuple(kinds))


def _line(row: dict[str, Any]) -> Line:
    checked = row["checked"]
    is_all = row["key"] == "all"
    known = "all of them" if is_all else f"{shown(row['name'] or 'unnamed', 60)} ({shown(row['key'], 20)})"
    return Line(
        name=known,
        is_all=is_all,
        told=number(row["told"]),
        checked=number(checked),
        acted=_part(row["acted"], checked),
        acted_itself=_part(row["acted_itself"], checked),
        active=_part(row["active"], checked),
        median=_median(row),
        back=_back(row),
        actors=tuple((words, number(row[column])) for column, words in ACTORS.items() if row[column]),
    )


def _part(part: int, whole: int) -> str:
    return f"{number(part)} ({share(part, whole)})" if whole else number(part)


def _median(row: dict[str, Any]) -> str:
    """The median and its interval; of what is not over for most there is none, and that is said."""
    if not row["checked"]:
        return "not checked yet"
    low = None if row["median_days_low"] is None else _days(row["median_days_low"])
    high = "more" if row["median_days_high"] is None else _days(row["median_days_high"])
    if row["median_days"] is None:
        return "most still active" if low is None else f"most still active; at least {low}"
    return f"{_days(row['median_days'])} ({low or '0'} to {high})"


def _days(days: float) -> str:
    return f"{days:.1f}"


def _back(row: dict[str, Any]) -> str:
    ways = [(row["back_elsewhere"], "under another name"), (row["back_itself"], "itself")]
    return ", ".join(f"{number(count)} {words}" for count, words in ways if count) or "0"
