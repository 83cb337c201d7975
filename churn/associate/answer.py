"""The answer of a check as a record: what was compared, what goes with what, and what it rests on.

What belongs here: putting the rows of the steps together. What doesn't: the steps (`check`), and how an answer looks
(`desk`, the command line).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from churn.associate import cautions
from churn.associate.fields import BY_NAME, FIELDS
from churn.associate.portfolio import Portfolio
from churn.associate.reported import Reported, ReportedList
from churn.markings import Tlp
from churn.store.queries import relation

SCHEMA_VERSION = "1.0"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found. All times are UTC, all names A-labels, exact.

    `indicators`: which fields could be compared, and what of the portfolio that needed. `reported`: the reported
    domains that are in the portfolio, `not_here` those that are not. `values`: the ledger, by code: field, value, how
    many domains of the portfolio have it (of them reported), from when to when, `nats` = ln(portfolio / domains).
    `associated`: not reported; each with the reported domain that it goes with best, the probability that one holder
    has both, the codes of what they share, and cautions. `known_reported`: likewise, of domains that the published
    database knows as reported. `weak`: how many others share something and are less probable than `at_least`.
    """

    portfolio: Portfolio
    first_created_at: dt.datetime | None
    last_created_at: dt.datetime | None
    at_least: float
    indicators: list[Record]
    reported: list[Record]
    not_here: list[str]
    unread: int
    values: dict[int, Record]
    associated: list[Record]
    known_reported: list[Record]
    weak: int

    @property
    def statement(self) -> str:
        """What an association is not."""
        return cautions.STATEMENT

    def as_json(self) -> Record:
        """The record as JSON values, with its marking and what it is not."""
        head = {"schema_version": SCHEMA_VERSION, "tlp": Tlp.AMBER_STRICT.value, "statement": self.statement}
        return head | {"record": self.record} | asdict(self)

    @property
    def record(self) -> Record:
        """What a registrar's log of an associated-domain check holds: conclusions and rationale are a person's."""
        return {
            "triggered_by": [row["domain"] for row in self.reported],
            "indicators_reviewed": [each["name"] for each in self.indicators if each["compared"]],
            "indicators_not_available": [each["name"] for each in self.indicators if not each["compared"]],
            "steps_taken": (
                f"compared {len(self.reported):,} reported domains with {self.portfolio.domains:,} of the portfolio; "
                f"listed those associated with a probability of at least {self.at_least:g}"
            ),
            "associated": len(self.associated),
            "conclusions": None,
            "rationale": None,
        }


def answer_of(
    con: duckdb.DuckDBPyConnection, book: Portfolio, reported: ReportedList, at_least: float, *, has_known: bool
) -> Answer:
    """The answer out of the tables that the steps left in a connection."""
    values = {row.pop("code"): row for row in _records(con, "ledger", domains=book.domains)}
    here = [_reported(row, values, reported) for row in _records(con, "reported_here")]
    rows = [_associated(row, values) for row in _records(con, "associated", domains=book.domains)]
    names = {row["domain"] for row in here}
    ((first, last),) = relation(con, "churn.associate", "span").fetchall()
    ((weak,),) = relation(con, "churn.associate", "weak").fetchall()
    used = {code for row in (*here, *rows) for code in row["codes"]}
    return Answer(
        book,
        first,
        last,
        at_least,
        [asdict(each) | {"compared": _is_compared(each.name, book, has_known)} for each in FIELDS],
        here,
        [each.domain for each in reported.domains if each.domain not in names],
        reported.unread,
        {code: value for code, value in values.items() if code in used},
        [row for row in rows if row["reported_at"] is None],
        [row for row in rows if row["reported_at"] is not None],
        weak,
    )


def _is_compared(field: str, book: Portfolio, has_known: bool) -> bool:
    if field == "cluster":
        return has_known
    return BY_NAME[field].column in book.columns and (field != "run" or "account_hash" in book.columns)


def _reported(row: Record, values: dict[int, Record], reported: ReportedList) -> Record:
    report = next((each for each in reported.domains if each.domain == row["domain"]), Reported(row["domain"]))
    on = report.reported_on or (row["reported_at"].date() if row["reported_at"] else None)
    told = Reported(report.domain, on, report.for_abuse)
    had = [values[code] for code in row["codes"] or ()]
    warnings = [_worded(each) for each in cautions.of_reported(told, row["created_at"], had)]
    return row | {"codes": row["codes"] or [], "reported_on": on, "for_abuse": report.for_abuse, "cautions": warnings}


def _associated(row: Record, values: dict[int, Record]) -> Record:
    shared = [values[code] for code in row["codes"]]
    warnings = [_worded(each) for each in cautions.of_associated(row, shared)]
    fields = list(dict.fromkeys(value["field"] for value in shared))
    return row | {"probability": round(row["probability"], 4), "fields": fields, "cautions": warnings}


def _worded(caution: Record) -> Record:
    return caution | {"words": cautions.words(caution)}


def _records(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Record]:
    rows = relation(con, "churn.associate", name, **parameters)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
