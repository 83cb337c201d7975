"""The score of a membership, over tables that one can see through."""

import datetime as dt
import math
import random
from dataclasses import asdict

import duckdb
import pyarrow as pa
import pytest

from churn.link.score import MEMBERSHIP
from churn.store.queries import relation

DAY = dt.date(2026, 3, 8)
FAMILIES = ("owner", "registration", "infrastructure", "name", "report", "arrival")


def scores(members):
    """Member -> score by the query: each is (component, role, holds, [(family, domains with the value, inside)])."""
    ties = [
        {"id": i, "component": m[0], "family": family, "domains": domains, "inside": inside}
        for i, m in enumerate(members)
        for family, domains, inside in m[3]
    ]
    tables = {
        "today_member": [
            {"id": i, "component": m[0], "cluster_id": f"c-{m[0]}", "domain": f"d{i}.test", "role": m[1], "place": i}
            for i, m in enumerate(members)
        ],
        "robustness": [{"id": i, "holds": m[2]} for i, m in enumerate(members)],
        "window_domain": [{"id": i, "reported_day": None} for i in range(len(members))],
        "tie": [{"id": row["id"], "code": code} for code, row in enumerate(ties)],
        "inside": [
            {"component": row["component"], "code": code, "domains": row["inside"]} for code, row in enumerate(ties)
        ],
        "value_text": [
            {"code": code, "family": row["family"], "domains": row["domains"]} for code, row in enumerate(ties)
        ],
    }
    with duckdb.connect(config={"threads": 1}) as con:
        for name, rows in tables.items():
            con.register(name, pa.Table.from_pylist(rows))
        found = (
            relation(con, "churn.link", "cluster_member", day=DAY, **asdict(MEMBERSHIP)).to_arrow_table().to_pylist()
        )
    return {int(row["domain"][1:-5]): row["score"] for row in found}


def by_hand(role, holds, values, size):
    """The model as `churn.link.score` tells it."""
    names = {family for family, _, _ in values} <= {"name", "arrival"}
    own = max(inside / domains for _, domains, inside in values)
    spread = min(1, max(inside for _, _, inside in values) / size / MEMBERSHIP.wide)
    odds = MEMBERSHIP.constant + MEMBERSHIP.own * own + MEMBERSHIP.spread * spread
    odds += MEMBERSHIP.attached * (role == "attached") + MEMBERSHIP.names_only * names + MEMBERSHIP.holds * holds
    return 1 / (1 + math.exp(-odds))


def some_value(pick, size):
    """A value of any family that two or more of a cluster of that size have, and any number of others."""
    inside = pick.randint(2, size)
    return pick.choice(FAMILIES), inside + pick.choice([0, pick.randint(1, 50), 500]), inside


def some_cluster(pick, component):
    """2 to 20 members."""
    size = pick.randint(2, 20)
    return [
        (
            component,
            pick.choice(["core", "attached"]),
            pick.random() < 0.5,
            [some_value(pick, size) for _ in range(pick.randint(1, 4))],
        )
        for _ in range(size)
    ]


def test_the_query_is_the_formula():
    pick = random.Random(5)
    clusters = [some_cluster(pick, component) for component in range(100)]
    members = [member for cluster in clusters for member in cluster]
    found = scores(members)
    assert found.keys() == set(range(len(members)))
    for number, (component, *rest) in enumerate(members):
        assert found[number] == pytest.approx(by_hand(*rest, len(clusters[component])), abs=1e-4)
        assert 0 < found[number] < 1
    assert len(set(found.values())) > 100


def test_another_value_never_lowers_a_score():
    """Each cluster twice: as it is, and with one more value of its first member."""
    pick = random.Random(6)
    members, firsts = [], []
    for component in range(0, 200, 2):
        cluster = some_cluster(pick, component)
        twin = [(component + 1, *member[1:]) for member in cluster]
        twin[0] = (*twin[0][:3], [*twin[0][3], some_value(pick, len(twin))])
        firsts.append((len(members), len(members) + len(cluster)))
        members += cluster + twin
    found = scores(members)
    assert all(found[more] >= found[before] for before, more in firsts)
    assert any(found[more] > found[before] for before, more in firsts)


def test_memberships_are_ordered_by_their_evidence():
    """From all that can speak for a membership to next to nothing, one thing less each time."""
    best = [("infrastructure", 10, 10), ("registration", 10, 10)]
    crowded = [("infrastructure", 40, 10), ("registration", 40, 10)]
    narrow = [("infrastructure", 8, 2), ("registration", 8, 2)]
    names = [("name", 8, 2), ("arrival", 8, 2)]
    ways = [("core", True, best), ("core", True, crowded), ("core", True, narrow), ("core", False, narrow)]
    ways += [("core", False, names), ("attached", False, names)]
    found = scores([(0, *way) for way in [*ways, *[ways[0]] * 14]])
    ordered = [found[number] for number in range(len(ways))]
    assert ordered == sorted(set(ordered), reverse=True)
    assert ordered[0] > 0.9
    assert ordered[-1] < 0.5
