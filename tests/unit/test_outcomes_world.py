"""Two weeks of a small world in which people act: nobody is told twice, actors and times are the true ones."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from churn.lab.scale import WORLDS
from churn.settings import Settings
from churn.store.database import lake_database

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from followed.figures import figures
from followed.replay import clusters_of_truth, replay, season

SCALE = replace(
    WORLDS["small"], name="followed", days=12, per_day=420, campaigns=40, largest_campaign=90, case_size=20, older=30,
    reported_background=2, batches_per_day=1, brands_per_day=1, resellers=1, look_alike_size=3,
)  # fmt: skip

DAYS = (0, 1, 2, 3, 5, 8, 11)
"""Days that are run; what was due on the others is made up for."""


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("season"), clock="day", threads=1)
    this = season(SCALE, 1)
    replay(
        this,
        settings,
        [this.world.days[number] for number in DAYS],
        clusters_of_truth(this, settings, least=2, named=False),
    )
    return this, settings, figures(this, settings)


def test_there_is_enough_to_judge(replayed):
    found = replayed[2]
    assert found["told"] > 60
    assert found["attribution"]["acted"] > 30


def test_nobody_is_told_the_same_twice_within_the_repeat_time(replayed):
    found = replayed[2]
    assert (found["told_twice_without_a_change"], found["told_twice_on_a_day"]) == (0, 0)


def test_actors_are_the_true_ones_and_times_lie_in_their_intervals(replayed):
    found = replayed[2]["attribution"]
    assert found["right"] >= 0.99, replayed[2]["confused"]
    assert found["right_of_acted"] >= 0.99, replayed[2]["confused"]
    assert found["within_interval"] == 1
    assert found["longest_interval_days"] <= 6  # from day 5 to day 11, where the check of day 8 brought no answer


def test_who_came_back_is_linked(replayed):
    linked = {row["relation"]: row["linked"] for row in replayed[2]["came_back"]}
    assert linked["same_label"] == 1
    assert linked["one_edit"] >= 0.9


def test_the_scoreboard_adds_up(replayed):
    _, settings, _ = replayed
    with lake_database(settings) as con:
        rows = con.sql("FROM scoreboard WHERE day = (SELECT max(day) FROM scoreboard)").to_arrow_table().to_pylist()
    assert {row["scope"] for row in rows} == {"registrar", "network"}
    for total in (row for row in rows if row["key"] == "all"):
        each = [row for row in rows if row["scope"] == total["scope"] and row["key"] != "all"]
        for column in ("told", "checked", "acted", "active", "by_registrar", "acted_itself", "back_elsewhere"):
            assert total[column] == sum(row[column] for row in each)
        assert total["name"] is None
    for row in rows:
        by = ("registrar", "registry", "hoster", "registrant", "deleted", "unknown")
        assert row["acted"] == sum(row[f"by_{actor}"] for actor in by)
        assert row["acted"] + row["active"] >= row["checked"] >= row["acted"]
