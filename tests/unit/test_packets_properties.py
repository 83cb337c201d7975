"""Routing, for any world: each domain to its sponsor and its networks of today, no unreported one alleged.

And no contact of one recipient in another's packet.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_packets_world import DAY, World, at, folder, packet, run_world, table, told, tree

REGISTRARS = (7, 8, 9)
DESKS = {"192.0.2.0/24": "abuse@net-a.example", "198.51.100.0/25": "abuse@net-b.example",
         "198.51.100.128/25": "abuse@net-c.example", "2001:db8::/64": "abuse@net-b.example"}  # fmt: skip
ORIGINS = {"192.0.2.0/24": 64500, "198.51.100.0/24": 64501, "2001:db8::/64": 64501}
"""AS 64501 is a carrier: its blocks have two desks."""
ADDRESSES = ("192.0.2.1", "192.0.2.2", "198.51.100.1", "198.51.100.200", "2001:db8::1", "203.0.113.1")
"""Nobody announces the last."""
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
answer = st.fixed_dictionaries(
    {
        "addresses": st.one_of(st.none(), st.lists(st.sampled_from(ADDRESSES), max_size=2, unique=True)),
        "hour": st.integers(8, 12),
        "days_ago": st.integers(0, 1),
    }
)
domain = st.fixed_dictionaries(
    {
        "answers": st.lists(answer, max_size=2, unique_by=lambda each: (each["days_ago"], each["hour"])),
        "records": st.lists(record, max_size=3),
        "reported_days_ago": st.lists(st.sampled_from([0, 0, 5, 89, 90]), max_size=2),
        "cluster": st.sampled_from(["c-burst", "c-burst", "c-burst", "c-calm", None]),
        "told_to": st.sampled_from([*REGISTRARS, "AS64500", "AS64501-0123abcd", None]),
    }
)
worlds = st.dictionaries(
    st.sampled_from([f"d{n}.example" for n in range(8)] + ["xn--exmple-cua.test"]), domain, max_size=6
)
few = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate], max_examples=8, suppress_health_check=[HealthCheck.too_slow]
)


def build(domains: dict[str, dict[str, Any]]) -> World:
    world = World()
    world.burst("c-burst")
    for prefix, asn in ORIGINS.items():
        world.network(prefix, asn)
    for block, desk in DESKS.items():
        world.block(block, None, desk)
    for name, facts in domains.items():
        for row in facts["records"]:
            day = DAY - dt.timedelta(days=row["days_ago"])
            world.registered(
                name, row["registrar"], day, observed_at=at(day, row["hour"]), source=row["source"],
                status=row["status"], abuse_source=row["abuse_source"], endpoint=f"{row['registrar']}.rdap.example",
            )  # fmt: skip
        for row in facts["answers"]:
            day = DAY - dt.timedelta(days=row["days_ago"])
            given = row["addresses"] or ()
            asns = {asn for prefix, asn in ORIGINS.items() for address in given if holds(prefix, address)}
            announced = sorted({prefix for prefix in ORIGINS for address in given if holds(prefix, address)})
            nothing = {"a": None, "aaaa": None, "rcode": "SERVFAIL"} if row["addresses"] is None else {}
            world.hosted(
                name, *given, asns=tuple(asns), prefix=announced, day=day, observed_at=at(day, row["hour"]), **nothing
            )
        for ago in facts["reported_days_ago"]:
            world.reported(name, DAY - dt.timedelta(days=ago))
        if facts["cluster"]:
            world.member(name, facts["cluster"])
        if facts["told_to"]:
            act = {"packet_id": f"p-old-{name}", "domain": name}
            world.add("packet_item", DAY - dt.timedelta(days=20), **act, state="new", cluster_id="c-burst")
            world.add(
                "packet", DAY - dt.timedelta(days=20), packet_id=act["packet_id"],
                scope="registrar" if isinstance(facts["told_to"], int) else "network",
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


def holds(prefix: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(prefix)


def desks_of(answers: list[dict[str, Any]]) -> set[tuple[int, str | None]]:
    """An independent reading: the day's newest answer that is none of failure; by AS and desk, whose its addresses are.

    Where an address is nobody's, or of two AS it is not known which, nobody is told of it.
    """
    usable = [row for row in answers if row["days_ago"] == 0 and row["addresses"] is not None]
    addresses = max(usable, key=lambda row: row["hour"])["addresses"] if usable else []
    return {
        (asn, next((desk for block, desk in DESKS.items() if holds(block, address)), None))
        for address in addresses
        for prefix, asn in ORIGINS.items()
        if holds(prefix, address)
    }


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
        to_networks = check_networks(Path(data), domains)
        for name, facts in domains.items():
            burst = 0 in facts["reported_days_ago"] and facts["cluster"] == "c-burst"
            settled = any(row["status"] == ["client hold"] for row in facts["records"])
            heard = str(facts["told_to"]).startswith("AS")  # as a repeat or as settled; which, other tests say
            assert not burst or settled or heard or to_networks.get(name, set()) == desks_of(facts["answers"])
        for name, facts in domains.items():
            due = 0 in facts["reported_days_ago"] and facts["cluster"] == "c-burst" and sponsor(facts["records"])
            held = any(row["status"] == ["client hold"] for row in facts["records"])
            assert not due or held or name in alleged


def check_networks(data: Path, domains: dict[str, dict[str, Any]]) -> dict[str, set[tuple[int, str | None]]]:
    """What each network is told, by domain: each to its own desk only, reported and bursting domains only."""
    found: dict[str, set[tuple[int, str | None]]] = {}
    for here in sorted((data / "packets" / str(DAY)).glob("network-*/")):
        key = here.name.removeprefix("network-")
        recipient, names = packet(data, key)["recipient"], set(told(data, key))
        (desk,) = recipient["contact"]["email"] or [None]
        for name in names:
            found.setdefault(name, set()).add((recipient["asn"], desk))
            assert (recipient["asn"], desk) in desks_of(domains[name]["answers"])
            assert any(ago < 90 for ago in domains[name]["reported_days_ago"])
            assert domains[name]["cluster"] == "c-burst"
        check_files(here, names, domains)
        for name, content in tree(here).items():
            for other in {*DESKS.values(), *(f"abuse@registrar-{number}.example" for number in REGISTRARS)} - {desk}:
                assert other.encode() not in content, name
                assert other.replace("@", "[@]").replace(".", "[.]").encode() not in content, name
    return found


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
        assert b"net-" not in content.lower().replace(b"internet-", b""), name


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
