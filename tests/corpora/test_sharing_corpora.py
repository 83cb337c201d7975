"""Real MISP feeds, STIX bundles and TAXII pages through their transports: every name that they report, none lost.

The names are counted anew here, with plain JSON and OASIS's parser of patterns.
"""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
from stix2patterns.v21.pattern import Pattern

from churn.collect import collect_feed
from churn.settings import Settings
from churn.store.landing import landed
from tests.serving import running

pytestmark = pytest.mark.corpora
DAY = dt.date(2026, 8, 22)
NEXT = DAY + dt.timedelta(days=1)
BUNDLES = ["today.json", "week.json", "phishdestroy_nicenic_stix21.json"]
_PLAIN = re.compile(r"\[([a-z0-9-]+):([\w.'-]+) = '([^'\\]*)'\]")
TOO_LONG = "longer than 253 octets"
NO_NAMES = {"an IP address, or a numeric top-level domain", "a public suffix, not a registrable name"}


class _Handler(http.server.SimpleHTTPRequestHandler):
    """The corpora's folder, and the exported TAXII pages as a collection: a server of one page after the other."""

    def do_GET(self):
        if urlsplit(self.path).path != "/taxii/objects/":
            return super().do_GET()
        folder = Path(self.directory) / "stix" / "taxii"
        pages = json.loads((folder / "index.json").read_bytes())["pages"]
        query = {key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
        after = query.get("added_after", "")
        pages = [page for page in pages if page["last"] > after]
        at = int(query.get("next", "0"))
        body, headers = b"{}", {}
        if pages:
            objects = json.loads((folder / "pages" / f"{pages[at]['key']}.json").read_bytes())
            envelope = {"more": at + 1 < len(pages), "objects": objects}
            envelope |= {"next": str(at + 1)} if envelope["more"] else {}
            body, headers = json.dumps(envelope).encode(), {"X-TAXII-Date-Added-Last": pages[at]["last"]}
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def base(corpora):
    handler = functools.partial(_Handler, directory=str(corpora / "feeds"))
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def config(tmp_path):
    return lambda kind, url: _settings(tmp_path, kind, url)


def _settings(folder, kind, url):
    text = f'[feeds.it]\nkind = "reported"\nformat = "{kind}"\nurl = "{url}"\nallow_private = true\ntlp = "TLP:CLEAR"\n'
    (folder / "feeds.toml").write_text(text)
    return Settings(data=folder, clock="day", threads=2)


def ask(config, table, columns):
    paths = f"{config.data}/lake/{table}/day={DAY}/feed-it.parquet"
    with duckdb.connect() as con:
        return con.execute(f"SELECT {columns} FROM read_parquet('{paths}')").fetchall()


def host(text):
    """The host of a URL, or a name, as it stands in DNS."""
    text = text.replace("[:]", ":").replace("[.]", ".")
    name = (urlsplit(text).hostname or "") if "://" in text else text.partition("/")[0].partition(":")[0]
    return name.strip().rstrip(".").lower().encode("idna").decode()


def check(config, result, reported):
    """What is reported has become names, but what its reject says is none. `reported` are texts, some of them twice."""
    too_long = [text for text in reported if len(host(text)) > 253]
    reported = [text for text in reported if text not in too_long]
    given = {host(text) for text in reported}
    names = {name for (name,) in ask(config, "sighting", "fqdn")}
    rejects = ask(config, "reject", "reason, excerpt") if result.rejects else []
    assert {reason for reason, _ in rejects} <= {*NO_NAMES, TOO_LONG}
    refused = {host(text) for reason, text in rejects if reason != TOO_LONG}
    assert (sorted((names | refused) ^ given), names & refused) == ([], set())
    assert result.rejects == len(rejects) == len(too_long) + sum(host(text) in refused for text in reported)
    assert result.rows_out == len(names) == len(given) - len(refused)


@pytest.mark.parametrize(("feed", "served", "gone"), [("misp_feed", 30, 335), ("infoblox_misp", 41, 5)])
def test_misp_feeds(corpora, base, config, feed, served, gone):
    attributes = Counter()
    reported = []
    manifest = json.loads((corpora / "feeds" / feed / "manifest.json").read_bytes())
    for path in (corpora / "feeds" / feed).glob("*-*-*-*-*.json"):
        event = json.loads(path.read_bytes())["Event"]
        assert "Object" not in event
        attributes.update(attribute["type"] for attribute in event["Attribute"])
        reported += [
            each["value"] for each in event["Attribute"] if each["type"] in {"domain", "url"} and each["to_ids"]
        ]
    assert (attributes["domain"], len(manifest)) == {"misp_feed": (2_714, 365), "infoblox_misp": (60_479, 46)}[feed]
    settings = config("misp", f"{base}/{feed}/")
    result = collect_feed(settings, DAY, "it")
    check(settings, result, reported)
    assert result.rows_in == attributes.total() + len(manifest)
    assert len(landed(settings, "it", DAY)) == served + 1
    ((gate, detail),) = ask(settings, "feed_day", "gate, detail")
    assert (gate, detail.partition(" ")[0]) == ("ok", str(gone)), "the corpus holds some of the feed's events only"


def named(objects):
    """The domains and URLs of indicators' patterns: the plainest read here, others and samples by OASIS's parser."""
    for number, item in enumerate(objects):
        if item["type"] != "indicator":
            continue
        plain = _PLAIN.fullmatch(item["pattern"])
        found = [plain[3]] if plain and plain[2] == "value" and plain[1] in {"domain-name", "url"} else []
        if not plain or number % 50 == 0:
            comparisons = Pattern(item["pattern"]).inspect().comparisons
            values = [each for kind in ("domain-name", "url") for each in comparisons.get(kind, ())]
            theirs = [
                text[1:-1].replace("\\'", "'")
                for path, operator, text in values
                if (path, operator) == (["value"], "=")
            ]
            assert found in ([], theirs)
            found = theirs
        yield from found


@pytest.mark.parametrize("name", BUNDLES)
def test_bundles(corpora, base, config, name):
    objects = json.loads((corpora / "feeds" / "stix" / name).read_bytes())["objects"]
    settings = config("stix", f"{base}/stix/{name}")
    result = collect_feed(settings, DAY, "it")
    check(settings, result, list(named(objects)))
    assert result.rows_in == len(objects)


def test_a_collection_of_exported_pages(corpora, base, config):
    """43 days of a real TAXII server's pages, 11,800 objects."""
    files = sorted((corpora / "feeds/stix/taxii/pages").glob("*.json"))
    objects = [item for path in files for item in json.loads(path.read_bytes())]
    settings = config("taxii", f"{base}/taxii")
    result = collect_feed(settings, DAY, "it")
    check(settings, result, list(named(objects)))
    assert result.rows_in == len(objects)
    assert len(landed(settings, "it", DAY)) == len(files)
    result = collect_feed(settings, NEXT, "it")
    assert (result.rows_in, result.rows_out, len(landed(settings, "it", NEXT))) == (1, 0, 1)


def test_an_exported_page_is_a_list_that_can_be_read_as_it_is(corpora, base, config):
    page = corpora / "feeds/stix/taxii/pages" / f"{DAY}.0.json"
    settings = config("stix", f"{base}/stix/taxii/pages/{{day}}.0.json")
    check(settings, collect_feed(settings, DAY, "it"), list(named(json.loads(page.read_bytes()))))
