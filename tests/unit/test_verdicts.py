"""Verdicts in the ledger: what is refused, what stands, what reaches the command line."""

import datetime as dt
import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from churn.ask import Decision, give_verdict, verdicts
from churn.cli.app import app
from churn.errors import UsageError
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.ledger import ledger_of
from churn.store.warehouse import publish

DAY = dt.date(2026, 3, 8)
NOW = dt.datetime(2026, 3, 9, 8, 30, tzinfo=dt.UTC)
MEMBERS = [f"m{n}.test" for n in range(6)]


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """Two clusters and a shared value, published."""
    settings = in_folder(tmp_path_factory.mktemp("first"))
    lake = lake_of(settings)
    clusters = {"c-1": MEMBERS, "c-2": ["n1.test", "n2.test", "n3.test"]}
    days = [{"day": DAY, "cluster_id": c, "size": len(m), "first_day": DAY} for c, m in clusters.items()]
    lake.write_rows("cluster_day", DAY, "link", days)
    rows = [{"day": DAY, "cluster_id": c, "domain": d, "role": "core"} for c, m in clusters.items() for d in m]
    lake.write_rows("cluster_member", DAY, "link", rows)
    shared = {"day": DAY, "family": "infrastructure", "field": "address", "value": "192.0.2.7", "domains": 6}
    lake.write_rows("shared_value", DAY, "link", [shared])
    publish(settings)
    return settings.data


def in_folder(folder):
    return Settings(data=folder, hash_key="0123456789abcdef", threads=1)


@pytest.fixture
def settings(first_day, tmp_path):
    """The same in a folder of the test's own."""
    shutil.copytree(first_day, tmp_path, dirs_exist_ok=True)
    return in_folder(tmp_path)


def give(settings, subject, verdict, minutes=0, **more):
    decision = Decision(subject, verdict, more.pop("by", "ann"), more.pop("note", "why"), **more)
    return give_verdict(settings, decision, NOW + dt.timedelta(minutes=minutes))


def standing(settings, until=None):
    with lake_database(settings, until=until, only=("verdict", "standing_verdict")) as con:
        return sorted(
            con.sql("SELECT subject, verdict, coalesce(other, domains[1]) FROM standing_verdict").fetchall(), key=str
        )


def test_a_verdict_is_a_row_of_the_ledger_with_who_when_and_why(settings):
    row = give(settings, "c-1", "confirmed", note="same wording\nas T-4\x1b[31m", by="  ann  lee ")
    assert row["note"] == "same wording as T-4\N{REPLACEMENT CHARACTER}[31m"
    (kept,) = verdicts(settings)
    assert kept == row | {"stands": True}
    assert (kept["given_by"], kept["given_at"], kept["day"]) == ("ann lee", NOW, NOW.date())


@pytest.mark.parametrize(("subject", "verdict", "more", "sentence"), [
    ("c-9", "benign", {}, "There is no cluster 'c-9'"),
    ("c-1", "guilty", {}, "is no verdict"),
    ("c-1", "benign", {"by": " "}, "--by"),
    ("c-1", "benign", {"note": "\n"}, "--note"),
    ("c-1\x1b", "benign", {}, "printable"),
    ("address=" + "1" * 2000, "benign", {}, "printable"),
    ("colour=red", "benign", {}, "'colour' is no field of shared values; there are address"),
    ("address=192.0.2.7", "confirmed", {}, "A value can be benign or watched"),
    ("address=192.0.2.7", "merge", {"other": "c-1"}, "A value can be benign or watched"),
    ("c-1", "merge", {}, "--with"),
    ("c-1", "merge", {"other": "c-1"}, "--with"),
    ("c-1", "merge", {"other": "c-9"}, "There is no cluster 'c-9'"),
    ("c-1", "split", {}, "--domains"),
    ("c-1", "split", {"domains": ("m1.test", "n1.test", "n2.test")}, r"as it last stood: n1\[.\]test"),
    ("c-1", "split", {"domains": tuple(MEMBERS)}, "leaves somebody"),
    ("c-1", "split", {"domains": ("not a name!",)}, "no name"),
    ("c-1", "watch", {"other": "c-2"}, "--with ID goes with merge"),
    ("c-1", "watch", {"domains": ("m1.test",)}, "--domains goes with split"),
    ("c-1", "watch", {"day": DAY}, "can't be 2026-03-08"),
    ("c-1", "withdrawn", {}, "none to withdraw"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence_and_leaves_no_row(settings, subject, verdict, more, sentence):
    with pytest.raises(UsageError, match=sentence):
        give(settings, subject, verdict, **more)
    assert ledger_of(settings).files("verdict") == []


def test_of_judgements_the_newest_of_a_subject_stands_and_nothing_is_overwritten(settings):
    for minute, verdict in enumerate(("confirmed", "benign", "watch")):
        give(settings, "c-1", verdict, minute)
    give(settings, "c-2", "benign")
    give(settings, "address=192.0.2.7", "benign")
    assert standing(settings) == [
        ("address=192.0.2.7", "benign", None),
        ("c-1", "watch", None),
        ("c-2", "benign", None),
    ]
    assert [row["verdict"] for row in verdicts(settings) if row["subject"] == "c-1"] == ["watch", "benign", "confirmed"]


def test_merges_and_splits_stand_beside_a_judgement(settings):
    give(settings, "c-1", "merge", other="c-2")
    give(settings, "c-1", "split", 1, domains=("www.M1[.]test", "m0.test"))
    give(settings, "c-1", "confirmed", 2)
    assert standing(settings) == [
        ("c-1", "confirmed", None), ("c-1", "merge", "c-2"), ("c-1", "split", "m0.test"),
    ]  # fmt: skip
    assert verdicts(settings)[1]["domains"] == ["m0.test", "m1.test"]


def test_judgements_are_the_standing_verdicts_that_judge(settings):
    give(settings, "c-1", "merge", other="c-2")
    give(settings, "c-1", "split", 1, domains=("m0.test",))
    give(settings, "c-1", "confirmed", 2)
    give(settings, "c-2", "benign", 3)
    give(settings, "c-2", "withdrawn", 4)
    give(settings, "address=192.0.2.7", "watch", 5)
    with lake_database(settings, only=("verdict", "standing_verdict", "standing_judgement")) as con:
        judging = con.sql("SELECT verdict, judges FROM standing_verdict ORDER BY given_at").fetchall()
        judgements = con.sql("SELECT subject, verdict FROM standing_judgement ORDER BY given_at").fetchall()
    assert judging == [("merge", False), ("split", False), ("confirmed", True), ("watch", True)]
    assert judgements == [("c-1", "confirmed"), ("address=192.0.2.7", "watch")]


def test_a_withdrawal_ends_everything_before_it_or_what_it_names(settings):
    give(settings, "c-1", "merge", other="c-2")
    give(settings, "c-1", "split", 1, domains=("m0.test",))
    give(settings, "c-1", "split", 2, domains=("m1.test",))
    give(settings, "c-1", "benign", 3)
    give(settings, "c-1", "withdrawn", 4, domains=("m0.test",))
    assert [row[1:] for row in standing(settings)] == [("benign", None), ("merge", "c-2"), ("split", "m1.test")]
    give(settings, "c-1", "withdrawn", 5, other="c-2")
    assert [row[1:] for row in standing(settings)] == [("benign", None), ("split", "m1.test")]
    give(settings, "c-1", "withdrawn", 6)
    assert standing(settings) == []
    give(settings, "c-1", "watch", 7)
    assert standing(settings) == [("c-1", "watch", None)]
    assert len(verdicts(settings)) == 8


def test_a_past_day_knows_no_later_verdict(settings):
    give(settings, "c-1", "benign")
    give(settings, "c-1", "withdrawn", 24 * 60)
    days = [NOW.date() + dt.timedelta(days=n) for n in (-1, 0, 1)]
    assert [len(standing(settings, until=day)) for day in days] == [0, 1, 0]


def test_in_a_replayed_world_today_is_the_last_linked_day(settings):
    replayed = settings.model_copy(update={"clock": "day"})
    assert give(replayed, "c-1", "benign")["day"] == DAY
    assert give(replayed, "c-1", "benign", 1, day=DAY - dt.timedelta(days=1))["day"] == DAY - dt.timedelta(days=1)


def test_many_at_once_and_at_the_same_instant_lose_nothing(settings):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: give(settings, "c-1", "benign", by=f"reviewer {n}"), range(40)))
    assert {row["given_by"] for row in verdicts(settings)} == {f"reviewer {n}" for n in range(40)}
    assert sum(row["stands"] for row in verdicts(settings)) == 1


def test_the_published_copy_has_them_with_their_columns(settings):
    give(settings, "c-1", "merge", other="c-2")
    publish(settings)
    from churn.store.database import published

    with published(settings) as con:
        assert con.sql("SELECT subject, verdict, other FROM standing_verdict").fetchall() == [("c-1", "merge", "c-2")]


def test_the_command(settings, tmp_path):
    def call(*arguments):
        return CliRunner().invoke(app, ["verdict", *arguments, "--by", "ann", "--note", "why", "--data", str(tmp_path)])

    names = tmp_path / "names.txt"
    names.write_text("m0[.]test\n\nhttps://m1.test/path\n")
    assert "is split" in call("c-1", "split", "--domains", str(names)).output
    assert "is merged with c-2" in call("c-1", "merge", "--with", "c-2").output
    told = json.loads(call("c-1", "split", "--domains", "m3.test,m2.test", "--json").output)
    assert (told["verdict"], told["domains"]) == ("split", ["m2.test", "m3.test"])
    assert verdicts(settings)[-1]["domains"] == ["m0.test", "m1.test"]
    assert "is withdrawn" in call("c-1", "withdrawn").output
    assert standing(settings) == []
