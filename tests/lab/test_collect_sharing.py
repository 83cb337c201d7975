"""The formats of sharing communities, end to end from the lab: a MISP feed, STIX bundles, medallion's TAXII server.

Each must give the domains that the world's truth reports on the day, whatever else is in it.
"""

from __future__ import annotations

import datetime as dt
import http.server

import duckdb
import pyarrow.parquet
import pytest
from pydantic import SecretStr

from churn.collect import collect_feed
from churn.collect.credentials import Credential
from churn.errors import TerminalError, TransientError
from churn.lab import misp, stix, taxii
from churn.lab.world import build_world
from churn.settings import Settings
from churn.store import landing as landings
from churn.store.landing import landed
from tests.lab.conftest import OTHER_SEED
from tests.serving import QuietHandler, running

pytestmark = pytest.mark.lab
SEED = OTHER_SEED


@pytest.fixture(scope="module")
def lab(other_lab):
    return other_lab


@pytest.fixture(scope="module")
def world():
    return build_world("small", SEED)


@pytest.fixture(scope="module")
def truth(lab):
    """The domains that are reported on each day."""
    table = pyarrow.parquet.read_table(lab.truth, columns=["domain", "first_reported_day"]).to_pylist()
    return {day: {row["domain"] for row in table if row["first_reported_day"] == day} for day in lab.days}


def settings(folder, **feeds):
    text = "".join(
        f'[feeds.{name}]\nkind = "reported"\nallow_private = true\n'
        + "".join(f'{k} = "{v}"\n' for k, v in keys.items())
        for name, keys in feeds.items()
    )
    folder.mkdir(exist_ok=True)
    (folder / "feeds.toml").write_text(text)
    return Settings(data=folder, clock="day", window_days=30)


def sightings(config, feed, day, columns="domain"):
    files = f"{config.data}/lake/sighting/*/feed-{feed}.parquet"
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {columns} FROM read_parquet('{files}') WHERE day = ? ORDER BY ALL", [day]
        ).fetchall()


def domains(config, feed, day):
    return {domain for (domain,) in sightings(config, feed, day)}


def test_bundles_and_a_misp_feed_give_what_the_truth_reports(lab, truth, tmp_path):
    base = f"http://127.0.0.1:{lab.ports.http}"
    config = settings(
        tmp_path,
        bundle={"format": "stix", "url": f"{base}/stix/{{day}}/bundle.json"},
        shared={"format": "misp", "url": f"{base}/misp/{{day}}"},
        listed={"format": "csv", "url": f"{base}/reported/{{day}}.csv"},
    )
    with (tmp_path / "feeds.toml").open("a") as file:
        file.write('columns = { fqdn = "url", seen_at = "reported_at", reference = "id", label = "class" }\n')
    for day in lab.days[:2]:
        assert truth[day]
        for feed in ("bundle", "shared", "listed"):
            result = collect_feed(config, day, feed)
            assert (result.rejects, result.found) == (0, {feed: len(truth[day])}), feed
            assert domains(config, feed, day) == truth[day]
        told = "domain, seen_at, label"
        assert sightings(config, "bundle", day, "domain, seen_at") == sightings(
            config, "listed", day, "domain, seen_at"
        )
        assert sightings(config, "shared", day, told) == sightings(config, "listed", day, told)


class Growing(http.server.ThreadingHTTPServer):
    """The lab's MISP feed at one address, as of `day`; `broken` answers 500."""

    def __init__(self, world):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world, self.day, self.broken, self.asked = world, world.days[0], set(), []


class _Handler(QuietHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        body = misp.feed_file(self.server.world, self.server.day, name)
        self.answer(500 if name in self.server.broken else 200 if body else 404, body or b"")


@pytest.fixture
def growing(world):
    with running(Growing(world)) as server:
        yield server


def test_a_misp_feed_that_grows_is_asked_for_what_is_new(growing, truth, tmp_path):
    config = settings(tmp_path, shared={"format": "misp", "url": f"http://127.0.0.1:{growing.server_port}/feed/"})
    for day in growing.world.days[:3]:
        growing.day = day
        growing.asked.clear()
        collect_feed(config, day, "shared")
        assert len(growing.asked) == 2, "the manifest and the day's own event"
        assert domains(config, "shared", day) == truth[day]
    growing.asked.clear()
    assert collect_feed(config, day, "shared").rows_out == len(truth[day])
    assert growing.asked == [], "what has landed is not asked for again"
    for later in (day + dt.timedelta(days=number) for number in (1, 2, 3)):
        result = collect_feed(config, later, "shared")
        assert (result.rows_out, result.found) == (0, {"shared": 0}), "a day without news is well, whatever was usual"


@pytest.fixture(scope="module")
def server(tmp_path_factory, world):
    """A TAXII server with the objects of the first day."""
    with taxii.taxii_server(tmp_path_factory.mktemp("taxii"), page_objects=20) as running:
        running.add(stix.objects(world, world.days[0]))
        yield running


def shown(name):
    return Credential(SecretStr(taxii.PASSWORD), taxii.USER)


def pull(config, day, credentials=shown):
    return collect_feed(config, day, "shared", credentials=credentials)


def collection(folder, server):
    keys = {"format": "taxii", "url": server.collection, "credential": "lab", "auth": "basic"}
    return settings(folder, shared=keys)


ROWS = "domain, fqdn, kind, seen_at, reference, label"


def test_a_collection_is_pulled_page_by_page_and_goes_on_the_next_day(server, world, truth, tmp_path, monkeypatch):
    first, second, third = world.days[:3]
    config = collection(tmp_path / "whole", server)
    assert pull(config, first).rejects == 0
    assert domains(config, "shared", first) == truth[first]
    pages = landed(config, "shared", first)
    objects = stix.objects(world, first)
    assert len(pages) == -(-len(objects) // 20)
    assert [page.closes for page in pages].count(True) == 1

    broken = collection(tmp_path / "broken", server)
    _break_off_after(monkeypatch, 2, broken, first)
    assert len(landed(broken, "shared", first)) == 2
    pull(broken, first)
    assert sightings(broken, "shared", first, ROWS) == sightings(config, "shared", first, ROWS)

    server.add(stix.objects(world, second))
    for settings_of in (config, broken):
        pull(settings_of, second)
        assert domains(settings_of, "shared", second) == truth[second]
    fresh = stix.objects(world, second)
    assert len(landed(config, "shared", second)) == -(-(len(fresh) - 1) // 20), "only what was added after"

    pull(config, third)
    assert domains(config, "shared", third) == set()
    assert [page.size for page in landed(config, "shared", third)] == [len(b"{}")]


def _break_off_after(monkeypatch, pages, config, day):
    """A visit that is killed when it has landed so many pages."""
    real, done = landings.land, []

    def land(*arguments):
        if len(done) == pages:
            raise TransientError("killed")
        done.append(real(*arguments))
        return done[-1]

    with monkeypatch.context() as patch:
        patch.setattr("churn.collect.visit.land", land)
        with pytest.raises(TransientError, match="killed"):
            pull(config, day)


def test_a_wrong_password_is_refused(server, world, tmp_path):
    config = collection(tmp_path, server)
    with pytest.raises(TerminalError, match="answered 401") as refused:
        pull(config, world.days[0], lambda _: Credential(SecretStr("wrong"), taxii.USER))
    assert "wrong" not in str(refused.value)
