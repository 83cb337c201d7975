"""Zones through the stage: what changed since the last good copy, whatever a bad copy in between says."""

from __future__ import annotations

import datetime as dt
import gzip

import duckdb
import pytest

from churn.collect import collect_feed
from churn.settings import Settings

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def config(tmp_path):
    text = '[feeds.zones]\nkind = "registered"\nformat = "zone"\npath = "zones/{day}.test.zone.gz"\n'
    (tmp_path / "feeds.toml").write_text(text)
    (tmp_path / "zones").mkdir()
    return Settings(data=tmp_path, clock="day")


def serve(config, day, names, *, whole=True, cut=0):
    soa = f"test. 900 IN SOA a.nic.test. hostmaster.nic.test. {day:%Y%m%d}00 1800 900 604800 86400\n"
    records = "".join(f"{name}.test.\t86400\tin\tns\tns{i}.host.example.\n" for name in names for i in (1, 2))
    packed = gzip.compress((soa + records + (soa if whole else "")).encode())
    (config.data / "zones" / f"{day}.test.zone.gz").write_bytes(packed[: len(packed) - cut])


def changes(config, day):
    path = config.data / "lake" / "sighting" / f"day={day}" / "feed-zones.parquet"
    if not path.exists():
        return {}
    with duckdb.connect() as con:
        return dict(con.execute(f"SELECT domain, kind FROM read_parquet('{path}')").fetchall())


def verdict(config, day):
    with duckdb.connect() as con:
        path = config.data / "lake" / "feed_day" / f"day={day}" / "feed-zones.parquet"
        return con.execute(f"SELECT rows, gate, detail FROM read_parquet('{path}')").fetchone()


def day_after(days):
    return DAY + dt.timedelta(days=days)


def names(start, stop):
    return [f"n{number}" for number in range(start, stop)]


def test_the_first_copy_is_the_ground_and_each_next_one_gives_its_changes(config):
    serve(config, DAY, names(0, 100))
    assert collect_feed(config, DAY, "zones").rows_in == 100
    rows, gate, detail = verdict(config, DAY)
    assert (changes(config, DAY), rows, gate) == ({}, 0, "ok")
    assert "first copy" in detail
    serve(config, day_after(1), names(2, 103))
    collect_feed(config, day_after(1), "zones")
    told = {"n0.test": "dropped", "n1.test": "dropped"} | dict.fromkeys(
        ["n100.test", "n101.test", "n102.test"], "registered"
    )
    assert changes(config, day_after(1)) == told
    assert verdict(config, day_after(1)) == (5, "ok", None)
    collect_feed(config, day_after(1), "zones")
    assert changes(config, day_after(1)) == told


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"names": names(0, 40)}, "not compared"),
        ({"names": names(0, 90), "whole": False}, "cut off"),
        ({"names": names(0, 90), "cut": 30}, "can't be read"),
    ],
)
def test_a_part_of_a_zone_is_neither_compared_nor_compared_with(config, bad, why):
    serve(config, DAY, names(0, 100))
    serve(config, day_after(1), **bad)
    serve(config, day_after(2), names(1, 101))
    for days in range(3):
        collect_feed(config, day_after(days), "zones")
    _, gate, detail = verdict(config, day_after(1))
    assert (changes(config, day_after(1)), gate) == ({}, "missing")
    assert why in detail
    assert changes(config, day_after(2)) == {"n0.test": "dropped", "n100.test": "registered"}


def test_a_zone_that_stays_small_is_believed_in_the_end(config):
    serve(config, DAY, names(0, 100))
    for days in range(1, 10):
        serve(config, day_after(days), names(0, 40 + days))
    for days in range(10):
        collect_feed(config, day_after(days), "zones")
    assert [verdict(config, day_after(days))[1] for days in (1, 7, 8)] == ["missing", "missing", "ok"]
    assert changes(config, day_after(9)) == {"n48.test": "registered"}


def test_the_cache_may_be_deleted_and_stays_small(config):
    for days in range(5):
        serve(config, day_after(days), names(days, 100 + days))
        collect_feed(config, day_after(days), "zones")
    cache = config.data / "cache" / "zones"
    assert len(list(cache.glob("*.parquet"))) == 2
    expected = changes(config, day_after(4))
    for path in cache.iterdir():
        path.unlink()
    collect_feed(config, day_after(4), "zones")
    assert changes(config, day_after(4)) == expected == {"n3.test": "dropped", "n103.test": "registered"}
