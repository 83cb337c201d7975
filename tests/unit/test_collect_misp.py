"""MISP feeds: which attributes are reports, which events are asked for again, and that no content breaks the reader."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import uuid

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.collect import collect_feed
from churn.collect.feeds import Feed
from churn.collect.formats.misp import read_misp
from churn.collect.transports import http as fetching
from churn.collect.transports import misp_feed
from churn.collect.unpack import UnreadableError
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError
from churn.settings import Settings
from churn.store.landing import Manifest, landed
from churn.store.queries import run
from tests.given_content import Given
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
NEXT = DAY + dt.timedelta(days=1)
ONE, TWO, THREE = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


class Site(http.server.ThreadingHTTPServer):
    """A MISP feed: `files` maps a name to its bytes or to a status; `asked` are the names that were asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.asked = {}, []

    def put(self, time, **events):
        """The manifest with these events, all of one time; a value is an event's attributes, or what is served."""
        names = {"one": ONE, "two": TWO, "three": THREE}
        for name, served in events.items():
            content = event(names[name], served) if isinstance(served, list) else served
            self.files[f"{names[name]}.json"] = content
        self.manifest({names[name]: time for name in events})

    def manifest(self, times):
        old = json.loads(self.files.get("manifest.json", b"{}"))
        self.files["manifest.json"] = json.dumps(old | {key: {"timestamp": at} for key, at in times.items()}).encode()


class _Handler(QuietHandler):
    def do_GET(self):
        name = self.path.removeprefix("/feed/")
        self.server.asked.append(name)
        served = self.server.files.get(name, 404)
        status, body = (200, served) if isinstance(served, bytes) else (served, b"")
        tag = f'"{hash(body)}"'
        if self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def event(key, attributes, **fields):
    return json.dumps({"Event": {"uuid": key, "Attribute": attributes, **fields}}).encode()


def attribute(value, kind="domain", **fields):
    return {"type": kind, "value": value, "to_ids": True, "timestamp": "1772323200", **fields}


@pytest.fixture
def site():
    with running(Site()) as server:
        yield server


@pytest.fixture
def config(tmp_path, site):
    (tmp_path / "feeds.toml").write_text(
        '[feeds.shared]\nkind = "reported"\nformat = "misp"\nallow_private = true\n'
        f'url = "http://127.0.0.1:{site.server_port}/feed/"\n'
    )
    return Settings(data=tmp_path, clock="day")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tries follow each other without a wait."""
    monkeypatch.setattr(fetching, "_WAITS", (0.0, 0.0, 0.0))


def read(config, table, columns, day=DAY):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        path = f"{config.data}/lake/{table}/*/feed-shared.parquet"
        return con.execute(f"SELECT {columns} FROM read_parquet('{path}') WHERE day = ? ORDER BY ALL", [day]).fetchall()


def names(config, day=DAY):
    return [fqdn for (fqdn,) in read(config, "sighting", "fqdn", day)]


def detail(config, day=DAY):
    ((gate, text),) = read(config, "feed_day", "gate, detail", day)
    return gate, text


def test_what_is_a_report(config, site):
    tags = [
        {"name": name} for name in ("tlp:green", 'misp-galaxy:threat-actor="APT 28"', "type:OSINT", "phishing", "Org")
    ]
    inside = {"Attribute": [attribute("d.example|192.0.2.1", "domain|ip"), attribute("e.example|443", "hostname|port")]}
    attributes = [
        attribute("a.example", Tag=[{"name": "tlp:red"}, {"name": "lumma"}], first_seen="2026-02-28T10:00:00+00:00"),
        attribute("https://b.example/path?q=1", "url"),
        attribute("c.example", "hostname"),
        attribute("f.example", "uri", to_ids="1"),
        attribute("deleted.example", deleted=True),
        attribute("context.example", to_ids=False),
        attribute("0" * 32, "md5"),
        attribute("192.0.2.1"),
        attribute(7),
        "no object",
    ]
    gone = {"deleted": True, "Attribute": [attribute("gone.example")]}
    site.put("1772323200")
    site.files[f"{ONE}.json"] = event(ONE, attributes, Tag=tags, Orgc={"name": "Org"}, Object=[inside, gone, 5])
    site.manifest({ONE: "1772323200"})
    result = collect_feed(config, DAY, "shared")
    assert (result.rows_in, result.rows_out, result.rejects) == (13, 6, 3)
    assert names(config) == [f"{letter}.example" for letter in "abcdef"]
    told = read(config, "sighting", "fqdn, seen_at::VARCHAR, reference, label")
    assert told[0] == ("a.example", "2026-02-28 10:00:00+00", ONE, "lumma")
    assert set(told[1:]) >= {("b.example", "2026-03-01 00:00:00+00", ONE, "APT 28, phishing")}
    assert read(config, "reject", "line, reason") == [
        (8, "an IP address, or a numeric top-level domain"),
        (9, "an attribute of a MISP event without a value"),
        (10, "an attribute of a MISP event that is no object"),
    ]


def test_an_event_that_is_marked_more_strictly_than_its_feed_is_put_aside(config, site):
    site.put("1", one=[attribute("a.example")])
    site.files[f"{TWO}.json"] = event(TWO, [attribute("secret.example")], Tag=[{"name": "tlp:red"}])
    site.manifest({TWO: "1"})
    collect_feed(config, DAY, "shared")
    assert names(config) == ["a.example"]
    reason = "marked TLP:RED, more strictly than the feed's TLP:AMBER+STRICT"
    assert read(config, "reject", "reason, excerpt") == [(reason, TWO)]


@pytest.mark.parametrize("failure", [404, 500, 403, b"<html>", event(THREE, []), b"\xff", b"[" * 100_000])
def test_an_event_that_can_t_be_had_is_told_and_asked_for_the_next_time(config, site, failure):
    site.put("1", one=[attribute("a.example")], two=failure, three=[attribute("c.example")])
    collect_feed(config, DAY, "shared")
    assert names(config) == ["a.example", "c.example"]
    gate, text = detail(config)
    assert (gate, text.startswith("1 events could not be had and will be asked for again")) == ("ok", True)
    site.asked.clear()
    site.files[f"{TWO}.json"] = event(TWO, [attribute("b.example")])
    collect_feed(config, NEXT, "shared")
    assert site.asked == ["manifest.json", f"{TWO}.json"], "and for no other"
    assert names(config, NEXT) == ["b.example"]
    assert detail(config, NEXT) == ("ok", None)


def test_only_what_changed_is_asked_for_and_an_unchanged_day_is_well(config, site):
    site.put("1", one=[attribute("a.example")], two=[attribute("b.example")])
    collect_feed(config, DAY, "shared")
    site.put("2", two=[attribute("b.example"), attribute("new.example")])
    site.asked.clear()
    collect_feed(config, NEXT, "shared")
    assert site.asked == ["manifest.json", f"{TWO}.json"]
    assert names(config, NEXT) == ["new.example"]
    site.asked.clear()
    later = NEXT + dt.timedelta(days=1)
    assert collect_feed(config, later, "shared").rows_out == 0
    assert (site.asked, detail(config, later)) == (["manifest.json"], ("ok", None))
    assert landed(config, "shared", later)[0].status == 304


def test_a_server_that_goes_down_stops_the_visit_which_then_goes_on(config, site, monkeypatch):
    site.put("1", **dict.fromkeys(("one", "two", "three"), 500))
    first = str(uuid.UUID(int=9))
    site.files[f"{first}.json"] = event(first, [attribute("a.example")])
    site.manifest({first: "5"})
    with pytest.raises(TransientError, match="answered 500"):
        collect_feed(config, DAY, "shared")
    assert [manifest.closes for manifest in landed(config, "shared", DAY)] == [False]
    site.put("1", one=[attribute("b.example")], two=[attribute("c.example")], three=[attribute("d.example")])
    site.asked.clear()
    collect_feed(config, DAY, "shared")
    assert f"{first}.json" not in site.asked, "it has landed"
    assert len(names(config)) == 4


def test_a_visit_asks_for_so_many_events_the_latest_first(config, site, monkeypatch):
    monkeypatch.setattr(misp_feed, "MOST_EVENTS", 1)
    site.put("9", one=[attribute("a.example")])
    site.put("10", two=[attribute("b.example")])
    collect_feed(config, DAY, "shared")
    assert (names(config), detail(config)[1]) == (
        ["b.example"],
        "1 events could not be had and will be asked for again: a visit takes no more at once",
    )
    collect_feed(config, NEXT, "shared")
    assert names(config, NEXT) == ["a.example"]


def test_a_manifest_can_t_lead_elsewhere(config, site):
    site.put("1", one=[attribute(f"{letter}.example") for letter in "abcd"])
    site.manifest({"../../secret": "1", "": "1", f"{TWO}/../x": "1", "http://192.0.2.1/x": "1"})
    assert collect_feed(config, DAY, "shared").rejects == 4
    assert site.asked == ["manifest.json", f"{ONE}.json"]
    assert len(names(config)) == 4


@pytest.mark.parametrize("content", [404, b"<html>", b"[]", b"1"])
def test_without_a_manifest_there_is_no_feed(config, site, content):
    site.files["manifest.json"] = content
    with pytest.raises(TerminalError, match=r"manifest\.json"):
        collect_feed(config, DAY, "shared")


def given_content(content, kind="misp"):
    con = duckdb.connect()
    for statement in ("entry", "unread", "tally"):
        run(con, "churn.collect", statement)
    feed = Feed(name="shared", kind="reported", format=kind, url="http://feed.example/")
    manifest = Manifest("shared", DAY, "u", dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "0", 0, compressed_here=True)
    return Given(con, Visit(Settings(), feed, DAY), manifest, content)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["domain", "\ud800", "tlp:red"])
)
keys = (
    st.sampled_from(["Event", "Attribute", "Object", "Tag", "Orgc", "name", "type", "value", "to_ids", "uuid"])
    | st.text()
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)
events = st.fixed_dictionaries(
    {}, optional={"Attribute": values, "Object": values, "Tag": values, "Orgc": values, "uuid": values}
)


@settings(max_examples=30)
@given(st.binary() | values.map(json.dumps).map(str.encode) | events.map(lambda e: json.dumps({"Event": e}).encode()))
def test_no_content_breaks_the_reader(content):
    landed_content = given_content(content)
    try:
        read_misp(landed_content)
    except UnreadableError:
        pass
    finally:
        landed_content.con.close()
