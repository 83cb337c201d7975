"""Fetching over real HTTP from a server of our own: what comes, what is refused, and what the stage makes of it."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import tomllib

import duckdb
import pytest

from churn.collect import check_gates, collect_feed, run
from churn.collect.transports import http as fetching
from churn.collect.transports.http import Ask, Rules, fetch
from churn.errors import GateError, TerminalError, TransientError, UsageError
from churn.settings import Settings
from churn.store.landing import landed
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
NAMES = b"".join(b"name%d.example\n" % number for number in range(100))
HTML = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head>\n<body>\n<p>We are down.</p>\n</body></html>\n"


class Site(http.server.ThreadingHTTPServer):
    """Answers by path: `answers` maps it to (status, headers, body); what was asked is in `asked`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = {}, []

    def url(self, path="/list"):
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(QuietHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers[self.path]
        if self.headers.get("If-None-Match") == headers.get("ETag", "none"):
            status, body = 304, b""
        self.answer(status, body, headers)


@pytest.fixture
def site():
    with running(Site()) as server:
        yield server


@pytest.fixture
def config(tmp_path, site):
    text = '[feeds.list]\nkind = "reported"\nformat = "names"\nallow_private = true\nextent = "additions"\n'
    text += f'url = "{site.url()}"\n'
    (tmp_path / "feeds.toml").write_text(text)
    return Settings(data=tmp_path, clock="day")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tries follow each other without a wait."""
    monkeypatch.setattr(fetching, "_WAITS", (0.0, 0.0, 0.0))


@pytest.fixture
def ask(site, tmp_path):
    def asked(path="/list", *, url=None, headers=None, secrets=None, **options):
        rules = Rules(**({"limit": 10_000, "allow_private": True} | options))
        request = Ask(url or site.url(path), headers=headers or {}, secrets=secrets or {})
        return fetch(request, tmp_path / "parts", rules)

    return asked


def test_a_list_comes_with_its_validators(site, ask):
    site.answers["/list"] = (200, {"ETag": '"1"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"}, NAMES)
    answer = ask()
    assert (answer.status, answer.path.read_bytes(), answer.etag) == (200, NAMES, '"1"')
    headers = site.asked[0][1]
    assert headers["Host"] == f"127.0.0.1:{site.server_port}"
    assert headers["Accept-Encoding"] == "identity"
    assert ask(headers={"If-None-Match": answer.etag}).status == 304


def test_a_name_is_connected_to_at_the_address_that_was_judged(site, ask):
    site.answers["/list"] = (200, {}, NAMES)
    answer = ask(url=site.url().replace("127.0.0.1", "localhost"))
    assert answer.path.read_bytes() == NAMES
    assert site.asked[0][1]["Host"] == f"localhost:{site.server_port}"


def test_encoded_bytes_are_kept_as_served(site, ask):
    packed = gzip.compress(NAMES)
    site.answers["/list"] = (200, {"Content-Encoding": "gzip"}, packed)
    assert ask().path.read_bytes() == packed


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_an_answer(site, ask, status):
    site.answers["/list"] = (status, {}, HTML)
    assert ask().path is None


@pytest.mark.parametrize(("status", "error"), [(500, TransientError), (503, TransientError), (429, TransientError),
                                               (403, TerminalError), (206, TransientError)])  # fmt: skip
def test_other_answers_are_errors_that_know_whether_to_try_again(site, ask, status, error):
    site.answers["/list?key=secret"] = (status, {}, b"")
    with pytest.raises(error) as failure:
        ask("/list?key=secret")
    assert str(status) in str(failure.value)
    assert "secret" not in str(failure.value)


def test_a_private_address_is_not_asked_unless_that_is_meant(site, ask):
    with pytest.raises(TerminalError, match="private address"):
        ask(allow_private=False)
    assert site.asked == []
    with pytest.raises(TerminalError, match="private address"):
        ask(url="http://169.254.169.254/latest")


def test_redirects_stay_on_the_host(site, ask):
    site.answers |= {"/list": (302, {"Location": "/moved"}, b""), "/moved": (200, {}, NAMES)}
    assert ask().path.read_bytes() == NAMES
    for elsewhere in (
        "http://lists.example/",
        f"http://127.0.0.2:{site.server_port}/",
        "http://127.0.0.1:1/",
        "file:///etc/hosts",
    ):
        site.answers["/list"] = (302, {"Location": elsewhere}, b"")
        with pytest.raises(TerminalError, match="another host"):
            ask()
    site.answers["/list"] = (302, {"Location": "/list"}, b"")
    with pytest.raises(TerminalError, match="redirects more than"):
        ask()


def test_more_bytes_than_allowed_are_not_read(site, ask):
    site.answers["/list"] = (200, {}, b"x" * 10_001)
    with pytest.raises(TerminalError, match="more than 10,000 bytes"):
        ask()


def test_an_answer_that_is_cut_and_a_closed_port_may_pass(site, ask):
    site.answers["/list"] = (200, {"Content-Length": "999999"}, NAMES)
    with pytest.raises(TransientError, match="can't be reached"):
        ask(limit=1 << 30)
    with pytest.raises(TransientError, match="can't be reached"):
        ask(url="http://127.0.0.1:1/")


def rows(config, table):
    paths = str(config.data / "lake" / table / "*" / "*.parquet")
    with duckdb.connect() as con:
        try:
            return con.execute(f"SELECT * EXCLUDE (day) FROM read_parquet('{paths}') ORDER BY ALL").fetchall()
        except duckdb.IOException:
            return []


def feed_day(config):
    ((_, _, count, _, _, _, gate, detail, _),) = rows(config, "feed_day")
    return count, gate, detail


def test_a_day_is_fetched_once_and_then_stands(site, config):
    site.answers["/list"] = (200, {}, NAMES)
    first = run(config, DAY)
    site.answers["/list"] = (200, {}, b"other.example\n")
    again = run(config, DAY)
    assert (first.rows_out, first.found) == (again.rows_out, again.found) == (100, {"list": 100})
    assert len(site.asked) == 1
    check_gates(config, DAY)


def test_unchanged_since_yesterday_lands_the_same_bytes_and_is_told(site, config):
    site.answers["/list"] = (200, {"ETag": '"1"'}, NAMES)
    run(config, DAY)
    tomorrow = DAY + dt.timedelta(days=1)
    with pytest.raises(GateError, match=r"list is repeated \(the very bytes of 2026-03-01\)"):
        run(config, tomorrow)
    (manifest,) = landed(config, "list", tomorrow)
    assert manifest.status == 304
    assert len(rows(config, "sighting")) == 100
    with pytest.raises(GateError):
        check_gates(config, tomorrow)


def test_a_list_that_is_not_there_stops_the_day(site, config):
    site.answers["/list"] = (404, {}, HTML)
    with pytest.raises(GateError, match=r"list is missing \(nothing landed\)"):
        run(config, DAY)
    assert feed_day(config) == (0, "missing", "nothing landed")
    site.answers["/list"] = (200, {}, NAMES)
    assert run(config, DAY).rows_out == 100


def test_a_server_that_fails_can_be_asked_again(site, config):
    site.answers["/list"] = (500, {}, b"")
    with pytest.raises(TransientError, match="answered 500"):
        run(config, DAY)
    assert feed_day(config)[1] == "missing"
    site.answers["/list"] = (200, {}, NAMES)
    assert collect_feed(config, DAY, "list").found == {"list": 100}


def test_a_feed_that_is_not_required_does_not_stop_the_day(site, config):
    text = config.feeds_file.read_text()
    assert tomllib.loads(text)
    config.feeds_file.write_text(text + "required = false\n")
    site.answers["/list"] = (500, {}, b"")
    assert run(config, DAY).found == {"list": 0, "gates": {"list": "missing"}}
    check_gates(config, DAY)


def test_without_its_credential_only_a_required_feed_stops_the_day(site, config):
    text = config.feeds_file.read_text() + 'credential = "desk"\nauth = "bearer"\n'
    config.feeds_file.write_text(text)
    with pytest.raises(UsageError, match="CHURN_CREDENTIAL_DESK"):
        run(config, DAY)
    config.feeds_file.write_text(text + "required = false\n")
    assert run(config, DAY).found == {"list": 0, "gates": {"list": "missing"}}
    assert "CHURN_CREDENTIAL_DESK" in feed_day(config)[2]
    assert site.asked == []


def test_an_error_page_is_not_the_list(site, config):
    site.answers["/list"] = (200, {}, HTML + b"cdn.example\n")
    with pytest.raises(GateError, match="this is not the list"):
        run(config, DAY)
    assert rows(config, "sighting") == []
    assert {row[1] for row in rows(config, "reject")} == {1, 2, 3, 4, 5}
    assert feed_day(config)[:2] == (0, "shrunken")


def test_a_stopped_day_is_fetched_anew_while_its_list_is_served(site, config):
    now = config.model_copy(update={"clock": "wall"})
    today = dt.datetime.now(dt.UTC).date()
    site.answers["/list"] = (200, {}, HTML)
    with pytest.raises(GateError, match="this is not the list"):
        run(now, today)
    site.answers["/list"] = (200, {}, NAMES)
    assert run(now, today).rows_out == 100
    assert feed_day(now)[1] == "ok"
    assert run(now, today).rows_out == 100
    assert len(site.asked) == 2
    with pytest.raises(GateError, match="nothing landed"):
        run(now, today - dt.timedelta(days=2))
    assert len(site.asked) == 2


@pytest.mark.parametrize("broken", [gzip.compress(bytes(50 << 20)), gzip.compress(NAMES)[:-9]])
def test_what_can_not_be_unpacked_is_fetched_anew(site, config, broken):
    site.answers["/list"] = (200, {}, broken)
    with pytest.raises(GateError, match="what landed can't be read"):
        run(config, DAY)
    assert len(rows(config, "reject")) == 1
    site.answers["/list"] = (200, {}, gzip.compress(NAMES))
    result = run(config, DAY)
    assert (result.rows_out, len(site.asked)) == (100, 2)
    assert feed_day(config)[1] == "ok"
    assert run(config, DAY).found == result.found
    assert len(site.asked) == 2
