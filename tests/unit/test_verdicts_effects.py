"""What benign, confirmed and watch do from day to day: bursts that are spared, siblings that are raised, what came."""

import datetime as dt
import shutil

import pytest

from churn import burst
from churn.ask import Decision, give_verdict
from churn.burst import verdicts
from churn.burst.stage import TABLES
from churn.packets.gather import STEPS
from churn.settings import load_settings
from churn.store import queries
from churn.store.database import lake_database, lake_of
from churn.store.warehouse import publish

DAY = dt.date(2026, 3, 20)
PAST = [DAY - dt.timedelta(days=n) for n in range(10, 0, -1)]
NEXT = DAY + dt.timedelta(days=1)
OLD = [f"old{i}.test" for i in range(40)]
BULK = {"family": "infrastructure", "field": "name_servers", "value": "ns1.bulk.test ns2.bulk.test"}
BULK_VALUE = "name_servers=ns1.bulk.test ns2.bulk.test"


class World:
    """Facts, clusters, ledger and lineage of days that are written by hand; what the burst stage makes of them."""

    def __init__(self, folder):
        self.settings = load_settings(data=folder, clock="day", hash_key="0123456789abcdef", threads=1)
        self.lake = lake_of(self.settings)
        self.published = {"c-1", "c-2", BULK_VALUE}

    def listed(self, day, domains, kind="reported", writer=None):
        told = {"kind": kind, "feed": kind, "seen_at": self.settings.now(day), "day": day}
        name = f"feed-{writer or kind}"
        self.lake.write_rows("sighting", day, name, [{"domain": d, "fqdn": d, **told} for d in domains])
        fed = {"feed": kind, "day": day, "kind": kind, "rows": len(domains), "gate": "ok", "backlog": False}
        self.lake.write_rows("feed_day", day, f"feed-{kind}", [fed])

    def clusters(self, day, members, reported=(), lineage=(), shared=None):
        """Clusters with members; `lineage` rows (cluster, relation, earlier, domains); `shared` have the value."""
        days, rows, links = [], [], []
        for cluster, domains in members.items():
            told = {"day": day, "cluster_id": cluster, "size": len(domains), "first_day": PAST[0], "name": "still pond"}
            told |= {"registrars": ["Registrar One"], "tlds": ["test"]}
            days.append(told | {"reported_members": len(set(domains) & set(reported))})
            for d in domains:
                row = {"day": day, "cluster_id": cluster, "domain": d}
                rows.append(row | {"role": "core", "score": 0.6, "reported": d in set(reported)})
                value = BULK if d in (shared or ()) else {"family": "name", "field": "stem", "value": cluster}
                links.append(row | value | {"domains_with_value": 4 * len(domains), "in_cluster": len(domains)})
        self.lake.write_rows("cluster_day", day, "link", days)
        self.lake.write_rows("cluster_member", day, "link", rows)
        self.lake.write_rows("link", day, "link", links)
        columns = ("cluster_id", "relation", "related_id", "shared_domains")
        came = [dict(zip(columns, row, strict=True)) | {"day": day} for row in lineage]
        self.lake.write_rows("lineage", day, "link", came)
        shared_value = {"day": day, "domains": 9} | BULK
        template = {"day": day, "family": "name", "field": "template", "value": "w5d2.test", "domains": 9}
        self.lake.write_rows("shared_value", day, "link", [shared_value, template])

    def hosted(self, day, domains):
        told = {"observed_at": self.settings.now(day), "rcode": "NOERROR", "day": day, "ns": BULK["value"].split()}
        self.lake.write_rows("hosting", day, "enrich", [{"domain": d, **told} for d in domains])

    def give(self, subject, verdict, day=DAY, minute=0):
        if subject not in self.published:
            publish(self.settings)
            self.published.add(subject)
        at = dt.datetime.combine(day, dt.time(8, minute), dt.UTC)
        return give_verdict(self.settings, Decision(subject, verdict, "ann", "as agreed", day=day), at)

    def run(self, day=DAY):
        return burst.run(self.settings, day)

    def rows(self, table, day=DAY):
        with lake_database(self.settings, since=day, until=day, only=(table,)) as con:
            return con.table(table).order("all").to_arrow_table().to_pylist()

    def listing(self, day=DAY):
        """Clusters with a flagged listing burst, and those of which one was spared."""
        return tuple(
            sorted(row["cluster_id"] for row in self.rows(table, day) if row["kind"] == "listing")
            for table in ("burst", "spared")
        )


OTHERS = [f"other{i}.test" for i in range(40)]
LISTED = OLD[:15] + OTHERS[:15]


@pytest.fixture(scope="module")
def first_days(tmp_path_factory):
    """Two clusters that stood for ten quiet days; today fifteen members of each are listed. Published."""
    world = World(tmp_path_factory.mktemp("world"))
    for day in PAST:
        world.listed(day, [f"d{day.day}x{i}.test" for i in range(300)], "registered")
        world.listed(day, [f"d{day.day}x{i}.test" for i in range(20)])
        world.clusters(day, {"c-1": OLD, "c-2": OTHERS})
    world.listed(DAY, [f"today{i}.test" for i in range(300)], "registered")
    world.listed(DAY, LISTED)
    world.clusters(DAY, {"c-1": OLD, "c-2": OTHERS}, LISTED)
    publish(world.settings)
    return world.settings.data


@pytest.fixture
def world(first_days, tmp_path):
    """The same in a folder of the test's own."""
    shutil.copytree(first_days, tmp_path, dirs_exist_ok=True)
    return World(tmp_path)


def again(world, members, lineage, shared=None):
    """The day after: fifteen further members of each cluster are listed."""
    listed = [name for names in members.values() for name in names[-15:]]
    world.listed(NEXT, [f"next{i}.test" for i in range(300)], "registered")
    world.listed(NEXT, listed)
    world.clusters(NEXT, members, listed, lineage, shared)
    world.run(NEXT)


def test_a_benign_cluster_is_spared_and_a_row_says_so(world):
    world.run()
    assert world.listing() == (["c-1", "c-2"], [])
    (before,) = [row for row in world.rows("burst") if row["cluster_id"] == "c-1"]
    world.give("c-1", "benign")
    result = world.run()
    assert world.listing() == (["c-2"], ["c-1"])
    (row,) = world.rows("spared")
    same = ("burst_id", "kind", "cluster_id", "scope", "observed", "expected", "p_value", "q_value", "reported_members")
    assert {name: row[name] for name in (*same, "story")} == {name: before[name] for name in (*same, "story")}
    assert (row["subject"], row["how"], row["given_by"], row["note"]) == ("c-1", "cluster", "ann", "as agreed")
    assert result.found["spared"] == 1
    assert {member["burst_id"] for member in world.rows("burst_member")} == {b["burst_id"] for b in world.rows("burst")}
    world.give("c-1", "withdrawn", minute=1)
    world.run()
    assert world.listing() == (["c-1", "c-2"], [])


def test_a_verdict_of_a_later_day_changes_no_earlier_one(world):
    world.give("c-1", "benign", NEXT)
    world.run()
    assert world.listing() == (["c-1", "c-2"], [])


def test_successors_by_lineage_are_benign_too_and_hops_and_strangers_are_not(world):
    """Most of the benign one parts from it; another cluster took up a few of it, another looks like it."""
    world.give("c-1", "benign")
    world.run()
    big = [*OLD[:10], *(f"big{i}.test" for i in range(60))]
    mimic = [f"mimic{i}.test" for i in range(40)]
    members = {"c-3": OLD[10:], "c-4": big, "c-5": mimic}
    lineage = [("c-3", "splits", "c-1", 30), ("c-4", "merges", "c-1", 10), ("c-5", "hops", "c-1", 38)]
    again(world, members, lineage)
    assert world.listing(NEXT) == (["c-4", "c-5"], ["c-3"])
    assert [(row["cluster_id"], row["how"], row["subject"]) for row in world.rows("judgement", NEXT)] == [
        ("c-3", "successor", "c-1")
    ]
    later = NEXT + dt.timedelta(days=1)
    world.clusters(later, {"c-3": OLD[10:]}, (), [("c-3", "continues", "c-3", 30)])
    world.run(later)
    assert [row["how"] for row in world.rows("judgement", later)] == ["successor"]
    world.give("c-1", "confirmed", later)
    world.run(later)
    assert world.rows("judgement", later) == [], "it parted from a benign one, which is none, before it was confirmed"
    world.give("c-1", "benign", later, 1)
    world.give("c-3", "watch", later)
    world.run(later)
    assert [(row["how"], row["verdict"]) for row in world.rows("judgement", later)] == [("cluster", "watch")]
    world.give("c-3", "withdrawn", later, 1)
    world.run(later)
    assert [(row["how"], row["verdict"]) for row in world.rows("judgement", later)] == [("successor", "benign")]
    world.give("c-1", "withdrawn", later, 2)
    world.run(later)
    assert world.rows("judgement", later) == []


def test_clusters_of_which_most_hold_a_benign_value_are_spared(world):
    world.clusters(DAY, {"c-1": OLD, "c-2": OTHERS}, LISTED, shared=OLD[:21] + OTHERS[:20])
    world.give(BULK_VALUE, "benign")
    world.run()
    assert world.listing() == (["c-2"], ["c-1"]), "21 of 40 are most, 20 are not"
    (row,) = world.rows("spared")
    assert (row["subject"], row["how"]) == (BULK_VALUE, "value")


def test_a_confirmed_cluster_is_flagged_though_a_value_of_it_is_benign(world):
    world.clusters(DAY, {"c-1": OLD, "c-2": OTHERS}, LISTED, shared=OLD)
    world.give(BULK_VALUE, "benign")
    world.give("c-1", "confirmed", minute=1)
    world.run()
    assert world.listing() == (["c-1", "c-2"], [])


def test_names_that_are_built_alike_or_host_alike_are_spared_by_their_value(world):
    """A burst of a naming template, without any cluster: benign by the template itself, or by where most are hosted."""

    def forms(day, templates):
        rows = [{"domain": d, "label": d, "template": t, "day": day} for d, t in templates.items()]
        world.lake.write_rows("name_form", day, "link", rows)

    for day in PAST:
        forms(day, {f"d{day.day}x{i}.test": f"usual{i % 30}" for i in range(300)})
    today = {f"today{i}.test": "w5d2.test" if i < 150 else f"usual{i % 30}" for i in range(300)}
    forms(DAY, today)

    def templates():
        world.run()
        return tuple([row["scope"] for row in world.rows(t) if not row["cluster_id"]] for t in ("burst", "spared"))

    assert templates() == (["w5d2.test"], [])
    world.hosted(DAY, [f"today{i}.test" for i in range(70)])
    world.give(BULK_VALUE, "benign")
    assert templates() == (["w5d2.test"], []), "70 of 150 are not most"
    world.hosted(DAY, [f"today{i}.test" for i in range(80)])
    assert templates() == ([], ["w5d2.test"])
    world.give(BULK_VALUE, "withdrawn", minute=1)
    world.give("template=w5d2.test", "benign", minute=2)
    assert templates() == ([], ["w5d2.test"])
    assert world.rows("spared")[0]["subject"] == "template=w5d2.test"


def test_packets_leave_out_what_was_called_benign_since_the_bursts_were_told(world):
    world.run()
    world.give("c-1", "benign")
    with lake_database(world.settings, until=DAY) as con:
        queries.run(con, "churn.packets", STEPS[0], day=DAY, burst_q=world.settings.burst_q)
        assert con.sql("SELECT cluster_id FROM flagged").fetchall() == [("c-2",)]


def test_a_confirmed_cluster_raises_its_siblings_and_has_some_though_nobody_is_reported(world):
    quiet = [f"quietharbor{chr(97 + i)}.test" for i in range(12)]
    members = {"c-1": OLD, "c-2": OTHERS, "c-3": quiet}
    world.listed(
        DAY, [*(f"today{i}.test" for i in range(300)), "quietharborb.example", "quietharbour.test"], "registered"
    )
    world.clusters(DAY, members, LISTED)
    world.run()
    before = {(row["cluster_id"], row["domain"]): row for row in world.rows("sibling")}
    assert {row["confirmed"] for row in before.values()} == {False}
    world.give("c-1", "confirmed")
    world.give("c-3", "confirmed")
    world.run()
    after = {(row["cluster_id"], row["domain"]): row for row in world.rows("sibling")}
    raised = [key for key in before if after[key]["probability"] > before[key]["probability"]]
    assert raised == [("c-1", name) for name in sorted(OLD[15:])]
    assert all(after[key] == before[key] for key in before if key[0] == "c-2")
    assert {name for cluster, name in after if cluster == "c-3"} == {*quiet, "quietharborb.example"}
    assert {cluster for cluster, name in after if after[cluster, name]["confirmed"]} == {"c-1", "c-3"}


def test_watch_brings_up_who_joined_hops_and_variants(world):
    harbor = [f"quietharbor{chr(97 + i)}.test" for i in range(12)]
    world.clusters(DAY, {"c-1": OLD, "c-3": harbor})
    world.give("c-3", "watch")
    world.run()
    assert {row["kind"] for row in world.rows("watched")} == {"joined"}, "it is new today"
    fled = [f"fled{i}.test" for i in range(3)]
    near = ["quietharborb.example", "quietharbrob.test"]
    world.listed(NEXT, [*near, "newcomer.test", *fled, "unlike.test"], "registered")
    world.listed(NEXT, ["newcomer.test"])
    lineage = [("c-3", "continues", "c-3", 12), ("c-6", "hops", "c-3", 3), ("c-7", "hops", "c-1", 3)]
    world.clusters(NEXT, {"c-1": OLD, "c-3": [*harbor, "newcomer.test"], "c-6": fled, "c-7": OLD[:3]}, (), lineage)
    result = world.run(NEXT)
    assert [
        (row["kind"], row["domain"], row["cluster_id"], row["related"], row["reported"])
        for row in world.rows("watched", NEXT)
    ] == [
        *(("hop", name, "c-6", "c-3", False) for name in fled),
        ("joined", "newcomer.test", "c-3", None, True),
        ("variant", "quietharborb.example", "c-3", "quietharborb.test", False),
        ("variant", "quietharbrob.test", "c-3", "quietharborb.test", False),
    ]
    assert {row["subject"] for row in world.rows("watched", NEXT)} == {"c-3"}
    assert result.found["watched"] == 6
    world.give("c-3", "withdrawn", NEXT, 1)
    world.run(NEXT)
    assert world.rows("watched", NEXT) == []


def test_a_watched_cluster_that_stands_no_more_is_watched_for_its_like(world):
    world.clusters(DAY, {"c-1": OLD, "c-3": ["quietharbor.test", "quietwaters.test", "stillwaters.test"]})
    world.give("c-3", "watch")
    world.listed(NEXT, ["quietharbor.example"], "registered")
    world.clusters(NEXT, {"c-1": OLD})
    world.run(NEXT)
    assert [(row["kind"], row["domain"]) for row in world.rows("watched", NEXT)] == [("variant", "quietharbor.example")]


def test_a_watched_value_brings_up_who_shows_it_for_the_first_time(world):
    world.hosted(DAY, ["first.test"])
    world.give(BULK_VALUE, "watch")
    world.run()
    assert [(row["kind"], row["domain"]) for row in world.rows("watched")] == [("value", "first.test")]
    world.hosted(NEXT, ["first.test", "second.test", OLD[0]])
    again(world, {"c-1": OLD, "c-2": OTHERS}, [("c-1", "continues", "c-1", 40)])
    assert [(row["kind"], row["domain"], row["cluster_id"]) for row in world.rows("watched", NEXT)] == [
        ("value", OLD[0], "c-1"), ("value", "second.test", None),
    ]  # fmt: skip


def test_running_twice_changes_no_byte(world, tmp_path):
    world.give("c-1", "benign")
    world.give("c-2", "watch")
    for _ in range(2):
        world.run()
        files = {path: path.read_bytes() for path in (tmp_path / "lake").glob("*/*/burst.parquet")}
    assert {path.parent.parent.name for path in files} >= {"judgement", "spared", "watched", "sibling"}
    world.run()
    assert all(path.read_bytes() == content for path, content in files.items())


def test_without_verdicts_there_is_nothing_to_say(world):
    since = world.settings.window_start(DAY)
    with lake_database(world.settings, since=since, until=DAY, only=TABLES) as con:
        standing = verdicts.judge(con, world.settings, DAY)
        assert (standing.verdicts, standing.values, standing.earlier) == (0, 0, PAST[-1])
        assert verdicts.watched(con, world.settings, DAY, standing).num_rows == 0
