"""The tests of a day on lakes that are written by hand: what is asked, what gates keep out, what is told."""

import datetime as dt
import random

import pyarrow.parquet as pq
import pytest

from churn import burst
from churn.burst.stage import TABLES, answers
from churn.results import silent
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of, scratch

DAY = dt.date(2026, 3, 20)
PAST = [DAY - dt.timedelta(days=n) for n in range(10, 0, -1)]


class Lake:
    """Writes facts and clusters of some days."""

    def __init__(self, tmp_path):
        self.settings = load_settings(data=tmp_path, clock="day", hash_key="0123456789abcdef")
        self.lake = lake_of(self.settings)

    def sightings(self, day, domains, feed="registered", *, kind=None, gate="ok", backlog=False):
        at = self.settings.now(day)
        told = {"kind": kind or feed, "feed": feed, "seen_at": at, "day": day}
        self.lake.write_rows("sighting", day, f"feed-{feed}", [{"domain": d, "fqdn": d, **told} for d in domains])
        fed = {"feed": feed, "day": day, "kind": kind or feed, "rows": len(domains), "gate": gate, "backlog": backlog}
        self.lake.write_rows("feed_day", day, f"feed-{feed}", [fed])

    def clusters_of(self, day, members, first_days, reported=()):
        days, rows = [], []
        for cluster, domains in members.items():
            told = {"day": day, "cluster_id": cluster, "size": len(domains), "first_day": first_days[cluster]}
            told |= {"name": "still pond", "registrars": ["Registrar One"], "tlds": ["test"]}
            days.append(told | {"reported_members": len(set(domains) & set(reported))})
            rows += [{"day": day, "cluster_id": cluster, "domain": d, "role": "core"} for d in domains]
        self.lake.write_rows("cluster_day", day, "link", days)
        self.lake.write_rows("cluster_member", day, "link", rows)

    def forms(self, day, templates):
        rows = [{"domain": d, "label": d, "template": t, "day": day} for d, t in templates.items()]
        self.lake.write_rows("name_form", day, "link", rows)

    def run(self, day=DAY):
        burst.run(self.settings, day)
        with lake_database(self.settings, since=day, until=day, only=("burst", "burst_member")) as con:
            return con.sql("FROM burst ORDER BY kind, scope, burst_id").to_arrow_table().to_pylist(), {
                row[0]: set(row[1])
                for row in con.sql("SELECT burst_id, list(domain) FROM burst_member GROUP BY 1").fetchall()
            }

    def questions(self, day=DAY):
        since = self.settings.window_start(day)
        with lake_database(self.settings, since=since, until=day, only=TABLES) as con:
            return answers(con, self.settings, day, silent)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def names(prefix, n):
    return [f"{prefix}{i}.test" for i in range(n)]


def a_cluster_that_stood(lake, gained=1):
    """Ten days of three hundred new names a day, of which `gained` join a cluster of 40."""
    members = names("old", 40)
    for day in PAST:
        joined = names(f"j{day.day}x", gained)
        lake.sightings(day, names(f"d{day.day}x", 300) + joined)
        members = members + joined
        lake.clusters_of(day, {"c-1": members}, {"c-1": PAST[0]})
        lake.sightings(day, names(f"d{day.day}x", 20), "reported")
    return members


@pytest.mark.parametrize(("gate", "backlog", "found"), [
    ("ok", False, 1), ("stale", False, 0), ("repeated", False, 0), ("shrunken", False, 0), ("ok", True, 0),
])  # fmt: skip
def test_a_listing_burst_needs_a_feed_that_may_be_believed(lake, gate, backlog, found):
    members = a_cluster_that_stood(lake)
    lake.sightings(DAY, names("today", 300))
    lake.sightings(DAY, members[:15], "reported", gate=gate, backlog=backlog)
    lake.clusters_of(DAY, {"c-1": members}, {"c-1": PAST[0]}, members[:15])
    bursts, domains = lake.run()
    assert [row["kind"] for row in bursts] == ["listing"] * found
    if found:
        (row,) = bursts
        assert (row["observed"], row["reported_members"], domains[row["burst_id"]]) == (15, 15, set(members[:15]))
        assert row["p_value"] <= row["q_value"] < 0.01
        assert row["story"].startswith("15 of the 50 domains of cluster still pond were newly put on reported lists")
        assert "35 of its domains are on no reported list yet; sponsored by Registrar One." in row["story"]
        assert not any(domain in row["story"] for domain in members)


def test_what_another_list_had_yesterday_is_no_news(lake):
    members = a_cluster_that_stood(lake)
    lake.sightings(PAST[-1], members[:15], "other", kind="reported")
    lake.sightings(DAY, names("today", 300))
    lake.sightings(DAY, members[:15], "reported")
    lake.clusters_of(DAY, {"c-1": members}, {"c-1": PAST[0]}, members[:15])
    assert [row for row in lake.run()[0] if row["kind"] == "listing"] == []


def test_growth_is_told_from_a_merger(lake):
    """Sixty members of another cluster join: nobody was gained. Sixty unknown names join: they were."""
    members = a_cluster_that_stood(lake)
    others = names("other", 60)
    lake.clusters_of(PAST[-1], {"c-1": members, "c-2": others}, {"c-1": PAST[0], "c-2": PAST[0]})
    lake.sightings(DAY, names("today", 300))
    lake.clusters_of(DAY, {"c-1": members + others}, {"c-1": PAST[0]})
    by_id = lake.questions().set_index("question_id")
    assert by_id.loc["growth-1", "observed"] == 0
    assert by_id.loc["growth-1", "expected"] < 5
    lake.clusters_of(DAY, {"c-1": members + names("today", 60)}, {"c-1": PAST[0]})
    by_id = lake.questions().set_index("question_id")
    assert by_id.loc["growth-1", "observed"] == 60
    assert by_id.loc["growth-1", "p_value"] < 0.01


def test_a_cluster_is_compared_with_its_own_past(lake):
    """Twenty new members are a burst for one that gains one a day, and none for one that gains twenty."""
    tails = {}
    for gained in (1, 20):
        members = a_cluster_that_stood(lake, gained)
        fresh = names("fresh", 20)
        lake.sightings(DAY, names("today", 300) + fresh)
        lake.clusters_of(DAY, {"c-1": members + fresh}, {"c-1": PAST[0]})
        rows = lake.questions().set_index("question_id")
        tails[gained] = rows.loc["registration-1", "p_value"]
    assert tails[1] < 0.02
    assert tails[20] > 0.2


def test_a_new_cluster_is_compared_with_first_days(lake):
    """A cluster is found because its members came together; a usual first day is no burst, a huge one is."""
    rng = random.Random(1)
    for day in PAST:
        fresh = names(f"d{day.day}x", 300)
        lake.sightings(day, fresh)
        found, place = {}, 0
        for number in range(8):
            size = rng.choice([3, 5, 8, 12, 20, 40])
            found[f"c-{day.day}-{number}"] = fresh[place : place + size]
            place += size
        lake.clusters_of(day, found, dict.fromkeys(found, day))
    today = names("today", 300)
    lake.sightings(DAY, today)
    lake.clusters_of(DAY, {"c-usual": today[:40], "c-huge": today[40:]}, {"c-usual": DAY, "c-huge": DAY})
    bursts, _ = lake.run()
    assert [(row["kind"], row["cluster_id"]) for row in bursts] == [("registration", "c-huge")]
    assert "growth" not in set(lake.questions()["kind"])


def with_templates(lake, today, gate="ok"):
    """Ten days of two templates, of ten and of five hundred names a day, and a hundred new ones; then `today`."""
    for day in PAST:
        usual, rare = of("w7.test", 500, f"d{day.day}x"), of("w4d2.test", 10, f"r{day.day}x")
        scattered = {f"s{day.day}{i}.test": f"x{day.day}x{i}.test" for i in range(100)}
        lake.sightings(day, [*usual, *rare, *scattered])
        lake.forms(day, usual | rare | scattered)
    lake.sightings(DAY, list(today), gate=gate)
    lake.forms(DAY, today)


def of(template, n, prefix):
    return dict.fromkeys(names(prefix, n), template)


def test_a_template_is_compared_with_its_own_past(lake):
    with_templates(lake, of("w7.test", 500, "u") | of("w4d2.test", 120, "r") | of("w9d9.test", 60, "n"))
    bursts, domains = lake.run()
    assert [(row["scope"], row["observed"]) for row in bursts] == [("w4d2.test", 120), ("w9d9.test", 60)]
    assert [row["cluster_id"] for row in bursts] == [None, None]
    assert domains[bursts[0]["burst_id"]] == set(names("r", 120))
    assert bursts[0]["expected"] == pytest.approx(10, rel=0.3)
    assert "120 names built alike (w4d2.test) were newly registered, where" in bursts[0]["story"]


def test_templates_that_are_nearly_the_same_are_counted_apart(lake):
    """DuckDB's hash of these two is the same: only each eighth octet differs."""
    usual, rare = "ddddwwwcwdwdwdwa.test", "ddddwwwdwdwdwdwf.test"
    with scratch(lake.settings) as con:
        assert con.execute("SELECT hash($1) = hash($2)", [usual, rare]).fetchall() == [(True,)]
    for day in PAST:
        forms = of(usual, 300, f"d{day.day}x")
        lake.sightings(day, [*forms])
        lake.forms(day, forms)
    today = of(usual, 300, "u") | of(rare, 60, "r")
    lake.sightings(DAY, [*today])
    lake.forms(DAY, today)
    bursts, domains = lake.run()
    assert [(row["scope"], row["observed"]) for row in bursts] == [(rare, 60)]
    assert domains[bursts[0]["burst_id"]] == set(names("r", 60))


def test_a_template_is_judged_by_its_share_of_a_feed(lake):
    """The feed is half as long: as many as ever of one template are twice its share."""
    with_templates(lake, of("w7.test", 250, "u") | of("w4d2.test", 10, "r"))
    rows = lake.questions().set_index("scope")
    assert rows.loc["w7.test", "expected"] == pytest.approx(260 * 500 / 610, rel=0.05)
    assert rows["p_value"].min() > 0.01


@pytest.mark.parametrize("gate", ["stale", "shrunken", "repeated"])
def test_names_of_a_feed_that_is_not_to_be_believed_are_no_burst(lake, gate):
    with_templates(lake, of("w7.test", 500, "u") | of("w4d2.test", 120, "r"), gate=gate)
    assert lake.run()[0] == []


def test_days_of_bad_gates_are_left_out_of_the_past(lake):
    with_templates(lake, of("w7.test", 500, "u") | of("w4d2.test", 30, "r"))
    usual = lake.questions().set_index("scope").loc["w4d2.test", "expected"]
    for day in PAST[:3]:
        lake.sightings(day, names("again", 1000), gate="repeated")
        lake.forms(day, of("w4d2.test", 1000, "again"))
    assert lake.questions().set_index("scope").loc["w4d2.test", "expected"] == pytest.approx(usual, rel=0.2)


def test_a_batch_of_one_minute_is_told(lake):
    """Two registrars with single orders all day; today one has eighty under one TLD within a minute."""
    for day in [*PAST, DAY]:
        fresh = names(f"d{day.day}x", 300)
        lake.sightings(day, fresh)
        at = lake.settings.now(day)
        rows = [
            {
                "domain": domain, "observed_at": at, "source": "rdap", "day": day,
                "registrar": f"Registrar {i % 2}", "registrar_iana_id": 10 + i % 2,
                "created_at": dt.datetime.combine(day, dt.time(), dt.UTC)
                + dt.timedelta(minutes=720 if day == DAY and i % 2 == 0 and i < 160 else 4 * i + 1, seconds=i % 60),
            }
            for i, domain in enumerate(fresh)
        ]  # fmt: skip
        lake.lake.write_rows("registration", day, "rdds", rows)
    bursts, domains = lake.run()
    (row,) = bursts
    assert (row["observed"], row["scope"]) == (80, f"Registrar 0, .test, {DAY} 12:00 UTC")
    assert len(domains[row["burst_id"]]) == 80


def test_the_order_of_rows_changes_nothing(lake):
    with_templates(lake, of("w7.test", 500, "u") | of("w4d2.test", 120, "r") | of("w9d9.test", 60, "n"))
    first = lake.run()
    for table in ("sighting", "name_form"):
        for path in lake.lake.files(table):
            rows = pq.read_table(path)
            pq.write_table(rows.take(random.Random(2).sample(range(len(rows)), len(rows))), path)
    assert lake.run() == first


def test_one_rate_for_all_questions(lake):
    """q-values are Benjamini-Hochberg over every question, with equal parts of the error for kinds and sources."""
    members = a_cluster_that_stood(lake)
    with_templates(lake, of("w7.test", 500, "u") | of("w4d2.test", 120, "r"))
    lake.clusters_of(DAY, {"c-1": members}, {"c-1": PAST[0]})
    rows = lake.questions()
    assert set(rows["source"]) == {"cluster", "template"}
    parts = len(set(zip(rows["kind"], rows["source"], strict=True)))
    assert (rows["error_part"] == rows["questions"] * parts).all()
    ordered = rows.sort_values("q_value").reset_index(drop=True)
    scaled = (ordered["p_value"] * ordered["error_part"]).sort_values().reset_index(drop=True)
    assert ordered["q_value"].iloc[0] <= max(scaled.iloc[0], ordered["p_value"].iloc[0]) + 1e-15


def test_without_anything_there_is_nothing(lake):
    lake.sightings(DAY, names("today", 10))
    assert lake.run() == ([], {})
