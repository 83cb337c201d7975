"""The landing keeps bytes as served, once each, with where and when they came from."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn.errors import TerminalError
from churn.settings import Settings
from churn.store.landing import Origin, land, landed, landed_days, read_landed, remember_import, without_credentials

DAY = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC)


@pytest.fixture
def config(tmp_path):
    return Settings(data=tmp_path)


def files(config):
    return {
        p.relative_to(config.data).as_posix(): p.read_bytes()
        for p in sorted((config.data / "landing").rglob("*"))
        if p.is_file()
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(content=st.binary(max_size=2000), packed=st.booleans())
def test_bytes_come_back_as_they_were_served(config, content, packed):
    served = gzip.compress(content) if packed else content
    manifest = land(config, "list", DAY, served, Origin("https://lists.example/a", NOW, 200, '"e"', "yesterday"))
    assert read_landed(config, manifest) == served
    assert manifest in landed(config, "list", DAY)
    assert (manifest.size, manifest.etag, manifest.fetched_at) == (len(served), '"e"', NOW)


def test_the_same_content_is_one_file_with_its_first_manifest(config):
    land(config, "list", DAY, b"a.example\n", Origin("https://u:p@lists.example/a?key=secret", NOW))
    before = files(config)
    later = NOW + dt.timedelta(hours=1)
    again = land(config, "list", DAY, b"a.example\n", Origin("https://lists.example/b", later))
    assert files(config) == before
    assert len(before) == 2
    assert again.fetched_at == NOW
    assert again.url == "https://lists.example/a"
    assert not any(b"secret" in content for content in before.values())


def test_equal_bytes_are_equal_files_on_any_day(config):
    for day in (DAY, DAY + dt.timedelta(days=1)):
        land(config, "list", day, b"a.example\n", Origin("/a", NOW))
    first, second = (content for name, content in files(config).items() if name.endswith(".gz"))
    assert first == second
    assert landed_days(config, "list") == [DAY, DAY + dt.timedelta(days=1)]


def test_what_changed_on_the_disk_is_not_believed(config):
    manifest = land(config, "list", DAY, b"a.example\n", Origin("/a", NOW))
    (path,) = (config.data / "landing").rglob("*.gz")
    path.write_bytes(gzip.compress(b"b.example\n"))
    with pytest.raises(TerminalError, match="is not what landed"):
        read_landed(config, manifest)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(TerminalError, match="Can't read"):
        read_landed(config, manifest)


def test_content_without_a_manifest_has_not_landed(config):
    land(config, "list", DAY, b"a.example\n", Origin("/a", NOW))
    (path,) = (config.data / "landing").rglob("*.json")
    path.unlink()
    assert landed(config, "list", DAY) == []
    land(config, "list", DAY, b"a.example\n", Origin("/a", NOW))
    assert len(landed(config, "list", DAY)) == 1


def test_a_broken_manifest_is_named(config):
    land(config, "list", DAY, b"a.example\n", Origin("/a", NOW))
    (path,) = (config.data / "landing").rglob("*.json")
    path.write_text(json.dumps({"feed": "list"}))
    with pytest.raises(TerminalError, match=str(path)):
        landed(config, "list", DAY)


def test_an_import_is_remembered_by_its_first_time(config):
    assert remember_import(config, "sighting", "a" * 64, "x.csv", NOW) == NOW
    assert remember_import(config, "sighting", "a" * 64, "x.csv", NOW + dt.timedelta(days=9)) == NOW


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@a.example:8443/x?token=1#f", "https://a.example:8443/x"),
        ("/folder/x?y", "/folder/x?y"),
    ],
)
def test_credentials_are_not_shown(url, shown):
    assert without_credentials(url) == shown
