"""Static-CT logs: from checkpoints and tiles to names. The log is made here, of certificates, and served over HTTP."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import gzip
import hashlib
import http.server

import duckdb
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from churn.collect import collect_feed
from churn.collect.feeds import load_feeds
from churn.collect.formats.static_ct import MOST_NAMES, certificate_names, tile_entries
from churn.collect.transports import http as fetching
from churn.collect.transports.ct_log import visit_log
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError
from churn.lab.ct_log import signed_checkpoint, tree_hash
from churn.settings import Settings
from churn.transparency import (
    FramingError,
    Tile,
    leaf_hashes,
    leaves,
    parse_checkpoint,
    tile_at,
    tile_path,
)
from tests.serving import QuietHandler, running

DAY = dt.date(2026, 3, 1)
NEXT, THIRD = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2)
LOGGED = 1_772_359_200_000  # 2026-03-01 10:00 UTC
KEY = ec.derive_private_key(4711, ec.SECP256R1())
SPKI = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
ORIGIN = "ct.example/2026h1"


def certificate(*names, common_name=None):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Some Authority")]))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def block(content, length):
    return len(content).to_bytes(length) + content


def leaf(index, der, *, precertificate=False, logged=LOGGED, extensions=None):
    extensions = b"\x00" + block(index.to_bytes(5), 2) if extensions is None else extensions
    signed = b"\x00\x01" + bytes(32) + block(b"what is signed", 3) if precertificate else b"\x00\x00" + block(der, 3)
    extra = block(der, 3) if precertificate else b""
    return logged.to_bytes(8) + signed + block(extensions, 2) + extra + block(bytes(64), 2)


class Log(http.server.ThreadingHTTPServer):
    """A static-CT log that grows by `add`; `gone` paths answer 404, `asked` is what was asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin, self.leaves, self.asked, self.gone, self.checkpoint = ORIGIN, [], [], set(), None

    def add(self, count):
        for index in range(len(self.leaves), len(self.leaves) + count):
            der = certificate(f"d{index}.example", f"www.d{index}.example")
            self.leaves.append(leaf(index, der, precertificate=index % 2 == 0))

    def body(self, path):
        if path in self.gone:
            return None
        if path == "checkpoint":
            root = tree_hash([hashlib.sha256(each).digest() for each in self.leaves])
            made = signed_checkpoint(KEY, self.origin, len(self.leaves), root, LOGGED.to_bytes(8))
            return self.checkpoint or made
        tile = tile_at(f"/{path}")
        if tile is None or tile.stop > len(self.leaves):
            return None
        return gzip.compress(b"".join(self.leaves[tile.first : tile.stop]))

    def fetched(self):
        """What was asked for since this was last asked."""
        asked, self.asked = self.asked, []
        return asked


class _Handler(QuietHandler):
    def do_GET(self):
        path = self.path.removeprefix("/log/")
        self.server.asked.append(path)
        body = self.server.body(path)
        self.answer(404 if body is None else 200, body or b"")


@pytest.fixture
def log(monkeypatch):
    monkeypatch.setattr(fetching, "_WAITS", (0.0,))
    with running(Log()) as server:
        yield server


@pytest.fixture
def collect(tmp_path, log):
    """Collects the log on a day; what the sightings of that day are: (domain, reference)."""
    settings = Settings(data=tmp_path, clock="day")

    def collected(day, options=""):
        (tmp_path / "feeds.toml").write_text(
            '[feeds.log]\nkind = "registered"\nformat = "static-ct"\nallow_private = true\n'
            f'url = "http://127.0.0.1:{log.server_port}/log"\n{options}\n'
        )
        collect_feed(settings, day, "log")
        return rows(tmp_path, "sighting", day, "domain, reference")

    return collected


def rows(data, table, day, columns):
    path = data / "lake" / table / f"day={day}" / "feed-log.parquet"
    if not path.exists():
        return []
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return con.execute(f"SELECT {columns} FROM read_parquet('{path}') ORDER BY ALL").fetchall()


def expected(*indices):
    return sorted((f"d{index}.example", f"{ORIGIN}#{index}") for index in indices)


def test_a_log_is_read_on_from_where_the_last_visit_stopped(collect, log, tmp_path):
    """Two days with a partial tile between them: no entry is lost, none comes twice, no full tile is fetched again."""
    log.add(270)
    assert collect(DAY) == expected(*range(270))
    assert log.fetched() == ["checkpoint", "tile/data/000", "tile/data/001.p/14"]
    ((seen_at, kind),) = set(rows(tmp_path, "sighting", DAY, "seen_at::VARCHAR, kind"))
    assert (seen_at, kind) == ("2026-03-01 10:00:00+00", "registered")
    log.add(300)
    assert collect(NEXT) == expected(*range(270, 570))
    assert log.fetched() == ["checkpoint", "tile/data/001", "tile/data/002.p/58"]
    assert rows(tmp_path, "feed_day", NEXT, "gate, detail") == [
        ("ok", "read up to entry 570 of the log; 0 are left for the next visit")
    ]
    before = collect(NEXT)  # a rerun asks nobody
    assert log.fetched() == []
    assert before == expected(*range(270, 570))


def test_a_domain_counts_when_it_is_first_in_a_certificate(collect, log):
    log.add(3)
    collect(DAY)
    log.leaves.append(leaf(3, certificate("mail.d1.example", "new.example")))
    log.leaves.append(leaf(4, certificate("*.new.example")))
    assert collect(NEXT) == [("new.example", f"{ORIGIN}#3")]


def test_what_is_beyond_the_maximum_is_for_the_next_visit(collect, log, tmp_path):
    """The first visit begins at the tail; a later one goes on where it must, in whole tiles."""
    log.add(300)
    assert collect(DAY, "maximum_rows = 20") == expected(*range(280, 300))
    log.add(600)
    log.fetched()
    assert collect(NEXT, "maximum_rows = 300") == expected(*range(300, 512))
    assert log.fetched() == ["checkpoint", "tile/data/001"]
    assert rows(tmp_path, "feed_day", NEXT, "detail") == [
        ("read up to entry 512 of the log; 388 are left for the next visit",)
    ]
    assert collect(THIRD) == expected(*range(512, 900))


def test_a_visit_that_broke_off_goes_on(collect, log):
    """Tiles that landed are not fetched again, whatever the log has grown by since, and nothing is read twice."""
    log.add(530)
    log.gone = {"tile/data/001"}
    with pytest.raises(TransientError, match="answered 404, though the log has 530 entries"):
        collect(DAY)
    log.gone = set()
    log.add(100)
    log.fetched()
    assert collect(DAY) == expected(*range(630))
    assert log.fetched() == ["checkpoint", "tile/data/001", "tile/data/002.p/118"]


def test_a_log_that_is_visited_each_hour(log, tmp_path):
    """Several visits make one day; what the day says is what the last of them found."""
    (tmp_path / "feeds.toml").write_text(
        '[feeds.log]\nkind = "registered"\nformat = "static-ct"\nallow_private = true\nmaximum_rows = 256\n'
        f'url = "http://127.0.0.1:{log.server_port}/log"\n'
    )
    settings = Settings(data=tmp_path)  # by the wall's clock: visits of a day follow each other
    visit = Visit(settings, load_feeds(settings)["log"], DAY)
    for more in (10, 400, 0, 3):
        log.add(more)
        visit_log(visit)
    assert [path for path in log.fetched() if path != "checkpoint"] == [
        "tile/data/000.p/10", "tile/data/000", "tile/data/001.p/154", "tile/data/001.p/157",
    ]  # fmt: skip
    collect_feed(settings, DAY, "log")
    assert rows(tmp_path, "sighting", DAY, "domain, reference") == expected(*range(413))
    assert rows(tmp_path, "feed_day", DAY, "detail") == [
        ("read up to entry 413 of the log; 0 are left for the next visit",)
    ]


def test_a_partial_tile_that_is_gone_is_no_fault(collect, log):
    log.add(260)
    log.gone = {"tile/data/001.p/4"}
    assert collect(DAY) == expected(*range(256))
    log.add(252)
    assert collect(NEXT) == expected(*range(256, 512))


def test_a_log_that_has_not_grown(collect, log, tmp_path):
    log.add(10)
    collect(DAY)
    assert collect(NEXT) == []
    assert rows(tmp_path, "feed_day", NEXT, "gate") == [("missing",)]


def _shrink(log):
    del log.leaves[-1]


def _rewrite(log):
    log.leaves[0] = leaf(0, certificate("other.example"))


def _rename(log):
    log.origin = "other.example/log"


@pytest.mark.parametrize(("change", "said"), [(_shrink, "must never take back"), (_rewrite, "must never take back"),
                                              (_rename, "is now of the log other.example/log")])  # fmt: skip
def test_a_log_that_takes_back_what_it_had_is_not_read(collect, log, change, said):
    log.add(10)
    collect(DAY)
    change(log)
    with pytest.raises(TerminalError, match=said):
        collect(NEXT)


def test_a_checkpoint_is_of_the_key_that_the_feed_names(collect, log):
    log.add(5)
    other = ec.derive_private_key(815, ec.SECP256R1()).public_key()
    spki = other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(TerminalError, match="is not signed by the feed's log_key"):
        collect(DAY, f'log_key = "{base64.b64encode(spki).decode()}"')
    with pytest.raises(TerminalError, match="is not the base64 of an ECDSA P-256 key"):
        collect(DAY, 'log_key = "bm8ga2V5"')
    assert collect(DAY, f'log_key = "{base64.b64encode(SPKI).decode()}"') == expected(*range(5))


def test_a_web_page_is_no_log(collect, log):
    log.checkpoint = b"<!DOCTYPE html>\n<html></html>\n"
    with pytest.raises(TerminalError, match="is no checkpoint of a log"):
        collect(DAY)


def test_what_can_not_be_read_is_put_aside_and_the_rest_kept(collect, log, tmp_path):
    log.add(4)
    log.leaves[1] = leaf(1, b"\x30\x03no certificate")
    log.leaves[2] = leaf(7, certificate("elsewhere.example"))
    log.leaves.append(leaf(4, certificate("d4.example"))[:-50])
    assert collect(DAY) == expected(0, 3)
    found = rows(tmp_path, "reject", DAY, "line, reason")
    assert [(line, reason[:30]) for line, reason in found] == [
        (2, "a certificate that can't be re"),
        (3, "the log's entry 2 says that it"),
        (None, "the rest of a tile can't be re"),
    ]


@pytest.mark.parametrize(("index", "width", "path"), [
    (0, 256, "tile/data/000"), (999, 256, "tile/data/999"), (1000, 256, "tile/data/x001/000"),
    (1_234_067, 256, "tile/data/x001/x234/067"), (1_234_067, 8, "tile/data/x001/x234/067.p/8"),
])  # fmt: skip
def test_paths_of_tiles_are_those_of_the_specification(index, width, path):
    assert tile_path(index, width) == path
    assert tile_at(f"https://log.example/2026/{path}") == Tile(index * 256, index * 256 + width)


@pytest.mark.parametrize("path", ["tile/data/1", "tile/data/000.p/0", "tile/data/000.p/257", "tile/0/000", "checkpoint",
                                  "tile/data/000/..", "tile/data/001/x000"])  # fmt: skip
def test_other_paths_are_no_data_tiles(path):
    assert tile_at(f"https://log.example/{path}") is None


def test_a_checkpoint_is_what_its_signature_covers():
    note = signed_checkpoint(KEY, ORIGIN, 77, bytes(32), LOGGED.to_bytes(8))
    checkpoint = parse_checkpoint(note)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 77, bytes(32))
    assert checkpoint.is_signed_by(SPKI)
    assert not parse_checkpoint(note.replace(b"\n77\n", b"\n78\n")).is_signed_by(SPKI)
    assert not parse_checkpoint(note.replace(b"2026h1\n77", b"2026h2\n77")).is_signed_by(SPKI)
    other = b"\xe2\x80\x94 witness.example/w AAAAAAECAwQF\n"
    assert parse_checkpoint(note + other).is_signed_by(SPKI)
    assert not parse_checkpoint(note[: note.index(b"\n\n") + 2] + other).is_signed_by(SPKI)


@pytest.mark.parametrize("change", [
    (b"\n77\n", b"\n077\n"), (b"\n77\n", b"\n-1\n"), (b"\n77\n", b"\n9999999999999\n"), (b"\n77\n", b"\n\n"),
    (b"AAAA=\n", b"AAA=\n"), (b"AAAA=\n", b"AAAA=?\n"), (b"ct.example", b"ct example"), (b"ct.", b"\xff"),
    (b"\n\n", b"\n"), (b"\xe2\x80\x94", b"-"), (b"\n\xe2", b"\n" + b"x" * 20_000 + b"\n\xe2"),
])  # fmt: skip
def test_a_checkpoint_is_read_strictly(change):
    note = signed_checkpoint(KEY, ORIGIN, 77, bytes(32), LOGGED.to_bytes(8))
    assert note.replace(*change) != note
    with pytest.raises(FramingError):
        parse_checkpoint(note.replace(*change))


@pytest.mark.parametrize(("names", "common_name", "found"), [
    (["a.example", "*.a.example", "*.b.example"], "a.example", ["a.example", "b.example"]),
    ([], "Only.Example", ["Only.Example"]),
    (["a.example"], "Some Company Inc.", ["a.example"]),
    (["a.example"], "192.0.2.1", ["a.example"]),
    (["a.example"], "someone@b.example", ["a.example"]),
    ([], None, []),
])  # fmt: skip
def test_the_names_of_a_certificate(names, common_name, found):
    assert certificate_names(certificate(*names, common_name=common_name)) == found


def test_a_certificate_has_so_many_names_and_no_more():
    der = certificate(*(f"{number}.example" for number in range(MOST_NAMES + 1)))
    entries, unread = tile_entries(leaf(0, der), Tile(0, 1), 0, ORIGIN)
    assert len(entries) == MOST_NAMES
    assert [each.reason for each in unread] == ["more names than a certificate may have"]


def test_extensions_that_nobody_knows_are_passed_over():
    extensions = b"\x09" + block(b"new", 2) + b"\x00" + block((5).to_bytes(5), 2)
    (read,) = leaves(leaf(5, certificate("a.example"), extensions=extensions))
    assert read.index == 5
    (read,) = leaves(leaf(5, certificate("a.example"), extensions=b"\x00\xff"))
    assert read.index is None


LEAVES = [leaf(n, certificate(f"{n}.example", common_name="a.example"), precertificate=n > 1) for n in range(4)]
TILE = b"".join(LEAVES)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_put_aside(content):
    _, unread = tile_entries(content, Tile(0, 4), 0, ORIGIN)
    assert unread
    for read in (parse_checkpoint, leaf_hashes):
        with contextlib.suppress(FramingError):
            read(content)


@given(st.integers(0, len(TILE) - 1), st.integers(0, len(TILE)), st.integers(1, 255))
def test_a_cut_or_flipped_tile_keeps_what_is_before(flipped, cut, bits):
    broken = bytearray(TILE)
    broken[flipped] ^= bits
    whole, _ = tile_entries(TILE, Tile(0, 4), 0, ORIGIN)
    before = [each for each in whole if sum(len(part) for part in LEAVES[: each.line]) <= min(flipped, cut)]
    entries, unread = tile_entries(bytes(broken[:cut]), Tile(0, 4), 0, ORIGIN)
    assert entries[: len(before)] == before
    assert unread or cut == len(TILE)


@given(st.integers(0, 250), st.integers(1, 255))
def test_a_flipped_checkpoint_is_none_or_not_signed(flipped, bits):
    note = bytearray(signed_checkpoint(KEY, ORIGIN, 77, bytes(32), LOGGED.to_bytes(8)))
    note[flipped % len(note)] ^= bits
    try:
        checkpoint = parse_checkpoint(bytes(note))
    except FramingError:
        return
    same = (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 77, bytes(32))
    assert same or not checkpoint.is_signed_by(SPKI)
