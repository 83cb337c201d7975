"""Every reader of collect on hostile bytes: it raises what it says that it raises, does not hang and does not swell."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import io
import json
import zipfile
from zlib import crc32

import pyarrow as pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from churn.collect.claims import claimed_day
from churn.collect.credentials import Credential
from churn.collect.entries import Landed
from churn.collect.feeds import Feed, load_feeds
from churn.collect.formats import FORMATS
from churn.collect.formats.master_file import read_delegations
from churn.collect.transports import http as fetching
from churn.collect.unpack import UnreadableError, unpack
from churn.collect.visit import Visit
from churn.errors import ChurnError, UsageError
from churn.markings import printable
from churn.names import NotANameError, normalise, parse
from churn.settings import Settings
from churn.store.database import scratch
from churn.store.landing import Origin, land
from churn.store.naming import load_names, spell_foreign
from churn.store.queries import run
from tests.fuzz.mutation import hunt
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
NAMES = (
    b"# names of 2026-03-01\nalpha.example\nhxxps://b[.]example/path?q=1\n"
    b"m\xc3\xbcnster.test # new\n192.0.2.1\nwww.x.co.uk\n"
)
CSV = (
    b"id,url,reported_at,class,series\n"
    b'1,https://a.example/x,2026-03-01T10:00,"fraud, advance",tag-1\n2,b.example,1772359200,,\n'
)
ZONE = (
    b"$ORIGIN shoplab.\n$TTL 3600\n@ IN SOA ns1.nic.shoplab. host.nic.shoplab. ( 2026030100 1800 900 604800 86400 )\n"
    b"@ IN NS ns1.nic.shoplab.\nalpha IN NS ns1.host.example.\n\tIN NS ns2.host.example.\nbeta 3600 NS ns1.beta\n"
    b'ns1.beta A 192.0.2.1\nx\\046y.shoplab. IN NS a.b. ; c\n*.wild NS a.b.\nt TXT "a;(b" c\n'
    b"@ IN SOA ns1.nic.shoplab. host.nic.shoplab. 2026030100 1800 900 604800 86400\n"
)
UUID = "5f2b1a04-0000-4000-8000-000000000001"
EVENT = {
    "Event": {
        "uuid": UUID, "info": "made up", "timestamp": "1772359200", "date": "2026-03-01", "Orgc": {"name": "Lab"},
        "Tag": [{"name": "tlp:green"}, {"name": 'rsit:fraud="phishing"'}],
        "Attribute": [
            {"type": "domain", "value": "a.example", "to_ids": True, "timestamp": "1772359200"},
            {"type": "domain|ip", "value": "b.example|192.0.2.1", "to_ids": "1", "Tag": [{"name": "x"}]},
            {"type": "url", "value": "https://c.example/x", "to_ids": True, "first_seen": "2026-03-01T10:00:00+00:00"},
            {"type": "ip-dst", "value": "192.0.2.1", "to_ids": True},
        ],
        "Object": [{"name": "url", "Attribute": [{"type": "hostname", "value": "d.example", "to_ids": True}]}],
    }
}  # fmt: skip
MANIFEST = {
    UUID: {"info": "made up", "timestamp": "1772359200", "date": "2026-03-01", "Orgc": {"name": "Lab"}, "Tag": []}
}
INDICATOR = {
    "type": "indicator", "spec_version": "2.1", "id": "indicator--" + UUID, "created": "2026-03-01T10:00:00.000Z",
    "modified": "2026-03-01T10:00:00.000Z",
    "valid_from": "2026-03-01T10:00:00Z", "pattern_type": "stix", "labels": ["phishing"],
    "pattern": "[domain-name:value = 'a.example' OR (url:value = 'http://b.example/\\'x' "
    "AND NOT ipv4-addr:value IN ('192.0.2.1'))]",
}  # fmt: skip
OBJECTS = [
    {"type": "identity", "id": "identity--" + UUID, "name": "Lab"},
    INDICATOR,
    {"type": "domain-name", "id": "domain-name--" + UUID, "value": "c.example"},
    {"type": "observed-data", "id": "observed-data--" + UUID, "first_observed": "2026-03-01T10:00:00Z",
     "object_refs": ["domain-name--" + UUID], "objects": {"0": {"type": "url", "value": "https://d.example/"}}},
    {"type": "relationship", "id": "relationship--" + UUID, "source_ref": INDICATOR["id"],
     "target_ref": "identity--" + UUID},
]  # fmt: skip
BUNDLE = {"type": "bundle", "id": "bundle--" + UUID, "objects": OBJECTS}
ENVELOPE = {"more": True, "next": "2", "objects": OBJECTS}
REPORT = {"zones": ["shoplab"], "failed": {"othlab": "answered 404"}}
CHECKPOINT = b"ct.example/2026h1\n256\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 ct.example/2026h1 " + b"A" * 40 + b"\n"
LINKS = ["{base}/czds/downloads/shoplab.zone", "{base}/czds/downloads/othlab.zone", "http://lists.example/x.zone"]


def certificate():
    key = ec.derive_private_key(4711, ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [x509.DNSName(name) for name in ("a.example", "*.b.example", "xn--mnster-3ya.test")]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.example")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Some Authority")]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def tile():
    """Three entries of a data tile (c2sp.org/static-ct-api): two certificates and a pre-certificate."""
    der = certificate()
    parts = []
    for index in range(3):
        extensions = b"\0" + (5).to_bytes(2) + index.to_bytes(5)
        logged = (1_772_359_200_000 + index).to_bytes(8)
        block, rest = len(der).to_bytes(3) + der, len(extensions).to_bytes(2) + extensions
        before = b"\0\0" + block if index < 2 else b"\0\1" + bytes(32) + block
        parts.append(logged + before + rest + (block if index == 2 else b"") + (32).to_bytes(2) + bytes(32))
    return b"".join(parts)


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list-2026-03-01.txt", content)
    return packed.getvalue()


def as_json(*values):
    return [json.dumps(value).encode() for value in values]


SAMPLES = {
    "names": [NAMES, gzip.compress(NAMES), zipped(NAMES)],
    "csv": [CSV, gzip.compress(CSV), b"# about\n" + CSV.replace(b",", b";").replace(b"\n", b"\r\n")],
    "zone": [ZONE, gzip.compress(ZONE)],
    "czds": [ZONE, *as_json(REPORT)],
    "axfr": [ZONE, *as_json(REPORT)],
    "static-ct": [tile(), gzip.compress(tile()), CHECKPOINT],
    "misp": as_json(EVENT, MANIFEST, {"response": [EVENT, EVENT]}),
    "stix": as_json(BUNDLE, OBJECTS, ENVELOPE),
    "taxii": as_json(ENVELOPE, {"objects": []}, {}),
}
"""Realistic contents by format."""
MORE = {
    "csv": {
        "columns": {"fqdn": "url", "seen_at": "reported_at", "label": "class", "series": "series"},
        "only": {"class": ["", "x"]},
    }
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(data=tmp_path_factory.mktemp("fuzz"), clock="day", threads=1, memory_limit="1GB")


def feed_of(format_name, url="https://lists.example/list"):
    if format_name == "axfr":
        url = "axfr://127.0.0.1:1"
    about = {
        "name": f"fuzz-{format_name}",
        "kind": "reported",
        "format": format_name,
        "url": url,
        "allow_private": True,
    }
    if format_name in {"czds", "axfr"}:
        about |= {"credential": "lab", "zones": ["shoplab"]}
    return Feed(**about, **MORE.get(format_name, {}))


def test_every_format_is_hunted_in():
    assert SAMPLES.keys() == FORMATS.keys()


def origin_of(format_name, content):
    """Where such a content comes from, as its transport would say: readers go by it."""
    now = dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC)
    if format_name == "static-ct":
        is_checkpoint = content[:2] == b"ct"
        return Origin(
            "https://ct.example/" + ("checkpoint" if is_checkpoint else "tile/data/000.p/3"), now, cursor="ct.example#0"
        )
    if format_name in {"czds", "axfr"}:
        return Origin("https://lists.example/shoplab.zone", now, closes=content[:1] == b"{")
    return Origin("https://lists.example/shoplab.zone", now)


def assert_fit_to_print(error):
    assert str(error) == printable(str(error), 2_000)


def name_entries(con, feed):
    """What the stage does with entries, whatever they hold."""
    spell_foreign(con, "entry")
    run(con, "churn.collect", "named_entry", kind="reported")
    none = pa.table({"series": pa.array([], pa.string()), "series_hash": pa.array([], pa.string())})
    con.register("series_hashed", none)
    run(con, "churn.collect", "sighting_of_day", feed=feed.name, day=DAY)
    run(con, "churn.collect", "arrival").fetchall()


def forget(settings, manifest):
    for path in (settings.data / "landing" / manifest.feed / DAY.isoformat()).glob(f"{manifest.sha256[:16]}*"):
        path.unlink()


@pytest.mark.parametrize("format_name", sorted(SAMPLES.keys() & FORMATS.keys()))
def test_a_reader_refuses_or_reads(settings, format_name):
    feed, samples = feed_of(format_name), SAMPLES[format_name]
    land(settings, feed.name, DAY - dt.timedelta(days=1), samples[0], origin_of(format_name, samples[0]))
    with scratch(settings) as con:
        load_names(con)
        for statement in ("printable_text", "instant_of", "entry", "unread", "tally"):
            run(con, "churn.collect", statement)

        def read(content):
            manifest = land(settings, feed.name, DAY, content, origin_of(format_name, content))
            try:
                FORMATS[format_name].read(Landed(con, Visit(settings, feed, DAY), manifest))
            except UnreadableError as error:
                assert_fit_to_print(error)
            if crc32(content) % 8 == 0:  # it takes longer than all the rest
                name_entries(con, feed)
            forget(settings, manifest)
            for statement in ("entry", "unread", "tally"):
                run(con, "churn.collect", statement)

        hunt(format_name, samples, read)


def test_unpacking_refuses_or_unpacks():
    bomb = gzip.compress(bytes(8 << 20))

    def read(content):
        try:
            assert len(unpack(content)) <= max(1 << 22, 200 * len(content))
        except UnreadableError:
            return

    hunt(
        "unpack",
        [gzip.compress(NAMES), gzip.compress(NAMES) * 2, zipped(NAMES), NAMES, bomb, zipped(bytes(8 << 20))],
        read,
    )


def test_a_claim_is_a_day_or_none(settings):
    feed = feed_of("names")

    def read(content):
        manifest = land(settings, feed.name, DAY, content, origin_of("names", content))
        assert isinstance(claimed_day(settings, [manifest]), dt.date | None)
        forget(settings, manifest)

    named = io.BytesIO()
    with gzip.GzipFile("list-2026-03-01.txt", "wb", fileobj=named) as file:
        file.write(NAMES)
    hunt("claims", [NAMES, named.getvalue(), zipped(NAMES)], read)


def test_a_master_file_is_read_or_refused_in_pieces_of_any_size(tmp_path):
    """The same names, whatever the pieces in which the file is read."""
    path = tmp_path / "zone"

    def read(content):
        path.write_bytes(content)
        found = []
        for step in (1 << 16, 7):
            names = []
            try:
                figures = read_delegations(path, names.extend, "shoplab", step=step)
            except UnreadableError as error:
                figures = str(error)
            found.append((figures, [name.as_py() for name in names]))
        assert found[0] == found[1]

    hunt("master_file", [ZONE, gzip.compress(ZONE)], read)


def test_names_are_the_same_in_sql_and_python():
    texts = [line for line in NAMES.splitlines() if line] + [
        b"a.b.www.ck\n_dmarc.EXAMPLE.com.\nkawasaki.jp\na@b.c:80\n"
    ]
    with scratch(Settings()) as con:
        load_names(con)

        def read(content):
            lines = content.decode("utf-8", "replace").split("\n")
            con.register(
                "given", pa.table({"name_text": pa.array(lines, pa.string()), "number": list(range(len(lines)))})
            )
            spell_foreign(con, "given")
            got = con.execute(
                "SELECT name_fqdn, name_domain, name_reason FROM named('given') ORDER BY number"
            ).fetchall()
            for line, (fqdn, domain, reason) in zip(lines, got, strict=True):
                try:
                    name = parse(line)
                    expected = name.fqdn, name.domain, None
                except NotANameError as error:
                    expected = None, None, str(error)
                assert (fqdn, domain, reason) == expected, line
                assert fqdn is None or normalise(fqdn) == fqdn

        hunt("names", [b"\n".join(texts), NAMES], read)


def test_a_file_of_feeds_is_loaded_or_refused(tmp_path):
    settings = Settings(data=tmp_path)
    example = b"""use = []
[feeds.a]
kind = "reported"
format = "csv"
url = "https://lists.example/{day}.csv"
columns = { fqdn = "url", seen_at = "at" }
only = { class = ["x"] }
maximum_rows = 5
[feeds.b]
kind = "registered"
format = "names"
inbox = true
"""

    def read(content):
        settings.feeds_file.write_bytes(content)
        try:
            load_feeds(settings)
        except UsageError:
            return

    hunt("feeds", [example], read)


class _Site(http.server.ThreadingHTTPServer):
    """Answers any path with `answers[path]`, or with `answers[""]`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, bytes] = {}


class _Handler(QuietHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        path = self.path.partition("?")[0]
        body = next((body for end, body in self.server.answers.items() if path.endswith(end)), b"")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(fetching, "_WAITS", (0.0,))
    with running(_Site()) as server:
        yield server


VISITS = {
    "misp": ("manifest.json", as_json(MANIFEST, {}), as_json(EVENT)[0]),
    "taxii": ("objects/", as_json(ENVELOPE | {"more": False}, ENVELOPE, {}), b""),
    "static-ct": ("checkpoint", [CHECKPOINT], tile()),
    "czds": ("links", [], ZONE),
}
"""What a visit asks for first, its samples, and what it gets for all else."""


@pytest.mark.parametrize("format_name", sorted(VISITS.keys() & FORMATS.keys()))
def test_a_visit_lands_or_fails_in_words(settings, site, format_name, monkeypatch):
    if format_name == "czds":
        from churn.collect.transports import zones

        monkeypatch.setattr(zones, "PAUSE_SECONDS", 0.0)
    base = f"http://127.0.0.1:{site.server_port}"
    first, samples, rest = VISITS[format_name]
    samples = samples or as_json([link.format(base=base) for link in LINKS])
    feed = feed_of(format_name, base + ("/collections/c/" if format_name == "taxii" else "/"))
    feed = feed.model_copy(update={"name": f"visit-{format_name}", "maximum_bytes": 1 << 21})
    visit = Visit(settings, feed, DAY, Credential(SecretStr("lab"), "lab") if format_name == "czds" else None)

    def read(content):
        site.answers = {first: content, "authenticate": b'{"accessToken": "x"}', "": rest}
        try:
            FORMATS[format_name].visit(visit)
        except ChurnError as error:
            assert_fit_to_print(error)
        for manifest in visit.landed:
            forget(settings, manifest)

    hunt(f"visit-{format_name}", samples, read)
