"""Questions about keys: how many new names share how they are built, or registrar, TLD and minute of creation.

What belongs here: the two kinds of keys and what their counts are compared with. What doesn't: the statistics
(`baselines`); clusters.

- **template**: names of the day that are built alike (`name_form.template`), against that template's share of the names
  of the days before. A template that is new is compared with the first days of other templates.
- **batch**: names of one registrar under one TLD that were created in the same minute, against the other minutes of
  that registrar and TLD; those whose registration is looked up on their first day count.

Every key that was seen in the past is asked about, and of a batch every minute; questions whose count is below
`burst_least` are only numbered (`quiet`). Innocents order in bulk too, which makes a few counts larger than their
band's unevenness explains; how small p-values were on the days before says what today's are worth.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.burst.baselines import Bands, Moments, Prior, Wholes, bands, exposures, moments, shrunk
from churn.burst.counts import Reals, Tail, tail_of, upper_tail
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
    past = _past(relation(con, "churn.burst", "key_sums", source=source.name).to_arrow_table(), source, calendar)
    today = relation(con, "churn.burst", "key_today", source=source.name, day=day, least=least).df()
    ((new,),) = relation(con, "churn.burst", "key_new", source=source.name, day=day).fetchall()
    if len(today):
        expected, dispersion = past.of(today["key"].to_numpy(np.uint64), calendar.today)
        p_values = upper_tail(today["observed"].to_numpy(np.float64), expected, dispersion)
        ids = [f"registration-{source.name}-{number + 1}" for number in range(len(today))]
        asked = today.assign(question_id=ids, source=source.name, kind="registration", phrase=source.phrase)
        asked = asked.assign(
            expected=expected, dispersion=dispersion, p_value=_tail(con, source, calendar, past, least).of(p_values)
        )
        con.register("asked_key", pa.Table.from_pandas(asked, preserve_index=False))
        con.register("asked", pa.Table.from_pandas(asked.drop(columns=["key", "place"]), preserve_index=False))
        run(con, "churn.burst", "ask")
        run(con, "churn.burst", "key_question_member", day=day)
    silent = len(past.key) * source.units + new - len(today)
    con.register("asked_quietly", pa.table({"kind": ["registration"], "source": [source.name], "questions": [silent]}))
    run(con, "churn.burst", "ask_quiet")


@dataclass(frozen=True, slots=True)
class Past:
    """The keys that were met before, sorted.

    `rate` is a key's share of a day's exposure, `is_old` whether it was met in the early days, `late` are the moments
    of its late days. `first` is mean and size of the first counts of keys.
    """

    key: npt.NDArray[np.uint64]
    rate: Reals
    is_old: npt.NDArray[np.bool_]
    late: Moments
    band: Wholes
    figures: Bands
    first: tuple[float, float]
    a_day: int
    """Counts of a key a day."""

    def of(self, wanted: npt.NDArray[np.uint64], exposure: float) -> tuple[Reals, Reals]:
        """Mean and size of counts of the wanted keys on a day that comes now."""
        mean, size = shrunk(self.rate * exposure, self.late, self.band, self.figures, a_day=self.a_day)
        return self._chosen(wanted, (mean, size), np.ones(len(self.key), dtype=bool))

    def of_late(self, wanted: npt.NDArray[np.uint64], exposure: Reals) -> tuple[Reals, Reals]:
        """The same for late days, when of a key no more was known than its early days."""
        mean, size = self.rate * self.figures.ratio[self.band], 1 / self.figures.dispersion[self.band]
        mean, size = self._chosen(wanted, (mean, size), self.is_old)
        is_first = ~np.isin(wanted, self.key[self.is_old])
        return np.where(is_first, mean, mean * exposure), size

    def _chosen(
        self, wanted: npt.NDArray[np.uint64], figures: tuple[Reals, Reals], is_known: npt.NDArray[np.bool_]
    ) -> tuple[Reals, Reals]:
        if not len(self.key):
            return np.full(len(wanted), self.first[0]), np.full(len(wanted), self.first[1])
        place = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        found = (self.key[place] == wanted) & is_known[place]
        mean, size = (np.where(found, own[place], new) for own, new in zip(figures, self.first, strict=True))
        return mean, size


def _past(sums: pa.Table, source: Source, calendar: Calendar) -> Past:
    early, late, first = (sums[name].to_numpy() for name in ("early", "late", "first"))
    exposure = source.units * calendar.exposure
    of_early, of_late = exposure[~calendar.is_late].sum(), exposure[calendar.is_late].sum()
    is_old = early > 0
    rate = np.where(is_old, early / of_early, late / (of_early + of_late))
    tried = np.where(is_old, rate, 0.0)
    moments_late = Moments(
        cells=np.full(len(sums), float(source.units * calendar.is_late.sum())),
        predicted=tried * of_late,
        predicted_squares=tried**2 * (exposure * calendar.exposure)[calendar.is_late].sum(),
        counted=np.where(is_old, late, 0.0),
        counted_squares=np.where(is_old, sums["squares"].to_numpy(), 0.0),
        products=tried * sums["product"].to_numpy(),
    )
    band = np.log2(np.maximum(rate * of_early, 1)).astype(np.int64)
    count = int(band.max(initial=0)) + 1
    figures = bands(moments_late.of(np.flatnonzero(is_old)), band[is_old], count, KNOWN)
    return Past(sums["key"].to_numpy(), rate, is_old, moments_late, band, figures, _first(first[~is_old]), source.units)


def _first(counts: Reals) -> tuple[float, float]:
    """Mean and size of first counts, which are never taken for evener than geometric ones."""
    zeros = np.zeros(len(counts), dtype=np.int64)
    figures = bands(moments(np.ones_like(counts), counts, zeros, 1), np.zeros(1, dtype=np.int64), 1, FIRST)
    return float(figures.ratio[0]), float(min(1.0, 1 / figures.dispersion[0]))


def _tail(con: duckdb.DuckDBPyConnection, source: Source, calendar: Calendar, past: Past, least: int) -> Tail:
    """What small p-values were worth on the late days: orders in bulk make them smaller than any band's unevenness."""
    rows = relation(con, "churn.burst", "key_late", source=source.name, least=least).to_arrow_table()
    mean, size = past.of_late(rows["key"].to_numpy(), rows["exposure"].to_numpy())
    p_values = upper_tail(rows["observed"].to_numpy().astype(np.float64), mean, size)
    asked = int(past.is_old.sum()) * source.units * int(calendar.is_late.sum()) + int((~past.is_old).sum())
    return tail_of(p_values, asked)
