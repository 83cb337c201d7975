"""Zones from the lab over the real protocols: two days by CZDS and by signed transfer, and what may go wrong."""

import asyncio
import datetime as dt
import gzip
import threading
from collections import Counter

import duckdb
import pytest

from churn.collect import collect_feed
from churn.collect.transports import http as fetching
from churn.collect.transports import zones as visiting
from churn.errors import TerminalError
from churn.lab import axfr, czds, nsd
from churn.lab.axfr import registry
from churn.lab.faults import Fault, Faults
from churn.lab.web import Site
from churn.lab.web_faults import FaultyConnection
from churn.lab.world import build_world
from churn.lab.zones import delegated, dropped
from churn.settings import Settings
from churn.store.landing import landed

pytestmark = pytest.mark.lab
TLDS = ("comlab", "netlab", "orglab", "infolab")
FEED = """
[feeds.zones]
kind = "registered"
format = "{format}"
url = "{url}"
zones = ["comlab", "netlab", "orglab", "infolab"]
credential = "lab"
allow_private = true
"""


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tries follow each other without a wait."""
    monkeypatch.setattr(fetching, "_WAITS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 0.0)


class WatchedSite(Site):
    """Keeps what it was asked."""

    def __init__(self, world, base):
        super().__init__(world, base)
        self.asked = []

    def answer(self, path, headers):
        self.asked.append((path.rpartition("/")[2], headers))
        return super().answer(path, headers)

    def whole(self, tld):
        """How often a zone was asked for, HEAD included."""
        return [name for name, _ in self.asked].count(f"{tld}.zone")


@pytest.fixture
def serve(world):
    """Serves the lab's HTTP with the given faults; returns the site and its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers = []

    def start(*faults):
        site, asked = WatchedSite(world, ""), Counter()
        made = loop.create_server(lambda: FaultyConnection(site, Faults(faults), asked), "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(made, loop).result()
        servers.append(server)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        site.czds = czds.Czds(world, base)
        return site, base

    yield start
    for server in servers:
        loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def collect(tmp_path, monkeypatch):
    """Collects the feed of zones on a day; what came of it as (gate, remark)."""
    settings = Settings(data=tmp_path / "data", clock="day")
    settings.data.mkdir()

    def collected(day, form, url, credential):
        monkeypatch.setenv("CHURN_CREDENTIAL_LAB", credential)
        settings.feeds_file.write_text(FEED.format(format=form, url=url))
        collect_feed(settings, day, "zones")
        (told,) = rows(settings, f"SELECT gate, detail FROM day WHERE day = '{day}'", "feed_day")
        return told

    collected.settings = settings
    return collected


def rows(settings, query, table):
    folder = settings.data / "lake" / table
    if not list(folder.rglob("*.parquet")):
        return []
    files = folder / "*" / "*.parquet"
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW day AS SELECT * FROM read_parquet('{files}', hive_partitioning = true)")
        return con.execute(query).fetchall()


def changes(settings, day):
    found = rows(settings, f"SELECT kind, fqdn FROM day WHERE day = '{day}'", "sighting")
    return {kind: sorted(name for of, name in found if of == kind) for kind in ("registered", "dropped")}


def truth(world, day, tlds=TLDS):
    yesterday = day - dt.timedelta(days=1)
    new = {tld: set(delegated(world, tld, day)) - set(delegated(world, tld, yesterday)) for tld in tlds}
    gone = {tld: dropped(world, tld, day) for tld in tlds}
    return {
        "registered": sorted(name for names in new.values() for name in names),
        "dropped": sorted(name for names in gone.values() for name in names),
    }


def assert_nothing_secret(settings, *secrets):
    """Neither a credential nor a token is in any file, packed or not."""
    for path in settings.data.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        for secret in secrets:
            assert secret.encode() not in content + plain, path


ACCOUNT = f"{czds.LOGIN}:{czds.SECRET}"
KEY = f"{axfr.KEY_NAME}:{axfr.SECRET}"


def test_the_truth_of_a_zone_is_what_its_world_says(world):
    day = world.days[1]
    said = world.listed("day", day).to_pylist()
    expected = [row["domain"] for row in said if row["domain"].endswith(".comlab") and row["rcode"] != 3]
    assert truth(world, day, ["comlab"])["registered"] == sorted(expected)
    assert len(truth(world, day)["dropped"]) > 3


def test_two_days_by_czds(world, serve, collect):
    site, base = serve()
    url = f"{base}/czds/{{day}}"
    first, second = world.days[:2]
    assert collect(first, "czds", url, ACCOUNT)[0] == "ok"
    assert changes(collect.settings, first) == {"registered": [], "dropped": []}
    assert collect(second, "czds", url, ACCOUNT) == ("ok", None)
    assert changes(collect.settings, second) == truth(world, second)
    manifests = landed(collect.settings, "zones", second)
    assert [manifest.closes for manifest in sorted(manifests, key=lambda each: each.closes)] == [False] * 4 + [True]
    asked = len(site.asked)
    collect(second, "czds", url, ACCOUNT)
    assert len(site.asked) == asked, "a day that landed is not asked for again"
    tokens = {headers["authorization"].removeprefix("Bearer ") for _, headers in site.asked}
    assert len(tokens) == 2
    assert_nothing_secret(collect.settings, czds.SECRET, *tokens)


def test_a_zone_that_breaks_off_goes_on_where_it_was(world, serve, collect):
    site, base = serve(Fault("reset", "/czds/downloads/comlab.zone", (2,)))
    assert collect(world.days[0], "czds", f"{base}/czds/{{day}}", ACCOUNT)[0] == "ok"
    asked = [headers for name, headers in site.asked if name == "comlab.zone"]
    assert [("range" in headers, "if-range" in headers) for headers in asked] == [(False, False)] * 2 + [(True, True)]
    sizes = {
        manifest.url.rpartition("/")[2]: manifest.size for manifest in landed(collect.settings, "zones", world.days[0])
    }
    assert sizes["comlab.zone"] == len(site.czds._zone("comlab", world.days[0]))


def test_a_zone_that_is_unchanged_is_not_downloaded(world, serve, collect):
    site, base = serve()
    first, second = world.days[:2]
    collect(first, "czds", f"{base}/czds/{first}", ACCOUNT)
    before = {tld: site.whole(tld) for tld in TLDS}
    assert set(before.values()) == {2}
    assert collect(second, "czds", f"{base}/czds/{first}", ACCOUNT)[0] == "ok"
    assert {tld: site.whole(tld) for tld in TLDS} == dict.fromkeys(TLDS, 3)
    assert changes(collect.settings, second) == {"registered": [], "dropped": []}


def test_a_revoked_zone_leaves_the_others_and_is_told(world, serve, collect):
    site, base = serve()
    first, second, third = world.days[:3]
    url = f"{base}/czds/{{day}}"
    collect(first, "czds", url, ACCOUNT)
    site.czds.revoked.add("netlab")
    gate, remark = collect(second, "czds", url, ACCOUNT)
    assert gate == "ok"
    assert "1 of 4 zones were not had (netlab: " in remark
    assert "403" in remark
    assert changes(collect.settings, second) == truth(world, second, [tld for tld in TLDS if tld != "netlab"])
    site.czds.revoked.clear()
    collect(third, "czds", url, ACCOUNT)
    late = [name for name in changes(collect.settings, third)["registered"] if name.endswith(".netlab")]
    days = (truth(world, day, ["netlab"])["registered"] for day in (second, third))
    assert late == sorted(name for names in days for name in names), "what was missed comes with the next copy"


def test_a_token_that_expires_is_renewed(world, serve, collect, monkeypatch):
    site, base = serve()
    given = site.czds.answer

    def expiring(parts, authorization):
        if parts[-1] == "orglab.zone" and site.czds.logins == 1:
            site.czds.expire()
        return given(parts, authorization)

    monkeypatch.setattr(site.czds, "answer", expiring)
    assert collect(world.days[0], "czds", f"{base}/czds/{{day}}", ACCOUNT)[0] == "ok"
    assert site.czds.logins == 2
    assert len(landed(collect.settings, "zones", world.days[0])) == 5


def test_a_wrong_secret_is_shown_once(world, serve, collect):
    site, base = serve()
    with pytest.raises(TerminalError, match="answered 401 to the login; check the credential lab") as failure:
        collect(world.days[0], "czds", f"{base}/czds/{{day}}", f"{czds.LOGIN}:a wrong secret")
    assert "a wrong secret" not in str(failure.value)
    assert site.czds.logins == 0
    assert site.asked == []


needs_nsd = pytest.mark.skipif(nsd.program() is None, reason="nsd is not installed")


@needs_nsd
def test_two_days_by_signed_transfer(world, tmp_path, collect):
    first, second = world.days[:2]
    with registry(world, TLDS, tmp_path / "nsd", first) as served:
        url = f"axfr://127.0.0.1:{served.port}"
        assert collect(first, "axfr", url, KEY)[0] == "ok"
        served.show(second)
        assert collect(second, "axfr", url, KEY) == ("ok", None)
    assert changes(collect.settings, second) == truth(world, second)
    cursors = {manifest.cursor for manifest in landed(collect.settings, "zones", second) if not manifest.closes}
    assert cursors == {f"{second:%Y%m%d}00"}
    assert_nothing_secret(collect.settings, axfr.SECRET)


@needs_nsd
def test_a_key_that_is_wrong_and_one_that_is_missing(world, tmp_path, collect):
    day = world.days[0]
    with registry(world, TLDS, tmp_path / "nsd", day) as served:
        url = f"axfr://127.0.0.1:{served.port}"
        for wrong, words in (
            (f"{axfr.KEY_NAME}:d3Jvbmcgc2VjcmV0", "does not take the key; check the key's name, its secret"),
            (f"other-key:{axfr.SECRET}", "does not take the key; check the key's name, its secret"),
        ):
            with pytest.raises(TerminalError, match=words) as failure:
                collect(day, "axfr", url, wrong)
            assert wrong.partition(":")[2] not in str(failure.value)
        assert_nothing_secret(collect.settings, axfr.SECRET, "d3Jvbmcgc2VjcmV0")
        assert collect(day, "axfr", url, KEY)[0] == "ok"
        assert served.server.poll() is None


@needs_nsd
def test_an_unchanged_serial_number_is_not_transferred(world, tmp_path, collect):
    first, second = world.days[:2]
    with registry(world, TLDS, tmp_path / "nsd", first) as served:
        url = f"axfr://127.0.0.1:{served.port}"
        collect(first, "axfr", url, KEY)
        before = {manifest.url: manifest.sha256 for manifest in landed(collect.settings, "zones", first)}
        assert collect(second, "axfr", url, KEY)[0] == "ok"
    after = {manifest.url: manifest.sha256 for manifest in landed(collect.settings, "zones", second)}
    assert after == before
    assert changes(collect.settings, second) == {"registered": [], "dropped": []}
