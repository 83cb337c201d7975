"""What merges and splits do to the linking, from day to day, through the real stage."""

import datetime as dt
import shutil
from collections import Counter

import pyarrow.parquet as pq
import pytest
from test_link_stage import background, campaign, clusters, make, put, table

from churn import link
from churn.ask import Decision, give_verdict
from churn.link.verdicts import split_id
from churn.store.database import lake_database
from churn.store.warehouse import publish

DAYS = [dt.date(2026, 3, 8) + dt.timedelta(days=n) for n in range(4)]


def other_campaign(n):
    """Another operator: other addresses, other name servers, other minutes."""
    return {
        f"loud{chr(97 + i % 26)}{chr(97 + i // 26)}y.test": {
            "a": [f"203.0.114.{i % 2}"], "ns": ["ns2.else.test"], "minute": 40 + i % 2, "registrar": 78,
        }
        for i in range(n)
    }  # fmt: skip


ONE, TWO = campaign(60), other_campaign(40)
THREE = {
    name.replace("loud", "shrill"): traits | {"a": ["203.0.115.1"], "ns": ["ns.third.test"], "registrar": 79}
    for name, traits in other_campaign(30).items()
}
LATER = {f"late{name}": traits | {"minute": 21} for name, traits in list(ONE.items())[:8]}


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """A day with three clusters, linked and published."""
    folder = tmp_path_factory.mktemp("first")
    settings = make(folder, threads=1)
    put(settings, background(1500) | ONE | TWO | THREE)
    link.run(settings, DAYS[0])
    publish(settings)
    return folder


@pytest.fixture
def settings(first_day, tmp_path):
    """The same in a folder of the test's own."""
    shutil.copytree(first_day, tmp_path, dirs_exist_ok=True)
    return make(tmp_path, threads=1)


def id_of(settings, domains, day=DAYS[0]):
    (found,) = [key for key, members in clusters(settings, day).items() if members == set(domains)]
    return found


def give(settings, subject, verdict, minute=0, day=DAYS[1], **more):
    at = dt.datetime.combine(day, dt.time(8, minute), dt.UTC)
    return give_verdict(settings, Decision(subject, verdict, "ann", "why", day=day, **more), at)


def linked(settings, day, domains=None):
    put(settings, domains if domains is not None else background(20, seed=day.day), day)
    link.run(settings, day)


def lineage(settings, day):
    return {
        (row["cluster_id"], row["relation"], row["related_id"], row["by_verdict"])
        for row in table(settings, "lineage")
        if row["day"] == day
    }


def consistent(settings, day):
    """Every membership has its ledger, whose counts are those of the cluster; sizes are what members say."""
    with lake_database(settings, since=day, until=day) as con:
        ((lonely,),) = con.sql(
            "SELECT count(*) FROM cluster_member ANTI JOIN link USING (cluster_id, domain)"
        ).fetchall()
        ((more,),) = con.sql("""SELECT count(*) FROM (
            SELECT count(*) AS holding, any_value(in_cluster) AS told
            FROM link GROUP BY cluster_id, field, value) WHERE holding > told""").fetchall()
        ((greater,),) = con.sql(
            "SELECT count(*) FROM link JOIN cluster_day USING (cluster_id) WHERE in_cluster > size"
        ).fetchall()
        sizes = dict(con.sql("SELECT cluster_id, size FROM cluster_day").fetchall())
    assert (lonely, more, greater) == (0, 0, 0)
    assert sizes == {key: len(members) for key, members in clusters(settings, day).items()}


def others(settings, day, *ids):
    """The clusters of a day without those."""
    return {key: members for key, members in clusters(settings, day).items() if key not in ids}


def test_merged_clusters_are_one_until_the_merge_is_withdrawn(settings, tmp_path):
    one, two, three = id_of(settings, ONE), id_of(settings, TWO), id_of(settings, THREE)
    give(settings, two, "merge", other=one)
    linked(settings, DAYS[1])
    assert others(settings, DAYS[1], three) == {two: {*ONE, *TWO}}
    assert lineage(settings, DAYS[1]) == {
        (two, "continues", two, False), (two, "merges", one, True), (three, "continues", three, False),
    }  # fmt: skip
    consistent(settings, DAYS[1])
    kept_for_arrivals(tmp_path, {two: 2, three: 1})
    linked(settings, DAYS[2], LATER)
    found = others(settings, DAYS[2], three)
    assert found == {two: {*ONE, *TWO, *LATER}}, "newcomers of the one are the merged one's"
    assert {row[:3] for row in lineage(settings, DAYS[2])} == {(two, "continues", two), (three, "continues", three)}
    give(settings, two, "withdrawn", day=DAYS[3])
    linked(settings, DAYS[3])
    assert others(settings, DAYS[3], three) == {one: {*ONE, *LATER}, two: set(TWO)}, "with their own ids"
    assert {(one, "revives", one, False), (one, "splits", two, True)} <= lineage(settings, DAYS[3])


def kept_for_arrivals(folder, wanted):
    """Values tie arrivals to components as they were linked: how many of them are of which cluster."""
    (kept,) = (folder / "state" / "standing").glob("*/standing_cluster.parquet")
    rows = pq.read_table(kept).to_pylist()
    assert Counter(row["cluster_id"] for row in rows) == wanted
    assert len({row["component"] for row in rows}) == len(rows)


def test_merges_in_a_chain_are_one_and_the_first_named_of_the_last_gives_the_id(settings):
    one, two, three = id_of(settings, ONE), id_of(settings, TWO), id_of(settings, THREE)
    give(settings, two, "merge", other=one)
    give(settings, three, "merge", 1, other=two)
    linked(settings, DAYS[1])
    assert clusters(settings, DAYS[1]) == {three: {*ONE, *TWO, *THREE}}
    assert {row[1:] for row in lineage(settings, DAYS[1])} >= {("merges", one, True), ("merges", two, True)}
    consistent(settings, DAYS[1])


def test_what_is_split_off_is_a_cluster_of_its_own_and_can_be_merged_with_another(settings):
    one, two, three = id_of(settings, ONE), id_of(settings, TWO), id_of(settings, THREE)
    named = tuple(sorted(ONE))[:25]
    give(settings, one, "split", domains=named)
    linked(settings, DAYS[1])
    own = split_id(DAYS[1], one, named)
    assert others(settings, DAYS[1], two, three) == {own: set(named), one: set(ONE) - set(named)}
    assert (own, "splits", one, True) in lineage(settings, DAYS[1])
    consistent(settings, DAYS[1])
    linked(settings, DAYS[2])
    assert others(settings, DAYS[2], two, three) == others(settings, DAYS[1], two, three)
    assert {row[1] for row in lineage(settings, DAYS[2])} == {"continues"}
    publish(settings)
    give(settings, two, "merge", other=own, day=DAYS[3])
    linked(settings, DAYS[3])
    assert others(settings, DAYS[3], three) == {one: set(ONE) - set(named), two: {*TWO, *named}}
    consistent(settings, DAYS[3])


def test_the_larger_part_may_be_split_off_and_a_withdrawal_undoes_it(settings):
    one, two, three = id_of(settings, ONE), id_of(settings, TWO), id_of(settings, THREE)
    named = tuple(sorted(ONE))[:50]
    give(settings, one, "split", domains=named)
    linked(settings, DAYS[1])
    own = split_id(DAYS[1], one, named)
    assert others(settings, DAYS[1], two, three) == {own: set(named), one: set(ONE) - set(named)}, (
        "the rest keeps the id"
    )
    give(settings, one, "withdrawn", domains=named, day=DAYS[2])
    linked(settings, DAYS[2])
    assert others(settings, DAYS[2], two, three) == {one: set(ONE)}
    assert (one, "merges", own) in {row[:3] for row in lineage(settings, DAYS[2])}


def test_a_past_day_that_is_rebuilt_is_the_same_and_knows_no_later_verdict(settings, tmp_path):
    one, two = id_of(settings, ONE), id_of(settings, TWO)
    give(settings, two, "merge", other=one)
    linked(settings, DAYS[1])
    give(settings, two, "split", day=DAYS[2], domains=tuple(sorted(TWO))[:9])
    derived = ("cluster_day", "cluster_member", "link", "lineage", "shared_value")
    files = sorted(path for name in derived for path in (tmp_path / "lake" / name).glob("*/*.parquet"))
    before = {path: path.read_bytes() for path in files}
    assert len(before) == 10
    for name in derived:
        shutil.rmtree(tmp_path / "lake" / name)
    for day in DAYS[:2]:
        link.run(settings, day)
    assert {path: path.read_bytes() for path in files} == before
