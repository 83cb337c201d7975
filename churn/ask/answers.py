"""Answers from the published copy, as records that print as JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
from duckdb import ColumnExpression, ConstantExpression
from duckdb.value.constant import UnsignedLongValue

from churn.ask.asking import PACKAGE, Record, asking, last_day, narrowed, records
from churn.errors import UsageError
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store.queries import run
from churn.store.schema import KEYED_FIELDS

PIVOT_LIMIT = 1000
"""Domains that a pivot names; it counts all."""
FIELDS = (*KEYED_FIELDS, "arrival_day")
"""Fields of evidence."""
FACT_OF = {
    **dict.fromkeys(("registrant_email", "registrant_phone", "registrant_org", "created_minute"), "registration"),
    **dict.fromkeys(("name_servers", "address", "prefix", "mail_exchangers", "soa_mailbox"), "hosting"),
    **dict.fromkeys(("skeleton", "template", "stem", "word"), "name_form"),
    **dict.fromkeys(("series", "batch"), "sighting"),
    "certificate_key": "certificate",
}
"""The fact that shows a field."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one domain on a day: its memberships (at most one a day) and the links that hold it.

    `known` is false where there is no fact of it. `siblings_left` counts the domains of its cluster that nobody
    reported; `sibling` is this domain's own probability, where it is one of them. `arrival` is where the hourly run
    placed it, if the day that it came on is not linked yet. `unknown` is what is not known at last, with the reason;
    `changes` are those seen up to the day.
    """

    domain: str
    day: dt.date | None
    known: bool
    sightings: list[Record]
    membership: Record | None
    links: list[Record]
    bursts: list[Record]
    arrival: Record | None
    sibling: Record | None
    siblings_left: Record | None
    packets: list[Record]
    outcomes: list[Record]
    unknown: list[Record]
    changes: list[Record]


@dataclass(frozen=True, slots=True)
class Pivot:
    """Domains of all time that share a value of a field.

    `domains` counts them all, `reported` those that a feed reported, on whatever day; `members` names the first 1,000:
    the reported ones, then those that had it first. `window` is the count and weight in the last linked window; None
    where the value can link nobody there. Counted by 64-bit numbers of the texts.
    """

    field: str
    value: str
    domains: int
    reported: int
    first_day: dt.date | None
    last_day: dt.date | None
    window: Record | None
    members: list[Record]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One cluster as it last stood, over its days, what it did, and what was done about it."""

    cluster: Record
    days: list[Record]
    bursts: list[Record]
    lineage: list[Record]
    shared: list[Record]
    members: list[Record]
    siblings: list[Record]
    arrivals: list[Record]
    packets: list[Record]
    outcomes: list[Record]
    verdicts: list[Record]


def explain(settings: Settings, text: str, day: dt.date | None = None) -> Explanation:
    """The ledger of one domain as of a day (default: the last linked). Raises UsageError where `text` is no name."""
    try:
        domain = parse(text).domain
    except NotANameError as error:
        raise UsageError(f"{text!r} is no domain name: {error}.") from None
    with asking(settings) as con:
        day = day or last_day(con)
        asked: Record = {"domain": domain, "day": day}
        membership = _first(records(con, "membership", **asked))
        asked["cluster_id"] = membership and membership["cluster_id"]
        known = narrowed(con, domain, ("knowledge", "change"))
        return Explanation(
            domain,
            day,
            known or membership is not None,
            sightings=records(con, "sightings", **asked),
            membership=membership,
            links=records(con, "links", **asked) if membership else [],
            bursts=records(con, "domain_bursts", **asked),
            arrival=_first(records(con, "arrival", **asked)),
            sibling=_first(records(con, "sibling", **asked)),
            siblings_left=_first(records(con, "siblings_left", **asked)) if membership else None,
            packets=records(con, "told", **asked),
            outcomes=records(con, "domain_outcomes", **asked),
            unknown=records(con, "unknown", **asked),
            changes=records(con, "changes", **asked),
        )


def pivot(settings: Settings, question: str) -> Pivot:
    """Domains that share `field=value`; the value may be defanged, as the report has it.

    Raises UsageError where the question or the field is not one that is kept.
    """
    field, equals, value = question.partition("=")
    value = value.replace("[.]", ".").replace("[@]", "@")
    if not equals or field not in FIELDS or not value:
        raise UsageError(f"Ask FIELD=VALUE with one of the fields {', '.join(FIELDS)}.")
    with asking(settings) as con:
        _hit(con, field, value)
        run(con, PACKAGE, "hit_domain")
        (count,) = records(con, "pivot_count")
        if count["domains"] > PIVOT_LIMIT:
            reported = _choose(con)
            members = records(con, "pivot")
        else:
            run(con, PACKAGE, "chosen_all")
            members = records(con, "pivot")
            reported = sum(member["state"] == "reported" for member in members)
        window = _first(records(con, "in_window", day=last_day(con), field=field, value=value))
        return Pivot(field, value, **count, reported=reported, window=window, members=members)


def _hit(con: duckdb.DuckDBPyConnection, field: str, value: str) -> None:
    """The table or view hit: day and domain_key of each fact that shows the value."""
    if field == "arrival_day":
        run(con, PACKAGE, "hit_of_day", value=value)
        return
    ((key,),) = run(con, PACKAGE, "key", value=value).fetchall()
    of_fact = ColumnExpression("fact") == ConstantExpression(FACT_OF[field])  # which spares the rows of other facts
    same = ColumnExpression(field) == ConstantExpression(UnsignedLongValue(key))
    con.table("value_key").filter(of_fact).filter(same).select("day", "domain_key").create_view("hit")


def _choose(con: duckdb.DuckDBPyConnection) -> int:
    """The table chosen: of many those that are named; returns how many of all are reported."""
    run(con, PACKAGE, "hit_reported")
    run(con, PACKAGE, "chosen", limit=PIVOT_LIMIT)
    return con.table("hit_reported").shape[0]


def cluster(settings: Settings, cluster_id: str) -> Portrait:
    """One cluster by id. Raises UsageError where there is none of that id."""
    with asking(settings) as con:
        found = records(con, "cluster", cluster_id=cluster_id)
        if not found:
            raise UsageError(f"There is no cluster {cluster_id!r}; the report of the day names them.")
        asked = {"cluster_id": cluster_id, "subject": cluster_id}
        parts = {name: records(con, name, **asked) for name in ("days", "bursts", "lineage", "shared", "members")}
        done = {
            name: records(con, f"cluster_{name}", **asked) for name in ("siblings", "arrivals", "packets", "outcomes")
        }
        return Portrait(found[0], **parts, **done, verdicts=records(con, "said_of", **asked))


def _first(rows: list[Record]) -> Record | None:
    return rows[0] if rows else None
