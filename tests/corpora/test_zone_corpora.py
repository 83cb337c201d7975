"""A real day of 520 zones, written back as zone files of two days: its changes are found, and no hash is a name."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import defaultdict

import pytest

from churn.collect.formats.master_file import write_delegations
from churn.collect.formats.zone_changes import zone_changes
from churn.settings import Settings
from churn.store.database import scratch

pytestmark = pytest.mark.corpora

SERVED = (
    "{0}.\t3600\tin\tns\tns1.example.net.\n{0}.\t3600\tin\tns\tns2.example.net.\n"
    "{0}.\t3600\tin\tds\t1 13 2 ABCDEF0123456789\nns1.{0}.\t3600\tin\ta\t192.0.2.1\n"
    "{0}.\t3600\tin\trrsig\tDS 13 2 3600 20250501000000 20250401000000 1 x. AAAA/BBBB+CCCC==\n"
)
FOLDED = (
    "{0} NS NS1.EXAMPLE.NET.\n\tIN NS NS2.{0} ; in the zone\n\tDS ( 1 13 2\n  ABCDEF 0123456789 )\n"
    "NS1.{0} A 192.0.2.1\n"
)
HASHES = {
    SERVED: "{0}.\t900\tin\tnsec3\t1 1 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS DS RRSIG\n",
    FOLDED: "{0} ( 900 IN ; hashed\n NSEC3 1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS )\n",
}


def zone_file(tld: str, names: list[str], hashes: list[str]) -> bytes:
    """A zone of those delegations and NSEC3 owners; by its name gzip or not, as CZDS serves it or as it once was."""
    kind = hashlib.md5(tld.encode(), usedforsecurity=False).digest()[0]
    soa = f"{tld}. 900 IN SOA a.nic.{tld}. b.nic.{tld}. (\n 7 1800 900\n 604800 86400 )\n{tld}. NS a.nic.{tld}.\n"
    style, start = (SERVED, soa) if kind % 3 else (FOLDED, f"$TTL 1d\n$ORIGIN {tld.upper()}.\n{soa}")
    if style is FOLDED:
        names, hashes = ([name.removesuffix(f".{tld}").upper() for name in some] for some in (names, hashes))
    text = start + "".join(map(style.format, names)) + "".join(map(HASHES[style].format, hashes))
    return gzip.compress(text.encode(), 1) if kind % 2 else text.encode()


@pytest.fixture(scope="module")
def changes(corpora):
    """By TLD and whether it is new (else removed) and an NSEC3 hash: names. Names of other zones are left out."""
    found = defaultdict(list)
    with gzip.open(corpora / "nrd/zone_diff/2025-04-10.csv.gz", "rt") as file:
        for change, tld, name, is_hash in csv.reader(file):
            if name.endswith(f".{tld}"):
                found[tld, change == "new", is_hash == "1"].append(name)
    return found


def test_a_real_day_of_zones(changes, tmp_path):
    found, expected, hashes = {}, {}, set()
    with scratch(Settings(data=tmp_path)) as con:
        for tld in sorted({tld for tld, *_ in changes}):
            files = []
            for is_new in (False, True):
                names = [*changes[tld, is_new, False], *(f"stays-{n}.{tld}" for n in range(50))]
                (tmp_path / "zone").write_bytes(zone_file(tld, names, changes[tld, is_new, True]))
                files.append(tmp_path / f"{is_new}.parquet")
                figures = write_delegations(tmp_path / "zone", files[-1])
                assert (figures.apex, figures.unread, figures.delegations) == (tld, 0, len(names))
            found |= dict(zone_changes(con, *files).fetchall())
            expected |= dict.fromkeys(changes[tld, True, False], "registered")
            expected |= dict.fromkeys(changes[tld, False, False], "dropped")
            hashes |= {*changes[tld, True, True], *changes[tld, False, True]}
    assert found == expected
    assert len(expected) > 554_000
    assert len(hashes) == 50_796
    assert not hashes & found.keys()
