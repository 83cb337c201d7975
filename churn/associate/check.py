"""The associated-domain check: which domains of a portfolio go with reported ones, and what that rests on.

The steps are queries of the same names in `sql`:

1. `seed`: the reported domains that are in the book.
2. `shown`, `wanted`: the values that they have. What none of them has is never looked at, so that a book of millions is
   read column by column and nothing of it is sorted or joined with itself.
3. `held`: who else in the book has these values; the known groups of a published database are values too.
4. `run`: registrations of an account one after another.
5. `value`: how many domains have each value. A value that many have brings nobody forward, it only adds.
6. `cell`: the same within each customer: a reseller's customers all share its name servers, which says nothing of two.
7. `pair`, `feature`, `judge`: for each pair of a reported and another domain what they share, how surprising that is,
   and how probable it is that one holder has both (`score`). In portions, so that memory stays bounded.
8. `associated`, 9. `ledger`: the answer.

Everything stands in a temporary folder, which is removed; nothing is looked up, sent or kept.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from churn.associate.answer import Answer, answer_of
from churn.associate.fields import FIELDS
from churn.associate.portfolio import Portfolio, read_portfolio
from churn.associate.reported import ReportedList
from churn.associate.score import MODEL, MOST_NATS
from churn.results import Progress, silent
from churn.settings import Settings
from churn.store.database import published, published_path, scratch
from churn.store.queries import relation, run

PACKAGE = "churn.associate"
STEPS = ("seed", "shown", "wanted", "held", "run", "run_wanted", "run_held", "value", "cell")
AT_LEAST = 0.5
PAIRS_AT_ONCE = 5_000_000
_KNOWN = pa.schema(
    [
        ("domain", pa.string()),
        ("reported_at", pa.timestamp("us", "UTC")),
        ("lists", pa.int64()),
        ("cluster_id", pa.string()),
        ("cluster_name", pa.string()),
        ("cluster_domains", pa.int64()),
        ("cluster_reported", pa.int64()),
    ]
)


def known_of(settings: Settings) -> pa.Table | None:
    """What the published database says of reported and grouped domains; None where there is no such database."""
    if not published_path(settings).is_file():
        return None
    with published(settings) as con:
        return relation(con, PACKAGE, "known").to_arrow_table().cast(_KNOWN)


def check(
    settings: Settings,
    portfolio: Path,
    reported: ReportedList,
    *,
    at_least: float = AT_LEAST,
    known: pa.Table | None = None,
    progress: Progress = silent,
) -> Answer:
    """The domains of a portfolio that are associated with reported ones with a probability of `at_least`.

    `portfolio` is a file of CSV (also .gz), Parquet or NDJSON; `known` what `known_of` gives. Of `settings` only the
    threads and the memory limit are used. Raises UsageError where the portfolio can't be used.
    """
    with _scratch(settings) as (con, folder):
        progress(0, 3, f"reading {portfolio.name}")
        book = read_portfolio(con, portfolio, folder)
        progress(1, 3, "comparing")
        _compare(con, book, reported, known)
        progress(2, 3, "judging")
        _judge(con, book, at_least)
        return answer_of(con, book, reported, at_least, has_known=known is not None)


def features(settings: Settings, portfolio: Path, reported: ReportedList) -> pa.Table:
    """The features of all pairs with their domains (`first` is the reported one): what `score` is fitted on."""
    with _scratch(settings) as (con, folder):
        book = read_portfolio(con, portfolio, folder)
        _compare(con, book, reported, None)
        parts = []
        for first, last in _portions(con):
            run(con, PACKAGE, "pair", first=first, last=last)
            run(con, PACKAGE, "feature", domains=book.domains, most_nats=MOST_NATS)
            parts.append(relation(con, PACKAGE, "named_feature").to_arrow_table())
        return pa.concat_tables(parts)


@contextmanager
def _scratch(settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database and a folder that only this user can read, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="churn-associate-") as name:
        folder = Path(name)
        with scratch(settings.model_copy(update={"data": folder})) as con:
            yield con, folder


def _compare(con: duckdb.DuckDBPyConnection, book: Portfolio, reported: ReportedList, known: pa.Table | None) -> None:
    names = pa.table({"domain": pa.array([each.domain for each in reported.domains], pa.string())})
    con.from_arrow(names).create("reported")
    con.from_arrow(known if known is not None else _KNOWN.empty_table()).create("known")
    fields = [{key: value for key, value in dataclasses.asdict(field).items() if key != "words"} for field in FIELDS]
    con.from_arrow(pa.Table.from_pylist(fields)).create("field")
    for step in STEPS:
        run(con, PACKAGE, step, domains=book.domains)


def _judge(con: duckdb.DuckDBPyConnection, book: Portfolio, at_least: float) -> None:
    run(con, PACKAGE, "judged")
    run(con, PACKAGE, "looked_at")
    model: dict[str, Any] = dataclasses.asdict(MODEL)
    for first, last in _portions(con):
        run(con, PACKAGE, "pair", first=first, last=last)
        run(con, PACKAGE, "feature", domains=book.domains, most_nats=MOST_NATS)
        run(con, PACKAGE, "judge", at_least=at_least, **model)
        run(con, PACKAGE, "look_at")


def _portions(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    """Ranges of ids of reported domains that together make no more pairs than are judged at once."""
    work: Sequence[tuple[int, int]] = run(con, PACKAGE, "work").fetchall()
    first, pairs = None, 0
    last = 0
    for identity, more in work:
        if first is not None and pairs + int(more) > PAIRS_AT_ONCE:
            yield first, last
            first, pairs = None, 0
        first = identity if first is None else first
        last, pairs = identity, pairs + int(more)
    if first is not None:
        yield first, last
