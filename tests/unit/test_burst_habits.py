"""Naming habits and batches on made-up names: two operators among everybody's, and lists that were added together."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.burst import habit_batches, habits
from churn.burst.counts import upper_tail
from churn.burst.habit_alike import together
from churn.burst.habit_model import hashed, names_of, probabilities, trained
from churn.burst.habit_owners import known
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import run

FIRST = dt.date(2030, 3, 1)
DAYS = 12
TODAY = FIRST + dt.timedelta(days=DAYS)
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
ENDS = ("com", "net", "shop", "click", "top", "xyz")


def anybody(draw: random.Random) -> str:
    """Syllables under any TLD."""
    return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 5))) + "." + draw.choice(ENDS)


def numbered(draw: random.Random) -> str:
    """One operator's names: two letters and eight digits under one TLD."""
    return "up" + "".join(draw.choices("0123456789", k=8)) + ".top"


def paired(draw: random.Random) -> str:
    """Another's: two words with a hyphen under another."""
    return "-".join("".join(draw.choices(SYLLABLES, k=3)) + "ing" for _ in range(2)) + ".click"


def sightings(settings: Settings, day: dt.date, rows: list[tuple[str, str, str | None, dt.time]], feed: str) -> None:
    """Write `rows` (domain, kind, label, time of day) in an order of its own."""
    random.Random(str(day) + feed).shuffle(rows)
    columns = {
        "domain": [row[0] for row in rows],
        "fqdn": [row[0] for row in rows],
        "kind": [row[1] for row in rows],
        "feed": [feed] * len(rows),
        "seen_at": [dt.datetime.combine(day, row[3], dt.UTC) for row in rows],
        "label": pa.array([row[2] for row in rows], pa.string()),
        "day": [day] * len(rows),
    }
    lake_of(settings).write_arrow("sighting", day, feed, pa.table(columns))


@pytest.fixture
def world(tmp_path) -> tuple[Settings, dict[str, set[str]]]:
    """Twelve days on which two operators came and were reported the day after, and a day on which they come again."""
    return _world(tmp_path, told=True)


def _world(folder, *, told: bool) -> tuple[Settings, dict[str, set[str]]]:
    given, draw = Settings(data=folder, threads=1), random.Random(5)
    today: dict[str, set[str]] = {}
    for number in range(DAYS + 1):
        day = FIRST + dt.timedelta(days=number)
        today = {
            "everybody": {anybody(draw) for _ in range(800)},
            "numbered": {numbered(draw) for _ in range(25)},
            "paired": {paired(draw) for _ in range(25)},
        }
        new = [(name, "registered", None, dt.time()) for names in today.values() for name in sorted(names)]
        sightings(given, day, new, "new")
        if day < TODAY:
            said = [
                (name, "reported", who if told else None, dt.time(9))
                for who in ("numbered", "paired")
                for name in sorted(today[who])
            ]
            sightings(given, day + dt.timedelta(days=1), said, "list")
    return given, today


def asked(given: Settings, source, day: dt.date = TODAY) -> list[tuple[dict, set[str]]]:
    """The questions of `source` with their members."""
    with lake_database(given, since=given.window_start(day), until=day) as con:
        for base in ("question", "question_member", "quiet", "distrusted", "exposure"):
            run(con, "churn.burst", base, day=day)
        source(con, given, day)
        rows = con.sql("SELECT * FROM question ORDER BY question_id").to_arrow_table().to_pylist()
        held = con.sql("SELECT question_id, domain FROM question_member").fetchall()
    return [(row, {domain for number, domain in held if number == row["question_id"]}) for row in rows]


def surprise(question: dict) -> float:
    """The p-value."""
    figures = (np.array([float(question[name])]) for name in ("observed", "expected", "dispersion"))
    return float(upper_tail(*figures)[0])


def test_the_names_of_operators_who_were_reported_before_are_found_again(world):
    given, today = world
    found = {row["scope"]: (row, members) for row, members in asked(given, habits.questions)}
    for who in ("numbered", "paired"):
        row, members = found[f"label {who}"]
        assert len(members & today[who]) >= 15
        assert len(members - today[who]) <= 2
        assert row["observed"] == len(members)
        assert surprise(row) < 1e-4


def test_habits_are_learnt_without_a_label(tmp_path):
    given, today = _world(tmp_path, told=False)
    found = [members for _, members in asked(given, habits.questions)]
    for who in ("numbered", "paired"):
        assert any(len(members & today[who]) >= 13 and len(members - today[who]) <= 2 for members in found)


def test_a_second_run_asks_the_same(world):
    given, _ = world
    assert asked(given, habits.questions) == asked(given, habits.questions)


def test_nothing_is_asked_before_anybody_was_reported(world):
    given, _ = world
    assert asked(given, habits.questions, FIRST) == []


def test_an_owner_is_told_by_the_label_else_by_how_names_are_built(world, tmp_path):
    given, _ = world
    with lake_database(given, since=FIRST, until=TODAY) as con:
        assert known(con, TODAY).owners == ["label numbered", "label paired"]
    other, _ = _world(tmp_path / "other", told=False)
    with lake_database(other, since=FIRST, until=TODAY) as con:
        past = known(con, TODAY)
    assert "built w-w.click" in past.owners
    assert all(owner.endswith((".click", ".top")) for owner in past.owners)


def test_a_model_tells_what_it_was_taught():
    draw = random.Random(3)
    names = pa.array([make(draw) for make in (numbered, paired) * 60])
    group = np.arange(120, dtype=np.int64) % 2
    weights = trained(names_of(names), group, np.ones(120, dtype=np.float32), 2)
    new = pa.array([make(draw) for make in (numbered, paired) * 20])
    said = probabilities(names_of(new), weights)
    assert (said.argmax(axis=1) == np.arange(40) % 2).all()
    assert np.array_equal(weights, trained(names_of(names), group, np.ones(120, dtype=np.float32), 2))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=90), min_size=1, max_size=5))
def test_any_text_has_features(texts):
    names = names_of(pa.array(texts, pa.string()))
    assert np.isfinite(hashed(names)).all()
    said = probabilities(names, np.zeros((1 << 17, 3), dtype=np.float32))
    assert np.allclose(said, 1 / 3)


def test_a_slice_of_names_has_the_features_of_its_names():
    names = pa.array(["left-out.com", "kept-1.net", "kept-2.org"])
    assert np.array_equal(hashed(names_of(names[1:])), hashed(names_of(pa.array(["kept-1.net", "kept-2.org"]))))


def test_batches_that_are_as_alike_as_they_are_within_are_put_together():
    draw = random.Random(7)
    names = (
        [numbered(draw) for _ in range(20)] + [paired(draw) for _ in range(20)] + [numbered(draw) for _ in range(20)]
    )
    vectors = hashed(names_of(pa.array(names)), 10).astype(float)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    group = together(vectors, np.repeat(np.arange(3), 20))
    assert group.tolist() == [0] * 20 + [1] * 20 + [0] * 20


def test_names_that_a_list_added_in_one_minute_are_asked_about(tmp_path):
    given, draw = Settings(data=tmp_path, threads=1), random.Random(11)
    single = [(anybody(draw), "reported", None, dt.time(number % 24, number % 60)) for number in range(60)]
    batch = [(numbered(draw), "reported", None, dt.time(12, 30)) for _ in range(40)]
    sightings(given, TODAY, single + batch, "list")
    found = asked(given, habit_batches.questions)
    assert [members for _, members in found] == [{row[0] for row in batch}]
    assert surprise(found[0][0]) < 1e-4


def test_a_list_that_gives_no_time_says_nothing_of_batches(tmp_path):
    given, draw = Settings(data=tmp_path, threads=1), random.Random(11)
    for number in range(3):
        rows = [(anybody(draw), "reported", None, dt.time()) for _ in range(60)]
        sightings(given, TODAY - dt.timedelta(days=number), rows, "list")
    assert all(surprise(row) > 0.1 for row, _ in asked(given, habit_batches.questions))


def test_siblings_by_habit_go_to_the_cluster_that_holds_the_owners_names(world):
    given, today = world
    with lake_database(given, since=FIRST, until=TODAY) as con:
        told = con.sql("SELECT DISTINCT domain FROM sighting WHERE label = 'numbered'").fetchall()
    rows = [
        {"day": TODAY, "cluster_id": "c-one", "domain": domain, "role": "core", "reported": True} for (domain,) in told
    ]
    lake_of(given).write_rows("cluster_member", TODAY, "link", rows)
    with lake_database(given, since=FIRST, until=TODAY) as con:
        for base in ("question", "question_member", "quiet", "distrusted", "exposure"):
            run(con, "churn.burst", base, day=TODAY)
        habits.questions(con, given, TODAY)
        found = habits.siblings(con, TODAY).to_pylist()
    assert {row["cluster_id"] for row in found} == {"c-one"}
    assert {row["domain"] for row in found} <= today["numbered"]
    assert len(found) >= 15
    assert all(0.1 <= row["probability"] <= 1 and row["basis"] == "habit" for row in found)
