"""Questions about naming habits: today's new names that look like the names of one operator who was reported before.

1. Owners: names that were reported before today, grouped by whose they are (`habit_owners`).
2. Whose: a model tells the names of the owners from each other. It is learnt twice, from the names of even and of odd
   days, so that each name is judged by the half that never saw its day; of new names the two halves' mean counts.
3. Reported or not: the same between all reported names and a sample of everybody's.
4. A habit is what is taken for an owner's with probability `SURE`, and looks reported as much as the upper `KEPT` of
   the owner's own names.
5. A habit is believed where it would have told on the days before: on how many of the owner's days it held most of
   his names, and hardly any of another's. Those that most probably will today are asked about, `MOST_HABITS` at most.
6. Expected is how many of the names there would be if the habit told nothing: today's count divided by how much
   commoner the habit is among the owner's names than among everybody's. The past of the count itself says nothing
   here, since an operator who comes every day is his own past; nor is any of it known to be innocent.

What doesn't belong here: the test and the false-discovery rate (`stage`); groups of a reported list (`habit_batches`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import expit, logit

from churn.burst.habit_model import names_of, probabilities, trained
from churn.burst.habit_owners import Known, known
from churn.settings import Settings
from churn.store.queries import relation, run

Floats = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

SAMPLE = 40_000
"""Names of everybody, half to learn from and half to count among."""
LEAST_KNOWN = 20
LEAST_DAYS = 7
"""Days of reported names before a habit is believed: what a feed calls one by a label may be many operators, which only
days that came and were not told show."""
HALF_LIFE_DAYS = 20.0
SURE, KEPT = 0.3, 0.8
MOST_HABITS, LEAST_HOPE = 12, 0.02
"""Hope is the probability that today is a day of the owner's, and that the habit holds most of it."""
LARGE_DAY, TRIED_NAMES = 10, 4
"""Names of an owner on a day: from which on he comes in numbers; from which on the day shows if the habit holds."""
DOUBT_DAYS = 1.5
HALF, PURE = 0.5, 0.8
LIFT_DISPERSION = 1.0

SAME_OWNER = (-3.143, 1.026, 0.699)
"""Constant and coefficients of the log-odds of steps 3 and 2 in those that an unreported name is the owner's.

Fitted on a public stream of new names of April and May 2025, names of which vendors tied to campaigns later. Of June's,
which it did not see: at 0.2 to 0.4 36 % (134 names), 0.4 to 0.6 50 %, 0.6 to 0.8 60 %, 0.8 and more 93 % (46)."""
LEAST_PROBABILITY = 0.1


@dataclass(frozen=True, slots=True)
class Judged:
    """Whose names most probably are (place in owners), how probably, and how reported they look (0 to 1)."""

    owner: Wholes
    sure: Floats
    look: Floats

    def probability(self) -> Reals:
        """That the names are the owner's."""
        sure, look = (logit(np.clip(each.astype(np.float64), 1e-5, 1 - 1e-5)) for each in (self.sure, self.look))
        same: Reals = expit(SAME_OWNER[0] + SAME_OWNER[1] * look + SAME_OWNER[2] * sure)
        return same


@dataclass(frozen=True, slots=True)
class Habit:
    """What is asked of one owner: `members` are places in today's names; `lift` how much commoner his names have it."""

    owner: str
    members: Wholes
    lift: float


def questions(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Ask about the habits of today's new names: rows of `question` and `question_member`.

    Reads sighting, cluster_member and the base tables of the day, of the window that ends with `day`. Leaves the tables
    that `siblings` reads.
    """
    past = known(con, day)
    today = relation(con, "churn.burst", "habit_fresh", day=day).to_arrow_table()["domain"].combine_chunks()
    sample = relation(con, "churn.burst", "habit_background", day=day, names=SAMPLE).to_arrow_table()["domain"]
    judged = Judged(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
    found: list[Habit] = []
    days = len(np.unique(past.day))
    if (
        days >= LEAST_DAYS
        and len(past.owners) > 1
        and min(len(past.domains), len(sample)) >= LEAST_KNOWN
        and len(today)
    ):
        of_past, of_sample, judged = judge(past, sample.combine_chunks(), today, day)
        found = habits(past, (of_past, of_sample, judged), day)
    _estimate(con, past, today, judged)
    _ask(con, [habit for habit in found if len(habit.members) >= settings.burst_least], today)


def siblings(con: duckdb.DuckDBPyConnection, day: dt.date) -> pa.Table:
    """The day's rows of `sibling` with the basis `habit`: day, cluster_id, domain, probability, basis.

    After `questions`, of the same connection.
    """
    return relation(con, "churn.burst", "habit_sibling", day=day).to_arrow_table()


def judge(past: Known, sample: pa.Array, today: pa.Array, day: dt.date) -> tuple[Judged, Judged, Judged]:
    """Steps 2 and 3, for the reported names, the second half of the sample, and today's.

    `sample` are names of everybody, in an order that says nothing.
    """
    weight = (0.5 ** ((_number(day) - past.day) / HALF_LIFE_DAYS)).astype(np.float32)
    learnt, counted = sample[: len(sample) // 2], sample[len(sample) // 2 :]
    both = pa.concat_arrays([counted.cast(pa.string()), today.cast(pa.string())])
    whose_past = np.zeros((len(past.owner), len(past.owners)), dtype=np.float32)
    look_past = np.zeros(len(past.owner), dtype=np.float32)
    whose = np.zeros((len(both), len(past.owners)), dtype=np.float32)
    look = np.zeros(len(both), dtype=np.float32)
    for taught, rest in _halves(past.day):
        domains = past.domains.filter(pa.array(taught))
        owners = trained(names_of(domains), past.owner[taught], weight[taught], len(past.owners))
        reported = _reported(domains, weight[taught], learnt)
        others = names_of(past.domains.filter(pa.array(rest)))
        whose_past[rest] = probabilities(others, owners)
        look_past[rest] = probabilities(others, reported)[:, 1]
        whose += probabilities(names_of(both), owners) / 2
        look += probabilities(names_of(both), reported)[:, 1] / 2
    new = len(counted)
    return _best(whose_past, look_past), _best(whose[:new], look[:new]), _best(whose[new:], look[new:])


def _halves(days: Wholes) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Which names are taught and which are judged by them, twice; of a single day all are both."""
    even = days % 2 == 0
    if even.all() or not even.any():
        return [(np.ones_like(even), np.ones_like(even))] * 2
    return [(even, ~even), (~even, even)]


def _reported(domains: pa.Array, weight: Floats, everybody: pa.Array) -> Floats:
    names = names_of(pa.concat_arrays([domains.cast(pa.string()), everybody.cast(pa.string())]))
    group = np.repeat(np.array([1, 0], dtype=np.int64), [len(domains), len(everybody)])
    return trained(names, group, np.concatenate([weight, np.ones(len(everybody), dtype=np.float32)]), 2)


def _best(probability: Floats, look: Floats) -> Judged:
    best = probability.argmax(axis=1).astype(np.int64)
    return Judged(best, probability[np.arange(len(best)), best], look)


def habits(past: Known, judged: tuple[Judged, Judged, Judged], day: dt.date) -> list[Habit]:
    """Steps 4 to 6: the habits that are worth asking about, the most hopeful first. `judged` is what `judge` gave."""
    hopes = _hopes(past, judged[0], _number(day))
    found = []
    for owner in np.lexsort((np.arange(len(hopes)), -hopes))[:MOST_HABITS]:
        taken = [(each.owner == owner) & (each.sure >= SURE) for each in judged]
        own = past.owner == owner
        if hopes[owner] < LEAST_HOPE:
            break
        least = np.quantile(judged[0].look[own & taken[0]], 1 - KEPT)
        has = [of & (each.look >= least) for of, each in zip(taken, judged, strict=True)]
        held = float((has[0] & own).sum())
        share = max(held - np.sqrt(held), 0.0) / float(own.sum())  # a standard deviation less: few names tell little
        common = (float(has[1].sum()) + 0.5) / (len(has[1]) + 1.0)
        found.append(Habit(past.owners[owner], np.flatnonzero(has[2]), max(share / common, 1e-3)))
    return found


def _hopes(past: Known, judged: Judged, number: int) -> Reals:
    """Step 5: of each owner the share of days on which he comes in numbers, times that of his days that were told."""
    arrived = past.is_arrival
    days, place = np.unique(past.day[arrived], return_inverse=True)
    if not len(days):
        return np.zeros(len(past.owners))
    shape = (len(past.owners), len(days))
    came, held, taken = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    owner, said = past.owner[arrived], np.where(judged.sure >= SURE, judged.owner, -1)[arrived]
    np.add.at(came, (owner, place), 1)
    np.add.at(held, (owner[said == owner], place[said == owner]), 1)
    np.add.at(taken, (said[said >= 0], place[said >= 0]), 1)
    weight = 0.5 ** ((number - days) / (HALF_LIFE_DAYS / 2))
    every = 0.5 ** (np.arange(1, number - int(days[0]) + 1) / (HALF_LIFE_DAYS / 2))
    tried = came >= TRIED_NAMES
    told = tried & (held >= HALF * came) & (held >= PURE * taken)
    rate = (told * weight).sum(axis=1) / ((tried * weight).sum(axis=1) + DOUBT_DAYS)
    hopes: Reals = rate * ((came >= LARGE_DAY) * weight).sum(axis=1) / every.sum()
    return hopes


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _estimate(con: duckdb.DuckDBPyConnection, past: Known, today: pa.Array, judged: Judged) -> None:
    """Leave the tables `habit_estimate` and `habit_owner_name`."""
    owners = np.array([*past.owners, ""], dtype=object)
    estimated = {
        "domain": today[: len(judged.owner)],
        "owner": pa.array(owners[judged.owner], pa.string()),
        "probability": judged.probability(),
    }
    con.register("habit_estimated", pa.table(estimated))
    run(con, "churn.burst", "habit_estimate", least=LEAST_PROBABILITY)
    con.register("habit_past", pa.table({"domain": past.domains, "owner": pa.array(owners[past.owner], pa.string())}))
    run(con, "churn.burst", "habit_owner_name")
    for name in ("habit_estimated", "habit_past"):
        con.unregister(name)


def _ask(con: duckdb.DuckDBPyConnection, found: list[Habit], today: pa.Array) -> None:
    ids = pa.array([f"registration-habit-{number + 1}" for number in range(len(found))], pa.string())
    observed = np.array([len(habit.members) for habit in found], dtype=np.int64)
    asked = {
        "question_id": ids,
        "kind": pa.repeat("registration", len(found)),
        "source": pa.repeat("habit", len(found)),
        "scope": pa.array([habit.owner for habit in found], pa.string()),
        "observed": observed,
        "expected": observed / np.array([habit.lift for habit in found], dtype=np.float64),
        "dispersion": np.full(len(found), LIFT_DISPERSION),
        "phrase": pa.repeat("names in the naming habit of others that were reported before ({})", len(found)),
    }
    con.register("asked", pa.table(asked))
    run(con, "churn.burst", "ask")
    members = np.concatenate([np.zeros(0, dtype=np.int64), *(habit.members for habit in found)])
    number = np.repeat(np.arange(len(found)), observed)
    rows = {"question_id": ids.take(pa.array(number)), "domain": today.take(pa.array(members))}
    con.register("habit_member", pa.table(rows))
    run(con, "churn.burst", "habit_question_member")
