"""Questions about naming habits: today's new names that look like the names of one operator who was reported before.

1. Owners: names that were reported before today, grouped by whose they are (`habit_owners`).
2. Whose: a model tells the names of the owners from each other. It is learnt twice, from the names of even and of odd
   days, so that each name is judged by the half that never saw its day; of new names the two halves' mean counts.
3. Reported or not: the same between all reported names and a sample of everybody's.
4. A habit is what is taken for an owner's with probability `SURE`, and looks reported as much as the upper `KEPT` of
   the owner's own names.
5. A habit is believed where it would have told on the days before: on how many of the owner's days it held most of
   his names, and hardly any of another's. Those that most probably will today are asked about, `MOST_HABITS` at most.
6. Expected is how many of the names there would be if the habit told nothing: by how much commoner it is among the
   owner's names than among everybody's, today's count is divided. The past of the count itself says nothing here, since
   an operator who comes every day is his own past; nor is any of it known to be innocent.

What doesn't belong here: the test and the false-discovery rate (`stage`); groups of a reported list (`habit_batches`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.burst.habit_model import names_of, probabilities, trained
from churn.burst.habit_owners import Known, known
from churn.settings import Settings
from churn.store.queries import relation, run

Floats = npt.NDArray[np.float32]
Wholes = npt.NDArray[np.int64]

SAMPLE = 40_000
"""Names of everybody, half to learn from and half to count among."""
LEAST_KNOWN = 20
HALF_LIFE_DAYS = 20.0
SURE = 0.3
KEPT = 0.8
MOST_HABITS = 12
LEAST_HOPE = 0.05
"""Probability that today is a day of the owner's, and that the habit holds most of it."""
LARGE_DAY = 10
TRIED_NAMES = 4
"""Names of an owner on a day from which on the day shows whether the habit holds."""
DOUBT_DAYS = 1.5
HALF, PURE = 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Judged:
    """Whose names most probably are (place in owners), how probably, and how reported they look (0 to 1)."""

    owner: Wholes
    sure: Floats
    look: Floats


@dataclass(frozen=True, slots=True)
class Habit:
    """What is asked of one owner: `members` are places in today's names; `lift` how much commoner his names have it."""

    owner: int
    members: Wholes
    lift: float
    hope: float


def questions(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Ask about the habits of today's new names: rows of `question` and `question_member`.

    Reads sighting, cluster_member and the base tables of the day, of the window that ends with `day`.
    """
    past = known(con, day)
    today = relation(con, "churn.burst", "habit_fresh", day=day).to_arrow_table()["domain"].combine_chunks()
    sample = relation(con, "churn.burst", "habit_background", day=day, names=SAMPLE).to_arrow_table()["domain"]
    if len(past.owners) < 2 or len(past.domains) < LEAST_KNOWN or len(sample) < LEAST_KNOWN:
        return
    found = [
        habit
        for habit in habits(past, sample.combine_chunks(), today, day)
        if len(habit.members) >= settings.burst_least
    ]
    ids = [f"registration-habit-{number + 1}" for number in range(len(found))]
    asked = {
        "question_id": pa.array(ids, pa.string()),
        "kind": pa.array(["registration"] * len(found), pa.string()),
        "source": pa.array(["habit"] * len(found), pa.string()),
        "scope": pa.array([past.owners[habit.owner] for habit in found], pa.string()),
        "observed": pa.array([len(habit.members) for habit in found], pa.int64()),
        "expected": pa.array([len(habit.members) / habit.lift for habit in found], pa.float64()),
        "dispersion": pa.array([1.0] * len(found), pa.float64()),
        "phrase": pa.array(
            ["names in the naming habit of those who were reported before ({})"] * len(found), pa.string()
        ),
    }
    con.register("asked", pa.table(asked))
    run(con, "churn.burst", "ask")
    members = [(each, habit) for each, habit in zip(ids, found, strict=True)]
    con.register(
        "habit_member",
        pa.table(
            {
                "question_id": pa.array([each for each, habit in members for _ in habit.members], pa.string()),
                "domain": today.take(
                    pa.array(np.concatenate([np.zeros(0, dtype=np.int64), *(habit.members for habit in found)]))
                ),
            }
        ),
    )
    run(con, "churn.burst", "habit_question_member")


def habits(past: Known, sample: pa.Array, today: pa.Array, day: dt.date) -> list[Habit]:
    """The habits that are worth asking about, best first. `sample` are names of everybody, in no order."""
    number = (day - dt.date(1970, 1, 1)).days
    of_past, of_sample, of_today = _judged(past, sample, today, number)
    hope = _hopes(past, of_past, number)
    least = _least_looks(past, of_past)
    found = []
    for owner in np.lexsort((np.arange(len(hope)), -hope))[:MOST_HABITS]:
        if hope[owner] < LEAST_HOPE:
            break
        has = [
            (each.owner == owner) & (each.sure >= SURE) & (each.look >= least[owner])
            for each in (of_past, of_sample, of_today)
        ]
        own = past.owner == owner
        held = float((has[0] & own).sum())
        share = max(held - np.sqrt(held), 0.0) / float(own.sum())
        common = (float(has[1].sum()) + 0.5) / (len(has[1]) + 1.0)
        found.append(Habit(int(owner), np.flatnonzero(has[2]), max(share / common, 1e-3), float(hope[owner])))
    return found


def _judged(past: Known, sample: pa.Array, today: pa.Array, number: int) -> tuple[Judged, Judged, Judged]:
    """Steps 2 and 3, for the reported names, the second half of the sample, and today's."""
    weight = (0.5 ** ((number - past.day) / HALF_LIFE_DAYS)).astype(np.float32)
    learnt, counted = sample[: len(sample) // 2], sample[len(sample) // 2 :]
    new = (names_of(counted), names_of(today))
    whose_past = np.zeros((len(past.owner), len(past.owners)), dtype=np.float32)
    look_past = np.zeros(len(past.owner), dtype=np.float32)
    whose: list[list[Floats]] = [[], []]
    look: list[list[Floats]] = [[], []]
    for half in (0, 1):
        taught = past.day % 2 == half
        if not taught.any() or taught.all():
            taught = np.ones(len(taught), dtype=bool)
        names = names_of(past.domains.filter(pa.array(taught)))
        owners = trained(names, past.owner[taught], weight[taught], len(past.owners))
        reported = _reported_model(past.domains.filter(pa.array(taught)), weight[taught], learnt)
        rest = ~taught if not taught.all() else taught
        others = names_of(past.domains.filter(pa.array(rest)))
        whose_past[rest] = probabilities(others, owners)
        look_past[rest] = probabilities(others, reported)[:, 1]
        for place, each in enumerate(new):
            whose[place].append(probabilities(each, owners))
            look[place].append(probabilities(each, reported)[:, 1])
    judged = [_best((a[0] + a[1]) / 2, (b[0] + b[1]) / 2) for a, b in zip(whose, look, strict=True)]
    return _best(whose_past, look_past), judged[0], judged[1]


def _reported_model(domains: pa.Array, weight: Floats, everybody: pa.Array) -> Floats:
    both = pa.concat_arrays([domains.cast(pa.string()), everybody.cast(pa.string())])
    group = np.concatenate([np.ones(len(domains), dtype=np.int64), np.zeros(len(everybody), dtype=np.int64)])
    return trained(names_of(both), group, np.concatenate([weight, np.ones(len(everybody), dtype=np.float32)]), 2)


def _best(probability: Floats, look: Floats) -> Judged:
    best = probability.argmax(axis=1).astype(np.int64)
    return Judged(best, probability[np.arange(len(best)), best], look)


def _least_looks(past: Known, judged: Judged) -> Floats:
    """Of each owner, how reported the upper `KEPT` of his names look that were taken for his."""
    least = np.full(len(past.owners), np.inf, dtype=np.float32)
    for owner in range(len(past.owners)):
        own = judged.look[(past.owner == owner) & (judged.owner == owner) & (judged.sure >= SURE)]
        if len(own):
            least[owner] = np.quantile(own, 1 - KEPT)
    return least


def _hopes(past: Known, judged: Judged, number: int) -> npt.NDArray[np.float64]:
    """Step 5: of each owner the share of days on which he comes in numbers, times that of his days that were told."""
    arrived = past.is_arrival
    days, place = np.unique(past.day[arrived], return_inverse=True)
    shape = (len(past.owners), len(days))
    came, held, taken = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    owner, said = past.owner[arrived], np.where(judged.sure >= SURE, judged.owner, -1)[arrived]
    np.add.at(came, (owner, place), 1)
    np.add.at(held, (owner[said == owner], place[said == owner]), 1)
    np.add.at(taken, (said[said >= 0], place[said >= 0]), 1)
    weight = 0.5 ** ((number - days) / (HALF_LIFE_DAYS / 2))
    tried = came >= TRIED_NAMES
    told = tried & (held >= HALF * came) & (held >= PURE * taken)
    rate = (told * weight).sum(axis=1) / ((tried * weight).sum(axis=1) + DOUBT_DAYS)
    every = 0.5 ** (np.arange(1, number - int(days[0]) + 1) / (HALF_LIFE_DAYS / 2)) if len(days) else np.ones(1)
    hope: npt.NDArray[np.float64] = rate * ((came >= LARGE_DAY) * weight).sum(axis=1) / every.sum()
    return hope
