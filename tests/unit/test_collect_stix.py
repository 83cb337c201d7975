"""STIX objects and TAXII collections: which are reports, by OASIS's parser of patterns too; and how pages come."""

from __future__ import annotations

import datetime as dt
import http.server
import json
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.v21.pattern import Pattern

from churn.collect import collect_feed
from churn.collect.feeds import Feed
from churn.collect.formats.stix import read_stix, read_taxii
from churn.collect.formats.stix_pattern import names_in
from churn.collect.transports import http as fetching
from churn.collect.transports import taxii
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
AT = "2026-02-28T10:00:00.000Z"
RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


def affirmed(pattern):
    """The names that a pattern affirms, by OASIS's parser."""
    found = []
    for kind, comparisons in Pattern(pattern).inspect().comparisons.items():
        for path, operator, literal in comparisons:
            if kind in {"domain-name", "url"} and path == ["value"] and operator in {"=", "==", "IN"}:
                found += literals(literal)
    return sorted(found)


def literals(text):
    """The strings of a literal or a set of them, character by character."""
    found, inside, at = [], None, 0
    while at < len(text):
        if inside is None:
            inside = "" if text[at] == "'" else None
        elif text[at] == "\\":
            at += 1
            inside += text[at]
        elif text[at] == "'":
            found, inside = [*found, inside], None
        else:
            inside += text[at]
        at += 1
    return found


strings = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12).map(
    lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
)
paths = st.sampled_from(
    [
        "domain-name:value",
        "url:value",
        "domain-name : 'value'",
        "file:name",
        "url:x_value",
        "domain-name:resolves_to_refs[*].value",
    ]
)
negation = st.sampled_from(["", " NOT"])
sets = st.lists(strings, min_size=1, max_size=3).map(", ".join)
comparisons = st.one_of(
    st.builds("{}{} {} {}".format, paths, negation, st.sampled_from(["=", "!="]), strings),
    st.builds("{}{} IN ({})".format, paths, negation, sets),
    st.builds("{}{} {} {}".format, paths, negation, st.sampled_from(["LIKE", "MATCHES"]), strings),
    st.builds("{} = {}".format, st.just("file:size"), st.integers(0, 9)),
)
joined = st.recursive(
    comparisons,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=4,
)
observations = st.recursive(
    joined.map("[{}]".format),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR", "FOLLOWEDBY"]), inner)
        | inner.map("{} WITHIN 5 SECONDS".format)
    ),
    max_leaves=3,
)


def is_pattern(text):
    """Whether OASIS's parser takes it: not all that the grammar joins may stand together (types within an AND)."""
    try:
        Pattern(text)
    except Exception:  # noqa: BLE001 - it raises of its own kind and of its parser generator's
        return False
    return True


@settings(max_examples=60)
@given(observations.filter(is_pattern))
def test_patterns_are_read_as_by_the_parser_of_oasis(pattern):
    assert sorted(names_in(pattern)) == affirmed(pattern)


def test_patterns_as_they_come():
    assert names_in("[domain-name:value='a.example'/* so */OR url:value == 'http://b.example/it\\'s' ] // end") == [
        "a.example", "http://b.example/it's",
    ]  # fmt: skip
    assert names_in("[domain-name:value IN ('a.example' , 'b.example')]") == ["a.example", "b.example"]
    assert names_in("[file:name = 'domain-name:value = \\'a.example\\'']") == []
    assert names_in("[network-traffic:dst_ref.value = 'a.example']") == []


@pytest.mark.parametrize("text", ["", "a.example", "[domain-name:value = 'a", "[\x00]", "[/* ]"])
def test_what_is_no_pattern(text):
    with pytest.raises(ValueError, match=r"observation|character"):
        names_in(text)


class Site(http.server.ThreadingHTTPServer):
    """`answers` maps a path with query, or a path, to (body, headers); `asked` are queries."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = {}, []


class _Handler(QuietHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items() if key != "limit"}
        self.server.asked.append((query, self.headers["Accept"]))
        key = query.get("next") or query.get("added_after") or parts.path
        body, headers = self.server.answers.get(key, (None, {}))
        status = 200 if isinstance(body, bytes) else body or 404
        body = body if isinstance(body, bytes) else b""
        self.answer(status, body, headers)


@pytest.fixture
def site():
    with running(Site()) as server:
        yield server


@pytest.fixture
def config(tmp_path, site):
    base = f"http://127.0.0.1:{site.server_port}"
    (tmp_path / "feeds.toml").write_text(
        f'[feeds.bundle]\nkind = "reported"\nformat = "stix"\nurl = "{base}/bundle.json"\nallow_private = true\n'
        f'[feeds.shared]\nkind = "reported"\nformat = "taxii"\nurl = "{base}/c/"\nallow_private = true\n'
        'extent = "additions"\n'
    )
    return Settings(data=tmp_path, clock="day")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tries follow each other without a wait."""
    monkeypatch.setattr(fetching, "_WAITS", (0.0, 0.0, 0.0))


def indicator(number, name=None, **fields):
    pattern = f"[domain-name:value = '{name or f'n{number}.example'}']"
    return {"type": "indicator", "id": f"indicator--{number}", "pattern": pattern, "valid_from": AT, **fields}


def page(*numbers, **fields):
    return json.dumps({"objects": [indicator(number) for number in numbers], **fields}).encode()


def read(config, table, columns, feed="shared", day=DAY):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        path = f"{config.data}/lake/{table}/*/feed-{feed}.parquet"
        return con.execute(f"SELECT {columns} FROM read_parquet('{path}') WHERE day = ? ORDER BY ALL", [day]).fetchall()


def names(config, day=DAY):
    return [fqdn for (fqdn,) in read(config, "sighting", "fqdn", day=day)]


def test_what_is_a_report(config, site):
    seen = {"type": "domain-name", "id": "domain-name--1", "value": "seen.example"}
    objects = [
        indicator(1, labels=["phishing", "case-7"], indicator_types=["malicious-activity"]),
        indicator(2, revoked=True),
        indicator(3),
        indicator(3, "old.example", revoked=True),
        indicator(4, valid_until="2020-01-01T00:00:00Z", indicator_types=["malicious-activity"]),
        indicator(5, pattern_type="yara"),
        indicator(6) | {"pattern": "n6.example"},
        indicator(7, object_marking_refs=[RED]),
        indicator(8, object_marking_refs=["marking-definition--1"]),
        {"type": "marking-definition", "id": "marking-definition--1", "name": "TLP:GREEN"},
        {"type": "observed-data", "id": "observed-data--1", "first_observed": AT, "object_refs": ["domain-name--1"]},
        seen,
        {"type": "url", "id": "url--1", "value": "https://url.example/a"},
        {"type": "observed-data", "id": "o--2", "first_observed": AT, "objects": {"0": seen | {"value": "in.example"}}},
        {"type": "malware", "id": "malware--1", "name": "Lumma"},
        {
            "type": "relationship",
            "relationship_type": "indicates",
            "source_ref": "indicator--1",
            "target_ref": "malware--1",
        },
        {"type": "ipv4-addr", "value": "192.0.2.1"},
        "no object",
    ]
    site.answers["/bundle.json"] = (json.dumps({"type": "bundle", "id": "b", "objects": objects}).encode(), {})
    result = collect_feed(config, DAY, "bundle")
    assert (result.rows_in, result.rows_out, result.rejects) == (18, 6, 3)
    at = "2026-02-28 10:00:00+00"
    assert read(config, "sighting", "fqdn, seen_at::VARCHAR, reference, label", "bundle") == [
        ("in.example", at, "o--2", None),
        ("n1.example", at, "indicator--1", "Lumma, phishing, case-7"),
        ("n4.example", at, "indicator--4", "malicious-activity"),
        ("n8.example", at, "indicator--8", None),
        ("seen.example", at, "domain-name--1", None),
        ("url.example", "2026-03-01 23:00:00+00", "url--1", None),
    ]
    assert read(config, "reject", "line, reason, excerpt", "bundle") == [
        (7, "an indicator without a STIX pattern: no observation in [ ]", "n6.example"),
        (8, "marked TLP:RED, more strictly than the feed's TLP:AMBER+STRICT", "indicator--7"),
        (18, "something that is no STIX object", "no object"),
    ]


def test_pages_by_token_and_the_next_visit_by_date(config, site):
    told = {"X-TAXII-Date-Added-Last": "2026-03-01T10:00:00.000000Z"}
    site.answers["/c/objects/"] = page(1, 2, more=True, next="t1"), told
    site.answers["t1"] = page(3, more=True, next="t2"), {"X-TAXII-Date-Added-Last": "2026-03-01T11:00:00.000000Z"}
    site.answers["t2"] = page(4, more=False), {"X-TAXII-Date-Added-Last": "2026-03-01T12:00:00.000000Z"}
    site.answers["2026-03-01T12:00:00.000000Z"] = b"{}", {}
    assert collect_feed(config, DAY, "shared").rows_out == 4
    assert [query for query, _ in site.asked] == [{}, {"next": "t1"}, {"next": "t2"}]
    assert {accept for _, accept in site.asked} == {"application/taxii+json;version=2.1"}
    for day in (NEXT, NEXT + dt.timedelta(days=1)):
        site.asked.clear()
        collect_feed(config, day, "shared")
        assert [query for query, _ in site.asked] == [{"added_after": "2026-03-01T12:00:00.000000Z"}]
        assert collect_feed(config, day, "shared").rows_in == 1, "a day without news is no missing list"


def test_without_a_token_the_last_date_leads_on(config, site):
    first, second = "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"
    site.answers["/c/objects/"] = page(1, more=True), {"X-TAXII-Date-Added-Last": first}
    site.answers[first] = page(2, more=True), {"X-TAXII-Date-Added-Last": second}
    site.answers[second] = page(3, more=True), {"X-TAXII-Date-Added-Last": second}
    assert collect_feed(config, DAY, "shared").rows_out == 3
    assert len(site.asked) == 3
    ((detail,),) = read(config, "feed_day", "detail")
    assert detail == "the server has more objects but does not say where: cut off"


def test_a_server_that_tells_no_date_is_asked_from_its_own_clock_on(config, site):
    site.answers["/c/objects/"] = page(1), {"X-TAXII-Date-Added-Last": "yesterday"}
    collect_feed(config, DAY, "shared")
    site.asked.clear()
    with pytest.raises(TerminalError, match="answered 404"):
        collect_feed(config, NEXT, "shared")
    ((query, _),) = site.asked
    after = dt.datetime.fromisoformat(query["added_after"])
    assert abs(dt.datetime.now(dt.UTC) - after) < dt.timedelta(minutes=5)


def test_pages_that_go_round_are_cut(config, site):
    site.answers["/c/objects/"] = page(1, more=True, next="t1"), {}
    site.answers["t1"] = page(2, more=True, next="t2"), {}
    site.answers["t2"] = page(3, more=True, next="t1"), {}
    assert collect_feed(config, DAY, "shared").rows_out == 3
    assert len(site.asked) == 4
    assert read(config, "feed_day", "detail") == [("the server's pages go round in circles: cut off",)]
    assert [manifest.closes for manifest in landed(config, "shared", DAY)].count(True) == 1
    site.asked.clear()
    collect_feed(config, DAY, "shared")
    assert site.asked == [], "the visit is closed"


def test_a_visit_takes_so_many_pages_and_the_next_goes_on(config, site, monkeypatch):
    monkeypatch.setattr(taxii, "MOST_PAGES", 2)
    date = "2026-03-01T10:00:00Z"
    site.answers["/c/objects/"] = page(1, more=True, next="t1"), {}
    site.answers["t1"] = page(2, more=True, next="t2"), {"X-TAXII-Date-Added-Last": date}
    site.answers[date] = page(3), {}
    assert collect_feed(config, DAY, "shared").rows_out == 2
    assert read(config, "feed_day", "detail") == [("more than a visit takes: the rest comes with the next",)]
    collect_feed(config, NEXT, "shared")
    assert names(config, NEXT) == ["n3.example"]


@pytest.mark.parametrize("remembers", [True, False])
def test_a_visit_that_breaks_off_goes_on_or_begins_anew_with_the_same_rows(config, site, remembers):
    """Whether or not the server still knows its tokens: the objects that came twice count once."""
    tokens = ["/c/objects/", "t1", "t2"]
    for number, token in enumerate(tokens, 1):
        site.answers[token] = page(number, 9, more=True, next=f"t{number}"), {}
    site.answers["t3"] = 503, {}
    with pytest.raises(TransientError):
        collect_feed(config, DAY, "shared")
    assert [manifest.closes for manifest in landed(config, "shared", DAY)] == [False] * 3
    site.asked.clear()
    if remembers:
        site.answers["t3"] = page(4), {}
    else:
        site.answers = {f"u{number}": (page(number, 9, more=True, next=f"u{number + 1}"), {}) for number in (2, 3)}
        site.answers["/c/objects/"] = page(1, 9, more=True, next="u2"), {}
        site.answers["u4"] = page(4), {}
    assert collect_feed(config, DAY, "shared").rows_out == 5
    assert len(site.asked) == (1 if remembers else 5)
    assert names(config) == [f"n{number}.example" for number in (1, 2, 3, 4, 9)]


@pytest.mark.parametrize("body", [404, b"<html>", b"[]", b'{"objects": 1}'])
def test_what_is_no_collection_is_refused(config, site, body):
    site.answers["/c/objects/"] = body, {}
    with pytest.raises(TerminalError, match="TAXII"):
        collect_feed(config, DAY, "shared")


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "indicator", "[", RED])
)
keys = (
    st.sampled_from(["id", "type", "value", "pattern", "objects", "object_refs", "labels", "revoked", "name"])
    | st.text()
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)
types = st.sampled_from(["indicator", "observed-data", "domain-name", "marking-definition", "relationship", "malware"])
things = st.fixed_dictionaries(
    {"type": types},
    optional=dict.fromkeys(
        [
            "id",
            "pattern",
            "value",
            "objects",
            "object_refs",
            "labels",
            "definition",
            "extensions",
            "object_marking_refs",
        ],
        values,
    ),
)
contents = st.binary() | values.map(json.dumps).map(str.encode) | st.lists(things).map(json.dumps).map(str.encode)


@settings(max_examples=30)
@given(contents, st.sampled_from([read_stix, read_taxii]))
def test_no_content_breaks_the_reader(content, reader):
    con = duckdb.connect()
    for statement in ("entry", "unread", "tally"):
        run(con, "churn.collect", statement)
    feed = Feed(name="shared", kind="reported", format="taxii", url="http://feed.example/")
    manifest = Manifest("shared", DAY, "u", dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "0", 0, compressed_here=True)
    try:
        reader(Given(con, Visit(Settings(), feed, DAY), manifest, content))
    except UnreadableError:
        pass
    finally:
        con.close()
