"""Routing, for any world: each domain to its sponsor of today, no unreported one alleged, each contact in its place."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_packets_world import DAY, World, at, folder, packet, run_world, table, told, tree

REGISTRARS = (7, 8, 9)
record = st.fixed_dictionaries(
    {
        "registrar": st.sampled_from([*REGISTRARS, None]),
        "hour": st.integers(8, 12),
        "days_ago": st.integers(0, 2),
        "source": st.sampled_from(["rdap", "whois", "import"]),
        "status": st.sampled_from([["active"], ["client hold"], None]),
        "abuse_source": st.sampled_from(["registrar_rdap", "registry_rdap", "whois"]),
    }
)
domain = st.fixed_dictionaries(
    {
        "records": st.lists(record, max_size=3),
        "reported_days_ago": st.lists(st.sampled_from([0, 0, 5, 89, 90]), max_size=2),
        "cluster": st.sampled_from(["c-burst", "c-burst", "c-burst", "c-calm", None]),
        "told_to": st.sampled_from([*REGISTRARS, None]),
    }
)
worlds = st.dictionaries(
    st.sampled_from([f"d{n}.example" for n in range(8)] + ["xn--exmple-cua.test"]), domain, max_size=6
)
few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])


def build(domains: dict[str, dict[str, Any]]) -> World:
    world = World()
    world.burst("c-burst")
    for name, facts in domains.items():
        for row in facts["records"]:
            day = DAY - dt.timedelta(days=row["days_ago"])
            world.registered(
                name, row["registrar"], day, observed_at=at(day, row["hour"]), source=row["source"],
                status=row["status"], abuse_source=row["abuse_source"], endpoint=f"{row['registrar']}.rdap.example",
            )  # fmt: skip
        for ago in facts["reported_days_ago"]:
            world.reported(name, DAY - dt.timedelta(days=ago))
        if facts["cluster"]:
            world.member(name, facts["cluster"])
        if facts["told_to"]:
            act = {"packet_id": f"p-old-{name}", "domain": name}
            world.add("packet_item", DAY - dt.timedelta(days=20), **act, state="new", cluster_id="c-burst")
            world.add(
                "packet", DAY - dt.timedelta(days=20), packet_id=act["packet_id"], scope="registrar",
                key=str(facts["told_to"]), written_at=at(DAY),
            )  # fmt: skip
    return world


def sponsor(records: list[dict[str, Any]]) -> int | None:
    """An independent reading of the rule: newest, then RDAP before WHOIS before import; known only if all agree."""
    order = {"rdap": 0, "whois": 1, "import": 2}
    ranked = sorted({(-r["days_ago"], r["hour"], -order[r["source"]]) for r in records})
    newest = {r["registrar"] for r in records if (-r["days_ago"], r["hour"], -order[r["source"]]) in ranked[-1:]} - {
        None
    }
    return newest.pop() if len(newest) == 1 else None


@few
@given(worlds)
def test_each_domain_goes_to_its_sponsor_and_no_unreported_one_is_alleged(domains: dict[str, dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as data:
        run_world(build(domains), Path(data))
        alleged: set[str] = set()
        for registrar in REGISTRARS:
            here = told(Path(data), registrar)
            alleged |= here.keys()
            for name in here:
                facts = domains[name]
                assert sponsor(facts["records"]) == registrar
                assert any(ago < 90 for ago in facts["reported_days_ago"])
                assert facts["cluster"] == "c-burst"
            if here:
                check_files(folder(Path(data), registrar), set(here), domains)
                check_contacts(Path(data), registrar)
        for name, facts in domains.items():
            due = 0 in facts["reported_days_ago"] and facts["cluster"] == "c-burst" and sponsor(facts["records"])
            held = any(row["status"] == ["client hold"] for row in facts["records"])
            assert not due or held or name in alleged


def check_files(packet_folder: Path, here: set[str], domains: dict[str, dict[str, Any]]) -> None:
    assert {row["domain"].replace("[.]", ".") for row in table(packet_folder / "domains.csv")} == here
    assert {path.stem for path in (packet_folder / "xarf").iterdir()} == here
    siblings = {row["domain"].replace("[.]", ".") for row in table(packet_folder / "siblings-not-alleged.csv")}
    assert all(not domains[name]["reported_days_ago"] for name in siblings)
    unreported = {name for name, facts in domains.items() if not facts["reported_days_ago"] and not facts["told_to"]}
    for path in packet_folder.rglob("*"):
        if path.is_file() and path.name != "siblings-not-alleged.csv" and path.suffix != ".eml":
            content = path.read_text()
            assert not any(name in content or name.replace(".", "[.]") in content for name in unreported)


def check_contacts(data: Path, registrar: int) -> None:
    """No contact of one registrar is in another's packet."""
    assert packet(data, registrar)["recipient"]["contact"]["email"] == [f"abuse@registrar-{registrar}.example"]
    for name, content in tree(folder(data, registrar)).items():
        for other in set(REGISTRARS) - {registrar}:
            assert f"registrar-{other}.example".encode() not in content, name


@settings(few, max_examples=4)
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(domains: dict[str, dict[str, Any]], rng: random.Random) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        world, shuffled = build(domains), World()
        for (name, day), rows in rng.sample(list(world.rows.items()), len(world.rows)):
            shuffled.rows[name, day] = rng.sample(rows, len(rows))
        run_world(world, Path(one))
        run_world(shuffled, Path(two))
        assert tree(Path(one) / "packets") == tree(Path(two) / "packets")
