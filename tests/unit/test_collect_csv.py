"""The catalogue's lists as their providers write them, read by the very declarations that are shipped."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import io
import re
import textwrap
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.collect import collect_feed
from churn.collect.entries import Landed
from churn.collect.feeds import Feed, catalogue, on_day
from churn.collect.formats.csv_list import _without_comments, read_csv
from churn.collect.unpack import UnreadableError
from churn.collect.visit import Visit
from churn.settings import Settings
from churn.store.database import scratch
from churn.store.queries import run
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
FETCHED = "2026-03-01 23:00:00+00"
KEY = "k/e y"  # of those that a URL must escape

URLHAUS = """\
################################################################
# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #
# Last updated: 2026-03-01 22:05:04 (UTC)                      #
################################################################
#
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"3800001","2026-03-01 22:01:12","http://192.0.2.7:41231/i","online","2026-03-01 22:01:12","malware_download","32-bit,elf","https://urlhaus.example/url/3800001/","nobody"
"3800000","2026-03-01 21:58:07","https://files.bad.example/a,b/c.exe?x=""1""&y","online","2026-03-01 21:58:07","malware_download","None","https://urlhaus.example/url/3800000/","nobody"
"3799999","2026-03-01 20:00:00","https://worse.example/d.ps1","offline","","malware_download","","https://urlhaus.example/url/3799999/","nobody"
"""
THREATFOX = """\
################################################################
# ThreatFox IOCs: recent additions - CSV format                #
# Last updated: 2026-03-01 22:05:04 UTC                        #
################################################################
#
# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","is_compromised","reference","tags","anonymous","reporter"
"2026-03-01 21:00:01", "1700003", "203.0.113.9:443", "ip:port", "botnet_cc", "win.nothing", "None", "Nothing", "", "100", "False", "None", "c2,nothing", "0", "nobody"
"2026-03-01 20:00:01", "1700002", "c2.bad.example", "domain", "botnet_cc", "win.nothing", "a,b", "Nothing, Much", "", "75", "False", "", "", "0", "nobody"
"2026-03-01 19:00:01", "1700001", "https://worse.example/gate.php", "url", "botnet_cc", "win.nothing", "None", "Nothing", "", "75", "False", "https://x.example/", "c2", "0", "nobody"
"2026-03-01 18:00:01", "1700000", "{hash}", "sha256_hash", "payload", "win.nothing", "None", "Nothing", "", "75", "False", "", "", "0", "nobody"
# Number of entries: 4
""".replace("{hash}", "ab" * 32)  # noqa: E501 - lines as long as the provider's
PHISHTANK = """\
phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target
9000001,https://login.bad.example/a,http://www.phishtank.example/phish_detail.php?phish_id=9000001,2026-03-01T10:00:00+00:00,yes,2026-03-01T11:00:00+00:00,yes,Other
9000000,"https://worse.example/?a=1,2",http://www.phishtank.example/phish_detail.php?phish_id=9000000,2026-03-01T09:00:00+02:00,yes,2026-03-01T11:00:00+00:00,yes,"1st National Example, Inc."
"""  # noqa: E501 - lines as long as the provider's
OPENPHISH = "https://login.bad.example/a\nhttp://worse.example/b?c=d\nhttps://worse.example/e\nhttp://192.0.2.7/f/\n"
TWEETFEED = """\
2026-02-28 23:00:00,nobody,domain,bad.example,#phishing #scam,https://x.example/nobody/status/1
2026-03-01 01:04:58,nobody,url,https://bad.example/l/,#phishing,https://x.example/nobody/status/2
2026-03-01 02:10:04,nobody,ip,192.0.2.7,#phishing,https://x.example/nobody/status/3
2026-03-01 02:10:05,nobody,sha256,{hash},,https://x.example/nobody/status/4
2026-03-01 02:10:06,nobody,url,hxxps://worse[.]example/x,,https://x.example/nobody/status/5
""".replace("{hash}", "ab" * 32)


def zipped(name, text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


SERVED = {
    "urlhaus": (
        URLHAUS.replace("\n", "\r\n").encode(),
        [
            ("files.bad.example", "2026-03-01 21:58:07+00", "https://urlhaus.example/url/3800000/", "malware_download"),
            ("worse.example", "2026-03-01 20:00:00+00", "https://urlhaus.example/url/3799999/", "malware_download"),
        ],
        [(7, "an IP address, or a numeric top-level domain")],
    ),
    "threatfox": (
        THREATFOX.encode(),
        [
            ("c2.bad.example", "2026-03-01 20:00:01+00", "1700002", "Nothing, Much"),
            ("worse.example", "2026-03-01 19:00:01+00", "1700001", "Nothing"),
        ],
        [],
    ),
    "phishtank": (
        gzip.compress(PHISHTANK.encode()),
        [
            (
                "login.bad.example",
                "2026-03-01 10:00:00+00",
                "http://www.phishtank.example/phish_detail.php?phish_id=9000001",
                "Other",
            ),
            (
                "worse.example",
                "2026-03-01 07:00:00+00",
                "http://www.phishtank.example/phish_detail.php?phish_id=9000000",
                "1st National Example, Inc.",
            ),
        ],
        [],
    ),
    "openphish": (
        OPENPHISH.encode(),
        [("login.bad.example", FETCHED, None, None), ("worse.example", FETCHED, None, None)],
        [(4, "an IP address, or a numeric top-level domain")],
    ),
    "tweetfeed": (
        TWEETFEED.encode(),
        [
            ("bad.example", "2026-02-28 23:00:00+00", "https://x.example/nobody/status/1", "#phishing #scam"),
            ("worse.example", "2026-03-01 02:10:06+00", "https://x.example/nobody/status/5", None),
        ],
        [],
    ),
    "whoisds": (
        zipped("domain-names.txt", "bad.example\r\nworse.example\r\n"),
        [("bad.example", FETCHED, None, None), ("worse.example", FETCHED, None, None)],
        [],
    ),
}  # fmt: skip


class _Handler(QuietHandler):
    def do_GET(self):
        body = self.server.answers.get(self.path)
        self.answer(200 if body else 404, body or b"")


@pytest.fixture
def server():
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)) as server:
        server.answers = {}
        yield server


def rows(config, table, columns):
    paths = str(config.data / "lake" / table / "*" / "*.parquet")
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        try:
            return con.execute(f"SELECT {columns} FROM read_parquet('{paths}') ORDER BY ALL").fetchall()
        except duckdb.IOException:
            return []


@pytest.mark.parametrize("name", SERVED)
def test_a_list_of_the_catalogue_is_read_as_its_provider_writes_it(tmp_path, server, monkeypatch, name):
    """The entry as it is shipped, at its own path on a server of ours."""
    content, sightings, rejects = SERVED[name]
    shipped = catalogue()[name]
    place = urlsplit(shipped.url)
    here = f"http://127.0.0.1:{server.server_port}{place.path}"
    (tmp_path / "feeds.toml").write_text(f'use = ["{name}"]\n[feeds.{name}]\nurl = "{here}"\nallow_private = true\n')
    if shipped.credential:
        monkeypatch.setenv(f"CHURN_CREDENTIAL_{shipped.credential.upper()}", KEY)
    server.answers[on_day(place.path, DAY).replace("{key}", "k%2Fe%20y")] = content
    config = Settings(data=tmp_path, clock="day")
    result = collect_feed(config, DAY, name)
    assert rows(config, "sighting", "fqdn, seen_at::VARCHAR, reference, label") == sightings
    assert rows(config, "reject", "line, reason") == rejects
    assert (result.rows_out, result.rejects) == (len(sightings), len(rejects))
    assert KEY not in "".join(path.read_text() for path in tmp_path.rglob("*.json"))


def test_whoisds_names_its_days_in_base64():
    url = on_day(catalogue()["whoisds"].url, dt.date(2026, 11, 21))
    assert url.endswith("/newly-registered-domains/MjAyNi0xMS0yMS56aXA=/nrd")


RESTRICTED = """\
url;class;reported_at;reference;series
https://hidden.example/a;A;2026-03-01T10:00:00+01:00;R-1;tag 7
other.example;B;2026-03-01;R-2;
not a name;B;2026-03-01;R-3;tag 7
https://third.example/;B;2026-03-01;R-4;tag 7;too much
https://fourth.example/;;;;tag 7
"""


def test_a_restricted_list_is_dropped_into_a_folder(tmp_path):
    (tmp_path / "feeds.toml").write_text('use = ["inhope"]\n')
    (tmp_path / "inbox/inhope").mkdir(parents=True)
    (tmp_path / "inbox/inhope/export 2026-03-01.csv").write_text(RESTRICTED)
    (tmp_path / "inbox/inhope/export 2026-03-02.csv").write_text("url\nof.another.example\n")
    config = Settings(data=tmp_path, clock="day", hash_key="k" * 32)
    assert collect_feed(config, DAY, "inhope").found == {"inhope": 3}
    assert rows(config, "sighting", "fqdn, seen_at::VARCHAR, reference, label, length(series_hash)") == [
        ("fourth.example", "2026-03-01 23:00:00+00", None, None, 64),
        ("hidden.example", "2026-03-01 09:00:00+00", "R-1", "A", 64),
        ("other.example", "2026-03-01 00:00:00+00", "R-2", "B", None),
    ]
    assert rows(config, "reject", "line, reason") == [(4, "has no dot"), (5, "more columns than the header has")]


def blocks(page):
    """The indented blocks of a document, without their indentation."""
    found = re.findall(r"(?:^(?: {4,}[^\n]*)?\n)+", page, re.MULTILINE)
    return [textwrap.dedent(block).strip("\n") + "\n" for block in found if block.strip()]


def test_the_worked_example_of_the_page_works(tmp_path):
    found = blocks((Path(__file__).parents[2] / "docs" / "feeds.md").read_text())
    (spreadsheet,) = [block for block in found if block.startswith("id;")]
    (declared,) = [block for block in found if "[feeds.inhope.columns]" in block]
    (tmp_path / "feeds.toml").write_text(declared)
    (tmp_path / "inbox/inhope").mkdir(parents=True)
    (tmp_path / "inbox/inhope/export-2026-03-01.csv").write_text(spreadsheet)
    config = Settings(data=tmp_path, clock="day", hash_key="k" * 32)
    assert collect_feed(config, DAY, "inhope").found == {"inhope": 2}
    assert rows(config, "sighting", "fqdn, seen_at::VARCHAR, reference, label, series_hash IS NULL") == [
        ("another.example", "2026-03-01 00:00:00+00", "4712", "B", True),
        ("one-of-them.example", "2026-03-01 09:30:00+00", "4711", "A", False),
    ]


@given(st.lists(st.sampled_from(["#", "# a", "x", "", "\ufeff# b"])), st.booleans())
def test_comments_are_taken_off_both_ends_and_nowhere_else(lines, closed):
    content = ("\n".join(lines) + ("\n" if closed else "")).encode()
    rest, skipped = _without_comments(content)
    assert rest in content
    kept = rest.decode().splitlines()
    assert not kept or not (kept[0].startswith("#") or kept[-1].startswith("#"))
    assert [line for line in lines if "#" not in line and line] == [line for line in kept if "#" not in line and line]
    assert skipped <= len(lines)


PIECES = st.sampled_from(
    [
        b'"',
        b'""',
        b", ",
        b",",
        b";",
        b"\t",
        b"\r",
        b"\n",
        b"#",
        b"\xff",
        b"\0",
        b"\xef\xbb\xbf",
        b"a.example",
        b" ",
        b"\xc3\xa9",
    ]
)


@settings(max_examples=30)
@given(pieces=st.lists(PIECES | st.binary(max_size=5), max_size=40), declared=st.booleans())
def test_whatever_the_bytes_a_reader_of_csv_reads_or_says_that_it_can_not(scratch_visits, pieces, declared):
    visit, con = scratch_visits(("name", "b", "c") if declared else ())
    landed = Landed(con, visit, visit.land("list", b"".join(pieces) + b"\nname,b,c\na.example,1,2\n"))
    with suppress(UnreadableError):
        read_csv(landed)


@pytest.fixture(scope="module")
def scratch_visits(tmp_path_factory):
    """A visit of a CSV feed with or without a header, and the tables that its reader fills."""
    config = Settings(data=tmp_path_factory.mktemp("csv"), clock="day")
    with scratch(config) as con:
        for statement in ("printable_text", "instant_of", "entry", "unread", "tally"):
            run(con, "churn.collect", statement)

        def visit(header):
            feed = Feed(name="a", kind="reported", format="csv", inbox=True, columns={"fqdn": "name"}, header=header)
            return Visit(config, feed, DAY), con

        yield visit
