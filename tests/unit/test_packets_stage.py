"""The stage on small worlds: who is told, who is not, what is said again, and that a rerun changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from test_packets_world import DAY, World, at, folder, packet, run_world, settings_of, table, told, tree

from churn.packets import run, stage
from churn.store.database import lake_database
from churn.store.ledger import ledger_of

YESTERDAY, LATER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=14)


def case(domain: str = "one.example", registrar: int | None = 7, **record: Any) -> World:
    world = World()
    world.burst()
    world.case(domain, registrar, **record)
    return world


def ledger_rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with lake_database(settings_of(data), until=DAY + dt.timedelta(days=99)) as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize(
    "burst", [{"kind": "registration"}, {"kind": "growth"}, {"q_value": 0.01}, {"cluster_id": "c-2"}]
)
def test_without_a_flagged_listing_burst_of_the_cluster_nobody_is_told(tmp_path: Path, burst: dict[str, Any]) -> None:
    world = World()
    world.case("one.example")
    row = {"kind": "listing", "cluster_id": "c-1", "observed": 30, "expected": 0.4, "p_value": 0.0, "q_value": 0.001}
    world.add("burst", DAY, burst_id="b", **(row | burst))
    result = run_world(world, tmp_path)
    assert (result.rows_out, told(tmp_path, 7)) == (0, {})


def test_a_reported_domain_outside_the_cluster_is_not_told(tmp_path: Path) -> None:
    world = case()
    world.reported("lonely.example")
    world.registered("lonely.example", 7)
    run_world(world, tmp_path)
    assert told(tmp_path, 7) == {"one.example": "new"}


def test_a_cluster_that_an_analyst_called_benign_is_left_alone(tmp_path: Path) -> None:
    world = case()
    for hour, verdict in ((8, "confirmed"), (9, "benign")):
        world.add("verdict", DAY, subject="c-1", verdict=verdict, given_by="x", given_at=at(DAY, hour))
    assert run_world(world, tmp_path).rows_out == 0


def test_unreported_members_are_in_a_file_of_their_own_and_in_no_other(tmp_path: Path) -> None:
    world = case()
    world.registered("sibling.example", 7)
    world.member("sibling.example")
    run_world(world, tmp_path)
    names = {name: content for name, content in tree(folder(tmp_path, 7)).items() if b"sibling" in content}
    assert set(names) <= {"siblings-not-alleged.csv", "cover.md", "packet.json", "message.eml", "sha256sums.txt"}
    assert not any(b"sibling.example" in content or b"sibling[.]example" in content for name, content in names.items()
                   if name != "siblings-not-alleged.csv")  # fmt: skip
    (row,) = table(folder(tmp_path, 7) / "siblings-not-alleged.csv")
    assert row["domain"] == "sibling[.]example"
    assert row["note"] == "for your associated-domain check; not alleged"
    assert "38 of them in this group" in row["why_linked"]
    assert [row["domain"] for row in table(folder(tmp_path, 7) / "domains.csv")] == ["one[.]example"]


def test_siblings_alone_make_no_packet(tmp_path: Path) -> None:
    world = case()
    world.registered("sibling.example", 9)
    world.member("sibling.example")
    run_world(world, tmp_path)
    assert not folder(tmp_path, 9).exists()


def test_the_sponsor_is_that_of_the_newest_record(tmp_path: Path) -> None:
    world = case("moved.example", 7)
    world.registered("moved.example", 8, observed_at=at(DAY, 13))
    run_world(world, tmp_path)
    assert (told(tmp_path, 7), told(tmp_path, 8)) == ({}, {"moved.example": "new"})


def test_of_one_instant_rdap_goes_before_whois(tmp_path: Path) -> None:
    world = case("one.example", 7)
    world.registered("one.example", 8, source="whois")
    run_world(world, tmp_path)
    assert (told(tmp_path, 7), told(tmp_path, 8)) == ({"one.example": "new"}, {})


def test_without_a_known_sponsor_a_domain_is_named_and_never_guessed(tmp_path: Path) -> None:
    world = case("nameless.example", None)
    world.registered("nameless.example", 7, YESTERDAY)  # an older record is no guess to fall back on
    world.reported("silent.example")
    world.member("silent.example")
    world.add(
        "lookup", DAY, domain="silent.example", kind="rdap", attempted_at=at(DAY), outcome="rate_limited", attempt=1
    )
    world.case("torn.example", 7)
    world.registered("torn.example", 8, endpoint="other.example")
    result = run_world(world, tmp_path)
    rows = {row["domain"]: row["reason"] for row in table(tmp_path / "packets" / str(DAY) / "unrouted.csv")}
    assert result.found["no_sponsor"] == 3
    assert (told(tmp_path, 7), told(tmp_path, 8)) == ({}, {})
    assert "names no registrar's IANA id" in rows["nameless[.]example"]
    assert "rate limited" in rows["silent[.]example"]
    assert "names several registrars" in rows["torn[.]example"]


@pytest.mark.parametrize(
    ("record", "dns", "settled"),
    [
        ({"status": ["clientHold"]}, None, "client_hold"),
        ({"status": ["active", "server hold"]}, None, "server_hold"),
        ({"status": ["pending delete"]}, None, "deleted"),
        ({}, "NXDOMAIN", "not_delegated"),
    ],
)
def test_what_is_settled_is_not_alleged_anew_but_told_as_resolved(
    tmp_path: Path, record: dict[str, Any], dns: str | None, settled: str
) -> None:
    world = case("one.example")
    run_world(world, tmp_path)
    world.burst(day=LATER)
    world.case("next.example", day=LATER)
    for domain in ("one.example", "never-told.example"):
        world.case(domain, day=LATER, **record)
        world.add("hosting", LATER, domain=domain, observed_at=at(LATER), rcode=dns)
    result = run_world(world, tmp_path, LATER)
    assert told(tmp_path, 7, LATER) == {"next.example": "new"}
    (row,) = packet(tmp_path, 7, LATER)["resolved"]
    assert (row["domain"], row["state_now"], row["first_told_day"]) == ("one.example", settled, str(DAY))
    assert result.found["settled"] == 1
    assert "one" not in (folder(tmp_path, 7, LATER) / "domains.csv").read_text().split("next", 1)[0]
    assert not (folder(tmp_path, 7, LATER) / "xarf" / "one.example.json").exists()


def test_an_answer_older_than_the_report_settles_nothing(tmp_path: Path) -> None:
    world = case()
    world.add("hosting", YESTERDAY, domain="one.example", observed_at=at(YESTERDAY), rcode="NXDOMAIN")
    world.add(
        "lookup",
        YESTERDAY,
        domain="one.example",
        kind="rdap",
        attempted_at=at(YESTERDAY),
        outcome="not_found",
        attempt=1,
    )
    run_world(world, tmp_path)
    assert told(tmp_path, 7) == {"one.example": "new"}


def test_a_registry_that_no_longer_knows_the_domain_settles_it(tmp_path: Path) -> None:
    world = case("gone.example", observed_at=at(DAY, 8))
    world.add(
        "lookup", DAY, domain="gone.example", kind="rdap", attempted_at=at(DAY, 10), outcome="not_found", attempt=1
    )
    assert run_world(world, tmp_path).rows_out == 0


def test_nobody_is_told_twice_within_the_repeat_time(tmp_path: Path) -> None:
    world = case()
    run_world(world, tmp_path)
    first = packet(tmp_path, 7)["packet_id"]
    for days, expected in ((13, {"fresh13.example": "new"}), (14, {"fresh14.example": "new", "one.example": "repeat"})):
        day = DAY + dt.timedelta(days=days)
        world.burst(day=day)
        world.case("one.example", day=day)
        world.case(f"fresh{days}.example", day=day)
        for earlier in (13,) if days == 14 else ():
            world.member(f"fresh{earlier}.example", day=day)
        run_world(world, tmp_path, day)
        assert told(tmp_path, 7, day) == expected
    document = packet(tmp_path, 7, LATER)
    (again,) = [row for row in document["domains"] if row["state"] == "repeat"]
    assert (again["first_told_day"], again["first_packet_id"]) == (str(DAY), first)
    assert document["counts"] == {
        "new": 1, "repeat": 1, "compromised": 0, "resolved": 0, "siblings_not_alleged": 0,
    }  # fmt: skip
    assert document["previous_packet_id"] == packet(tmp_path, 7, DAY + dt.timedelta(days=13))["packet_id"]


def test_a_domain_reported_earlier_in_the_window_is_told_when_its_cluster_bursts(tmp_path: Path) -> None:
    world = World()
    world.burst()
    for domain, age in (("late.example", 89), ("too-old.example", 90)):
        world.reported(domain, DAY - dt.timedelta(days=age))
        world.registered(domain, 7)
        world.member(domain)
    run_world(world, tmp_path)
    assert told(tmp_path, 7) == {"late.example": "new"}
    assert table(folder(tmp_path, 7) / "siblings-not-alleged.csv") == []


def test_the_ledger_says_who_was_told_what(tmp_path: Path) -> None:
    world = case()
    world.registered("sibling.example", 7)
    world.member("sibling.example")
    run_world(world, tmp_path)
    identity = packet(tmp_path, 7)["packet_id"]
    assert ledger_rows(tmp_path, "SELECT packet_id, key, recipient, new_items, path FROM packet") == [
        (identity, "7", "Registrar 7", 1, f"{DAY}/registrar-7")
    ]
    assert ledger_rows(tmp_path, "SELECT packet_id, domain, state, cluster_id FROM packet_item ORDER BY domain") == [
        (identity, "one.example", "new", "c-1"),
        (identity, "sibling.example", "not_alleged", "c-1"),
    ]


def test_a_rerun_leaves_every_byte_also_by_the_wall_clock(tmp_path: Path) -> None:
    world = case()
    world.case("two.example", 8)
    world.write(tmp_path)
    settings = settings_of(tmp_path).model_copy(update={"clock": "wall"})
    run(settings, DAY)
    before = tree(tmp_path)
    run(settings, DAY)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("where", ["write_packet", "ledger.append", "packet", "clear"])
def test_a_killed_run_is_completed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    world = case()
    world.case("two.example", 8)
    undisturbed, killed = tmp_path / "a", tmp_path / "b"
    run_world(world, undisturbed)
    world.write(killed)
    with monkeypatch.context() as patch:
        if where == "packet":
            append = stage.ledger.append
            patch.setattr(stage.ledger, "append", lambda s, t, *rest: append(s, t, *rest) if t != "packet" else 1 / 0)
        else:
            patch.setattr(f"churn.packets.stage.{where}", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(settings_of(killed), DAY)
    leftover = folder(killed, 7).with_name(".tmp-123-registrar-7")
    leftover.mkdir(parents=True, exist_ok=True)
    (leftover / "packet.json").write_text("half")
    run(settings_of(killed), DAY)
    assert tree(killed) == tree(undisturbed)


def test_a_packet_that_no_longer_holds_is_withdrawn_and_its_successor_says_so(tmp_path: Path) -> None:
    world = case()
    world.case("two.example", 8)
    run_world(world, tmp_path)
    first = packet(tmp_path, 7)["packet_id"]
    world.registered("two.example", 7, observed_at=at(DAY, 20))
    second = run_world(world, tmp_path)
    assert second.found["withdrawn"] == ["registrar-8"]
    assert not folder(tmp_path, 8).exists()
    assert packet(tmp_path, 7)["supersedes"] == [first]
    assert len(ledger_of(settings_of(tmp_path)).files("packet")) == 3


def test_the_contact_table_holds_every_registrar_that_was_seen(tmp_path: Path) -> None:
    world = case()
    world.registered("elsewhere.example", 9, abuse_email=None, abuse_source=None)
    run_world(world, tmp_path)
    assert ledger_rows(tmp_path, "SELECT key, email, source, confidence FROM contact ORDER BY key") == [
        ("7", ["abuse@registrar-7.example"], "registrar_rdap", 1.0),
        ("9", [], "none", None),
    ]


def test_the_zip_is_the_folder_and_the_digests_hold(tmp_path: Path) -> None:
    run_world(case(), tmp_path)
    files = tree(folder(tmp_path, 7))
    with zipfile.ZipFile(folder(tmp_path, 7).with_name("registrar-7.zip")) as archive:
        assert {name.removeprefix("registrar-7/"): archive.read(name) for name in archive.namelist()} == files
    sums = dict(reversed(line.split("  ")) for line in files.pop("sha256sums.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    attached = {row["name"]: row["sha256"] for row in packet(tmp_path, 7)["attachments"]}
    assert attached.items() <= sums.items()
    assert set(attached) == {"cover.md", "domains.csv", "siblings-not-alleged.csv", "xarf/one.example.json"}


def test_what_came_back_from_hold_is_told_again_at_once(tmp_path: Path) -> None:
    world = case()
    run_world(world, tmp_path)
    for days, status in ((1, ["client hold"]), (2, ["active"])):
        day = DAY + dt.timedelta(days=days)
        world.burst(day=day)
        world.case("one.example", day=day, status=status)
        world.case(f"fresh{days}.example", day=day)
        run_world(world, tmp_path, day)
    assert [row["state_now"] for row in packet(tmp_path, 7, DAY + dt.timedelta(days=1))["resolved"]] == ["client_hold"]
    assert told(tmp_path, 7, DAY + dt.timedelta(days=2)) == {"fresh2.example": "new", "one.example": "repeat"}


def test_a_member_marked_reported_without_a_sighting_is_neither_alleged_nor_a_sibling(tmp_path: Path) -> None:
    world = case()
    world.registered("unseen.example", 7)
    world.member("unseen.example", reported=True)
    run_world(world, tmp_path)
    assert not any(b"unseen" in content for content in tree(folder(tmp_path, 7)).values())


def test_siblings_are_those_of_the_groups_that_the_packet_speaks_of(tmp_path: Path) -> None:
    world = case()
    world.burst("c-2")
    world.registered("stranger.example", 7)
    world.member("stranger.example", "c-2")
    run_world(world, tmp_path)
    assert table(folder(tmp_path, 7) / "siblings-not-alleged.csv") == []
    assert [group["cluster_id"] for group in packet(tmp_path, 7)["groups"]] == ["c-1"]


def test_a_domain_on_a_dropped_list_is_gone(tmp_path: Path) -> None:
    world = case("gone.example")
    world.add(
        "sighting", DAY, domain="gone.example", fqdn="gone.example", kind="dropped", feed="drops", seen_at=at(DAY, 20)
    )
    assert run_world(world, tmp_path).rows_out == 0
