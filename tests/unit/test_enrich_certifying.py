"""Certificates that name the day's domains: from tiles that landed, and from crt.sh, a server of the test's own."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import http.server
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.certificates import tiles as tiles_module
from churn.enrich.certificates.searching import LATE_TOO, REPEATED, search
from churn.enrich.certificates.tiles import certificates_of_tiles, may_name, named_rows
from churn.enrich.journal import Journal
from churn.names import NotANameError, parse
from churn.outcomes import Outcome
from churn.results import silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.landing import Origin, land
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
NEXT = DAY + dt.timedelta(days=1)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KEY = ec.derive_private_key(4711, ec.SECP256R1())
LOG = "ct.example/2026h1"


def certificate(*names, serial=1):
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Some Authority")]))
        .public_key(KEY.public_key())
        .serial_number(serial)
        .not_valid_before(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    )
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def block(content, length):
    return len(content).to_bytes(length) + content


def leaf(index, der):
    extensions = b"\x00" + block(index.to_bytes(5), 2)
    return (1_772_359_200_000).to_bytes(8) + b"\x00\x00" + block(der, 3) + block(extensions, 2) + block(bytes(64), 2)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, clock="day", allow_private_addresses=True, endpoint_rate=1000.0)


def seen(settings, day, *domains, kind="registered"):
    rows = [{"domain": name, "fqdn": name, "kind": kind, "feed": "f", "day": day} for name in domains]
    lake_of(settings).write_rows("sighting", day, "feed-f", rows)
    lake_of(settings).write_rows("feed_day", day, "feed-log", [{"feed": "log", "day": day, "gate": "ok"}])


def land_tile(settings, first, ders, new_from=None, content=None):
    """Land a data tile with entries from `first` on, of which those from `new_from` on have not been read before."""
    content = b"".join(leaf(first + at, der) for at, der in enumerate(ders)) if content is None else content
    url = f"https://log.example/tile/data/{first // 256:03d}.p/{first % 256 + len(ders)}"
    origin = Origin(url, NOON, cursor=f"{LOG}#{first if new_from is None else new_from}", closes=False)
    land(settings, "log", DAY, gzip.compress(content), origin)


def rows(settings, table, day=DAY):
    with lake_database(settings, since=day, until=day, only=(table,)) as con:
        return con.sql(f"FROM {table} ORDER BY ALL").to_arrow_table().to_pylist()


def test_domains_of_the_day_get_the_certificates_that_name_them(settings):
    seen(settings, DAY, "one.example", "two.example", "shop.co.uk")
    ders = [
        certificate("www.one.example", "*.TWO.example", "other.example"),
        certificate("else.example", "notone.example", "one.example.org"),
        certificate("a.b.shop.co.uk"),
    ]
    land_tile(settings, 0, ders)
    assert certificates_of_tiles(settings, DAY, silent) == 3
    found = rows(settings, "certificate")
    assert [(row["domain"], row["ct_index"]) for row in found] == [
        ("one.example", 0),
        ("shop.co.uk", 2),
        ("two.example", 0),
    ]
    assert {(row["ct_log"], row["source"], row["observed_at"]) for row in found} == {(LOG, "ct", NOON)}
    assert found[0]["sha256"] == hashlib.sha256(ders[0]).hexdigest()
    assert found[0]["names"] == ["*.two.example", "other.example", "www.one.example"]


def test_entries_that_an_earlier_visit_read_do_not_count_again(settings):
    seen(settings, DAY, "one.example")
    land_tile(settings, 0, [certificate("one.example", serial=n) for n in (1, 2, 3)], new_from=2)
    certificates_of_tiles(settings, DAY, silent)
    assert [(row["serial"], row["ct_index"]) for row in rows(settings, "certificate")] == [("3", 2)]


def test_a_broken_tile_gives_what_stands_before_the_break(settings):
    seen(settings, DAY, "one.example")
    whole = (
        leaf(0, certificate("one.example")) + leaf(1, b"no certificate") + leaf(2, certificate("one.example", serial=2))
    )
    land_tile(settings, 0, [b""] * 3, content=whole[:-300])
    assert certificates_of_tiles(settings, DAY, silent) == 1


def test_rows_in_several_files_and_a_second_run_that_touches_none(settings, monkeypatch):
    monkeypatch.setattr(tiles_module, "ROWS", 2)
    seen(settings, DAY, "one.example", "two.example")
    land_tile(settings, 0, [certificate("one.example", "two.example", serial=n) for n in range(1, 4)])
    assert certificates_of_tiles(settings, DAY, silent) == 6
    before = {path: path.stat().st_mtime_ns for path in lake_of(settings).files("certificate")}
    assert len(before) == 3
    certificates_of_tiles(settings, DAY, silent)
    assert {path: path.stat().st_mtime_ns for path in lake_of(settings).files("certificate")} == before
    seen(settings, DAY, "one.example")
    certificates_of_tiles(settings, DAY, silent)
    assert {row["domain"] for row in rows(settings, "certificate")} == {"one.example"}
    assert len(lake_of(settings).files("certificate")) == 2


LABELS = st.text("abcxyzABC019-", min_size=1, max_size=60).filter(lambda text: text.strip("-") == text)
NAMES = (
    st.lists(LABELS, min_size=1, max_size=4)
    .map(lambda labels: ".".join([*labels, "example"]))
    .filter(lambda name: len(name) < 240)
)


@given(st.lists(NAMES, min_size=1, max_size=5), st.data())
def test_the_glance_never_misses_a_name_that_the_certificate_has(names, data):
    der = certificate(*names)
    registrable = []
    for name in names:
        try:
            registrable.append(parse(name).domain)
        except NotANameError:
            continue
    wanted = frozenset(name.encode() for name in data.draw(st.lists(st.sampled_from([*registrable, "other.example"]))))
    expected = {name for name in registrable if name.encode() in wanted}
    assert may_name(der, wanted) >= bool(expected)
    assert {row["domain"] for row in named_rows(der, wanted)} == expected


@given(st.binary(max_size=2000))
def test_any_bytes_name_somebody_or_nobody(content):
    assert named_rows(content, frozenset({b"one.example", b"a"})) == []


class CrtSh(http.server.ThreadingHTTPServer):
    """crt.sh: `answers` by name (status and body; an empty list where there is none), `asked` in their order."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = {}, []


class _Handler(QuietHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        assert query["output"] == ["json"]
        (name,) = query["q"]
        self.server.asked.append(name)
        said = self.server.answers.get(name, (200, b"[]"))
        status, body = said.pop(0) if isinstance(said, list) else said
        self.answer(status, body)


@pytest.fixture
def crtsh():
    with running(CrtSh()) as server:
        yield server


@pytest.fixture
def asking(settings, crtsh):
    return settings.model_copy(update={"crtsh": f"http://127.0.0.1:{crtsh.server_port}/", "crtsh_budget": 10})


def listed(name):
    entry = {
        "issuer_name": "C=US, O=Let's Encrypt, CN=R11",
        "common_name": name,
        "name_value": f"{name}\nwww.{name}",
        "not_before": "2026-02-01T00:00:00",
        "not_after": "2026-05-01T00:00:00",
        "serial_number": "04ab",
    }
    return 200, json.dumps([entry]).encode()


def outcomes(settings, day=DAY):
    return {(row["domain"], row["attempt"]): row["outcome"] for row in rows(settings, "lookup", day)}


def test_certificates_that_crtsh_lists_are_rows(asking, crtsh):
    crtsh.answers["one.example"] = listed("one.example")
    search(asking, DAY, ["one.example"], silent)
    (found,) = rows(asking, "certificate")
    assert (found["domain"], found["source"], found["serial"]) == ("one.example", "ct", "4ab")
    assert found["names"] == ["one.example", "www.one.example"]
    assert outcomes(asking) == {("one.example", 1): Outcome.OK}


def test_an_empty_answer_is_not_obtained_until_it_repeats_on_another_day(asking, crtsh):
    crtsh.answers["late.example"] = [(200, b"[]"), listed("late.example")]
    search(asking, DAY, ["none.example", "late.example"], silent)
    search(asking, DAY, ["none.example", "late.example"], silent)
    assert sorted(crtsh.asked) == ["late.example", "none.example"]
    assert {row["detail"] for row in rows(asking, "lookup")} == {LATE_TOO}
    assert set(outcomes(asking).values()) == {Outcome.SERVER_FAILURE}
    search(asking, NEXT, [], silent)
    assert outcomes(asking, NEXT) == {("late.example", 1): Outcome.OK, ("none.example", 1): Outcome.NOT_FOUND}
    assert {row["detail"] for row in rows(asking, "lookup", NEXT)} == {None, REPEATED}
    asked = len(crtsh.asked)
    search(asking, NEXT + dt.timedelta(days=1), ["late.example", "none.example"], silent)
    assert len(crtsh.asked) == asked


def test_the_budget_holds_and_counts_every_try(asking, crtsh):
    names = [f"n{number}.example" for number in range(30)]
    crtsh.answers = dict.fromkeys(names[:4], (500, b""))
    search(asking, DAY, names, silent)
    search(asking, DAY, names, silent)
    assert len(crtsh.asked) == 10 == len(rows(asking, "lookup"))
    assert set(crtsh.asked) == set(names[:10])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((500, b""), Outcome.SERVER_FAILURE),
        ((404, b""), Outcome.SERVER_FAILURE),
        ((200, b"<html>504 Gateway Time-out</html>"), Outcome.SERVER_FAILURE),
        ((200, b"[" * 100_000), Outcome.MALFORMED),
        (listed("else.example"), Outcome.WRONG_SUBJECT),
        ((200, b" " * (2 << 20)), Outcome.TOO_LARGE),
    ],
)
def test_whatever_it_says_has_an_outcome(asking, crtsh, answer, outcome):
    crtsh.answers["one.example"] = answer
    search(asking, DAY, ["one.example"], silent)
    assert set(outcomes(asking).values()) == {outcome}
    assert rows(asking, "certificate") == []


def test_a_failure_is_tried_again_the_same_day(asking, crtsh):
    crtsh.answers["one.example"] = [(500, b""), listed("one.example")]
    search(asking, DAY, ["one.example"], silent)
    assert outcomes(asking) == {("one.example", 1): Outcome.SERVER_FAILURE, ("one.example", 2): Outcome.OK}


class KilledError(Exception):
    pass


def test_what_had_an_outcome_is_not_asked_again(asking, crtsh, monkeypatch):
    names = [f"n{number}.example" for number in range(8)]
    crtsh.answers = {name: listed(name) for name in names}
    add, kept = Journal.add, []

    def failing(journal, entry):
        if len(kept) == 3:
            raise KilledError
        add(journal, entry)
        kept.append(entry["row"]["domain"])

    monkeypatch.setattr(Journal, "add", failing)
    with pytest.raises(ExceptionGroup):
        search(asking, DAY, names, silent)
    monkeypatch.setattr(Journal, "add", add)
    crtsh.asked.clear()
    search(asking, DAY, names, silent)
    assert set(crtsh.asked) == set(names) - set(kept)
    assert {row["domain"] for row in rows(asking, "certificate")} == set(names)
    assert len(rows(asking, "lookup")) == len(names)


def test_private_addresses_are_not_asked(asking, crtsh):
    search(asking.model_copy(update={"allow_private_addresses": False}), DAY, ["one.example"], silent)
    assert crtsh.asked == []
    assert outcomes(asking) == {("one.example", 1): Outcome.SKIPPED_POLICY}
