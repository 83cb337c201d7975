"""Hosters: whose an address is, which desk answers for it, and what a network's packet says and does not say."""

from __future__ import annotations

import csv
import datetime as dt
import email
import email.policy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import xarf
from test_packets_formats import HOSTILE, VALIDATOR
from test_packets_world import DAY, World, at, folder, packet, run_world, settings_of, table, told, tree
from typer.testing import CliRunner

from churn.cli.app import app
from churn.packets.contacts import Contact, Correction, Subject
from churn.packets.dossier import Dossier
from churn.packets.message import message
from churn.packets.networks import Prefixes, networks_of

DESK = "abuse@hoster.example"
NEXT = DAY + dt.timedelta(days=1)


def case(*addresses: str, asn: int = 64500, desk: str | None = DESK, domain: str = "one.example") -> World:
    """One reported member of a bursting cluster at these addresses of one network."""
    world = World()
    world.burst()
    world.case(domain)
    world.hosted(domain, *addresses, asns=(asn,))
    for prefix in sorted({address.rpartition(".")[0] + ".0/24" for address in addresses}):
        world.network(prefix, asn, desk=desk)
    return world


def next_day(*reported: str) -> World:
    """A day later: these are reported members of the burst, and the last of them is where `case` had its domain."""
    world = World()
    world.burst(day=NEXT)
    for domain in reported:
        world.case(domain, day=NEXT)
    world.hosted(reported[-1], "192.0.2.1", asns=(64500,), day=NEXT)
    return world


def only(data: Path, network: str, day: dt.date = DAY) -> dict[str, Any]:
    document = packet(data, network, day)
    VALIDATOR.validate(document)
    (row,) = (*document["domains"], *document["compromised"])
    return dict(row)


def keys(data: Path, day: dt.date = DAY) -> set[str]:
    return {path.name for path in (data / "packets" / str(day)).iterdir() if path.is_dir()}


def test_a_hoster_gets_its_own_packet_with_address_and_time(tmp_path: Path) -> None:
    result = run_world(case("192.0.2.1"), tmp_path)
    document = packet(tmp_path, "AS64500")
    row = only(tmp_path, "AS64500")
    assert document["recipient"] | {"contact": None} == {
        "scope": "network", "name": "NET-64500", "iana_id": None, "asn": 64500, "contact": None,
    }  # fmt: skip
    contact = document["recipient"]["contact"]
    assert (contact["email"], contact["source"], contact["confidence"]) == ([DESK], "network_rdap", 1.0)
    assert row["hosting"]["addresses"] == [
        {
            "address": "192.0.2.1", "announced_prefix": "192.0.2.0/24", "registered_block": "192.0.2.0/24",
            "registered_name": "BLOCK-192.0.2.0/24", "names_seen": 1, "names_of_group": 1,
        }
    ]  # fmt: skip
    assert (row["hosting"]["observed_at"], row["requested_action"]) == ("2026-03-04T12:00:00Z", "stop_service")
    assert result.found["packets"] == 2
    assert (result.found["new"], result.found["network_new"], result.rows_out) == (1, 1, 1)
    cover = (folder(tmp_path, "AS64500") / "cover.md").read_text()
    assert "| `192[.]0[.]2[.]1` | 2026-03-04 12:00 UTC |" in cover
    assert "clientHold" not in cover
    draft = email.message_from_bytes(
        (folder(tmp_path, "AS64500") / "message.eml").read_bytes(), policy=email.policy.default
    )
    assert (draft["To"], "that you host" in draft["Subject"]) == (DESK, True)


def test_each_network_hears_of_its_own_addresses_only(tmp_path: Path) -> None:
    world = World()
    world.burst()
    world.case("two.example")
    world.hosted("two.example", "192.0.2.1", "198.51.100.7", "2001:db8::7", asns=(64500, 64501), as_name=["A", "B"])
    world.network("192.0.2.0/24", 64500, desk="abuse@a.example")
    world.network("198.51.100.0/24", 64501, desk="abuse@b.example")
    world.network("2001:db8::/64", 64501, desk="abuse@b.example")
    run_world(world, tmp_path)
    here, there = only(tmp_path, "AS64500"), only(tmp_path, "AS64501")
    assert (here["dns"]["a"], here["dns"]["aaaa"], here["dns"]["asn"]) == (["192.0.2.1"], [], [64500])
    assert (there["dns"]["a"], there["dns"]["aaaa"]) == (["198.51.100.7"], ["2001:db8::7"])
    for name, other in (("AS64500", b"198.51.100.7"), ("AS64501", b"192.0.2.1")):
        content = b"".join(tree(folder(tmp_path, name)).values())
        assert other not in content
        assert other.replace(b".", b"[.]") not in content


def test_blocks_of_one_network_with_desks_of_their_own_are_recipients_of_their_own(tmp_path: Path) -> None:
    """A carrier's customers: what is at one is not told to another, and one of whom nothing is known goes to nobody."""
    world = World()
    world.burst()
    for number in (1, 2, 3):
        world.case(f"at{number}.example")
        world.hosted(f"at{number}.example", f"198.51.100.{number * 64}", asns=(64500,))
    world.network("198.51.100.0/24", 64500)
    world.block("198.51.100.64/26", 64500, "abuse@one.example")
    world.block("198.51.100.128/26", 64500, "abuse@two.example")
    result = run_world(world, tmp_path)
    found = {name.removeprefix("network-") for name in keys(tmp_path) if name.startswith("network-")}
    assert len(found) == 3
    desks = {
        tuple(packet(tmp_path, name)["recipient"]["contact"]["email"]): set(told(tmp_path, name)) for name in found
    }
    assert desks == {
        ("abuse@one.example",): {"at1.example"}, ("abuse@two.example",): {"at2.example"}, (): {"at3.example"},
    }  # fmt: skip
    assert told(tmp_path, "AS64500") == {"at3.example": "new"}
    assert packet(tmp_path, "AS64500")["recipient"]["contact"]["tried"].endswith("registered with 2 different desks")
    assert result.found["no_contact"] == 1


def test_told_is_told_whichever_desk_of_the_network_heard_it(tmp_path: Path) -> None:
    run_world(case("192.0.2.1"), tmp_path)
    world = next_day("one.example")
    world.network("203.0.113.0/24", 64500, desk="abuse@another.example", day=NEXT)
    assert run_world(world, tmp_path, NEXT).found["network_told_lately"] == 1
    assert keys(tmp_path, NEXT) == set()


def test_a_shared_address_asks_for_the_customer_and_not_for_a_take_down(tmp_path: Path) -> None:
    world = case("192.0.2.1")
    for number in range(12):
        world.hosted(f"neighbour{number}.test", "192.0.2.1", asns=(64500,))
    run_world(world, tmp_path)
    row = only(tmp_path, "AS64500")
    assert (row["hosting"]["shared_platform"], row["requested_action"]) == (True, "identify_customer")
    assert (row["hosting"]["addresses"][0]["names_seen"], row["hosting"]["addresses"][0]["names_of_group"]) == (13, 1)
    cover = (folder(tmp_path, "AS64500") / "cover.md").read_text()
    assert "identify the customer behind it (shared platform: no take-down of an address)" in cover
    assert "**Shared platform.** 1 address is shared by many customers" in cover
    assert "neighbour" not in "".join(
        path.read_text() for path in folder(tmp_path, "AS64500").rglob("*.*") if path.is_file()
    )
    (listed,) = table(folder(tmp_path, "AS64500") / "domains.csv")
    assert (listed["shared_platform"], listed["seen_here"]) == ("yes", "2026-03-04 12:00 UTC")


@pytest.mark.parametrize(
    ("hosting", "reason"),
    [
        (None, "no answer of the DNS on the day"),
        ({"day": DAY - dt.timedelta(days=1)}, "no answer of the DNS on the day"),
        ({"rcode": "SERVFAIL", "a": None, "aaaa": None}, "no answer of the DNS on the day"),
        ({"a": [], "aaaa": []}, "has no address"),
        ({"asn": None, "prefix": None}, "who announces the addresses"),
        ({"asns": (64500, 64501)}, "who announces the addresses"),
    ],
)
def test_without_an_answer_of_the_day_or_a_known_network_nobody_is_told(
    tmp_path: Path, hosting: dict[str, Any] | None, reason: str
) -> None:
    world = World()
    world.burst()
    world.case("one.example")
    if hosting is not None:
        world.hosted("one.example", "192.0.2.1", **({"asns": (64500,)} | hosting))
    result = run_world(world, tmp_path)
    assert keys(tmp_path) == {"registrar-7"}
    (row,) = table(tmp_path / "packets" / str(DAY) / "unrouted-networks.csv")
    assert reason in row["reason"]
    assert result.found["no_network"] == 1


def test_the_newest_answer_of_the_day_decides_and_a_failure_is_no_answer(tmp_path: Path) -> None:
    world = case("192.0.2.1")
    world.hosted("one.example", "203.0.113.9", asns=(64502,), observed_at=at(DAY, 14))
    world.hosted("one.example", observed_at=at(DAY, 16), rcode="SERVFAIL", a=None, aaaa=None)
    run_world(world, tmp_path)
    assert keys(tmp_path) == {"registrar-7", "network-AS64502"}


def test_what_moved_away_is_told_as_resolved_to_those_who_had_it(tmp_path: Path) -> None:
    run_world(case("192.0.2.1"), tmp_path)
    world = next_day("next.example")
    world.case("one.example", 8, day=NEXT)
    world.hosted("one.example", "203.0.113.9", asns=(64502,), day=NEXT)
    run_world(world, tmp_path, NEXT)
    for recipient, words in ((7, "no longer sponsored by you"), ("AS64500", "no longer at an address of yours")):
        document = packet(tmp_path, recipient, NEXT)
        VALIDATOR.validate(document)
        (row,) = document["resolved"]
        assert (row["domain"], row["state_now"], row["words"]) == ("one.example", "moved", words)
        assert set(told(tmp_path, recipient, NEXT)) == {"next.example"}
    assert told(tmp_path, 8, NEXT) == told(tmp_path, "AS64502", NEXT) == {"one.example": "new"}


def test_without_an_answer_nothing_is_said_to_have_moved(tmp_path: Path) -> None:
    run_world(case("192.0.2.1"), tmp_path)
    run_world(next_day("one.example", "next.example"), tmp_path, NEXT)
    assert packet(tmp_path, "AS64500", NEXT)["resolved"] == []


def test_a_domain_without_a_known_sponsor_is_told_to_its_hoster_all_the_same(tmp_path: Path) -> None:
    world = World()
    world.burst()
    world.reported("silent.example")
    world.member("silent.example")
    world.hosted("silent.example", "192.0.2.1", asns=(64500,))
    run_world(world, tmp_path)
    row = only(tmp_path, "AS64500")
    assert (row["registration"], row["not_obtained"]["registration"]) == (None, "no look-up was made")
    assert (row["assessment"]["judgement"], row["requested_action"]) == ("undetermined", "review_customer")


def broken(tmp_path: Path, dateless: int = 0) -> None:
    """Beside a young domain of the group's kind, an old one that shares an address with it and nothing else."""
    world = case("192.0.2.1", domain="young.example")
    world.reported("old.example")
    world.registered("old.example", 7, created_at=at(dt.date(2014, 5, 6)))
    world.add("cluster_member", DAY, domain="old.example", cluster_id="c-1", role="attached", score=0.7)
    world.add(
        "link", DAY, domain="old.example", cluster_id="c-1", family="infrastructure", field="address",
        value="192.0.2.1", weight=5.0, domains_with_value=2, in_cluster=2, source="hosting", observed_at=at(DAY),
    )  # fmt: skip
    world.hosted("old.example", "192.0.2.1", asns=(64500,))
    for number in range(dateless):
        world.case(f"dateless{number}.example", created_at=None)
    run_world(world, tmp_path)


def test_what_was_broken_into_stands_apart_and_no_hold_is_asked_for_it(tmp_path: Path) -> None:
    broken(tmp_path)
    for recipient, action in ((7, "notify_registrant"), ("AS64500", "notify_customer")):
        document = packet(tmp_path, recipient)
        VALIDATOR.validate(document)
        assert [row["domain"] for row in document["domains"]] == ["young.example"]
        (row,) = document["compromised"]
        assert (row["domain"], row["requested_action"]) == ("old.example", action)
        assert row["assessment"]["judgement"] == "compromised"
        assert "first reported 4,319 days after its creation" in row["assessment"]["reasons"]
        assert (document["counts"]["new"], document["counts"]["compromised"]) == (2, 1)
        here = folder(tmp_path, recipient)
        assert [row["domain"] for row in table(here / "domains.csv")] == ["young[.]example"]
        (listed,) = table(here / "compromised.csv")
        assert listed["domain"] == "old[.]example"
        assert "no clientHold" in listed["requested"] or "no take-down" in listed["requested"]
        report = json.loads((here / "xarf" / "old.example.json").read_text())
        assert report["type"] == "threat_intelligence"
        assert "probably broken into" in report["description"]
        cover = (here / "cover.md").read_text()
        before, after = cover.split("## Probably broken into")
        assert "old[.]example" not in before
        assert "do not hold it" in after or "do not take it down" in after


def test_every_report_to_a_hoster_is_valid_names_included_that_are_no_ascii(tmp_path: Path) -> None:
    world = World()
    world.burst()
    names = ("plain.example", "xn--exmple-cua.test", "9a--b.example", "silver.xn--p1ai", "dateless.example")
    for number, domain in enumerate(names):
        world.case(domain, created_at=None if domain.startswith("dateless") else at(DAY))
        world.hosted(domain, f"192.0.2.{number}", "2001:db8::1", asns=(64500,))
    run_world(world, tmp_path)
    reports = {path.stem: json.loads(path.read_text()) for path in (folder(tmp_path, "AS64500") / "xarf").iterdir()}
    assert set(reports) == set(names)
    for number, domain in enumerate(names):
        parsed = xarf.parse(json.dumps(reports[domain]))
        assert (parsed.errors, parsed.warnings, parsed.report is None) == ([], [], False)
        assert reports[domain]["source_identifier"] == f"192.0.2.{number}"
        assert domain in reports[domain]["description"]
        assert f"at 192.0.2.{number} and 2001:db8::1 on 2026-03-04T12:00:00Z" in reports[domain]["description"]


@pytest.mark.parametrize(("megabytes", "names"), [(0.1, {"packet.json", "xarf.zip"}), (3, {"packet.zip", "xarf.zip"}),
                                                  (6, {"packet.zip"})])  # fmt: skip
def test_a_large_packet_still_is_a_mail_that_everybody_takes(megabytes: float, names: set[str]) -> None:
    settings, noise = settings_of(Path("unused")), random.Random(1)
    dossier = Dossier("network", "AS64500", Contact(), (), (), (), (), ())
    files = {"cover.md": b"# cover\n", "packet.json": b"{}" * int(megabytes * 4e5)}
    files |= {f"xarf/{number}.json": noise.randbytes(int(megabytes * 7e4)) for number in range(10)}
    raw = message(dossier, settings, DAY, at(DAY), files)
    draft = email.message_from_bytes(raw, policy=email.policy.default)
    assert {part.get_filename() for part in draft.iter_attachments()} == names
    assert len(raw) < 5_000_000
    for kind in ("plain", "html"):
        body = draft.get_body((kind,))
        assert body is not None
        assert ("Too large for a mail" in body.get_content()) == ("xarf.zip" not in names)
        assert ".zip" not in body.get_content()  # mail programs would make a link of it


@pytest.mark.parametrize("text", HOSTILE[:7])
def test_hostile_text_of_networks_stays_text(tmp_path: Path, text: str) -> None:
    world = World()
    world.burst()
    world.case("one.example")
    world.hosted("one.example", "192.0.2.1", asns=(64500,), as_name=[text], country=[text])
    world.rows["hosting", DAY][-1]["a"].append(text)
    world.network("192.0.2.0/24", 64500, name=text, country=text)
    world.block("192.0.2.0/25", 64500, text, name=text, abuse_phone=text, abuse_url=text)
    world.block(text, 64500, "abuse@elsewhere.example", name=text)
    run_world(world, tmp_path)
    row = only(tmp_path, "AS64500")
    assert [place["address"] for place in row["hosting"]["addresses"]] == ["192.0.2.1"]
    assert packet(tmp_path, "AS64500")["recipient"]["contact"]["email"] == []
    for name in ("cover.md", "domains.csv"):
        shown = (folder(tmp_path, "AS64500") / name).read_text().replace("\r\n", "\n")
        assert not any(mark in shown for mark in ("\x1b", "\x07", "\u202e", "http://", "evil.test"))
    for row in table(folder(tmp_path, "AS64500") / "domains.csv"):
        assert not any(cell[:1] in set("=+-@\t\r") for cell in row.values())
    lines = (folder(tmp_path, "AS64500") / "cover.md").read_text().splitlines()
    assert not any(line.startswith(("# heading", "- item")) for line in lines)
    assert xarf.parse((folder(tmp_path, "AS64500") / "xarf" / "one.example.json").read_text()).errors == []


def test_three_requests_are_each_counted(tmp_path: Path) -> None:
    broken(tmp_path, dateless=3)
    asked = [line for line in (folder(tmp_path, 7) / "cover.md").read_text().splitlines() if line.startswith("**")][1]
    assert asked.startswith(
        "**Please put 1 of them on clientHold and transfer lock, review 3 before any hold and pass a notice to the "
        "registrant of 1 (probably broken into: no hold); keep the accounts' records"
    )


def test_desks_without_a_usable_contact_are_listed_with_what_was_looked_at(tmp_path: Path) -> None:
    world = case("192.0.2.1", desk=None)
    world.case("two.example", 8, abuse_email=None, abuse_source="whois", abuse_phone="+49 30 1234567")
    world.case("form.example", 9, abuse_email=None, abuse_url="https://form.example/abuse")
    world.registered("unreported.example", 10, abuse_email=None, abuse_source=None)
    run_world(world, tmp_path)
    rows = table(tmp_path / "packets" / str(DAY) / "no-contact.csv")
    assert [(row["scope"], row["key"], row["name"], row["telephone"]) for row in rows] == [
        ("registrar", "8", "Registrar 8", "'+49 30 1234567"),
        ("network", "AS64500", "NET-64500", "none"),
    ]
    assert rows[1]["looked_at"] == "no record of this network by a regional registry in the window"
    assert {row["reported_domains_in_window"] for row in rows} == {"1"}


def test_a_correction_stands_for_a_network_and_unites_its_desks(tmp_path: Path) -> None:
    world = case("198.51.100.1", desk="abuse@wrong.example")
    world.block("198.51.100.0/26", 64500, "abuse@wrong-too.example")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "contact_corrections.toml").write_text(
        '[[correction]]\nasn = 64500\nemail = ["desk@right.example"]\ndate = 2026-03-01\nreason = "they wrote so"\n'
    )
    run_world(world, tmp_path)
    contact = packet(tmp_path, "AS64500")["recipient"]["contact"]
    assert (contact["email"], contact["source"]) == (["desk@right.example"], "curated")
    assert b"wrong.example" not in b"".join(tree(folder(tmp_path, "AS64500")).values())


@pytest.mark.parametrize("given", [{}, {"iana_id": 1, "asn": 1}, {"asn": 1, "email": ("a@b.example\r\nBcc: c@d",)}])
def test_a_correction_is_of_one_subject_and_of_plain_addresses(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"either|no email"):
        Correction(date=DAY, reason="r", **given)


def test_the_longest_prefix_counts_and_what_is_no_prefix_does_not() -> None:
    prefixes = Prefixes({"192.0.2.0/24": 1, "192.0.2.128/25": 2, "2001:db8::/32": 3, "no prefix": 4, "0.0.0.0/0": 5})
    given = ("192.0.2.1", "192.0.2.129", "192.0.2.128/26", "192.0.2.0/23", "2001:db8::1", "::1", "no prefix", "8.8.8.8")
    assert [found and found[1] for found in map(prefixes.holding, given)] == [1, 2, 2, 5, 3, None, None, 5]


def test_a_block_in_which_several_announce_is_each_ones_by_what_it_announces() -> None:
    about = {"source": "rdap", "abuse_phone": None, "abuse_url": None, "observed_at": at(DAY)}
    networks = networks_of(
        [
            {"prefix": "198.51.100.0/25", "asn": 64500, "name": "A"},
            {"prefix": "198.51.100.128/25", "asn": 64501, "name": "B"},
        ],
        [
            {"prefix": "198.51.100.0/24", "asn": 64500, "name": "LIR", "abuse_email": "abuse@lir.example", **about},
            {"prefix": "198.51.100.128/26", "asn": 64501, "name": "B", "abuse_email": "abuse@b.example", **about},
        ],
        {Subject("registrar", 64500): Correction(iana_id=64500, email=("x@y.example",), date=DAY, reason="r")},
    )
    assert networks.contacts["AS64500"].email == ("abuse@lir.example",)
    assert networks.split == {64501}
    assert networks.contacts[networks.recipient(64501, "198.51.100.130")].email == ("abuse@b.example",)
    assert networks.contacts[networks.recipient(64501, "198.51.100.230")].email == ("abuse@lir.example",)


def test_csv_of_what_is_nowhere_is_a_table_even_where_all_is_known(tmp_path: Path) -> None:
    run_world(case("192.0.2.1"), tmp_path)
    with (tmp_path / "packets" / str(DAY) / "unrouted-networks.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["domain", "group", "reason"]]


def test_the_command_lists_them_and_says_what_to_do(tmp_path: Path) -> None:
    call = ["contacts", "--day", str(DAY), "--data", str(tmp_path)]
    assert "churn packets --day" in str(CliRunner().invoke(app, call).exception)
    run_world(case("192.0.2.1", desk=None), tmp_path)
    (row,) = json.loads(CliRunner().invoke(app, [*call, "--json"]).output)["without_contact"]
    assert (row["scope"], row["key"]) == ("network", "AS64500")
    shown = CliRunner().invoke(app, call).output
    assert "AS64500" in shown
    assert "contact_corrections.toml" in shown.replace("\n", "")
