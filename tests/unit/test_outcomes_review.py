"""What became of the domains that packets told of: how they stand, who acted, between which instants."""

import datetime as dt

import pytest
from test_packets_world import DAY, World, at, settings_of

from churn.outcome import review
from churn.packets import run
from churn.store.database import lake_database

NS = ["ns1.pool.example", "ns2.pool.example"]
OTHER_NS = ["ns1.other.example", "ns2.other.example"]


def later(days):
    return DAY + dt.timedelta(days=days)


class Told(World):
    """A world whose members resolve on the day on which they are told."""

    def told(self, *names):
        self.burst()
        for name in names:
            self.case(f"{name}.test", created_at=at(later(-2)))
            self.answered(f"{name}.test", DAY)

    def answered(self, domain, day, **values):
        given = {"observed_at": at(day, 13), "rcode": "NOERROR", "a": ["192.0.2.1"], "ns": NS, "asn": [64500]}
        self.add("hosting", day, domain=domain, **(given | values))

    def active(self, domain, day, **values):
        self.registered(domain, 7, day)
        self.answered(domain, day, **values)

    def asked(self, domain, day, outcome, hour=12):
        self.add(
            "lookup", day, domain=domain, kind="rdap", endpoint="rdap.example", attempted_at=at(day, hour),
            outcome=outcome, attempt=1,
        )  # fmt: skip


def tell(world, data):
    """Write the world up to the day, tell what it has, then write the rest."""
    world.write(data)
    return run(settings_of(data), DAY)


def outcomes(data, columns="state, actor", scope="registrar"):
    with lake_database(settings_of(data)) as con:
        rows = con.sql(
            f"SELECT domain, {columns} FROM outcome WHERE scope = '{scope}' ORDER BY domain, observed_at"
        ).fetchall()
    return {domain.removesuffix(".test"): tuple(rest) for domain, *rest in rows}


RECIPIENTS = 2
"""Each domain is told of to its registrar and to its network."""
CHANGES = {
    "kept": (lambda w, d, day: w.active(d, day), ("active", "nobody")),
    "held": (lambda w, d, day: w.registered(d, 7, day, status=["clientHold", "active"]), ("client_hold", "registrar")),
    "spelt": (lambda w, d, day: w.registered(d, 7, day, status=["client hold"]), ("client_hold", "registrar")),
    "locked": (lambda w, d, day: w.registered(d, 7, day, status=["serverHold"]), ("server_hold", "registry")),
    "pending": (lambda w, d, day: w.registered(d, 7, day, status=["pendingDelete"]), ("deleted", "deleted")),
    "gone": (lambda w, d, day: w.asked(d, day, "not_found"), ("deleted", "deleted")),
    "anew": (lambda w, d, day: w.registered(d, 9, day, created_at=at(day, 1)), ("re_registered", "deleted")),
    "moved": (lambda w, d, day: w.registered(d, 9, day), ("transferred", "registrant")),
    "cut": (lambda w, d, day: w.active(d, day, rcode="NXDOMAIN", a=[], ns=[], asn=[]), ("not_delegated", None)),
    "empty": (lambda w, d, day: w.answered(d, day, a=[], asn=[]), ("not_hosted", "hoster")),
    "rehosted": (lambda w, d, day: w.answered(d, day, a=["198.51.100.9"], asn=[64501]), ("moved_network", "hoster")),
    "renumbered": (lambda w, d, day: w.active(d, day, a=["192.0.2.9"]), ("active", "nobody")),
    "redelegated": (
        lambda w, d, day: w.answered(d, day, ns=OTHER_NS, a=["198.51.100.9"], asn=[64501]),
        ("moved_delegation", "registrant"),
    ),
}  # fmt: skip


def test_the_actor_is_told_by_the_marks_that_each_leaves(tmp_path):
    world = Told()
    world.told(*CHANGES)
    assert tell(world, tmp_path).rows_out == len(CHANGES)
    day, after = later(3), Told()
    for name, (change, _) in CHANGES.items():
        change(after, f"{name}.test", day)
    after.write(tmp_path)
    result = review(settings_of(tmp_path), day)
    for scope in ("registrar", "network"):
        assert outcomes(tmp_path, scope=scope) == {name: expected for name, (_, expected) in CHANGES.items()}
    assert (result.rows_in, result.rows_out) == (RECIPIENTS * len(CHANGES), RECIPIENTS * len(CHANGES))
    assert result.found["client_hold"] == RECIPIENTS * 2


@pytest.mark.parametrize("failure", ["SERVFAIL", None])
def test_what_was_not_obtained_is_no_outcome(tmp_path, failure):
    world = Told()
    world.told("one")
    tell(world, tmp_path)
    after = Told()
    after.answered("one.test", later(1), rcode=failure, a=None, ns=None, asn=None)
    after.asked("one.test", later(1), "timeout")
    after.write(tmp_path)
    assert review(settings_of(tmp_path), later(1)).rows_out == 0


@pytest.mark.parametrize("asked", ["registered", "answered"])
def test_a_half_of_a_check_does_not_say_that_it_is_active(tmp_path, asked):
    """The other half, which was not obtained, may have changed."""
    world = Told()
    world.told("one")
    tell(world, tmp_path)
    after = Told()
    after.registered("one.test", 7, later(1)) if asked == "registered" else after.answered("one.test", later(1))
    after.write(tmp_path)
    assert review(settings_of(tmp_path), later(1)).rows_out == 0


def test_one_server_that_knows_nothing_deletes_no_domain(tmp_path):
    """A thin registry has the domain, the registrar that is asked next has not."""
    world = Told()
    world.told("thin")
    tell(world, tmp_path)
    after = Told()
    after.active("thin.test", later(1))
    after.asked("thin.test", later(1), "ok")
    after.add(
        "lookup", later(1), domain="thin.test", kind="rdap", endpoint="registrar.example", outcome="not_found",
        attempted_at=at(later(1)) + dt.timedelta(seconds=1), attempt=1,
    )  # fmt: skip
    after.write(tmp_path)
    review(settings_of(tmp_path), later(1))
    assert outcomes(tmp_path) == {"thin": ("active", "nobody")}


def test_when_somebody_acted_lies_between_two_checks(tmp_path):
    world = Told()
    world.told("held")
    tell(world, tmp_path)
    for number, status in ((1, "active"), (2, "active"), (5, "clientHold"), (8, "clientHold")):
        after = Told()
        after.registered("held.test", 7, later(number), status=[status])
        after.answered("held.test", later(number))
        after.write(tmp_path)
        assert review(settings_of(tmp_path), later(number)).rows_out == RECIPIENTS
    with lake_database(settings_of(tmp_path)) as con:
        found = con.sql("SELECT told_at, acted_after_at, acted_by_at, actor, checks FROM telling").fetchall()
    assert found == [(at(DAY, 23), at(later(2)), at(later(5), 13), "registrar", 4)] * RECIPIENTS


def test_who_took_a_delegation_away_is_not_said_before_the_registry_answered(tmp_path):
    world = Told()
    world.told("held")
    tell(world, tmp_path)
    before = Told()
    before.registered("held.test", 7, later(1))  # an answer of the registry, the day before
    before.write(tmp_path)
    for number in (2, 3):
        after = Told()
        after.answered("held.test", later(number), rcode="NXDOMAIN", a=[], ns=[], asn=[])
        if number == 3:
            after.registered("held.test", 7, later(number), status=["clientHold"])
        after.write(tmp_path)
        assert review(settings_of(tmp_path), later(number)).rows_out == RECIPIENTS * (number - 2)
    assert outcomes(tmp_path) == {"held": ("client_hold", "registrar")}


def test_what_was_told_by_old_answers_was_active_only_as_of_these(tmp_path):
    """Nobody saw it on the day of the telling: it may have been empty then."""
    world = Told()
    world.burst()
    world.reported("old.test")
    world.member("old.test")
    world.registered("old.test", 7, DAY)
    world.answered("old.test", later(-4))
    tell(world, tmp_path)
    after = Told()
    after.answered("old.test", later(1), a=[], asn=[])
    after.write(tmp_path)
    review(settings_of(tmp_path), later(1))
    with lake_database(settings_of(tmp_path)) as con:
        assert con.sql("SELECT active_at, state FROM outcome").fetchall() == [(at(later(-4), 13), "not_hosted")]


def test_a_second_review_without_new_answers_records_nothing(tmp_path):
    world = Told()
    world.told("held")
    tell(world, tmp_path)
    after = Told()
    after.registered("held.test", 7, later(3), status=["clientHold"])
    after.write(tmp_path)
    review(settings_of(tmp_path), later(3))
    before = {path: path.read_bytes() for path in (tmp_path / "ledger").rglob("*.parquet")}
    assert review(settings_of(tmp_path), later(3)).rows_out == 0
    assert review(settings_of(tmp_path), later(4)).rows_out == 0
    assert before == {path: path.read_bytes() for path in (tmp_path / "ledger").rglob("*.parquet")}


def test_on_the_day_of_the_telling_there_is_nothing_to_review(tmp_path):
    world = Told()
    world.told("one")
    tell(world, tmp_path)
    assert review(settings_of(tmp_path), DAY).rows_in == 0


def test_a_hoster_is_done_when_the_domain_has_left_its_network_and_no_other(tmp_path):
    """Of two networks that were told, one lets go: the matter is over for that one."""
    world = Told()
    world.answered("two.test", DAY, asn=[64500, 64501], a=["192.0.2.1", "198.51.100.1"])
    for key in ("AS64500", "AS64501-0a1b2c3d"):
        world.add(
            "packet", DAY, packet_id=key, scope="network", key=key, recipient=key, written_at=at(DAY, 23), path=key
        )
        world.add("packet_item", DAY, packet_id=key, domain="two.test", state="new")
    world.answered("two.test", later(1), asn=[64501], a=["198.51.100.1"])
    world.write(tmp_path)
    review(settings_of(tmp_path), later(1))
    with lake_database(settings_of(tmp_path)) as con:
        found = con.sql("SELECT key, state, actor FROM outcome ORDER BY key").fetchall()
    assert found == [("AS64500", "moved_network", "hoster"), ("AS64501-0a1b2c3d", "active", "nobody")]
