"""The operator's network table in its formats, and what Team Cymru's texts mean; `ipaddress` is the oracle."""

import datetime as dt
import gzip
import ipaddress
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.cymru import asked_address, name_question, origin_question, read_as_name, read_origin
from churn.enrich.networks import addresses_of, filled, read_network_file, read_network_table
from churn.enrich.networks.files import prefixes_of_range
from churn.errors import UsageError
from churn.outcomes import Outcome
from churn.store.lake import arrow_rows

TABLE = """prefix,asn,name,country,abuse_email
192.0.2.0/24,64500,BROAD,XA,a@b.example
192.0.2.128/25,64501,NARROW,xb,
2001:db8::/32,64502,SIX,,
"""


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "networks.csv"
    file.write_text(TABLE)
    return read_network_table(file)


@pytest.mark.parametrize(
    ("address", "asn"), [("192.0.2.1", 64500), ("192.0.2.200", 64501), ("2001:db8::9", 64502), ("198.51.100.1", None)]
)
def test_the_most_specific_network_counts(table, address, asn):
    found = table.find(address)
    assert (found.asn if found else None) == asn


def prefixes_of(bits):
    def cut(pair):
        number, length = pair
        kind = ipaddress.IPv4Network if bits == 32 else ipaddress.IPv6Network
        return kind((number >> (bits - length) << (bits - length), length))

    return st.tuples(st.integers(0, 2**bits - 1), st.integers(0, bits)).map(cut)


PREFIXES = st.one_of(prefixes_of(32), prefixes_of(128))
ADDRESSES = st.one_of(
    st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address), st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def written(folder, lines, name="table", *, packed=False):
    content = "\n".join([*lines, ""]).encode()
    file = folder / name
    file.unlink(missing_ok=True)
    file.write_bytes(gzip.compress(content) if packed else content)
    os.utime(file, ns=(written.clock, written.clock))  # a file that changed, however fast the test is
    written.clock += 1_000_000_000
    return file


written.clock = 1_700_000_000_000_000_000


def nested(networks, random):
    """The networks, and for each a part of it, so that longest match matters."""
    parts = [
        next(each.subnets(new_prefix=min(each.max_prefixlen, each.prefixlen + random.randint(0, 9))))
        for each in networks
    ]
    return list(dict.fromkeys([*networks, *parts]))


@given(st.lists(PREFIXES, min_size=1, max_size=12), st.lists(ADDRESSES, max_size=4), st.randoms(), st.booleans())
def test_every_format_agrees_with_a_search_of_the_whole_table(folder, networks, addresses, random, packed):
    networks = nested(networks, random)
    asns = {network: asn for asn, network in enumerate(networks, start=1)}
    csv = ["prefix,asn,name,country", *(f"{network},{asn},N,XA" for network, asn in asns.items())]
    pyasn = ["; IP-ASN32-DAT file", "", *(f"{network}\t{asn}" for network, asn in asns.items())]
    tables = [read_network_table(written(folder, lines, packed=packed)) for lines in (csv, pyasn)]
    edges = [edge for network in networks for edge in (network.network_address, network.broadcast_address)]
    asked = [*addresses, *edges]
    for table in tables:
        found = table.whose(map(str, asked))
        for address in asked:
            holding = [network for network in networks if address in network]
            best = max(holding, key=lambda network: network.prefixlen, default=None)
            expected = [(str(best), asns[best])] if best else []
            assert [(each.prefix, each.asn) for each in found[str(address)]] == expected


@given(st.lists(PREFIXES, min_size=1, max_size=12), st.randoms())
def test_ranges_hold_what_their_prefixes_hold(folder, networks, random):
    disjoint = [
        one
        for one in networks
        if not any(one != other and one.overlaps(other) for other in networks if one.version == other.version)
    ]
    disjoint = list(dict.fromkeys(disjoint))
    lines = [f"{one[0]}\t{one[-1]}\t{asn}\tXA\tN" for asn, one in enumerate(disjoint, start=1)]
    lines += ["192.0.2.0\t192.0.2.255\t0\tNone\tNot routed"] if random.random() < 0.5 else []
    if not lines:
        return
    table = read_network_table(written(folder, lines))
    for asn, one in enumerate(disjoint, start=1):
        assert [table.find(str(edge)).asn for edge in (one[0], one[-1])] == [asn, asn]


@pytest.mark.parametrize("kind", [ipaddress.IPv4Address, ipaddress.IPv6Address])
@given(data=st.data())
def test_a_range_becomes_the_fewest_prefixes(kind, data):
    bits = kind(0).max_prefixlen
    first = data.draw(st.integers(0, 2**bits - 1))
    last = data.draw(st.integers(first, min(2**bits - 1, first + 2 ** data.draw(st.integers(0, bits)))))
    expected = ipaddress.summarize_address_range(kind(first), kind(last))
    found = prefixes_of_range(str(kind(first)), str(kind(last)))
    assert found == [(each.network_address.packed, each.prefixlen) for each in expected]


def test_of_two_holders_of_a_prefix_the_lowest_number_counts(tmp_path):
    file = written(tmp_path, ["prefix,asn,name,country", "192.0.2.0/24,7,SEVEN,XA", "192.0.2.0/24,5,FIVE,XA"])
    assert read_network_table(file).find("192.0.2.1").asn == 5


def test_numbers_that_nobody_has_are_left_out(tmp_path):
    lines = ["192.0.2.0/24\t0", f"198.51.100.0/24\t{2**32 - 2}", "203.0.113.0/24\t13335"]
    table = read_network_table(written(tmp_path, lines))
    assert [table.find(each) and table.find(each).asn for each in ("192.0.2.1", "198.51.100.1", "203.0.113.1")] == [
        None, None, 13335,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["ipasn_20260214.dat", "ip2asn-2026-02-14.tsv"])
def test_the_date_in_a_tables_name_is_when_it_was_observed(tmp_path, name):
    file = written(tmp_path, ["192.0.2.0/24\t1"], name)
    assert read_network_file(file).observed_at == dt.datetime(2026, 2, 14, tzinfo=dt.UTC)


def test_a_table_without_a_date_is_as_old_as_the_file(tmp_path):
    file = written(tmp_path, ["192.0.2.0/24\t1"], "table-99999999.dat")
    assert read_network_file(file).observed_at.timestamp() == file.stat().st_mtime


def test_a_table_that_changes_is_read_again(tmp_path):
    assert read_network_table(written(tmp_path, ["192.0.2.0/24\t1"])).find("192.0.2.1").asn == 1
    assert read_network_table(written(tmp_path, ["192.0.2.0/24\t2"])).find("192.0.2.1").asn == 2


def test_what_is_no_address_has_no_network(table):
    assert table.whose(["", "192.0.2", "192.0.2.1/24", "fe80::1%eth0", "a\0b", "192.0.2.1"]).keys() == {"192.0.2.1"}


def test_rows_are_filled_in_and_what_was_not_asked_stays_unknown(table):
    rows = arrow_rows(
        "hosting",
        [
            {"domain": "a.test", "a": ["192.0.2.1", "192.0.2.200"], "aaaa": ["2001:db8::1"]},
            {"domain": "b.test", "a": [], "aaaa": None},
            {"domain": "c.test", "a": None, "aaaa": None},
        ],
    )
    found = filled(rows, table.whose(addresses_of(rows))).to_pylist()
    assert [row["asn"] for row in found] == [[64500, 64501, 64502], [], None]
    assert found[0]["prefix"] == ["192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32"]
    assert found[0]["country"] == ["XA", "XB"]


def test_what_was_not_obtained_is_null_and_what_nobody_announces_is_empty(table):
    rows = arrow_rows("hosting", [{"domain": "a.test", "a": ["192.0.2.1"]}, {"domain": "b.test", "a": ["192.0.2.2"]}])
    found = filled(rows, {"192.0.2.2": ()}).to_pylist()
    assert [(row["prefix"], row["asn"], row["as_name"], row["country"]) for row in found] == [(None,) * 4, ([],) * 4]


def test_a_table_without_names_leaves_them_unknown(tmp_path):
    table = read_network_table(written(tmp_path, ["192.0.2.0/24\t1"]))
    rows = arrow_rows("hosting", [{"domain": "a.test", "a": ["192.0.2.1"]}])
    (row,) = filled(rows, table.whose(addresses_of(rows))).to_pylist()
    assert (row["asn"], row["as_name"], row["country"]) == ([1], None, None)


@pytest.mark.parametrize("row", ["not a prefix,1,N,XA", "192.0.2.0/24,many,N,XA", "192.0.2.1/24,1,N,XA"])
def test_a_wrong_row_is_named_by_its_line(tmp_path, row):
    file = tmp_path / "networks.csv"
    file.write_text(f"prefix,asn,name,country\n198.51.100.0/24,1,N,XA\n{row}\n")
    with pytest.raises(UsageError, match="line 3"):
        read_network_table(file)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(UsageError, match="network_table"):
        read_network_table(tmp_path / "none.csv")


@pytest.mark.parametrize("content", [b"", b"no table at all\n", b"\x1f\x8bbroken", b"a\tb\tc\n", b"\n" * 5000])
def test_what_is_no_table_is_said(tmp_path, content):
    file = tmp_path / "table"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="network_table"):
        read_network_table(file)


@pytest.mark.parametrize(
    "lines",
    [
        ["192.0.2.0/24\t1", "192.0.2.0/24\tmany"],
        ["192.0.2.0/24\t1", "192.0.2.0/24"],
        ["192.0.2.0\t192.0.2.9\t1\tXA\tN", "192.0.2.9\t192.0.2.0\t1\tXA\tN"],
        ["192.0.2.0\t192.0.2.9\t1\tXA\tN", "192.0.2.9\t2001:db8::\t1\tXA\tN"],
    ],
)
def test_a_wrong_row_of_the_other_formats_is_named_by_its_line(tmp_path, lines):
    with pytest.raises(UsageError, match="line 2"):
        read_network_table(written(tmp_path, lines))


@given(ADDRESSES)
def test_a_question_tells_which_address_it_asks_about(address):
    assert asked_address(origin_question(address, "asn.example")) == address


def test_questions_are_those_that_the_zones_answer():
    four, six = ipaddress.ip_address("216.90.108.31"), ipaddress.ip_address("2001:4860:b002::68")
    assert origin_question(four, "asn.cymru.com") == "31.108.90.216.origin.asn.cymru.com"
    nibbles = "8.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.b.0.6.8.4.1.0.0.2"
    assert origin_question(six, "asn.cymru.com") == f"{nibbles}.origin6.asn.cymru.com"
    assert name_question(23028, "asn.cymru.com") == "as23028.asn.cymru.com"


def test_the_most_specific_prefix_counts_with_all_who_announce_it():
    raw = b"7 | 104.0.0.0/8 | US | arin | \n13335 9 | 104.16.0.0/12 | US | ripencc | 2014\n5 | 104.16.0.0/12 | zz | | "
    outcome, rows, prefix = read_origin(raw, ipaddress.ip_address("104.16.1.1"))
    assert (outcome, prefix) == (Outcome.OK, "104.16.0.0/12")
    assert [(row["asn"], row["country"], row["registry"]) for row in rows] == [
        (5, None, None), (9, "US", "ripe"), (13335, "US", "ripe"),
    ]  # fmt: skip
    assert read_origin(raw, ipaddress.ip_address("192.0.2.1"))[0] is Outcome.WRONG_SUBJECT


def test_the_name_of_an_as_is_without_its_country():
    raw = b"13335 | US | arin | 2010-07-14 | CLOUDFLARENET - Cloudflare, Inc., US"
    assert read_as_name(raw, 13335) == (Outcome.OK, "CLOUDFLARENET - Cloudflare, Inc.")
    assert read_as_name(raw, 13336)[0] is Outcome.MALFORMED


TEXTS = st.text("0123456789./:| \nABCaz\u202e").map(str.encode)


@given(st.one_of(st.binary(max_size=300), TEXTS), ADDRESSES)
def test_any_bytes_have_an_outcome(raw, address):
    outcome, rows, prefix = read_origin(raw, address)
    assert (outcome is Outcome.OK) == bool(rows)
    assert all(address in ipaddress.ip_network(row["prefix"]) and row["prefix"] == prefix for row in rows)
    assert read_as_name(raw, 1)[0] in {Outcome.OK, Outcome.MALFORMED}


def test_a_long_hostile_text_is_read_at_once():
    for raw in (b"|" * 1_000_000, b"1 " * 500_000, b"\n" * 1_000_000, b"1 | 0.0.0.0/0\n" * 70_000):
        read_origin(raw, ipaddress.ip_address("192.0.2.1"))
        read_as_name(raw, 1)
