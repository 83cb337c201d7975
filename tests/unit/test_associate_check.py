"""What a check finds in small portfolios, against a count by hand, and what it must never do."""

import datetime as dt
import json
import random
import sys
import tempfile
from collections import Counter
from math import isclose, log

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from churn.associate import Reported, ReportedList, check, known_of, reported_of
from churn.associate.answer import Answer
from churn.associate.check import features
from churn.settings import Settings

checking = sys.modules[features.__module__]

SETTINGS = Settings(threads=1)
START = dt.datetime(2026, 3, 1, 10, 0, 30, tzinfo=dt.UTC)
FAMILY_OF = {
    "account_hash": "customer",
    "contact_hash": "customer",
    "order_id": "registration",
    "minute": "registration",
    "name_servers": "infrastructure",
}


def ask(folder, rows, reported, **options) -> Answer:
    return check(SETTINGS, written(folder, rows), listed(*reported), **options)


def written(folder, rows):
    path = folder / "book.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def listed(*names):
    return ReportedList(tuple(name if isinstance(name, Reported) else Reported(name) for name in sorted(names)), 0)


def row(domain, account, created=START, order=None, **more):
    return {"domain": domain, "account_hash": account, "created_at": created, "order_id": order, **more}


def strangers(count, account="stranger"):
    """Domains that share nothing but the registrar's own name servers."""
    return [
        row(f"q{number:05}z.example", f"{account}{number}", START - dt.timedelta(hours=7 * number + 1), f"so{number}")
        for number in range(count)
    ]


def operator(count, account="bad", created=START, order="order1"):
    return [
        row(f"{word}-shop.test", account, created + dt.timedelta(seconds=2 * number), order)
        for number, word in enumerate(WORDS[:count])
    ]


WORDS = ("amber", "birch", "cedar", "daisy", "ember", "fable", "grove", "heron", "inlet", "jolly", "knoll", "lilac")


def test_the_order_of_a_reported_domain_is_found_with_its_ledger(tmp_path):
    answer = ask(tmp_path, strangers(2_000) + operator(12), ["amber-shop.test"])
    assert {each["domain"] for each in answer.associated} == {f"{word}-shop.test" for word in WORDS[1:]}
    first = answer.associated[0]
    assert first["reported_domain"] == "amber-shop.test"
    assert first["probability"] > 0.9
    told = {answer.values[code]["field"]: answer.values[code] for code in first["codes"]}
    assert {"account", "order", "run", "minute"} <= set(told)
    assert (told["account"]["domains"], told["account"]["reported"]) == (12, 1)
    assert told["account"]["first_created_at"] == START
    assert isclose(told["account"]["nats"], log(2_012 / 12))


def test_reported_domains_are_never_among_the_associated(tmp_path):
    reported = ["amber-shop.test", "birch-shop.test", "elsewhere.test"]
    answer = ask(tmp_path, strangers(500) + operator(12), reported)
    names = {each["domain"] for each in answer.associated}
    assert names == {f"{word}-shop.test" for word in WORDS[2:]}
    assert {each["domain"] for each in answer.reported} == set(reported[:2])
    assert answer.not_here == ["elsewhere.test"]


def test_what_the_published_database_knows_as_reported_stands_apart(tmp_path):
    known = pa.Table.from_pylist(
        [
            {"domain": "birch-shop.test", "reported_at": START, "lists": 1},
            {"domain": "amber-shop.test", "cluster_id": "c-1", "cluster_name": "pale shore", "cluster_domains": 9},
        ],
        schema=checking._KNOWN,
    )
    answer = ask(tmp_path, strangers(500) + operator(12), ["amber-shop.test"], known=known)
    assert [each["domain"] for each in answer.known_reported] == ["birch-shop.test"]
    assert "birch-shop.test" not in {each["domain"] for each in answer.associated}
    assert answer.reported[0]["cluster_name"] == "pale shore"


def test_a_resellers_account_drags_nobody_in_and_is_told(tmp_path):
    rows = strangers(100) + [each | {"account_hash": "reseller"} for each in strangers(6_000, "customer")]
    rows = [each | {"domain": f"{number}{each['domain']}"} for number, each in enumerate(rows)]
    rows += operator(12, account="reseller")
    answer = ask(tmp_path, rows, ["amber-shop.test"])
    assert {each["domain"] for each in answer.associated} <= {f"{word}-shop.test" for word in WORDS}
    assert answer.associated
    (here,) = answer.reported
    assert {"caution": "large_account", "domains": 6_012}.items() <= here["cautions"][0].items()
    assert "of_large_account" in {each["caution"] for each in answer.associated[0]["cautions"]}


def test_an_old_domain_of_an_old_customer_is_told_to_be_perhaps_compromised(tmp_path):
    old = [row(f"{word}-garden.test", "customer", START - dt.timedelta(days=200 * n)) for n, word in enumerate(WORDS)]
    report = Reported("daisy-garden.test", START.date(), for_abuse=False)
    answer = ask(tmp_path, strangers(500) + old, [report])
    cautions = {each["caution"]: each for each in answer.reported[0]["cautions"]}
    assert {"undetermined", "old_when_reported", "spread_account"} <= set(cautions)
    assert cautions["old_when_reported"]["days"] == 600
    far = [each for each in answer.associated if each["domain"] == "lilac-garden.test"]
    assert all("created_far_apart" in {one["caution"] for one in each["cautions"]} for each in far)


def test_a_strangers_name_alone_is_not_enough(tmp_path):
    rows = [
        *strangers(2_000),
        row("amber-shop.test", "one"),
        row("amber-shop.example", "two", START.replace(year=2021)),
    ]
    assert ask(tmp_path, rows, ["amber-shop.test"]).associated == []


def test_a_domain_that_is_not_here_gives_an_empty_answer(tmp_path):
    answer = ask(tmp_path, strangers(5), ["amber-shop.test"])
    assert (answer.associated, answer.reported, answer.values, answer.weak) == ([], [], {}, 0)
    assert json.dumps(answer.as_json(), default=str)


def test_rows_in_any_order_and_in_any_portions_give_the_same_answer(tmp_path, monkeypatch):
    rows = strangers(300) + operator(12) + operator(0)
    reported = ["amber-shop.test", "heron-shop.test", rows[7]["domain"]]
    first = ask(tmp_path, rows, reported, at_least=0.01)
    monkeypatch.setattr(checking, "PAIRS_AT_ONCE", 1)
    random.Random(3).shuffle(rows)
    second = ask(tmp_path, rows, reported, at_least=0.01)
    assert first.associated
    ours = [{key: each[key] for key in each if key not in {"codes", "reported_domain"}} for each in first.associated]
    theirs = [{key: each[key] for key in each if key not in {"codes", "reported_domain"}} for each in second.associated]
    assert ours == theirs
    assert first.weak == second.weak


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = strangers(300) + operator(12)
    answers = [json.dumps(ask(tmp_path, rows, ["amber-shop.test"]).as_json(), default=str) for _ in range(2)]
    assert answers[0] == answers[1]


def test_nothing_is_kept(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    ask(tmp_path, strangers(50) + operator(3), ["amber-shop.test"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["book.parquet", "temporary"]


def test_without_a_published_database_nothing_is_known(tmp_path):
    assert known_of(Settings(data=tmp_path)) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_features_are_those_that_a_count_by_hand_gives(tmp_path, seed):
    chance = random.Random(seed)
    rows = [
        {
            "domain": f"x{number}q{chance.randrange(10**6)}.example",
            "account_hash": f"a{chance.randrange(8)}",
            "contact_hash": chance.choice([None, "c0", "c1", "c2", "c3"]),
            "created_at": START + dt.timedelta(minutes=chance.randrange(6), days=chance.randrange(4)),
            "order_id": chance.choice([None, *(f"o{n}" for n in range(9))]),
            "name_servers": chance.choice([["n1.x", "n2.x"], ["n3.x"], ["n4.x"]]),
        }
        for number in range(60)
    ]
    reported = [each["domain"] for each in rows[:4]]
    found = features(SETTINGS, written(tmp_path, rows), listed(*reported)).to_pylist()
    by_name = {each["domain"]: shown(each) for each in rows}
    for each in found:
        expected = by_hand(by_name, each["first"], each["second"])
        assert {key: each[key] for key in expected} == pytest.approx(expected), each
    expected_pairs = {
        (first, second)
        for first in reported
        for second in by_name
        if second not in reported
        and any(by_name[first][key] == by_name[second][key] for key in FAMILY_OF if by_name[first][key])
    }
    assert expected_pairs <= {(each["first"], each["second"]) for each in found}


def shown(each):
    """The values of a row that the oracle compares."""
    return each | {
        "minute": each["created_at"].strftime("%Y-%m-%d %H:%M"),
        "name_servers": " ".join(sorted(each["name_servers"])),
    }


def by_hand(rows, first, second):
    """Crowd, and the surprise of registration and infrastructure, counted in plain Python."""
    a, b = rows[first], rows[second]
    counts = {key: Counter(each[key] for each in rows.values()) for key in FAMILY_OF}
    both = [key for key in FAMILY_OF if a[key] is not None and a[key] == b[key]]
    customer = [key for key in both if FAMILY_OF[key] == "customer"]
    among = list(rows.values())
    if customer:
        rarest = min(customer, key=lambda key: counts[key][a[key]])
        among = [each for each in rows.values() if each[rarest] == a[rarest]]
    features = {"crowd": log(len(among)), "customer": float(bool(customer))}
    features |= {"infrastructure": float("name_servers" in both), "infrastructure_nats": 0.0}
    if "name_servers" in both:
        alike = sum(each["name_servers"] == a["name_servers"] for each in among)
        features["infrastructure_nats"] = log(len(among) / alike)
    if not {"order_id", "minute"} & set(both) and a["account_hash"] != b["account_hash"]:
        features |= {"registration": 0.0, "registration_nats": 0.0}
    features["other_account"] = float(a["account_hash"] != b["account_hash"])
    return features


def test_a_typed_name_finds_the_same_as_a_packet(tmp_path):
    rows = strangers(300) + operator(12)
    packet = tmp_path / "packet.json"
    packet.write_text(json.dumps({"domains": [{"domain": "amber-shop.test"}]}))
    path = written(tmp_path, rows)
    answers = [check(SETTINGS, path, found) for found in (reported_of(["amber-shop[.]test"]), reported_of([], packet))]
    assert answers[0] == answers[1]
    assert answers[0].associated
