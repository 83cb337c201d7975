"""Siblings: who is nearest to those who were reported."""

import datetime as dt
import math
import random

import pytest

from churn.burst.siblings import MEMBER, MOST, ROWS_PER_CLUSTER, VARIANT, siblings
from churn.burst.variants import of_reported
from churn.settings import Settings
from churn.store.database import lake_database, lake_of

DAY = dt.date(2026, 3, 8)
TABLES = ("cluster_member", "link", "sighting", "name_form")


class Lake:
    """A lake of one cluster day: members, ledger, sightings and forms of names."""

    def __init__(self, folder):
        self.settings = Settings(data=folder, clock="day", threads=1, hash_key="0123456789abcdef")
        self.rows = {table: {} for table in TABLES}

    def add(self, table, day=DAY, **row):
        self.rows[table].setdefault(day, []).append({"day": day} | row)

    def member(self, domain, cluster="c-1", role="core", score=0.8, reported=False, own=1.0):
        self.add("cluster_member", cluster_id=cluster, domain=domain, role=role, score=score, reported=reported)
        value = {"family": "owner", "field": "registrant_email", "value": f"{cluster} {own}", "domains_with_value": 100}
        self.add("link", cluster_id=cluster, domain=domain, in_cluster=round(100 * own), **value)
        if reported:
            self.seen(domain, "reported")

    def seen(self, domain, kind="registered", day=DAY):
        self.add("sighting", day, domain=domain, fqdn=domain, kind=kind, feed=kind, seen_at=self.settings.now(day))

    def database(self):
        for table, days in self.rows.items():
            for day, rows in days.items():
                lake_of(self.settings).write_rows(table, day, "test", rows)
        since = self.settings.window_start(DAY)
        return lake_database(self.settings, since=since, until=DAY, only=TABLES)

    def siblings(self):
        """Domain -> (cluster, probability, basis), in the order of the table."""
        with self.database() as con:
            rows = siblings(con, self.settings, DAY).to_pylist()
        assert len({(row["cluster_id"], row["domain"]) for row in rows}) == len(rows)
        assert all(row["day"] == DAY and 0 < row["probability"] <= MOST for row in rows)
        return {row["domain"]: (row["cluster_id"], row["probability"], row["basis"]) for row in rows}


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def expected(model, **features):
    """The model by hand."""
    odds = model.constant + sum(model.coefficients[name] * value for name, value in features.items())
    assert set(features) == set(model.coefficients)
    return round(min(MOST, 1 / (1 + math.exp(-odds))), 4)


def test_unreported_members_are_ranked_and_the_reported_and_other_clusters_are_not(lake):
    lake.member("reported.test", reported=True)
    lake.member("sure.test", score=0.95)
    lake.member("core.test", score=0.6)
    lake.member("attached.test", score=0.4, role="attached")
    lake.member("crowded.test", score=0.4, role="attached", own=0.2)
    lake.member("elsewhere.test", cluster="c-2")
    found = lake.siblings()
    assert list(found) == ["sure.test", "core.test", "attached.test", "crowded.test"]
    assert {row[::2] for row in found.values()} == {("c-1", "member")}
    odds = math.log(1.5 / 4.5)
    features = {"score": math.log(0.4 / 0.6), "reported": 0.0, "share": odds}
    assert found["attached.test"][1] == expected(MEMBER, own=1, **features)
    assert found["crowded.test"][1] == expected(MEMBER, own=0.2, **features)


def test_more_reported_members_make_the_others_more_probable(tmp_path):
    def probability(reported):
        lake = Lake(tmp_path / str(reported))
        for number in range(40):
            lake.member(f"d{number:02}.test", reported=number < reported, score=0.5, role="attached")
        return lake.siblings()["d39.test"][1]

    assert probability(1) < probability(4) < probability(20) <= MOST


def test_a_cluster_has_ten_thousand_rows_at_most_and_they_are_the_best(lake):
    lake.member("reported.test", reported=True)
    for number in range(ROWS_PER_CLUSTER + 40):
        lake.member(f"d{number:05}.test", score=0.3 if number < 40 else 0.9)
    found = lake.siblings()
    assert len(found) == ROWS_PER_CLUSTER
    assert min(found) == "d00040.test"


def variants(lake, reported, arrivals, before=()):
    """What is found of the day's arrivals with one cluster of those reported members."""
    for domain in reported:
        lake.member(domain, reported=True)
    for domain in arrivals:
        lake.seen(domain)
    for domain in before:
        lake.seen(domain, day=DAY - dt.timedelta(days=3))
    return lake.siblings()


def test_variants_of_a_reported_name(lake):
    lake.seen("quiet-harbor.test")
    near = ["quiet-harbor.example", "quietharbor.test", "quiet-harbro.test", "quiet-harbors.test", "qu1et-h4rbor.test"]
    far = ["quietharbors.test", "quick-harvest.test", "harbor.test"]
    lake.add("name_form", domain="quiet-harbor.test", skeleton="quietharbor")
    lake.add("name_form", domain="qu1et-h4rbor.test", skeleton="quietharbor")
    found = variants(lake, ["quiet-harbor.test"], near + far)
    assert sorted(found) == sorted(near)
    assert {row[::2] for row in found.values()} == {("c-1", "variant")}
    features = {"age": 0.0, "mistaken": 0, "members": 0.0, "crowd": 0.0}
    assert found["quiet-harbor.example"][1] == expected(VARIANT, same=1, length=math.log(12), **features)
    assert found["quiet-harbors.test"][1] == expected(VARIANT, same=0, length=math.log(13), **features)


def test_reported_names_members_short_labels_and_counters_are_no_variants(lake):
    lake.seen("winter10.test")
    lake.seen("winter12.test", "reported")
    lake.member("winters10.test")
    arrivals = ["winter11.test", "winter12.test", "winters10.test", "short.example", "winter10.test"]
    assert set(variants(lake, ["winter10.test", "short.test"], arrivals)) == {"winters10.test"}
    assert lake.siblings()["winters10.test"][2] == "member"


def test_a_common_word_and_an_old_name_make_variants_less_probable(tmp_path):
    def probability(before=(), registered=DAY):
        lake = Lake(tmp_path / f"{len(before)} {registered}")
        lake.seen("harborlights.test", day=registered)
        return variants(lake, ["harborlights.test"], ["harborlight.test"], before)["harborlight.test"][1]

    crowd = ["harborlights.one", "harborlightz.two", "arborlights.three", "harborights.four", "harborfights.five"]
    assert probability(crowd[:2]) < probability()
    assert probability(registered=DAY - dt.timedelta(days=3)) < probability()
    with pytest.raises(KeyError):  # among many neighbours and after weeks it is not told at all
        probability(crowd, DAY - dt.timedelta(days=30))


def edits(one, other):
    """Edits between two texts, transpositions included (optimal string alignment), by the plain recursion."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            change = one[i - 1] != other[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + change)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


def test_one_edit_is_what_the_plain_recursion_says(lake):
    pick = random.Random(8)
    labels = sorted({"".join(pick.choices("ab", k=pick.randrange(6, 10))) for _ in range(60)})
    for label in labels[::2]:
        lake.member(f"{label}.test", reported=True)
    for label in labels[1::2]:
        lake.seen(f"{label}.example")
    with lake.database() as con:
        rows = of_reported(con, DAY, 90, []).to_pylist()
    wanted = {
        f"{label}.example": sum(edits(label, other) == 1 for other in labels[::2])
        for label in labels[1::2]
        if any(edits(label, other) == 1 for other in labels[::2])
    }
    assert {row["domain"]: round(math.exp(row["members"])) for row in rows} == wanted


def test_the_order_of_rows_changes_nothing(tmp_path):
    def found(name, order):
        lake = Lake(tmp_path / name)
        for number in order:
            lake.member(f"steady{number}name.test", reported=number % 5 == 0, score=0.5 + number % 3 / 10)
            lake.seen(f"steady{number}names.test")
        return list(lake.siblings().items())

    shuffled = random.Random(1).sample(range(40), 40)
    assert found("one", range(40)) == found("other", shuffled)


def test_a_day_with_nothing_has_no_siblings(lake):
    assert lake.siblings() == {}


def test_numbers_and_encodings_have_no_variants_by_an_edit(lake):
    """But under another suffix they have; how many others are beside a number is told by its crowd."""
    arrivals = [
        "8888888.example",
        "888888a.test",
        "xn--mnchen-3ya.example",
        "xn--mnchen-3yb.test",
        "xn--mnchen3-ya.test",
    ]
    before = ["8888889.test", "88888.test", "888888.test", "8888888.one"]
    for domain in ("8888888.test", "xn--mnchen-3ya.test"):
        lake.member(domain, reported=True)
    for domain in arrivals:
        lake.seen(domain)
    for domain in before:
        lake.seen(domain, day=DAY - dt.timedelta(days=3))
    with lake.database() as con:
        rows = {row["domain"]: row for row in of_reported(con, DAY, 90, []).to_pylist()}
    assert sorted(rows) == ["8888888.example", "xn--mnchen-3ya.example"]
    assert [round(math.exp(row["crowd"])) - 1 for _, row in sorted(rows.items())] == [3, 0]
