"""The truth about deeds: the same seed gives the same; a deed leaves its mark at its instant, not before."""

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from churn.lab.deeds import FREE_DAYS, HOWS, NAMES, PENDING_DAYS, standing
from churn.lab.records import record
from churn.lab.scale import WORLDS

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from followed.replay import season

SCALE = replace(WORLDS["small"], name="deeds", days=30, per_day=300, campaigns=30, case_size=20, look_alike_size=3,
                reported_background=4, older=60, resellers=1, batches_per_day=1, brands_per_day=1)  # fmt: skip


@pytest.fixture(scope="module")
def acted():
    """A season, and of each deed one domain that it was done to, with its instant."""
    this = season(SCALE, 1)
    found = {}
    for row in this.done.to_pylist():
        name = NAMES[row["how"]]
        if name not in found and this.world.row(this.world.find(row["domain"]))["rcode"] == 0:
            found[name] = (row["domain"], dt.datetime.fromtimestamp(row["acted"], dt.UTC))
    return this, found


def test_the_shares_make_a_whole_and_everything_happens(acted):
    assert sum(share for share, _ in HOWS.values()) == pytest.approx(1)
    assert set(acted[1]) == set(HOWS)


def test_the_same_seed_gives_the_same_deeds(acted):
    this, again = acted[0], season(SCALE, 1)
    assert this.done.equals(again.done)
    assert this.returned.equals(again.returned)
    assert this.world.domains.equals(again.world.domains)


@pytest.mark.parametrize("how", [name for name in HOWS if name != "nothing"])
def test_a_deed_leaves_its_mark_at_its_instant(acted, how):
    this, found = acted
    domain, at = found[how]
    before = standing(this.world, this.done, at - dt.timedelta(seconds=1))
    after = standing(this.world, this.done, at)
    old, new = record(before, domain), record(after, domain)
    was, now = before.row(before.find(domain)), after.row(after.find(domain))
    addresses = [set(world.pools.address_texts(row["a"])) for world, row in ((before, was), (after, now))]
    assert old.status != ("client hold",)
    assert {
        "client_hold": "client hold" in new.status and now["rcode"] == 3,
        "server_hold": "server hold" in new.status and now["rcode"] == 3,
        "deleted": new.status == ("pending delete",),
        "re_registered": new.status == ("pending delete",),
        "not_hosted": addresses[1] == set() and new.nameservers == old.nameservers,
        "moved_network": not addresses[0] & addresses[1] and new.nameservers == old.nameservers,
        "moved_delegation": not {*new.nameservers} & {*old.nameservers},
        "transferred": new.registrar != old.registrar and new.nameservers == old.nameservers,
    }[how]


def test_what_is_deleted_leaves_the_registry_and_may_be_registered_again(acted):
    this, found = acted
    for how, is_back in (("deleted", False), ("re_registered", True)):
        domain, at = found[how]
        gone = at + dt.timedelta(days=PENDING_DAYS)
        assert record(standing(this.world, this.done, gone), domain) is None
        later = record(standing(this.world, this.done, gone + dt.timedelta(days=FREE_DAYS)), domain)
        assert (later is not None) is is_back
        assert later is None or later.created > at


def test_who_comes_back_has_the_operators_infrastructure_and_another_name(acted):
    world = acted[0].world
    rows = acted[0].returned.to_pylist()
    assert rows
    for row in rows:
        old, new = world.row(world.find(row["domain"])), world.row(world.find(row["came_back_as"]))
        assert (old["owner"], old["campaign"], old["ns"]) == (new["owner"], new["campaign"], new["ns"])
        assert new["day"] >= old["day"]
        same = row["domain"].split(".")[0] == row["came_back_as"].split(".")[0]
        assert same is (row["relation"] == "same_label")
