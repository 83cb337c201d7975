"""The plan of look-ups over small lakes: who goes first, what the budget pays for, what a day run again does."""

import datetime as dt
import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from churn.enrich.plan import certificate_plan, dns_plan, handshake_plan, registration_plan
from churn.settings import Settings
from churn.store.database import lake_database, lake_of, scratch
from churn.store.queries import run as run_query

DAY = dt.date(2026, 3, 20)
Row = dict[str, Any]


def days_before(number: int) -> dt.date:
    """A day before the day of the plan."""
    return DAY - dt.timedelta(days=number)


class World:
    """A lake that is filled by hand. Every name gets name servers that all share, and an address of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.settings = Settings(data=folder, **settings)
        self.rows: dict[tuple[str, dt.date], list[Row]] = {}
        self.written: dict[tuple[str, dt.date], int] = {}
        self.hosts = 0

    def named(self, names: Iterable[str], day: dt.date = DAY, kind: str = "registered", **hosting: Any) -> list[str]:
        """Names on a list of the day, with their DNS."""
        names = list(names)
        seen_at = dt.datetime.combine(day, dt.time(0, tzinfo=dt.UTC))
        for name in names:
            self.hosts += 1
            own = {"rcode": "NOERROR", "ns": ["ns1.big.example"], "a": [f"10.{self.hosts >> 8}.{self.hosts & 255}.1"]}
            self.add("sighting", day, domain=name, fqdn=name, kind=kind, feed=kind, seen_at=seen_at)
            self.add("hosting", day, domain=name, observed_at=seen_at, **(own | hosting))
        return names

    def asked(self, names: Iterable[str], day: dt.date, *, record: bool = True, **columns: Any) -> None:
        """Their registration was looked up on a day."""
        at = dt.datetime.combine(day, dt.time(12, tzinfo=dt.UTC))
        for name in names:
            outcome = "ok" if record else "timeout"
            self.add("lookup", day, domain=name, kind="rdap", outcome=outcome, attempted_at=at, attempt=1)
            if record:
                self.add("registration", day, domain=name, source="rdap", observed_at=at, **columns)

    def add(self, table: str, day: dt.date, **row: Any) -> None:
        """One row of a table."""
        self.rows.setdefault((table, day), []).append(row | {"day": day})

    def plan(self, budget: int = 20) -> list[Row]:
        """The registration part of the stored plan, in its order."""
        for (table, day), rows in self.rows.items():
            if day == DAY or self.written.get((table, day)) != len(rows):
                lake_of(self.settings).write_rows(table, day, "w", rows)
                self.written[table, day] = len(rows)
        registration_plan(self.with_budget(budget), DAY)
        return self.stored()

    def with_budget(self, budget: int) -> Settings:
        """The settings with that budget."""
        return self.settings.model_copy(update={"registration_budget": budget})

    def stored(self) -> list[Row]:
        """What `lookup_plan` holds of registrations."""
        with lake_database(self.settings, since=DAY, until=DAY, only=("lookup_plan",)) as con:
            query = "FROM lookup_plan WHERE kind = 'registration' ORDER BY rank"
            rows: list[Row] = con.sql(query).to_arrow_table().to_pylist()
            return rows


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three weeks of ordinary days, and an ordinary day."""
    world = World(tmp_path)
    for age in range(1, 15):
        world.named((f"old{chr(96 + age)}quite{number * 'x'}.example" for number in range(20)), days_before(age))
    world.named(f"new{number * 'y'}thing.example" for number in range(40))
    return world


def reasons(rows: Iterable[Row], names: Iterable[str]) -> set[str]:
    """The reasons of some names that were chosen."""
    wanted = set(names)
    return {row["reason"] for row in rows if row["domain"] in wanted and row["chosen"]}


def test_reported_names_go_first_and_names_that_share_with_reported_ones_next(world: World) -> None:
    reported = world.named(["bad-one.example", "bad-two.example"], kind="reported", a=["192.0.2.7"])
    siblings = world.named(["quiet.example", "still.example"], a=["192.0.2.7"])
    rows = world.plan()
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["domain"] for row in rows[:2]} == set(reported)
    chosen = {row["domain"]: row for row in rows if row["chosen"]}
    assert len(chosen) == 20
    for name in siblings:
        if chosen[name]["reason"] != "sample":
            assert chosen[name]["reason"] == "shares_with_reported"
            assert (chosen[name]["field"], chosen[name]["value"], chosen[name]["domains"]) == (
                "address",
                "192.0.2.7",
                4,
            )


def test_a_report_of_long_ago_counts_within_the_window(world: World) -> None:
    world.named(
        ["bad-one.example", "bad-two.example"],
        days_before(60),
        kind="reported",
        mx=["mx.evil.example"],
        ns=["ns.evil.example"],
    )
    siblings = world.named(["quiet.example", "still.example"], ns=["ns.evil.example"])
    assert reasons(world.plan(), siblings) <= {"shares_with_reported", "sample"}


def test_a_group_that_nobody_reported_is_found_by_its_size_against_the_days_before(world: World) -> None:
    world.named((f"weekly{'z' * age}.example" for age in range(1, 13)), a=["192.0.2.50"])
    for age in range(1, 15):
        world.named(
            (f"week{'q' * age}{'z' * number}.example" for number in range(12)), days_before(age), a=["192.0.2.50"]
        )
    burst = world.named(
        (f"{word}.example" for word in ("pear", "apple", "plum", "fig", "lime", "date")), a=["192.0.2.60"]
    )
    rows = world.plan(16)
    assert reasons(rows, burst) <= {"shares_with_burst", "sample"}
    assert {row["domain"] for row in rows if row["chosen"]} >= set(burst)
    usual = [row for row in rows if row["value"] == "192.0.2.50" and row["reason"] == "shares_with_burst"]
    assert not usual


def test_names_alike_in_place_and_manner_are_found_without_any_past(tmp_path: Path) -> None:
    world = World(tmp_path)
    shared = [f"192.0.2.{number}" for number in range(8)]
    for number in range(240):
        name = f"{chr(97 + number % 26)}{'k' * (number // 26)}shop.{('example', 'test', 'invalid')[number % 3]}"
        world.named([name], a=[shared[number % 8]])
    alike = world.named((f"red-cat{number}.sitelab" for number in range(6)), a=["192.0.2.3"])
    rows = world.plan(24)
    assert {row["domain"] for row in rows if row["chosen"]} >= set(alike)
    joint = {row["field"] for row in rows if row["domain"] in alike and row["reason"] == "shares_with_burst"}
    assert joint
    assert joint <= {"address+template", "address+stem", "address+suffix"}


def test_servers_that_are_called_nearly_the_same_are_counted_apart(world: World) -> None:
    """DuckDB's hash of these two is the same: only each eighth octet differs."""
    ours, others = "ns1.huba.domaina.example", "ns1.hubh.domaind.example"
    with scratch(world.settings) as con:
        assert con.execute("SELECT hash($1) = hash($2)", [ours, others]).fetchall() == [(True,)]
    world.named(["bad-one.example", "bad-two.example"], kind="reported", ns=[ours])
    world.named(["quiet.example", "still.example"], ns=[ours])
    neighbours = world.named(["calm.example", "mute.example"], ns=[others])
    rows = world.plan(60)
    assert {row["domains"] for row in rows if row["value"] == ours} == {4}
    assert reasons(rows, neighbours) <= {"rest", "sample"}


def test_a_hub_is_followed_by_nobody(world: World) -> None:
    """Of the hub's hundreds some are reported, as of anything that large."""
    hub = world.named((f"hub{'w' * number}.example" for number in range(300)), days_before(3), a=["192.0.2.99"])
    for name in hub[:4]:
        world.named([name], days_before(2), kind="reported", a=["192.0.2.99"])
    tenants = world.named((f"tenant{'v' * number}.example" for number in range(8)), a=["192.0.2.99"])
    assert reasons(world.plan(60), tenants) <= {"rest", "sample"}


def test_a_record_of_the_last_days_is_reused_and_an_older_one_is_not(world: World) -> None:
    fresh, stale = world.named(["fresh.example", "stale.example"], kind="reported")
    world.asked([fresh], days_before(7))
    world.asked([stale], days_before(8))
    planned = {row["domain"] for row in world.plan()}
    assert stale in planned
    assert fresh not in planned


@pytest.mark.parametrize(
    ("age", "asked", "is_due"),
    [
        (1, 1, True),
        (2, 1, True),
        (3, 1, False),
        (3, 2, True),
        (4, 1, True),
        (7, 3, False),
        (9, 2, True),
        (5, None, True),
    ],
)
def test_reported_names_are_rechecked_on_days_1_2_4_8_after_the_report(
    world: World, age: int, asked: int | None, is_due: bool
) -> None:
    """`asked` days ago their registration was looked up last; None: never."""
    name, *_ = world.named(["bad.example"], days_before(age), kind="reported")
    if asked is not None:
        world.asked([name], days_before(asked))
    assert reasons(world.plan(), [name]) == ({"recheck"} if is_due else set())


def test_an_expiry_that_has_passed_is_looked_at(world: World) -> None:
    name, *_ = world.named(["bad.example"], days_before(7), kind="reported")
    world.asked([name], days_before(3), expires_at=dt.datetime.combine(days_before(2), dt.time(tzinfo=dt.UTC)))
    assert reasons(world.plan(), [name]) == {"recheck"}


def test_rechecks_have_a_share_of_the_budget_and_more_only_where_nobody_else_wants_it(world: World) -> None:
    world.named((f"bad{'x' * number}.example" for number in range(30)), days_before(1), kind="reported")
    chosen = [row["reason"] for row in world.plan(20) if row["chosen"]]
    assert chosen.count("recheck") == 3
    chosen = [row["reason"] for row in world.plan(70) if row["chosen"]]
    assert chosen.count("recheck") == 30


def test_the_sample_has_its_share_whatever_else_there_is(world: World) -> None:
    world.named((f"bad{'x' * number}.example" for number in range(100)), kind="reported")
    rows = world.plan(20)
    chosen = [row["reason"] for row in rows if row["chosen"]]
    assert (chosen.count("sample"), chosen.count("reported")) == (2, 18)
    left_out = {row["domain"] for row in rows if not row["chosen"] and row["reason"] == "reported"}
    assert len(left_out) == 82
    assert set(registration_plan(world.with_budget(20), DAY).skipped) == left_out


def test_who_is_sampled_depends_on_nothing_but_the_names(world: World) -> None:
    before = {row["domain"] for row in world.plan(20) if row["reason"] == "sample"}
    world.named(["bad-one.example"], kind="reported", a=["192.0.2.7"])
    world.rows["hosting", DAY] = [row | {"a": ["192.0.2.7"]} for row in world.rows["hosting", DAY]]
    assert {row["domain"] for row in world.plan(20) if row["reason"] == "sample"} == before


@pytest.mark.parametrize("budget", [0, 1, 2, 39, 40, 1000])
def test_a_plan_never_exceeds_the_budget_and_never_wastes_it(world: World, budget: int) -> None:
    rows = world.plan(budget)
    assert sum(row["chosen"] for row in rows) == min(budget, 40)
    assert len({row["domain"] for row in rows}) == len(rows) == 40


def test_what_the_day_s_look_ups_bring_changes_no_plan_even_if_it_is_lost(world: World) -> None:
    reported = world.named(["bad-one.example", "bad-two.example"], kind="reported", a=["192.0.2.7"])
    world.named(["quiet.example"], a=["192.0.2.7"])
    before = world.plan()
    world.asked([row["domain"] for row in before[:10]], DAY)
    for row in world.rows["hosting", DAY]:
        row["mx"], row["soa_rname"] = ["mx.evil.example"], "root.evil.example"
    world.add(
        "certificate", DAY, domain=reported[0], source="tls", spki_sha256="0" * 64, observed_at=dt.datetime.now(dt.UTC)
    )
    for path in lake_of(world.settings).files("lookup_plan"):
        path.unlink()
    assert world.plan() == before


def test_the_order_of_rows_changes_no_gain_not_even_its_last_digit(tmp_path: Path) -> None:
    """Else names of the same traits would stand in another order whenever they are planned again."""
    names = [f"name{number}.example" for number in range(50)]
    rows = [{"domain": name, "family": each, "id": ord(each)} for name in names for each in "abcdef"]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        with scratch(Settings(data=tmp_path)) as con:
            con.from_arrow(pa.Table.from_pylist(rows)).create("plan_today")
            con.execute("CREATE TABLE plan_joint (id UBIGINT, place_id UBIGINT, manner_id UBIGINT, nats DOUBLE)")
            con.execute(
                """
                CREATE TABLE plan_value AS
                SELECT DISTINCT id, 1 AS reported_weight, 0 AS burst_nats, id - 94.3 AS exposure
                FROM plan_today
                """
            )
            run_query(con, "churn.enrich", "plan_score", nats_of_a_report=50.0)
            found.append(dict(con.sql("SELECT domain, gain FROM plan_score").fetchall()))
    gains = {gain for scores in found for gain in scores.values()}
    assert [scores.keys() for scores in found] == [set(names)] * 3
    assert len(gains) == 1
    assert gains.pop() == pytest.approx(1 - math.prod(1 - 1 / (ord(each) - 94.3) for each in "abcdef"))


def test_a_stored_plan_stands_until_names_come_or_the_budget_changes(world: World) -> None:
    before = world.plan()
    (path,) = lake_of(world.settings).files("lookup_plan", DAY, DAY)
    written = path.stat().st_mtime_ns
    assert world.plan() == before
    assert path.stat().st_mtime_ns == written
    world.named(["late.example"], kind="reported")
    assert world.plan()[0]["domain"] == "late.example"
    assert len(lake_of(world.settings).files("lookup_plan", DAY, DAY)) == 1
    assert sum(row["chosen"] for row in world.plan(5)) == 5


def test_dns_is_looked_up_again_for_reported_names_of_earlier_days_only(world: World) -> None:
    due, today, asked = world.named(["due.example", "today.example", "asked.example"], days_before(4), kind="reported")
    world.named([today])
    for name, day in ((due, days_before(4)), (today, days_before(4)), (asked, days_before(3)), (asked, DAY)):
        at = dt.datetime.combine(day, dt.time(12, tzinfo=dt.UTC))
        world.add("lookup", day, domain=name, kind="dns", outcome="ok", attempted_at=at, attempt=1)
    world.add("lookup", DAY, domain=due, kind="dns", outcome="ok", attempted_at=dt.datetime.now(dt.UTC), attempt=1)
    world.plan()
    assert set(dns_plan(world.settings, DAY)) == {asked, due}


def test_certificates_follow_the_plan_and_leave_out_keys_that_are_known(tmp_path: Path) -> None:
    world = World(tmp_path, tls_handshake=True, tls_budget=2, crtsh_budget=3)
    names = world.named((f"bad{'x' * number}.example" for number in range(4)), kind="reported")
    world.add(
        "certificate",
        days_before(9),
        domain=names[0],
        source="ct",
        spki_sha256="0" * 64,
        observed_at=dt.datetime.now(dt.UTC),
    )
    world.plan()
    assert set(certificate_plan(world.settings, DAY)) == set(names[1:])
    hosts = handshake_plan(world.settings, DAY)
    assert tuple(name for name, _ in hosts) == certificate_plan(world.settings, DAY)[:2]
    assert all(address.startswith("10.0.") for _, address in hosts)
