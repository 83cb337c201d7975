"""The lab's certificate log, and collecting from it: a real log in all but its size."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import urllib.error
import urllib.request

import duckdb
import pyarrow.parquet
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from churn.collect import collect_feed
from churn.errors import TerminalError
from churn.lab.certificates import Authority
from churn.lab.ct_log import CtLog, log_key
from churn.lab.world import build_world
from churn.settings import Settings
from churn.transparency import Tile, leaf_hashes, leaves, parse_checkpoint, tile_path
from tests.lab.conftest import OTHER_SEED

pytestmark = pytest.mark.lab
SEED = OTHER_SEED


@pytest.fixture(scope="module")
def lab(other_lab):
    return other_lab


@pytest.fixture(scope="module")
def log():
    return CtLog(build_world("small", SEED))


def get(lab, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{lab.ports.http}/ct/{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def root_of(hashes):
    """The root of a Merkle tree, level by level from the leaves: another way than the lab's (RFC 6962, 2.1)."""
    while len(hashes) > 1:
        pairs = [hashes[at : at + 2] for at in range(0, len(hashes), 2)]
        hashes = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return hashes[0]


def tiles(size):
    return [Tile(first, min(first + 256, size)) for first in range(0, size, 256)]


def test_checkpoints_are_over_the_leaves_that_are_served(log):
    """Of every day: signed by the log's key, and the root is that of the leaves' own hashes."""
    key = base64.b64decode(log_key(SEED))
    sizes = []
    for day in log.world.days:
        checkpoint = parse_checkpoint(log.answer(day, "checkpoint"))
        assert checkpoint.is_signed_by(key)
        found = []
        for tile in tiles(checkpoint.size):
            path = tile_path(tile.first // 256, tile.stop - tile.first)
            content = log.answer(day, path)
            assert b"".join(leaf_hashes(content)) == log.answer(day, path.replace("data", "0"))
            found += leaf_hashes(content)
        assert (len(found), root_of(found)) == (checkpoint.size, checkpoint.root)
        full = [root_of(found[at : at + 256]) for at in range(0, len(found) - 255, 256)]
        assert b"".join(full) == log.answer(day, f"tile/1/000.p/{len(full)}")
        sizes.append(checkpoint.size)
    assert sizes == sorted(set(sizes))
    assert sizes[0] >= 300


def test_what_is_not_there_yet_is_not_served(log):
    first, last = log.world.days[0], log.world.days[-1]
    size = parse_checkpoint(log.answer(last, "checkpoint")).size
    beyond = tile_path(size // 256, size % 256)
    assert log.answer(last, beyond)
    assert log.answer(first, beyond) is None
    assert log.answer(last, tile_path(size // 256)) is None
    assert log.answer(first - dt.timedelta(days=1), "checkpoint") is None


def test_entries_are_the_certificates_that_the_hosts_show(log):
    """A pre-certificate is the certificate with a poison: what is signed of both is the same (RFC 6962, 3.2)."""
    day = log.world.days[0]
    (first, *others) = leaves(log.answer(day, "tile/data/000"))
    finals = [leaf for leaf in (first, *others) if not leaf.is_precertificate]
    assert 60 < len(finals) < 128
    for leaf in finals[:5]:
        final = x509.load_der_x509_certificate(leaf.certificate)
        assert any(
            final.tbs_certificate_bytes in other.timestamped_entry and other.is_precertificate
            for other in (first, *others)
        )
        domain = final.extensions.get_extension_for_class(x509.SubjectAlternativeName).value[0].value
        row = log.world.row(log.world.find(domain))
        pem = Authority(SEED).certificate_pem(domain, row["cert"], dt.datetime.fromtimestamp(row["created"], dt.UTC))
        assert final.public_bytes(serialization.Encoding.PEM) in pem


def test_the_server_gives_tiles_packed_to_who_takes_them(lab, log):
    day = log.world.days[0]
    plain = get(lab, f"{day}/tile/data/000")
    assert plain == log.answer(day, "tile/data/000")
    assert gzip.decompress(get(lab, f"{day}/tile/data/000", **{"Accept-Encoding": "gzip"})) == plain
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(lab, "yesterday/checkpoint")


def test_collecting_the_log_day_by_day(lab, log, tmp_path):
    """Every domain that got a certificate comes once, on the day of its registration, by an entry of that day."""
    feed = '[feeds.ct]\nkind = "registered"\nformat = "static-ct"\nallow_private = true\n'
    feed += f'url = "http://127.0.0.1:{lab.ports.http}/ct/{{day}}"\n'
    settings = Settings(data=tmp_path, clock="day")
    (tmp_path / "feeds.toml").write_text(f'{feed}log_key = "{log_key(SEED + 1)}"\n')
    with pytest.raises(TerminalError, match="not signed"):
        collect_feed(settings, lab.days[0], "ct")
    (tmp_path / "feeds.toml").write_text(f'{feed}log_key = "{log_key(SEED)}"\n')
    truth = {row["domain"]: row["registered_day"] for row in pyarrow.parquet.read_table(lab.truth).to_pylist()}
    before, size = 0, 0
    for day in lab.days[:3]:
        assert collect_feed(settings, day, "ct").rejects == 0
        with duckdb.connect() as con:
            path = tmp_path / "lake" / "sighting" / f"day={day}" / "feed-ct.parquet"
            found = con.execute(f"SELECT domain, reference FROM '{path}'").fetchall()
        assert len({domain for domain, _ in found}) == len(found) >= 300
        assert {truth[domain] for domain, _ in found} == {day}
        size = parse_checkpoint(log.answer(day, "checkpoint")).size
        indices = {int(reference.removeprefix(f"{log.origin}#")) for _, reference in found}
        assert before <= min(indices) <= max(indices) < size
        before = size
