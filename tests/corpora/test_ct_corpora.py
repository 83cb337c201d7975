"""Real tiles of a static-CT log, served as a log that grows: the log's own lists of names and hashes are the oracle."""

from __future__ import annotations

import datetime as dt
import gzip
import http.server
import itertools
import json
import time

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from churn.collect import collect_feed
from churn.collect.formats.static_ct import tile_entries
from churn.lab.ct_log import signed_checkpoint, tree_hash
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.transparency import Tile, leaf_hashes, leaves
from tests.serving import QuietHandler, running

pytestmark = pytest.mark.corpora
DAY = dt.date(2025, 5, 3)
ORIGIN = "navigli2025h2.sunlight.geomys.org"
TILES = {"000": Tile(0, 256), "001": Tile(256, 512), "002": Tile(512, 768), "003": Tile(768, 1024),
         "003.p/10": Tile(768, 778)}  # fmt: skip
SIZES = {DAY: 778, DAY + dt.timedelta(days=1): 1024}


@pytest.fixture
def tiles(corpora):
    return corpora / "ct" / "sunlight-navigli2025h2" / "testdata" / "navigli2025h2" / "tile"


def names_by_the_log(tiles, name):
    """By entry of a tile: its names, as the log itself lists them; a wildcard's is what it stands under."""
    for line in (tiles / "names" / name).read_text().splitlines():
        told = json.loads(line)
        names = [told.get("Subject", {}).get("CommonName"), *told.get("DNS", [])]
        yield told["Timestamp"], {each.removeprefix("*.") for each in names if each}


def test_leaves_have_the_hashes_of_the_log(tiles):
    """The hash of a leaf covers all that the log vouches for: the framing is right to the byte."""
    for name, tile in TILES.items():
        content, hashes = (tiles / "data" / name).read_bytes(), (tiles / "0" / name).read_bytes()
        found = leaf_hashes(content)
        assert len(found) == tile.stop - tile.first
        assert b"".join(found) == hashes
        assert [leaf.index for leaf in leaves(content)] == list(range(tile.first, tile.stop))


def test_names_are_those_that_the_log_lists(tiles):
    for name, tile in TILES.items():
        entries, unread = tile_entries((tiles / "data" / name).read_bytes(), tile, tile.first, ORIGIN)
        assert unread == []
        of_line = {line: set(each) for line, each in itertools.groupby(entries, lambda entry: entry.line)}
        for line, (stamp, names) in enumerate(names_by_the_log(tiles, name), start=1):
            found = of_line[line]
            assert {each.name_text for each in found} == names
            assert {(each.seen_text, each.reference) for each in found} == {
                (str(stamp), f"{ORIGIN}#{tile.first + line - 1}")
            }


def test_a_tile_takes_milliseconds(tiles):
    """Logs add millions of entries a day. A core reads more than 20,000 a second; far below that something is wrong."""
    content = (tiles / "data" / "000").read_bytes()
    begin = time.process_time()
    for _ in range(4):
        tile_entries(content, TILES["000"], 0, ORIGIN)
    assert 4 * 256 / (time.process_time() - begin) > 3_000


class _Handler(QuietHandler):
    def do_GET(self):
        path = self.path.removeprefix("/log/")
        self.server.asked.append(path)
        tile = path.removeprefix("tile/data/")
        body = self.server.checkpoint if path == "checkpoint" else None
        if tile in TILES and TILES[tile].stop <= self.server.size:
            body = gzip.compress((self.server.tiles / "data" / tile).read_bytes(), 1)
        self.answer(404 if body is None else 200, body or b"")


@pytest.fixture
def log(tiles):
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)) as server:
        server.tiles, server.asked = tiles, []
        yield server


def grow(log, size):
    """Let the log have so many entries: its checkpoint is over the real hashes, by a key of the test's."""
    hashes = b"".join((log.tiles / "0" / name).read_bytes() for name in ("000", "001", "002", "003"))
    root = tree_hash([hashes[at * 32 : at * 32 + 32] for at in range(size)])
    log.size = size
    log.checkpoint = signed_checkpoint(ec.derive_private_key(7, ec.SECP256R1()), ORIGIN, size, root, bytes(8))


def test_a_real_log_over_two_days(tiles, log, tmp_path):
    """Through the whole of collect: each registrable domain once, by its first entry, none lost at the partial tile."""
    (tmp_path / "feeds.toml").write_text(
        '[feeds.ct]\nkind = "registered"\nformat = "static-ct"\nallow_private = true\n'
        f'url = "http://127.0.0.1:{log.server_port}/log"\n'
    )
    expected, rejected = {}, dict.fromkeys(SIZES, 0)
    listed = [each for name in ("000", "001", "002", "003") for each in names_by_the_log(tiles, name)]
    for index, (_, names) in enumerate(listed):
        day = next(day for day, size in SIZES.items() if index < size)
        for name in names:
            try:
                domain = parse(name).domain
            except NotANameError:
                rejected[day] += 1
            else:
                expected.setdefault(domain, day)
    for day, size in SIZES.items():
        grow(log, size)
        result = collect_feed(Settings(data=tmp_path, clock="day"), day, "ct")
        assert result.rejects == rejected[day]
        with duckdb.connect() as con:
            path = tmp_path / "lake" / "sighting" / f"day={day}" / "feed-ct.parquet"
            found = [row[0] for row in con.execute(f"SELECT domain FROM '{path}'").fetchall()]
        assert sorted(found) == sorted(domain for domain, first in expected.items() if first == day)
    asked = [path.removeprefix("tile/data/") for path in log.asked]
    assert asked == ["checkpoint", "000", "001", "002", "003.p/10", "checkpoint", "003"]
