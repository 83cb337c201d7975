"""CZDS from a server of our own: who is shown what, what is fetched once, and what a failure of one zone does."""

import datetime as dt
import gzip
import http.server
import json

import pytest
from pydantic import SecretStr

from churn.collect.credentials import Credential
from churn.collect.feeds import Feed
from churn.collect.transports import http as fetching
from churn.collect.transports import zones as visiting
from churn.collect.transports.czds import MOST_TOKENS, visit_czds
from churn.collect.transports.zones import read_report
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError, UsageError
from churn.settings import Settings
from churn.store.landing import stored_file
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
LOGIN, SECRET = "analyst@lab.example", "correct horse"
CREDENTIAL = Credential(SecretStr(SECRET), LOGIN)


class Service(http.server.ThreadingHTTPServer):
    """The service: `served` are bytes by zone, `broken` statuses by zone, `links` what it links to instead.

    `asked` holds (method, path, headers) of all requests, `valid` the tokens that are taken, `given` all that were.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served = {name: gzip.compress(f"{name}. 1 in soa a. b. 1 1 1 1 1\n".encode()) for name in ("a", "b", "c")}
        self.broken, self.asked, self.given, self.valid, self.links = {}, [], [], set(), None
        self.takes = lambda token: token in self.valid

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}"

    def gets(self):
        """Zones that were downloaded, in their order."""
        paths = [path for method, path, _ in self.asked if method == "GET" and path.endswith(".zone")]
        return [path.rpartition("/")[2].removesuffix(".zone") for path in paths]


class _Handler(QuietHandler):
    def do_POST(self):
        self.server.asked.append(("POST", self.path, dict(self.headers)))
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told != {"username": LOGIN, "password": SECRET}:
            return self.say(401, {}, b"{}")
        token = f"token-{len(self.server.given)}"
        self.server.given.append(token)
        self.server.valid = {token}
        return self.say(200, {}, json.dumps({"accessToken": token}).encode())

    def do_GET(self):
        service, path = self.server, self.path
        service.asked.append((self.command, path, dict(self.headers)))
        name = path.rpartition("/")[2].removesuffix(".zone")
        if not service.takes(self.headers.get("Authorization", "").removeprefix("Bearer ")):
            return self.say(401, {}, b"")
        if path == "/czds/downloads/links":
            links = [f"{service.base}/czds/downloads/{each}.zone" for each in service.served]
            return self.say(200, {}, json.dumps(links if service.links is None else service.links).encode())
        if name in service.broken:
            return self.say(service.broken[name], {}, b"")
        body = service.served[name]
        return self.say(200, {"Last-Modified": "Sun, 01 Mar 2026 02:00:00 GMT", "ETag": f'"{hash(body)}"'}, body)

    do_HEAD = do_GET  # noqa: N815 - the library looks for this name

    def say(self, status, headers, body):
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def service():
    with running(Service()) as server:
        yield server


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tries follow each other without a wait."""
    monkeypatch.setattr(fetching, "_WAITS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def visit(tmp_path, service):
    def visited(day=DAY, credential=CREDENTIAL, **keys):
        declared = {"name": "zones", "kind": "registered", "format": "czds", "url": service.base, "credential": "czds"}
        feed = Feed(**{**declared, "allow_private": True, **keys})
        made = Visit(Settings(data=tmp_path, clock="day"), feed, day, credential)
        visit_czds(made)
        return made

    return visited


def report(made):
    (manifest,) = (each for each in made.landed if each.closes)
    return read_report(gzip.decompress(stored_file(made.settings, manifest).read_bytes()))


def contents(made):
    zones = (each for each in made.landed if not each.closes)
    return {each.url.rpartition("/")[2]: stored_file(made.settings, each).read_bytes() for each in zones}


def test_zones_land_as_served_and_the_report_last(visit, service):
    made = visit()
    assert contents(made) == {f"{name}.zone": body for name, body in service.served.items()}
    assert report(made) == (3, {})
    assert service.given == ["token-0"]


def test_only_the_zones_that_are_wanted(visit, service):
    made = visit(zones=("B.", "nu"))
    assert list(contents(made)) == ["b.zone"]
    assert report(made) == (1, {"nu": "is none of the zones that the account may have"})
    assert service.gets() == ["b"]


def test_what_is_unchanged_is_not_downloaded_and_the_small_come_first(visit, service):
    service.served["a"] += bytes(5_000)
    visit()
    assert service.gets() == ["a", "b", "c"]
    service.asked.clear()
    service.served = {name: body + b"\0" if name != "b" else body for name, body in service.served.items()}
    made = visit(day=DAY + dt.timedelta(days=1))
    assert service.gets() == ["c", "a"]
    assert contents(made) == {f"{name}.zone": body for name, body in service.served.items()}


def test_the_account_and_the_token_are_shown_to_the_feeds_own_hosts_only(visit, service):
    with running(Service()) as other:
        link = f"{service.base}/czds/downloads/a.zone"
        foreign = [
            f"{other.base}/czds/downloads/b.zone",
            f"{service.base.replace('127.0.0.1', 'user:pw@127.0.0.1')}/czds/downloads/c.zone",
            f"{service.base.replace('http:', 'https:')}/czds/downloads/d.zone",
            f"{link}?key=1",
            f"{service.base}/{{key}}.zone",
            f"{service.base}/czds/../e.zone",
            "http://[::1/x.zone",
            "file:///etc/passwd",
            "",
        ]
        service.links = [link, *foreign, 7, None]
        made = visit()
    had, failed = report(made)
    assert (had, len(failed)) == (1, len(foreign))
    assert all("if it is meant, add its host to hosts" in why for why in failed.values())
    assert not any("pw" in name or "key=1" in name for name in failed)
    assert other.asked == []
    assert [path for method, path, _ in service.asked if method == "GET"] == [
        "/czds/downloads/links",
        "/czds/downloads/a.zone",
    ]


def test_nothing_secret_stays_anywhere(visit, service, tmp_path):
    service.broken = {"b": 403}
    made = visit()
    assert report(made)[1].keys() == {"b"}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 6, "two zones and the report, each with its manifest"
    for path in files:
        content = path.read_bytes()
        plain = gzip.decompress(content) if path.suffix == ".gz" else content
        assert not any(secret.encode() in plain for secret in (SECRET, LOGIN, *service.given))


def test_a_token_that_expires_is_replaced_once(visit, service):
    service.takes = lambda token: token in service.valid and not (token == "token-0" and len(service.asked) > 4)
    assert report(visit()) == (3, {})
    assert service.given == ["token-0", "token-1"]


def test_a_service_that_takes_no_token_is_not_asked_for_ever(visit, service):
    service.served = dict.fromkeys("abcdefghij", b"x")
    service.takes = lambda _: len(service.asked) < 3
    with pytest.raises(TerminalError, match="answered 401"):
        visit()
    assert len(service.given) == MOST_TOKENS


def test_a_login_that_is_refused_is_not_tried_again(visit, service):
    with pytest.raises(TerminalError, match="answered 401 to the login; check the credential czds") as failure:
        visit(credential=Credential(SecretStr("wrong"), LOGIN))
    assert "wrong" not in str(failure.value)
    assert len(service.asked) == 1
    for none in (None, Credential(SecretStr(SECRET))):
        with pytest.raises(UsageError, match="needs a credential of login and secret"):
            visit(credential=none)


def test_one_that_stays_away_does_not_hold_the_day(visit, service):
    service.broken = {"b": 503}
    had, failed = report(visit())
    assert (had, list(failed)) == (2, ["b"])
    assert "answered 503" in failed["b"]


def test_where_several_stay_away_the_day_is_tried_again_for_what_is_missing(visit, service):
    service.broken = {"b": 503, "c": 429}
    with pytest.raises(TransientError, match=r"2 of 3 zones did not come, b first: .*503"):
        visit()
    service.asked.clear()
    service.broken = {}
    assert report(visit()) == (3, {})
    assert service.gets() == ["b", "c"]


def test_a_service_that_is_down_is_left_alone(visit, service):
    service.served = {f"zone{number}": b"x" for number in range(30)}
    service.broken = dict.fromkeys(service.served, 503)
    with pytest.raises(TransientError, match="30 of 30 zones did not come"):
        visit()
    asked = {path for method, path, _ in service.asked if method == "HEAD"}
    assert len(asked) == visiting.IN_A_ROW


def test_a_zone_that_is_larger_than_it_may_be_is_not_downloaded(visit, service):
    service.served["b"] += bytes(5_000)
    had, failed = report(visit(maximum_bytes=2_000))
    assert (had, list(failed)) == (2, ["b"])
    assert "set maximum_bytes" in failed["b"]
    assert service.gets() == ["a", "c"]


@pytest.mark.parametrize("links", [{"links": []}, "x", 7])
def test_what_is_no_list_is_said(visit, service, links):
    service.links = links
    with pytest.raises(TerminalError, match="answered no list of zones"):
        visit()


def test_an_account_without_zones_closes_the_day_empty(visit, service):
    service.links = []
    assert report(visit()) == (0, {})


def test_where_nothing_may_be_had_it_is_said_why(visit):
    with pytest.raises(TerminalError, match="nu is none of the zones that the account may have"):
        visit(zones=("nu",))
