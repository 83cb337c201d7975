"""The review page over a real server on the loopback: who gets in, what a form may do, that nothing hostile runs."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from html.parser import HTMLParser

import httpx
import psutil
import pytest
import uvicorn
from report_data import BATCH, CASE, HOSTILE, NASTY, TODAY, build

from churn.ask import Decision, give_verdict, verdicts
from churn.errors import UsageError
from churn.markings import defang, printable
from churn.report import run
from churn.review import Keys, application
from churn.review.gate import COOKIE, MOST_BODY
from churn.review.serving import HOST, _listening, serve
from churn.store.database import lake_of
from churn.store.warehouse import publish


class Site:
    """The page as it runs: its settings, keys and address."""

    def __init__(self, settings):
        self.settings, self.keys = settings, Keys()
        self.listener = _listening(0)
        self.address = f"{HOST}:{self.listener.getsockname()[1]}"
        app = application(settings, self.address, "ann", self.keys)
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, ws="none"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)

    @property
    def home(self):
        return f"http://{self.address}/{self.keys.place}/"

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)
        self.listener.close()

    def stranger(self):
        return httpx.Client(base_url=f"http://{self.address}", trust_env=False)

    @contextmanager
    def visitor(self):
        """Somebody who opened the address that was printed."""
        with self.stranger() as client:
            assert client.get(self.home, params={"token": self.keys.token}).status_code == 303
            yield client

    def form(self, **fields):
        filled = {"form_token": self.keys.form, "subject": CASE, "verdict": "confirmed", "note": "why"}
        return filled | fields


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("review"), case=40)
    shared = {"day": TODAY, "family": "infrastructure", "field": "name_servers", "value": "ns1.test", "domains": 9}
    lake_of(settings).write_rows("shared_value", TODAY, "link", [shared])
    publish(settings)
    run(settings, TODAY)
    (settings.data / "secret.json").write_text("{}")
    no_day = settings.data / "reports" / "2026-02-30" / "index.html"
    no_day.parent.mkdir()
    no_day.write_text("<p>no day</p>")
    (settings.data / "reports" / TODAY.isoformat() / "clusters" / "link.csv").symlink_to(settings.data / "secret.json")
    site = Site(settings)
    yield site
    site.stop()


@pytest.fixture
def visitor(site):
    with site.visitor() as client:
        yield client


@pytest.fixture
def stranger(site):
    with site.stranger() as client:
        yield client


def given(site):
    return len(verdicts(site.settings))


def test_the_token_is_traded_for_a_cookie_and_gone_from_the_address(site, stranger):
    answer = stranger.get(site.home, params={"token": site.keys.token})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{site.keys.place}/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={site.keys.session}; ")
    assert {"HttpOnly", f"Path=/{site.keys.place}/", "SameSite=strict"} <= set(cookie.split("; "))
    assert stranger.get(site.home).status_code == 200


def test_each_start_has_keys_of_its_own():
    one, other = Keys(), Keys()
    names = ("place", "token", "session", "form", "reading")
    assert all(getattr(one, name) != getattr(other, name) for name in names)
    assert min(len(getattr(one, name)) for name in names) >= 19


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%00%ff", "?token=wrong&token=x"])
@pytest.mark.parametrize("path", ["", "verdicts", "clusters/c-case", f"days/{TODAY}", "style.css"])
def test_without_token_or_cookie_nobody_gets_in(site, stranger, path, query):
    assert stranger.get(site.home + path + query).status_code == 403
    stranger.cookies.set(COOKIE, "wrong")
    assert stranger.get(site.home + path).status_code == 403


def test_elsewhere_there_is_nothing(site, stranger, visitor):
    for client in (stranger, visitor):
        for path in ("/", "/verdicts", f"/?token={site.keys.token}", f"/{site.keys.place}"):
            assert client.get(path).status_code == 404


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1", "127.0.0.1:1", "localhost", "", "127.0.0.1.evil.test"])
def test_another_host_header_is_turned_away(site, visitor, host):
    for path in ("", "verdicts", f"read/{site.keys.reading}/index.html", f"?token={site.keys.token}"):
        assert visitor.get(site.home + path, headers={"Host": host}).status_code in {400, 403}
    assert visitor.post(site.home + "verdicts", data=site.form(), headers={"Host": host}).status_code in {400, 403}


def test_other_methods_are_refused(site, visitor):
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        assert visitor.request(method, site.home).status_code in {400, 405}
    assert visitor.post(site.home, data=site.form()).status_code == 405


@pytest.mark.parametrize(("change", "headers", "status"), [
    ({"form_token": ""}, {}, 403),
    ({"form_token": "wrong"}, {}, 403),
    ({}, {"Origin": "http://evil.test"}, 403),
    ({}, {"Origin": "null"}, 403),
    ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
    ({}, {"Sec-Fetch-Site": "same-site"}, 403),
    ({}, {"Sec-Fetch-Site": "none"}, 403),
    ({"verdict": "guilty"}, {}, 400),
    ({"subject": "c-none"}, {}, 400),
    ({"note": " "}, {}, 400),
    ({"verdict": "merge", "other": "c-none"}, {}, 400),
    ({"verdict": "split", "domains": "stranger.test"}, {}, 400),
    ({"verdict": "withdrawn", "subject": "c-none"}, {}, 400),
])  # fmt: skip
def test_a_form_that_is_not_of_here_or_makes_no_sense_records_nothing(site, visitor, change, headers, status):
    before = given(site)
    answer = visitor.post(site.home + "verdicts", data=site.form(**change), headers=headers)
    assert answer.status_code == status
    assert given(site) == before


def test_a_form_without_a_cookie_or_by_the_reading_key_records_nothing(site, stranger):
    before = given(site)
    assert stranger.post(site.home + "verdicts", data=site.form()).status_code == 403
    assert stranger.post(f"{site.home}read/{site.keys.reading}/verdicts", data=site.form()).status_code == 403
    assert stranger.post(site.home + f"verdicts?token={site.keys.token}", data=site.form()).status_code == 403
    assert given(site) == before


def test_oversized_and_unmeasured_and_odd_bodies_are_refused(site, visitor):
    before = given(site)
    post = {"url": site.home + "verdicts", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    assert visitor.post(content=b"a" * (MOST_BODY + 1), **post).status_code == 413
    assert visitor.post(content=(b"a=b" for _ in range(3)), **post).status_code == 411
    for body in (b"\xff\xfe=1", b"a=1&" * 130_000, b"", b"{}"):
        assert visitor.post(content=body, **post).status_code == 403
    assert given(site) == before


def test_a_verdict_is_recorded_shown_and_withdrawn(site, visitor):
    answer = visitor.post(site.home + "verdicts", data=site.form(subject=BATCH, verdict="benign", note="a reseller"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{site.keys.place}/clusters/{BATCH}")
    newest = verdicts(site.settings)[0]
    assert (newest["subject"], newest["verdict"], newest["given_by"], newest["note"], newest["stands"]) == (
        BATCH, "benign", "ann", "a reseller", True,
    )  # fmt: skip
    assert "a reseller" in visitor.get(answer.headers["location"]).text
    assert "(benign)" in visitor.get(f"{site.home}days/{TODAY}").text
    visitor.post(site.home + "verdicts", data=site.form(subject=BATCH, verdict="withdrawn", note="it was not"))
    assert not any(row["stands"] for row in verdicts(site.settings) if row["subject"] == BATCH)


def test_merge_split_and_values_have_their_forms(site, visitor):
    post = site.home + "verdicts"
    merged = visitor.post(post, data=site.form(verdict="merge", other=BATCH))
    ticked = {"domain": ["shop-00000-deal.comlab", "shop-00001-deal.netlab"], "domains": "shop-00002-deal[.]shoplab\n"}
    split = visitor.post(post, data=site.form(verdict="split", **ticked))
    value = "name_servers=ns1.c-case.netlab ns2.c-case.netlab"
    watched = visitor.post(post, data=site.form(subject=value, verdict="watch"))
    assert [answer.status_code for answer in (merged, split, watched)] == [303, 303, 303]
    assert 'name="subject" value="created_minute=' in visitor.get(f"{site.home}clusters/{CASE}").text, "with a click"
    assert watched.headers["location"] == f"/{site.keys.place}/verdicts"
    assert verdicts(site.settings)[1]["domains"] == [
        "shop-00000-deal.comlab", "shop-00001-deal.netlab", "shop-00002-deal.shoplab",
    ]  # fmt: skip
    assert "3 domains, the first shop-00000-deal[.]comlab" in visitor.get(f"{site.home}clusters/{CASE}").text


def test_two_reviewers_at_once_lose_nothing(site):
    before = given(site)
    threads = []
    for number in range(2):

        def review(number=number):
            with site.visitor() as client:
                for round_ in range(6):
                    answer = client.post(site.home + "verdicts", data=site.form(note=f"{number} {round_}"))
                    assert answer.status_code == 303

        threads.append(threading.Thread(target=review))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    notes = {row["note"] for row in verdicts(site.settings)}
    assert given(site) == before + 12
    assert notes >= {f"{number} {round_}" for number in range(2) for round_ in range(6)}


class Elements(HTMLParser):
    """Tags, links and texts of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.texts = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs), attrs
        self.links += [value for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data):
        self.texts.append(data)


HOSTILE_NOTE = f'<img src=x onerror=alert(1)>{NASTY}"><script>alert(2)</script>{{{{ 7*7 }}}} javascript:alert(3)'


def test_hostile_notes_names_and_values_are_text_everywhere(site, visitor):
    visitor.post(site.home + "verdicts", data=site.form(subject=HOSTILE, note=HOSTILE_NOTE))
    give_verdict(site.settings, Decision(HOSTILE, "watch", f"eve {HOSTILE_NOTE}"[:90], HOSTILE_NOTE))
    pages = ["", "verdicts", f"clusters/{HOSTILE}", f"clusters/{CASE}", f"days/{TODAY}"]
    for path in pages:
        answer = visitor.get(site.home + path)
        assert answer.status_code == 200, answer.text
        page = Elements(answer.text)
        assert not page.tags & {"script", "img", "svg", "object", "base"}
        assert all(link.startswith(f"/{site.keys.place}/") or link == "#main" for link in page.links), page.links
        assert not any(c in answer.text for c in "\u202e\x1b")
    history = "".join(Elements(visitor.get(site.home + "verdicts").text).texts)
    assert printable(" ".join(HOSTILE_NOTE.split()), 2000) in history
    refused = visitor.post(site.home + "verdicts", data=site.form(subject="<script>alert(4)</script>"))
    assert refused.status_code == 400
    assert "script" not in Elements(refused.text).tags
    assert visitor.get(f"{site.home}clusters/%3Cscript%3Ealert(5)%3C%2Fscript%3E").status_code == 404


def test_names_are_defanged_and_exact_in_form_fields_only(site, visitor):
    text = visitor.get(f"{site.home}clusters/{CASE}").text
    shown = "".join(Elements(text).texts)
    assert defang("shop-00000-deal.comlab") in shown
    assert "shop-00000-deal.comlab" not in shown
    assert 'value="shop-00000-deal.comlab"' in text


@pytest.mark.parametrize(
    "path", ["", "verdicts", f"days/{TODAY}", f"clusters/{CASE}", "clusters/none", "days/2026-02-30"]
)
def test_what_every_page_carries(site, visitor, path):
    headers = visitor.get(site.home + path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "style-src": "'self'", "frame-src": "'self'", "form-action": "'self'",
        "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert headers["x-frame-options"] == "DENY"
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "same-origin")
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers or "uvicorn" in headers["server"]


def test_the_report_is_served_as_it_is_by_its_key_and_its_own_policy(site, stranger):
    answer = stranger.get(f"{site.home}read/{site.keys.reading}/{TODAY}/index.html")
    file = site.settings.data / "reports" / TODAY.isoformat() / "index.html"
    assert answer.content == file.read_bytes()
    policy = answer.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'self'; sandbox allow-scripts allow-downloads")
    assert stranger.get(f"{site.home}read/{site.keys.reading}/index.html").status_code == 200
    without = stranger.get(f"{site.home}read/{site.keys.reading}/2026-02-30/index.html").headers
    assert without["content-security-policy"].startswith("default-src 'none'; frame-ancestors"), "no policy, no script"
    for key in ("wrong", "", site.keys.token, site.keys.form):
        assert stranger.get(f"{site.home}read/{key}/{TODAY}/index.html").status_code in {403, 404}


@pytest.mark.parametrize("path", [
    "../ledger", "../secret.json", "%2e%2e/secret.json", "..%2fsecret.json", "%2e%2e%2fsecret.json",
    "....//secret.json",
    "/etc/passwd", "%2fetc%2fpasswd", f"{TODAY}/../../secret.json", f"{TODAY}/clusters/../../../secret.json",
    f"{TODAY}/clusters/link.csv", f"{TODAY}/clusters/..%5c..%5csecret.csv", f"{TODAY}/index.html%00.csv",
    f"{TODAY}", "", "warehouse/churn.duckdb", f"{TODAY}/report.json/", "2026-03-08/clusters/.csv",
])  # fmt: skip
def test_no_path_leads_out_of_the_reports(site, stranger, path):
    """Sent as it stands: a client that tidies paths up would hide what is asked."""
    target = f"/{site.keys.place}/read/{site.keys.reading}/{path}".encode()
    request = stranger.build_request("GET", site.home)
    request.url = request.url.copy_with(raw_path=target)
    answer = stranger.send(request)
    assert answer.status_code in {403, 404}
    assert answer.text != "{}"


def test_what_is_not_published_yet_is_said_in_a_sentence(tmp_path):
    from churn.settings import Settings

    site = Site(Settings(data=tmp_path, threads=1))
    try:
        with site.visitor() as visitor:
            assert "no report yet" in visitor.get(site.home).text
            answer = visitor.get(f"{site.home}clusters/c-1")
            assert answer.status_code == 400
            assert "There is no published database" in answer.text
    finally:
        site.stop()


def test_the_command_prints_its_address_serves_on_the_loopback_and_ends_by_ctrl_c(site):
    program = "from churn.cli import main; main()"
    arguments = ["review", "--by", "eve", "--port", "0", "--json", "--data", str(site.settings.data)]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told = json.loads(process.stdout.readline())
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            page = client.get(told["address"])
            assert page.status_code == 200
            assert "eve" in page.text
            assert "token" not in str(page.url)
        listening = psutil.Process(process.pid).net_connections(kind="inet")
        assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")
    assert complaints.strip() == "The review page has ended."


def test_a_port_that_is_taken_is_said_in_a_sentence(site):
    port = site.listener.getsockname()[1]
    with pytest.raises(UsageError, match=f"Can't listen on 127.0.0.1:{port}"):
        serve(site.settings, "ann", port, print)
