"""Questions about keys: how many new names share how they are built, or registrar, TLD and minute of creation.

What belongs here: the two kinds of keys and what their counts are compared with. What doesn't: the statistics
(`baselines`); clusters.

- **template**: names of the day that are built alike (`name_form.template`), against that template's share of the names
  of the days before. A template that is new is compared with the first days of other templates.
- **batch**: names of one registrar under one TLD that were created in the same minute, against the other minutes of
  that registrar and TLD; those whose registration is looked up on their first day count.

Every key that was seen in the past is asked about, and of a batch every minute; questions whose count is below
`burst_least` are only numbered (`quiet`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.burst.baselines import Moments, Prior, bands, exposures, moments, shrunk
from churn.burst.counts import Reals
from churn.settings import Settings
from churn.store.queries import relation, run

LEAST_DAYS = 7
"""Days of past before keys are asked about: without any, each popular way of naming would be new."""
LATE_SHARE = 0.3
"""Share of the past days on which the rates taken from the days before them are tried out."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of key. A day has `units` counts of each."""

    name: str
    units: int
    phrase: str


KNOWN, FIRST = Prior(mean=1.0), Prior(mean=3.0, ratio=3.0)
"""Of the counts of keys that were met before; of a key's first count."""
SOURCES = (
    Source("template", 1, "names built alike ({})"),
    Source("batch", 24 * 60, "names of one registrar, TLD and minute of creation ({})"),
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Exposures of the past days and of today; `is_late` marks the days on which rates are tried out."""

    days: list[dt.date]
    exposure: Reals
    is_late: npt.NDArray[np.bool_]
    today: float

    def table(self) -> pa.Table:
        """As the queries want it."""
        return pa.table({"day": pa.array(self.days, pa.date32()), "exposure": self.exposure, "is_late": self.is_late})


def questions(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Ask about the keys of today's new names: rows of `question`, `question_member` and `quiet`."""
    for step in ("fresh", "born", "key_cell"):
        run(con, "churn.burst", step, day=day)
    for source in SOURCES:
        calendar = _calendar(con, source, day)
        if calendar is not None:
            _ask(con, source, calendar, day, settings.burst_least)


def _calendar(con: duckdb.DuckDBPyConnection, source: Source, day: dt.date) -> Calendar | None:
    """The days; None where there are too few, or nothing was counted today."""
    rows = relation(con, "churn.burst", "key_day", source=source.name).to_arrow_table()
    days: list[dt.date] = rows["day"].to_pylist()
    if len(days) <= LEAST_DAYS or days[-1] != day:
        return None
    is_past = np.array([each < day for each in days])
    weekday = np.array([each.weekday() for each in days], dtype=np.int64)
    names, counted = (rows[name].to_numpy().astype(np.float64) for name in ("names", "counted"))
    exposure = exposures(names, counted, weekday, is_past)
    late = int(np.ceil(LATE_SHARE * (len(days) - 1)))
    return Calendar(days[:-1], exposure[:-1], np.arange(len(days) - 1) >= len(days) - 1 - late, float(exposure[-1]))


def _ask(con: duckdb.DuckDBPyConnection, source: Source, calendar: Calendar, day: dt.date, least: int) -> None:
    con.register("exposed", calendar.table())
    past = relation(con, "churn.burst", "key_sums", source=source.name).to_arrow_table()
    today = relation(con, "churn.burst", "key_today", source=source.name, day=day, least=least).df()
    ((new,),) = relation(con, "churn.burst", "key_new", source=source.name, day=day).fetchall()
    if len(today):
        expected, dispersion = _expectations(past, today["key"].to_numpy(np.uint64), source, calendar)
        ids = [f"registration-{source.name}-{number + 1}" for number in range(len(today))]
        asked = today.assign(question_id=ids, source=source.name)
        con.register("asked_key", pa.Table.from_pandas(asked, preserve_index=False))
        question = asked[["question_id", "scope", "observed"]].assign(
            kind="registration", expected=expected, dispersion=dispersion, phrase=source.phrase
        )
        con.register("asked", pa.Table.from_pandas(question, preserve_index=False))
        run(con, "churn.burst", "ask")
        run(con, "churn.burst", "key_question_member", day=day)
    silent = len(past) * source.units + new - len(today)
    con.register("asked_quietly", pa.table({"kind": ["registration"], "of_cluster": [False], "questions": [silent]}))
    run(con, "churn.burst", "ask_quiet")


def _expectations(
    past: pa.Table, wanted: npt.NDArray[np.uint64], source: Source, calendar: Calendar
) -> tuple[Reals, Reals]:
    """Mean and size of today's counts of the wanted keys."""
    early, late, first = (past[name].to_numpy() for name in ("early", "late", "first"))
    exposure = source.units * calendar.exposure
    of_early, of_late = exposure[~calendar.is_late].sum(), exposure[calendar.is_late].sum()
    is_old = early > 0
    rate = np.where(is_old, early / of_early, late / (of_early + of_late))
    tried = np.where(is_old, rate, 0.0)
    moments_late = Moments(
        cells=np.full(len(past), float(calendar.is_late.sum())),
        predicted=tried * of_late,
        predicted_squares=tried**2 * (exposure * calendar.exposure)[calendar.is_late].sum(),
        counted=np.where(is_old, late, 0.0),
        counted_squares=np.where(is_old, past["squares"].to_numpy(), 0.0),
        products=tried * past["product"].to_numpy(),
    )
    size = rate * of_early
    band = np.maximum(0, np.log2(np.maximum(size, 1e-9)).astype(np.int64))
    count = int(band.max(initial=0)) + 1
    figures = bands(moments_late.of(np.flatnonzero(is_old)), band[is_old], count, KNOWN)
    mean, size = shrunk(rate * calendar.today, moments_late, band, figures)
    return _of_wanted(past["key"].to_numpy(), wanted, (mean, size), _first(first[~is_old]))


def _first(counts: Reals) -> tuple[float, float]:
    """Mean and size of first counts, which are never taken for evener than geometric ones."""
    zeros = np.zeros(len(counts), dtype=np.int64)
    figures = bands(moments(np.ones_like(counts), counts, zeros, 1), np.zeros(1, dtype=np.int64), 1, FIRST)
    return float(figures.ratio[0]), float(min(1.0, 1 / figures.dispersion[0]))


def _of_wanted(
    known: npt.NDArray[np.uint64],
    wanted: npt.NDArray[np.uint64],
    figures: tuple[Reals, Reals],
    new: tuple[float, float],
) -> tuple[Reals, Reals]:
    """The figures of the wanted keys; those of new ones where a key is not known."""
    place = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    found = known[place] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
    mean, size = (
        np.where(found, each[place] if len(known) else 0.0, fresh) for each, fresh in zip(figures, new, strict=True)
    )
    return mean, size
